// The JSON body that says everything about a message: Alertmanager's webhook body, byte for byte.
import { goJsonString } from '../model/go-json.ts';
import type { Pairs } from '../model/pairs.ts';
import { quoteMeta } from '../model/quote-meta.ts';
import type { Message, MessageAlert } from './message.ts';

export interface BodyParts {
  readonly truncatedAlerts?: number;
  /** Why this body goes out instead of the one the user asked for. */
  readonly templateError?: string | null;
  /** incident.io counts on its own. */
  readonly version?: '1' | '4';
}

export function standardBody(message: Message, parts: BodyParts = {}): string {
  const { truncatedAlerts = 0, templateError = null, version = '4' } = parts;
  const members = [
    // In upstream's order.
    ['receiver', goJsonString(quoteMeta(message.receiver))],
    ['status', goJsonString(message.status)],
    ['alerts', `[${message.alerts.map(alertJson).join(',')}]`],
    ['notification_reason', goJsonString(message.reason)],
    ['groupLabels', pairsJson(message.groupLabels)],
    ['commonLabels', pairsJson(message.commonLabels)],
    ['commonAnnotations', pairsJson(message.commonAnnotations)],
    ['routeLabels', pairsJson(message.routeLabels)],
    ['externalURL', goJsonString(message.externalURL)],
    ['version', `"${version}"`],
    ['groupKey', goJsonString(message.groupKey)],
    ['truncatedAlerts', String(truncatedAlerts)],
    ...(templateError === null ? [] : [['template_error', goJsonString(templateError)]]),
  ];
  return `{${members.map(([name, json]) => `"${name}":${json}`).join(',')}}`;
}

function alertJson(alert: MessageAlert): string {
  const members = [
    `"status":${goJsonString(alert.status)}`,
    `"labels":${pairsJson(alert.labels)}`,
    `"annotations":${pairsJson(alert.annotations)}`,
    `"startsAt":${goJsonString(alert.startsAt)}`,
    `"endsAt":${goJsonString(alert.endsAt)}`,
    `"generatorURL":${goJsonString(alert.generatorURL)}`,
    `"fingerprint":${goJsonString(alert.labels.fingerprint)}`,
  ];
  return `{${members.join(',')}}`;
}

/** Pairs are in the order of their bytes already, as Go writes maps. */
function pairsJson({ flat }: Pairs): string {
  let members = '';
  for (let i = 0; i < flat.length; i += 2) {
    members += `${i === 0 ? '' : ','}${goJsonString(flat[i]!)}:${goJsonString(flat[i + 1]!)}`;
  }
  return `{${members}}`;
}
