// Where events go that are written out as they happen: event_recorder. The engine has none where nobody asked for it.
import type { EventRecorderConfig } from '../config/config.ts';
import type { StreamEvent } from '../history/stream-event.ts';

export interface EventStream {
  /** Never waits and never fails: what there is no room for is dropped, and counted. */
  record(event: StreamEvent): void;
  /** Many at once: each is asked for when there is room for it. */
  recordAll(events: Iterable<StreamEvent>): void;
  /** From now on. Where an output cannot be opened, those before stay; at the first time the others are taken. */
  configure(outputs: EventRecorderConfig): Promise<void>;
}
