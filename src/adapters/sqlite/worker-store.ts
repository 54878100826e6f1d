// The store in a thread of its own: waiting for the disk never blocks the event loop. This side turns writes into
// columns, numbers the requests and turns rows back into alerts and silences. Many commits may be underway at
// once; the worker shares transactions among them.
import { Worker } from 'node:worker_threads';
import type { Event } from '../../history/event.ts';
import type { Instant } from '../../model/time.ts';
import {
  StoreUnavailable,
  type AlertId,
  type HistoryQuery,
  type Page,
  type Store,
  type Stored,
  type StoredDelivery,
  type Write,
  type WriteResult,
} from '../../ports/store.ts';
import { StoreNotOpened, type Quarantined } from './database.ts';
import type { EventQuery } from './event-table.ts';
import { errorOf, type FromWorker, type Numbered, type Reply, type Request } from './requests.ts';
import { readDeliveryPage, StoredReader } from './stored-reader.ts';
import { encodeWrites } from './wire.ts';

export interface OpenedWorkerStore {
  readonly store: Store;
  /** What had to be set aside to start: to be logged and shown. */
  readonly quarantined: Quarantined | null;
}

/** Rejects with StoreNotOpened when the directory cannot be used. */
export function openWorkerStore(directory: string): Promise<OpenedWorkerStore> {
  // A build renames this file and the worker's alike.
  const suffix = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  const worker = new Worker(new URL(`./worker${suffix}`, import.meta.url), { workerData: { directory } });
  const { promise, resolve, reject } = Promise.withResolvers<OpenedWorkerStore>();
  worker.once('error', reject);
  worker.once('exit', () => reject(new StoreNotOpened(`${directory}: the thread of the store ended`)));
  worker.once('message', (message: FromWorker) => {
    worker.off('error', reject);
    if (message.kind === 'opened') resolve({ store: new WorkerStore(worker), quarantined: message.quarantined });
    else reject(new StoreNotOpened(message.kind === 'not-opened' ? message.message : 'the store answered out of turn'));
  });
  return promise;
}

interface Pending {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
  /** Only of a load. */
  readonly reader: StoredReader | null;
}

class WorkerStore implements Store {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  /** Why nothing more is taken. */
  #ended: StoreUnavailable | null = null;
  #closing: Promise<void> | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#exited = promise;
    worker.on('message', (message: FromWorker) => this.#receive(message));
    worker.on('error', (error) => this.#end(new StoreUnavailable('io', { cause: error })));
    worker.on('exit', () => {
      this.#end(new StoreUnavailable(this.#closing === null ? 'io' : 'closed'));
      resolve();
    });
  }

  async load(): Promise<Stored> {
    const reader = new StoredReader();
    await this.#ask({ kind: 'load' }, reader);
    return reader.stored();
  }

  async commit(writes: readonly Write[], now: Instant): Promise<readonly WriteResult[]> {
    return (await this.#expect('committed', { kind: 'commit', writes: encodeWrites(writes), now })).results;
  }

  async reserveAlertIds(count: number): Promise<AlertId> {
    return (await this.#expect('reserved', { kind: 'reserve', count })).first;
  }

  async deliveries(query: HistoryQuery): Promise<Page<StoredDelivery>> {
    return readDeliveryPage((await this.#expect('deliveries', { kind: 'deliveries', query })).page);
  }

  async events(query: EventQuery): Promise<Page<Event>> {
    return (await this.#expect('events', { kind: 'events', query })).page;
  }

  async prune(before: Instant): Promise<void> {
    await this.#expect('done', { kind: 'prune', before });
  }

  /** What was asked before is still answered. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#ended === null) {
      const done = this.#ask({ kind: 'close' });
      this.#ended = new StoreUnavailable('closed');
      await done;
    }
    await this.#exited;
  }

  async #expect<Kind extends Reply['kind']>(
    kind: Kind,
    request: Request,
  ): Promise<Extract<Reply, { readonly kind: Kind }>> {
    const reply = await this.#ask(request);
    if (reply.kind !== kind) throw new Error(`the store answered ${reply.kind} to ${request.kind}`);
    return reply as Extract<Reply, { readonly kind: Kind }>;
  }

  #ask(request: Request, reader: StoredReader | null = null): Promise<Reply> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const message: Numbered = { id: ++this.#lastId, request };
    this.#worker.postMessage(message);
    this.#pending.set(message.id, { resolve, reject, reader });
    return promise;
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'chunk') this.#pending.get(message.id)?.reader?.take(message.chunk);
    if (message.kind !== 'replies') return;
    for (const [id, reply] of message.replies) {
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (reply.kind === 'failed') pending?.reject(errorOf(reply.failure));
      else pending?.resolve(reply);
    }
  }

  /** The thread is gone: nobody waits for it for ever. */
  #end(error: StoreUnavailable): void {
    this.#ended ??= error;
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}
