// The list of integrations, pure halves only: config and previews never load a vendor's package. app.ts
// supplies the senders, keyed by the same names.
import { file, type FileConfig } from './file/config.ts';
import { webhook, type WebhookConfig } from './webhook/config.ts';

export type IntegrationConfig = FileConfig | WebhookConfig;

export const integrationKinds = [file, webhook] as const;
