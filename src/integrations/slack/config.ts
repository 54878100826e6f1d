// slack_configs: Alertmanager's, whole.
import type { Section } from '../../outbound/section.ts';
import { integrationKind } from '../form/kind.ts';
import { slackForms, type SlackValues } from './forms.ts';
import { renderSlack } from './render.ts';

export const slack = integrationKind({
  kind: 'slack',
  sendResolvedDefault: false,
  table: slackForms,
  check: refuseWrongWays,
  render: renderSlack,
});

function refuseWrongWays(section: Section, values: SlackValues): void {
  const { way: taken, httpConfig, updateMessage } = values;
  // Of a refused section the values mean nothing.
  if (section.refused) return;
  if (taken.token !== null && httpConfig.auth?.kind === 'authorization') {
    const message = "http authorization can't be set when using Slack App tokens";
    section.refuse('http_config', 'config/exclusive-keys', message, 'app_token is the authorization');
  }
  if (updateMessage && taken.api === null) {
    const message =
      'update_message can only be used with bot tokens. api_url must be set to https://slack.com/api/chat.postMessage';
    section.refuse('update_message', 'config/exclusive-keys', message, 'or give app_token: webhooks cannot edit');
  }
}
