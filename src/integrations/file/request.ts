// A message as a file: the body a webhook would get, and the line of the list that points to it.
import { printMillis } from '../../model/rfc3339.ts';
import type { Message } from '../../notify/message.ts';
import { standardBody } from '../../notify/standard-body.ts';

export interface FileRequest {
  readonly folder: string;
  /** The same at every attempt: a message written twice is there once. */
  readonly name: string;
  readonly body: string;
  readonly line: OutboxLine;
}

/** One element of outbox.json. */
export interface OutboxLine {
  readonly file: string;
  readonly at: string;
  readonly receiver: string;
  readonly status: string;
  readonly reason: string;
  readonly groupKey: string;
  readonly alerts: number;
}

export function fileRequest(folder: string, message: Message): FileRequest {
  const at = printMillis(message.at);
  const name = `${at.replaceAll(':', '-')}-${message.idempotencyKey.slice(0, 12)}.json`;
  const { receiver, status, reason, groupKey, alerts } = message;
  return {
    folder,
    name,
    body: `${standardBody(message)}\n`,
    line: { file: name, at, receiver, status, reason, groupKey, alerts: alerts.length },
  };
}
