// The web config file while we run: read at start (a bad one is an error then), looked at again when requests
// come, at most once a second. A changed one is taken over when it is good, and logged and left when it is not.
import type { TlsOptions, TLSSocket } from 'node:tls';
import { printProblem } from '../model/problem.ts';
import type { Instant } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import { text, withHeaders, type Answer } from './answer.ts';
import { BasicAuth } from './auth.ts';
import type { Log } from './log.ts';
import { RateLimit } from './rate-limit.ts';
import { isWelcome, tlsOptions } from './tls.ts';
import { compileWebConfig, NO_WEB_CONFIG, type WebConfig } from './web-config.ts';
import { messageOf } from '../model/error-message.ts';

export interface WebConfigParts {
  readonly files: Pick<Files, 'read'>;
  readonly clock: Clock;
  readonly log: Log;
}

interface Loaded {
  readonly config: WebConfig;
  readonly tls: TlsOptions | null;
}

/** At start; the message is all that is wrong. */
export class WebConfigRefused extends Error {
  override readonly name = 'WebConfigRefused';
}

const LOOK_AGAIN_MS = 1000;

export class WebConfigSource {
  readonly #path: string | null;
  readonly #parts: WebConfigParts;
  readonly #auth = new BasicAuth();
  readonly #onTls: ((options: TlsOptions) => void)[] = [];
  #loaded: Loaded;
  #limit: RateLimit | null;
  /** What was last seen, good or bad, so that a bad file is complained about once. */
  #seen: string;
  #lookedAt: Instant;
  #looking: Promise<void> | null = null;

  private constructor(path: string | null, parts: WebConfigParts, loaded: Loaded) {
    this.#path = path;
    this.#parts = parts;
    this.#loaded = loaded;
    const now = parts.clock.now();
    this.#limit = limitOf(loaded.config, now);
    this.#seen = nameOf(loaded);
    this.#lookedAt = now;
  }

  static async open(path: string | null, parts: WebConfigParts): Promise<WebConfigSource> {
    const loaded = path === null ? { config: NO_WEB_CONFIG, tls: null } : await load(path, parts.files).catch(refuse);
    return new WebConfigSource(path, parts, loaded);
  }

  /** The answer for somebody who may not come in. */
  async deny(authorization: string | undefined): Promise<Answer | null> {
    await this.refresh();
    if (this.#limit?.take(this.#parts.clock.now()) === false) return text(429, 'Too Many Requests\n');
    const { users } = this.#loaded.config;
    if (users.size === 0) return null;
    switch (await this.#auth.login(authorization, users)) {
      case 'in':
        return null;
      case 'busy':
        return withHeaders(text(429, 'Too Many Requests\n'), { 'retry-after': '1' });
      case 'out':
        return withHeaders(text(401, 'Unauthorized\n'), { 'www-authenticate': 'Basic' });
    }
  }

  headers(): Readonly<Record<string, string>> {
    return this.#loaded.config.headers;
  }

  tls(): TlsOptions | null {
    return this.#loaded.tls;
  }

  onTlsChange(take: (options: TlsOptions) => void): void {
    this.#onTls.push(take);
  }

  admits(socket: TLSSocket): boolean {
    const { tls } = this.#loaded.config;
    return tls === null || isWelcome(tls, socket);
  }

  async refresh(): Promise<void> {
    if (this.#path === null || this.#parts.clock.now() - this.#lookedAt < LOOK_AGAIN_MS) return;
    this.#looking ??= this.#look(this.#path).finally(() => {
      this.#looking = null;
      this.#lookedAt = this.#parts.clock.now();
    });
    await this.#looking;
  }

  async close(): Promise<void> {
    await this.#auth.close();
  }

  async #look(path: string): Promise<void> {
    let loaded: Loaded;
    try {
      loaded = await load(path, this.#parts.files);
    } catch (error) {
      const message = messageOf(error);
      if (message !== this.#seen)
        this.#parts.log('error', 'the web config file is not taken over', { file: path, error: message });
      this.#seen = message;
      return;
    }
    const name = nameOf(loaded);
    if (name === this.#seen) return;
    this.#seen = name;
    if ((loaded.tls === null) !== (this.#loaded.tls === null)) {
      this.#parts.log('error', 'TLS cannot be switched on or off without a restart', { file: path });
      return;
    }
    this.#loaded = loaded;
    this.#limit = limitOf(loaded.config, this.#parts.clock.now());
    if (loaded.tls !== null) for (const take of this.#onTls) take(loaded.tls);
    this.#parts.log('info', 'the web config file is taken over', { file: path });
  }
}

function refuse(cause: unknown): never {
  const message = messageOf(cause);
  throw new WebConfigRefused(`the web config file (--web.config.file) cannot be used: ${message}`, { cause });
}

async function load(path: string, files: WebConfigParts['files']): Promise<Loaded> {
  const file = await files.read(path);
  if (!file.ok) throw new Error(printProblem(file.problem));
  const compiled = compileWebConfig(path, file.value);
  if (!compiled.ok) throw new Error(compiled.problems.map(printProblem).join('\n'));
  const config = compiled.value;
  return { config, tls: config.tls === null ? null : await tlsOptions(config.tls, files) };
}

/** Equal names, equal contents: of the file and of those it names. Hashes are opened for it, and go nowhere. */
function nameOf({ config, tls }: Loaded): string {
  const users = [...config.users].map(([name, hash]) => [name, hash.open()]);
  return JSON.stringify([config, users, tls]);
}

function limitOf({ rateLimit }: WebConfig, now: Instant): RateLimit | null {
  return rateLimit === null ? null : new RateLimit(rateLimit.interval, rateLimit.burst, now);
}
