// Takes a message to its integration: rendered as its kind has it, then sent the way its draft asks for.
import type { Outcome } from '../notify/outcome.ts';
import type { Deadline } from '../ports/clock.ts';
import type { Courier } from '../ports/courier.ts';
import type { Attempt, Sender } from '../ports/sender.ts';
import type { Draft } from './draft.ts';
import type { Mail } from './email/request.ts';
import type { FileRequest } from './file/request.ts';
import type { HttpPost } from './http/request.ts';
import { drafted } from './scene.ts';
import type { SlackRequest } from './slack/request.ts';

/** A missing sender is a type error in app.ts. */
export interface Senders {
  readonly file: Sender<FileRequest>;
  readonly http: Sender<HttpPost>;
  readonly mail: Sender<Mail>;
  readonly slack: Sender<SlackRequest>;
}

export function createCourier(senders: Senders, deadline: Deadline): Courier {
  return {
    async deliver({ config, locale, texts }, { message, memo, templates, ...attempt }) {
      const afresh = (): (() => boolean) => deadline(message.alerts.length);
      const parts = { message, memo, locale, templates, texts, expired: afresh(), afresh };
      const { draft, templateError } = drafted(config, parts);
      return { outcome: await send(senders, draft, attempt), templateError };
    },
  };
}

async function send(senders: Senders, draft: Draft, attempt: Attempt): Promise<Outcome> {
  switch (draft.kind) {
    case 'file':
      return senders.file.send(draft.request, attempt);
    case 'http':
      return senders.http.send(draft.request, attempt);
    case 'mail':
      return senders.mail.send(draft.request, attempt);
    case 'slack':
      return senders.slack.send(draft.request, attempt);
    case 'refused':
      return { kind: 'rejected', reason: draft.reason, detail: draft.detail };
  }
}
