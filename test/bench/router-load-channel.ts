// What may be asked of the load generator, and its parent's end of the channel.
import { fork, type ChildProcess } from 'node:child_process';
import type { SilenceKind } from './router-alerts.ts';

export interface Orders {
  readonly alerts: {
    readonly url: string;
    readonly count: number;
    readonly batch: number;
    readonly connections: number;
    readonly endsInMs: number;
  };
  /** Alerts that open groups of their own. */
  readonly groups: { readonly url: string; readonly groups: number; readonly size: number };
  readonly silences: {
    readonly url: string;
    readonly silences: SilenceKind;
    readonly from: number;
    readonly count: number;
    readonly connections: number;
  };
  readonly mixed: { readonly url: string; readonly count: number; readonly batch: number; readonly everyMs: number };
  readonly get: { readonly url: string };
  readonly sink: object;
  readonly arrivals: { readonly count: number; readonly waitMs: number; readonly withinMs: number };
}

export type Order = { [Kind in keyof Orders]: { readonly kind: Kind } & Orders[Kind] }[keyof Orders];

/** Milliseconds; of each request where it says p50 and p99. */
export interface Posted {
  readonly ms: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

export interface Got {
  readonly status: number;
  readonly ms: number;
  readonly bytes: number;
}

/** How long after group_wait each webhook came. */
export interface Arrivals {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

interface Results {
  readonly alerts: Posted;
  readonly groups: Posted;
  readonly silences: Posted;
  readonly mixed: Posted;
  readonly get: Got;
  readonly sink: string;
  readonly arrivals: Arrivals;
}

interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

export class Load implements Disposable {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  constructor() {
    this.#child = fork(new URL('./router-load.ts', import.meta.url), { stdio: 'inherit' });
    this.#child.on('message', (message) => {
      const { id, result, error } = message as { id: number; result?: never; error?: string };
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (error === undefined) pending?.resolve(result as never);
      else pending?.reject(new Error(error));
    });
    this.#child.on('exit', (code) => {
      for (const { reject } of this.#pending.values()) reject(new Error(`the load generator ended with ${code}`));
    });
  }

  ask<Kind extends keyof Orders>(kind: Kind, order: Orders[Kind]): Promise<Results[Kind]> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#child.send({ id, order: { kind, ...order } });
    });
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}
