// What the two threads of the worker store say to each other.
import type { Event } from '../../history/event.ts';
import type { Instant } from '../../model/time.ts';
import { StoreUnavailable, type HistoryQuery, type Page, type WriteResult } from '../../ports/store.ts';
import type { Quarantined } from './database.ts';
import type { DeliveryRow } from './delivery-table.ts';
import type { EventQuery } from './event-table.ts';
import type { LoadChunk } from './stored-reader.ts';
import type { WireWrite } from './wire.ts';
import { messageOf } from '../../model/error-message.ts';

export type Request =
  | { readonly kind: 'commit'; readonly writes: readonly WireWrite[]; readonly now: Instant }
  | { readonly kind: 'load' }
  | { readonly kind: 'reserve'; readonly count: number }
  | { readonly kind: 'deliveries'; readonly query: HistoryQuery }
  | { readonly kind: 'events'; readonly query: EventQuery }
  | { readonly kind: 'prune'; readonly before: Instant }
  | { readonly kind: 'close' };

export interface Numbered {
  readonly id: number;
  readonly request: Request;
}

export type Reply =
  | { readonly kind: 'committed'; readonly results: readonly WriteResult[] }
  | { readonly kind: 'reserved'; readonly first: number }
  | { readonly kind: 'deliveries'; readonly page: Page<DeliveryRow> }
  | { readonly kind: 'events'; readonly page: Page<Event> }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type FromWorker =
  | { readonly kind: 'opened'; readonly quarantined: Quarantined | null }
  | { readonly kind: 'not-opened'; readonly message: string }
  | { readonly kind: 'chunk'; readonly id: number; readonly chunk: LoadChunk }
  /** Of everything one turn of the worker settled. */
  | { readonly kind: 'replies'; readonly replies: readonly (readonly [id: number, reply: Reply])[] };

/** An error as it crosses: its class does not. */
interface Failure {
  /** null: a defect. */
  readonly reason: StoreUnavailable['reason'] | null;
  readonly detail: string;
}

export function failureOf(error: unknown): Failure {
  const root = error instanceof StoreUnavailable && error.cause instanceof Error ? error.cause : error;
  const detail = messageOf(root);
  return { reason: error instanceof StoreUnavailable ? error.reason : null, detail };
}

export function errorOf({ reason, detail }: Failure): Error {
  const cause = new Error(detail);
  return reason === null ? cause : new StoreUnavailable(reason, { cause });
}
