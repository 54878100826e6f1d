// The list of integrations. Only their pure halves: config and previews never load a vendor's package.
import { file } from './file/config.ts';
import type { IntegrationKind } from './integration.ts';
import { slack } from './slack/config.ts';
import { webhook } from './webhook/config.ts';

export const integrationKinds: readonly IntegrationKind[] = [file, slack, webhook];
