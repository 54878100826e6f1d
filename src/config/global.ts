// The `global` block: what receivers fall back on.
import { parseDuration } from '../model/duration.ts';
import type { DurationMs } from '../model/time.ts';
import { compileHttpConfig, DEFAULT_HTTP_CONFIG } from '../outbound/compile.ts';
import { compileTls } from '../outbound/compile-tls.ts';
import { splitHostPort } from '../outbound/host-port.ts';
import type { GlobalKeys } from '../integrations/integration.ts';
import type { HttpConfig, TlsConfig } from '../outbound/http-config.ts';
import { Section } from '../outbound/section.ts';
import { HIDDEN_URL, httpUrlFault } from '../outbound/url.ts';
import type { Node } from '../input/node.ts';

export interface Global {
  readonly resolveTimeout: DurationMs;
  readonly http: HttpConfig;
  /** smtp_tls_config; null when absent. */
  readonly smtpTls: TlsConfig | null;
  /** Everything, by key, for the integrations. */
  readonly keys: GlobalKeys;
}

/** What a key of `global` holds. Secrets and secret URLs show as `<secret>`. */
export type GlobalForm = 'text' | 'bool' | 'duration' | 'secret' | 'url' | 'secret-url' | 'host-port' | 'http' | 'tls';

interface GlobalField {
  readonly key: string;
  readonly form: GlobalForm;
  readonly otherwise?: string;
  /** A default that is not printed: amtool 0.25 refuses the key. */
  readonly implied?: string;
}

/** In the order they are printed, with the defaults that are printed. */
export const globalFields: readonly GlobalField[] = [
  { key: 'resolve_timeout', form: 'duration', otherwise: '5m' },
  { key: 'http_config', form: 'http' },
  { key: 'jira_api_url', form: 'url' },
  { key: 'smtp_from', form: 'text' },
  { key: 'smtp_hello', form: 'text', otherwise: 'localhost' },
  { key: 'smtp_smarthost', form: 'host-port' },
  { key: 'smtp_auth_username', form: 'text' },
  { key: 'smtp_auth_password', form: 'secret' },
  { key: 'smtp_auth_password_file', form: 'text' },
  { key: 'smtp_auth_secret', form: 'secret' },
  { key: 'smtp_auth_secret_file', form: 'text' },
  { key: 'smtp_auth_identity', form: 'text' },
  { key: 'smtp_require_tls', form: 'bool', otherwise: 'true' },
  { key: 'smtp_tls_config', form: 'tls' },
  { key: 'smtp_force_implicit_tls', form: 'bool' },
  { key: 'slack_api_url', form: 'secret-url' },
  { key: 'slack_api_url_file', form: 'text' },
  { key: 'slack_app_token', form: 'secret' },
  { key: 'slack_app_token_file', form: 'text' },
  { key: 'slack_app_url', form: 'url', implied: 'https://slack.com/api/chat.postMessage' },
  { key: 'pagerduty_url', form: 'url', otherwise: 'https://events.pagerduty.com/v2/enqueue' },
  { key: 'opsgenie_api_url', form: 'url', otherwise: 'https://api.opsgenie.com/' },
  { key: 'opsgenie_api_key', form: 'secret' },
  { key: 'opsgenie_api_key_file', form: 'text' },
  { key: 'wechat_api_url', form: 'url', otherwise: 'https://qyapi.weixin.qq.com/cgi-bin/' },
  { key: 'wechat_api_secret', form: 'secret' },
  { key: 'wechat_api_secret_file', form: 'text' },
  { key: 'wechat_api_corp_id', form: 'text' },
  {
    key: 'victorops_api_url',
    form: 'url',
    otherwise: 'https://alert.victorops.com/integrations/generic/20131114/alert/',
  },
  { key: 'victorops_api_key', form: 'secret' },
  { key: 'victorops_api_key_file', form: 'text' },
  { key: 'telegram_api_url', form: 'url', otherwise: 'https://api.telegram.org' },
  { key: 'telegram_bot_token', form: 'secret' },
  { key: 'telegram_bot_token_file', form: 'text' },
  { key: 'webex_api_url', form: 'url', otherwise: 'https://webexapis.com/v1/messages' },
  { key: 'rocketchat_api_url', form: 'url' },
  { key: 'rocketchat_token', form: 'secret' },
  { key: 'rocketchat_token_file', form: 'text' },
  { key: 'rocketchat_token_id', form: 'secret' },
  { key: 'rocketchat_token_id_file', form: 'text' },
  { key: 'mattermost_webhook_url', form: 'secret-url' },
  { key: 'mattermost_webhook_url_file', form: 'text' },
];

