// An incoming webhook that takes JSON, and explains itself in JSON when it does not.
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import type { Draft } from '../draft.ts';
import { byJson } from './judge-json.ts';
import { jsonPost } from './request.ts';

export interface JsonWebhook {
  readonly httpConfig: HttpConfig;
  readonly webhookUrl: SecretSource;
}

export const jsonWebhook = ({ httpConfig, webhookUrl }: JsonWebhook, body: string): Draft => ({
  kind: 'http',
  request: {
    http: httpConfig,
    timeout: null,
    secrets: { webhook_url: webhookUrl },
    write: (secret) => jsonPost(secret('webhook_url'), `${body}\n`),
    judge: byJson,
  },
});
