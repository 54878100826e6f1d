// Who may come in by name and password. A right pair is remembered, under a keyed hash of name, stored hash and
// password, each framed by its length so that no two triples look alike; wrong ones are computed anew each time.
// An unknown name costs as much time as a wrong password.
import { createHmac, randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { Secret } from '../input/secret.ts';
import type { Compared, Comparison } from './auth-worker.ts';

export type Login = 'in' | 'out' | 'busy';

/** A hash of nothing anybody knows, at the usual cost. */
const NOBODY = '$2b$10$53vkjjm/S2OqPXVPGQSKrelz1oYuyJBNICGPFzcxAscTZCMmGzokC';
const MOST_REMEMBERED = 1000;
const MOST_WAITING = 50;

export class BasicAuth {
  readonly #key = randomBytes(32);
  readonly #known = new Set<string>();
  readonly #waiting = new Map<number, { resolve(isSame: boolean): void; reject(cause: unknown): void }>();
  #worker: Worker | null = null;
  #ids = 0;

  async login(authorization: string | undefined, users: ReadonlyMap<string, Secret>): Promise<Login> {
    const given = credentials(authorization);
    if (given === null) return 'out';
    const hash = users.get(given.name)?.open() ?? NOBODY;
    const name = this.#nameOf([given.name, hash, given.password]);
    if (this.#known.has(name)) return 'in';
    if (this.#waiting.size >= MOST_WAITING) return 'busy';
    const isSame = await this.#compare(given.password, hash);
    if (!isSame || !users.has(given.name)) return 'out';
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    this.#known.add(name);
    return 'in';
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #nameOf(fields: readonly string[]): string {
    const hmac = createHmac('sha256', this.#key);
    for (const field of fields) hmac.update(`${Buffer.byteLength(field)}:`).update(field);
    return hmac.digest('base64');
  }

  #compare(password: string, hash: string): Promise<boolean> {
    const id = ++this.#ids;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const comparison: Comparison = { id, password, hash };
      (this.#worker ??= this.#startWorker()).postMessage(comparison);
    });
  }

  #startWorker(): Worker {
    const worker = new Worker(new URL('./auth-worker.ts', import.meta.url));
    worker.unref();
    worker.on('message', ({ id, isSame }: Compared) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      waiting?.resolve(isSame);
    });
    const onLost = (cause: unknown): void => {
      this.#worker = null;
      for (const waiting of this.#waiting.values()) waiting.reject(new Error('the password check ended', { cause }));
      this.#waiting.clear();
    };
    worker.on('error', onLost).on('exit', onLost);
    return worker;
  }
}

function credentials(authorization: string | undefined): { name: string; password: string } | null {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? null : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
