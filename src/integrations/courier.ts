// Takes a message to the integration its kind names: render, then send. The one place that knows every kind's
// two halves; what each half does is in the kind's folder.
import { printMillis } from '../model/rfc3339.ts';
import type { Deadline } from '../ports/clock.ts';
import type { Courier } from '../ports/courier.ts';
import type { Sender } from '../ports/sender.ts';
import { renderFile, type FileRequest } from './file/render.ts';
import { renderWebhook, type WebhookRequest } from './webhook/render.ts';

/** A missing sender is a type error in app.ts. */
export interface Senders {
  readonly file: Sender<FileRequest>;
  readonly webhook: Sender<WebhookRequest>;
}

export function createCourier(senders: Senders, deadline: Deadline): Courier {
  return {
    async deliver({ config }, message, templates, signal) {
      switch (config.kind) {
        case 'file': {
          const request = renderFile(config, message, printMillis(message.at));
          return { outcome: await senders.file.send(request, signal), templateError: null };
        }
        case 'webhook': {
          const { request, templateError } = renderWebhook(config, message, templates, deadline());
          return { outcome: await senders.webhook.send(request, signal), templateError };
        }
      }
    },
  };
}
