// Writes as they travel to the thread that holds the database. Alerts come a hundred thousand at a time, so they
// travel as columns: one typed array or array of strings per field, no object per alert (structured clone of an
// alert as an object costs more than storing it). What carries methods is turned into text. Everything else is
// plain data and travels as it is.
import type { StoredAlert, Write } from '../../ports/store.ts';
import { instanceText, type InstanceText } from './rule-table.ts';
import type { Silence } from '../../mute/silence.ts';

/** The same columns bring alerts to the store and back. */
export interface AlertColumns {
  readonly ids: Float64Array;
  /** See table alert in the migrations. */
  readonly bodies: readonly string[];
  readonly endsAt: Float64Array;
  readonly endTexts: readonly string[];
  readonly updatedAt: Float64Array;
}

export interface EndColumns {
  readonly ids: Float64Array;
  readonly endsAt: Float64Array;
  readonly endTexts: readonly string[];
  readonly updatedAt: number;
}

export interface SilenceRow {
  readonly id: string;
  readonly matchers: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly updatedAt: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations: string;
}

export type WireWrite =
  | { readonly kind: 'alerts.put'; readonly columns: AlertColumns }
  | { readonly kind: 'alerts.extend'; readonly columns: EndColumns }
  | { readonly kind: 'silence.put'; readonly row: SilenceRow }
  | {
      readonly kind: 'rules.put';
      readonly group: string;
      readonly evaluatedAt: number;
      readonly put: readonly InstanceText[];
      readonly gone: readonly { readonly ruleId: string; readonly digest: string }[];
    }
  | Exclude<Write, { readonly kind: 'alerts.put' | 'alerts.extend' | 'silence.put' | 'rules.put' }>;

export const encodeWrites = (writes: readonly Write[]): readonly WireWrite[] => writes.map(encodeWrite);

function encodeWrite(write: Write): WireWrite {
  switch (write.kind) {
    case 'alerts.put':
      return { kind: 'alerts.put', columns: alertColumns(write.alerts) };
    case 'alerts.extend': {
      const endsAt = new Float64Array(write.endsAt.length);
      const endTexts: string[] = [];
      for (const [i, stamp] of write.endsAt.entries()) {
        endsAt[i] = stamp.at;
        endTexts.push(stamp.text);
      }
      const columns = { ids: Float64Array.from(write.ids), endsAt, endTexts, updatedAt: write.updatedAt };
      return { kind: 'alerts.extend', columns };
    }
    case 'rules.put': {
      const put = write.put.map(({ ruleId, instance }) => ({
        ruleId,
        digest: instance.labels.digest,
        body: instanceText(instance),
      }));
      return { ...write, put };
    }
    case 'silence.put':
      return { kind: 'silence.put', row: silenceRow(write.silence) };
    default:
      return write;
  }
}

function alertColumns(alerts: readonly StoredAlert[]): AlertColumns {
  const count = alerts.length;
  const ids = new Float64Array(count);
  const endsAt = new Float64Array(count);
  const updatedAt = new Float64Array(count);
  const bodies: string[] = [];
  const endTexts: string[] = [];
  for (let i = 0; i < count; i++) {
    const { id, alert } = alerts[i]!;
    const { labels, annotations, startsAt, timeout, generatorURL, notify } = alert;
    ids[i] = id;
    endsAt[i] = alert.endsAt.at;
    updatedAt[i] = alert.updatedAt;
    endTexts.push(alert.endsAt.text);
    bodies.push(
      JSON.stringify([
        labels.flat,
        annotations.flat,
        startsAt.at,
        startsAt.text,
        timeout ? 1 : 0,
        generatorURL,
        notify,
      ]),
    );
  }
  return { ids, bodies, endsAt, endTexts, updatedAt };
}

const silenceRow = (silence: Silence): SilenceRow => ({
  id: silence.id,
  matchers: JSON.stringify(silence.matchers.map(({ name, op, value }) => [name, op, value])),
  startsAt: silence.startsAt,
  endsAt: silence.endsAt,
  updatedAt: silence.updatedAt,
  createdBy: silence.createdBy,
  comment: silence.comment,
  annotations: JSON.stringify(silence.annotations.flat),
});
