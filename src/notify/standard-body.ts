// The JSON body that says everything about a message: Alertmanager's webhook body, byte for byte.
import { goJsonString } from '../model/go-json.ts';
import type { Pairs } from '../model/pairs.ts';
import { quoteMeta } from '../model/quote-meta.ts';
import type { Message, MessageAlert } from './message.ts';

/** `templateError`: why this body goes out instead of the one the user asked for. */
export function standardBody(message: Message, truncatedAlerts: number, templateError: string | null = null): string {
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
    ['version', '"4"'],
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
