// The event stream of this process, put together.
import type { StreamGroup } from '../../history/stream-event.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Entropy } from '../../ports/entropy.ts';
import type { HttpClient } from '../../ports/http-client.ts';
import { OutgoingEvents } from './event-stream.ts';
import { Outputs } from './outputs.ts';
import { StreamReport, type StreamReportParts } from './report.ts';

export interface EventStreamParts extends StreamReportParts {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly userAgent: string;
  /** The name of this machine. */
  readonly instance: string;
}

export function createEventStream(parts: EventStreamParts): OutgoingEvents {
  const { entropy, instance } = parts;
  const report = new StreamReport(parts);
  const uuids = new WeakMap<StreamGroup, string>();
  const sender = {
    instance,
    buildContext: `(node=${process.version}, platform=${process.platform}/${process.arch})`,
    uuidOf: (group: StreamGroup) => uuids.getOrInsertComputed(group, () => entropy.uuid()),
  };
  return new OutgoingEvents({ sender, report, outputs: new Outputs({ ...parts, report }) });
}
