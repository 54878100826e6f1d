// What may be asked of the server of canned answers, and its parent's end of the channel.
import { fork, type ChildProcess } from 'node:child_process';

export interface Orders {
  /** Starts it: its URL. */
  readonly start: object;
  /** How many series every answer has from now on. */
  readonly series: { readonly count: number };
  /** Counts from now on. */
  readonly begin: object;
  readonly counted: object;
  /** How long after a rule was first answered with series it was first heard of. */
  readonly heard: object;
}

export type Order = { [Kind in keyof Orders]: { readonly kind: Kind } & Orders[Kind] }[keyof Orders];

export interface Counted {
  readonly evaluations: number;
  readonly samples: number;
  /** Milliseconds from the instant a question is about to its arrival. */
  readonly lagP50: number;
  readonly lagP99: number;
  readonly writes: number;
  readonly writtenBytes: number;
}

/** Milliseconds. */
export interface Delay {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

interface Results {
  readonly start: string;
  readonly series: null;
  readonly begin: null;
  readonly counted: Counted;
  readonly heard: { readonly alerts: Delay; readonly webhooks: Delay };
}

export class CannedServer implements Disposable {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, (result: never) => void>();
  #lastId = 0;

  constructor() {
    this.#child = fork(new URL('./rules-server.ts', import.meta.url), { stdio: 'inherit' });
    this.#child.on('message', (message) => {
      const { id, result } = message as { readonly id: number; readonly result: never };
      this.#pending.get(id)?.(result);
      this.#pending.delete(id);
    });
  }

  ask<Kind extends keyof Orders>(kind: Kind, order: Orders[Kind]): Promise<Results[Kind]> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#pending.set(id, resolve);
      this.#child.send({ id, order: { kind, ...order } });
    });
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}
