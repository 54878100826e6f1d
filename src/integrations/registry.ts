// The list of integrations. Only their pure halves: config and previews never load a vendor's package.
import { aliyunsms } from './aliyunsms/config.ts';
import { dingtalk } from './dingtalk/config.ts';
import { feishu } from './feishu/config.ts';
import { file } from './file/config.ts';
import type { IntegrationKind } from './integration.ts';
import { ntfy } from './ntfy/config.ts';
import { twilio } from './twilio/config.ts';
import { webhook } from './webhook/config.ts';
import { wecom } from './wecom/config.ts';

export const integrationKinds: readonly IntegrationKind[] = [
  aliyunsms,
  dingtalk,
  feishu,
  file,
  ntfy,
  twilio,
  webhook,
  wecom,
];
