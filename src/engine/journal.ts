// The engine's way to the store. Facts go in the order they happened, many at a time in one commit: while one
// commit runs, the next gathers.
//
//   healthy    what is required resolves when durable; what is noted becomes durable soon.
//   away       the store takes no writes. Required writes are refused at once (people get 507), but facts that
//              are true anyway, like an alert that arrived, are kept, the newest per subject, so that being away
//              costs memory for what exists and not for how long it lasts. Every second it is tried again.
import { StoreUnavailable, type Store, type Write, type WriteResult } from '../ports/store.ts';
import type { Instant } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Recorder } from '../ports/recorder.ts';
import { Backlog } from './backlog.ts';

const RETRY_MS = 1000;
/** Of one commit, unless one batch alone has more. */
const MOST_ROWS = 5000;

interface Batch {
  readonly writes: readonly Write[];
  /** The facts hold even if they cannot be made durable now. */
  readonly standing: boolean;
  readonly resolve: (results: readonly WriteResult[]) => void;
  readonly reject: (error: unknown) => void;
}

export class Journal {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #record: Recorder;
  readonly #backlog = new Backlog();
  #queue: Batch[] = [];
  #wake: () => void = () => {};
  #running: Promise<void> | null = null;
  /** Why it is away. */
  #trouble: StoreUnavailable | null = null;
  #triedAt: Instant = 0;

  constructor(store: Store, clock: Clock, record: Recorder) {
    this.#store = store;
    this.#clock = clock;
    this.#record = record;
  }

  get isAway(): boolean {
    return this.#trouble !== null;
  }

  /** Writes that are waiting for their commit. */
  get waiting(): number {
    return this.#queue.length;
  }

  get nextAt(): Instant | null {
    return this.isAway ? this.#triedAt + RETRY_MS : null;
  }

  /** Called when it must be tried again sooner than the loop may sleep. */
  onTimer(wake: () => void): void {
    this.#wake = wake;
  }

  /** Durable when it resolves; rejects with StoreUnavailable, and then it never happened. */
  require(writes: readonly Write[]): Promise<readonly WriteResult[]> {
    return this.#submit(writes, false);
  }

  /** Durable when it resolves; rejects with StoreUnavailable, but the facts stand and are written later. */
  state(writes: readonly Write[]): Promise<readonly WriteResult[]> {
    return this.#submit(writes, true);
  }

  /** Facts nobody waits for. */
  note(writes: readonly Write[]): void {
    if (writes.length === 0) return;
    this.#submit(writes, true).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable)) this.#record.defect('journal', error);
    });
  }

  /** Everything so far is durable, or the store is away. */
  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  #submit(writes: readonly Write[], standing: boolean): Promise<readonly WriteResult[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly WriteResult[]>();
    this.#queue.push({ writes, standing, resolve, reject });
    this.#running ??= this.#drain();
    return promise;
  }

  async #drain(): Promise<void> {
    // One turn of the microtask queue: what one request or tick submits goes together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      await this.#commit(this.#takeSome());
    }
    this.#running = null;
  }

  /** What has gathered behind a long commit is not made ready for the next one in one go: nothing else would run. */
  #takeSome(): readonly Batch[] {
    let rows = 0;
    let count = 0;
    while (count < this.#queue.length && rows < MOST_ROWS) {
      for (const write of this.#queue[count]!.writes) rows += rowsOf(write);
      count++;
    }
    return this.#queue.splice(0, count);
  }

  async #commit(batches: readonly Batch[]): Promise<void> {
    const now = this.#clock.now();
    if (this.#trouble !== null && now - this.#triedAt < RETRY_MS && now >= this.#triedAt) {
      this.#refuse(batches, this.#trouble);
      return;
    }
    const owed = this.#backlog.writes();
    this.#triedAt = now;
    try {
      const writes = [...owed, ...batches.flatMap((batch) => batch.writes)];
      // To commit nothing works on a full disk too; an id that is never used is a write.
      if (writes.length === 0) await this.#store.reserveAlertIds(1);
      const results = await this.#store.commit(writes, now);
      this.#backlog.clear();
      this.#isBack();
      let from = owed.length;
      for (const batch of batches) {
        batch.resolve(results.slice(from, from + batch.writes.length));
        from += batch.writes.length;
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) {
        this.#isBack();
        await this.#isolate(owed, batches, error);
        return;
      }
      if (!this.isAway) this.#record.storeFailed(explained(error));
      this.#trouble = error;
      this.#wake();
      this.#refuse(batches, error);
    }
  }

  #isBack(): void {
    if (this.isAway) this.#record.storeRecovered();
    this.#trouble = null;
  }

  /**
   * The store is there, but makes no sense of something: a defect of ours. By halves it is found, told and given up;
   * what came with it becomes durable. Of facts each stands alone; what is required is whole or refused.
   */
  async #isolate(owed: readonly Write[], batches: readonly Batch[], error: unknown): Promise<void> {
    this.#backlog.clear();
    const parts = [...owed.map((write) => this.#owedBatch(write)), ...batches];
    const middle = parts.length >> 1;
    if (middle > 0) {
      await this.#commit(parts.slice(0, middle));
      await this.#commit(parts.slice(middle));
      return;
    }
    for (const { standing, writes, reject } of parts) {
      if (standing) {
        this.#backlog.add(writes);
        await this.#commit([]);
      }
      reject(error);
    }
  }

  #owedBatch(write: Write): Batch {
    const reject = (error: unknown): void => {
      if (error instanceof StoreUnavailable) this.#backlog.add([write]);
      else this.#record.defect('journal', error);
    };
    return { writes: [write], standing: false, resolve: () => {}, reject };
  }

  #refuse(batches: readonly Batch[], error: StoreUnavailable): void {
    for (const batch of batches) {
      if (batch.standing) this.#backlog.add(batch.writes);
      batch.reject(error);
    }
  }

  /** Called by the loop: a store that is back is noticed without waiting for somebody to write. */
  async probe(): Promise<void> {
    if (this.isAway) await this.require([]).catch(refusalsOnly);
  }
}

function rowsOf(write: Write): number {
  switch (write.kind) {
    case 'alerts.put':
      return write.alerts.length;
    case 'alerts.extend':
      return write.ids.length;
    case 'rules.put':
      return write.put.length + write.gone.length + 1;
    default:
      return 1;
  }
}

function refusalsOnly(error: unknown): void {
  if (!(error instanceof StoreUnavailable)) throw error;
}

const explained = ({ message, cause }: StoreUnavailable): string =>
  cause instanceof Error ? `${message} (${cause.message})` : message;
