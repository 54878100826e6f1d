// A message as a file: the body a webhook would get, and the line of the list that points to it.
import type { Message } from '../../notify/message.ts';
import { standardBody } from '../../notify/standard-body.ts';
import type { FileConfig } from './config.ts';

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

export function renderFile(config: FileConfig, message: Message, at: string): FileRequest {
  const name = `${at.replaceAll(':', '-')}-${message.idempotencyKey.slice(0, 12)}.json`;
  const { receiver, status, reason, groupKey, alerts } = message;
  return {
    folder: config.path,
    name,
    body: `${standardBody(message, 0)}\n`,
    line: { file: name, at, receiver, status, reason, groupKey, alerts: alerts.length },
  };
}
