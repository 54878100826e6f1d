// Alerts and groups as JSON text, joined from parts that are ready (labels, annotations) or the same for many:
// a list of a hundred thousand is never an object tree.
import { printMillis, stampMillis } from '../model/rfc3339.ts';
import type { AlertView, GroupView, ReceiverView } from '../engine/contract.ts';

export type AlertPrinter = (view: AlertView) => string;

/** One printer per answer: it remembers the parts that repeat. */
export function alertPrinter(): AlertPrinter {
  const receivers = new Map<string, string>();
  const updated = new Map<number, string>();
  return (view) => {
    const { alert } = view;
    const url = alert.generatorURL === '' ? '' : `,"generatorURL":${JSON.stringify(alert.generatorURL)}`;
    return (
      `{"annotations":${alert.annotations.json},"endsAt":"${stampMillis(alert.endsAt)}",` +
      `"fingerprint":"${alert.labels.fingerprint}","receivers":[${receiverList(view.receivers, receivers)}],` +
      `"startsAt":"${stampMillis(alert.startsAt)}","status":${printStatus(view)},` +
      `"updatedAt":"${remembered(updated, alert.updatedAt, printMillis)}"${url},"labels":${alert.labels.json}}`
    );
  };
}

export function printGroup(group: GroupView, printAlert: AlertPrinter): string {
  const alerts = group.alerts.map(printAlert).join(',');
  return (
    `{"alerts":[${alerts}],"labels":${group.labels.json},"receiver":{"name":${JSON.stringify(group.receiver.name)}},` +
    `"routeLabels":${group.routeLabels.json}}`
  );
}

export const printReceiver = (receiver: ReceiverView): string =>
  `{"labels":${receiver.labels.json},"name":${JSON.stringify(receiver.name)}}`;

const PLAIN_STATUS = '{"inhibitedBy":[],"mutedBy":[],"silencedBy":[],"state":"active"}';

function printStatus(view: AlertView): string {
  const { inhibitedBy, mutedBy, silencedBy, state } = view;
  if (state === 'active' && inhibitedBy.length + mutedBy.length + silencedBy.length === 0) return PLAIN_STATUS;
  return JSON.stringify({ inhibitedBy, mutedBy, silencedBy, state });
}

function receiverList(receivers: readonly ReceiverView[], known: Map<string, string>): string {
  const print = (name: string): string => `{"name":${JSON.stringify(name)}}`;
  if (receivers.length === 1) return remembered(known, receivers[0]!.name, print);
  return receivers.map((receiver) => remembered(known, receiver.name, print)).join(',');
}

function remembered<Key>(known: Map<Key, string>, key: Key, make: (key: Key) => string): string {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make(key);
  if (known.size < 1000) known.set(key, made);
  return made;
}