const DEFAULT_RESOLVE_TIMEOUT: DurationMs = 300_000; // resolve_timeout

export function compileGlobal(global: Node, baseDir: string): Global {
  for (const { key, form } of globalFields) checkForm(global.at(key), form);
  for (const { key } of globalFields) if (key.endsWith('_file')) atMostOne(global, key.slice(0, -'_file'.length), key);
  refuseTwoWaysToSlack(global);
  const timeout = parseDuration(global.at('resolve_timeout').text);
  const http = compileHttp(global.at('http_config'), baseDir);
  const smtpTls = compileSmtpTls(global.at('smtp_tls_config'));
  return {
    resolveTimeout: timeout.ok ? timeout.ms : DEFAULT_RESOLVE_TIMEOUT,
    http,
    smtpTls,
    keys: { http, smtpTls, text: textIn(global), secret: secretIn(global) },
  };
}

const DEFAULTS = new Map(globalFields.map(({ key, otherwise, implied = '' }) => [key, otherwise ?? implied]));

const textIn =
  (global: Node): GlobalKeys['text'] =>
  (key) =>
    global.at(key).text || (DEFAULTS.get(key) ?? '');

/** Like the files of integrations, these are relative to the working directory. */
const secretIn =
  (global: Node): GlobalKeys['secret'] =>
  (key) =>
    Section.open(global.value, global.path, global.report, '').secret(key, `${key}_file`);

function compileHttp(node: Node, baseDir: string): HttpConfig {
  if (!node.isMapping) return DEFAULT_HTTP_CONFIG;
  return compileHttpConfig(node.value, node.path, node.report, baseDir) ?? DEFAULT_HTTP_CONFIG;
}

/** Its files are named from the working directory, unlike those of http_config: as upstream has it. */
function compileSmtpTls(node: Node): TlsConfig | null {
  return node.isMapping ? compileTls(Section.open(node.value, node.path, node.report, '')) : null;
}

function checkForm(node: Node, form: GlobalForm): void {
  if (typeof node.value !== 'string') return;
  if (form === 'secret-url' && node.text === HIDDEN_URL) {
    node.warn('config/unusable', `it is ${HIDDEN_URL}, as a printed configuration has it`, 'nothing can be sent there');
  } else if (form === 'url' || form === 'secret-url') {
    const fault = httpUrlFault(node.text);
    if (fault !== null) node.error('config/bad-url', fault, 'write it in full, as https://host/path');
  }
  if (form === 'host-port' && node.text !== '') {
    const split = splitHostPort(node.text);
    if (!split.ok) node.error('config/bad-value', split.message, 'write host:port, as smtp.example.org:587');
  }
}

function atMostOne(global: Node, key: string, fileKey: string): void {
  if (global.at(key).text === '' || global.at(fileKey).text === '') return;
  const message = `at most one of ${key} & ${fileKey} must be configured`;
  global.at(fileKey).error('config/exclusive-keys', message, undefined, 'key');
}

/** A webhook URL and an app token exclude each other, but for an old way of giving the app's own URL as both. */
function refuseTwoWaysToSlack(global: Node): void {
  const [url, appUrl] = [global.at('slack_api_url').text, textIn(global)('slack_app_url')];
  const token = ['slack_app_token', 'slack_app_token_file'].find((key) => global.at(key).text !== '');
  const webhook = ['slack_api_url', 'slack_api_url_file'].find((key) => global.at(key).text !== '');
  if (token === undefined || webhook === undefined || url === appUrl) return;
  const message =
    'at most one of slack_app_token/slack_app_token_file & slack_api_url/slack_api_url_file must be configured';
  global.at(token).error('config/exclusive-keys', message, undefined, 'key');
}
