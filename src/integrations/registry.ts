// The list of integrations. Only their pure halves: config and previews never load a vendor's package.
import { aliyunsms } from './aliyunsms/config.ts';
import { dingtalk } from './dingtalk/config.ts';
import { discord } from './discord/config.ts';
import { email } from './email/config.ts';
import { feishu } from './feishu/config.ts';
import { file } from './file/config.ts';
import { incidentio } from './incidentio/config.ts';
import type { IntegrationKind } from './integration.ts';
import { jira } from './jira/config.ts';
import { mattermost } from './mattermost/config.ts';
import { msteams } from './msteams/config.ts';
import { msteamsv2 } from './msteamsv2/config.ts';
import { ntfy } from './ntfy/config.ts';
import { opsgenie } from './opsgenie/config.ts';
import { pagerduty } from './pagerduty/config.ts';
import { pushover } from './pushover/config.ts';
import { rocketchat } from './rocketchat/config.ts';
import { slack } from './slack/config.ts';
import { sns } from './sns/config.ts';
import { telegram } from './telegram/config.ts';
import { twilio } from './twilio/config.ts';
import { victorops } from './victorops/config.ts';
import { webex } from './webex/config.ts';
import { webhook } from './webhook/config.ts';
import { wechat } from './wechat/config.ts';
import { wecom } from './wecom/config.ts';

export const integrationKinds: readonly IntegrationKind[] = [
  aliyunsms,
  dingtalk,
  discord,
  email,
  feishu,
  file,
  incidentio,
  jira,
  mattermost,
  msteams,
  msteamsv2,
  ntfy,
  opsgenie,
  pagerduty,
  pushover,
  rocketchat,
  slack,
  sns,
  telegram,
  twilio,
  victorops,
  webex,
  webhook,
  wechat,
  wecom,
];
