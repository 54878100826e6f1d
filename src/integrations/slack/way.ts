// How a message gets to Slack: api_url (an incoming webhook) or app_token (an app's own) with app_url, of the
// element or of `global`. They are one value because each stands aside for the other.
import { Secret } from '../../input/secret.ts';
import type { SecretSource } from '../../outbound/http-config.ts';
import type { Section } from '../../outbound/section.ts';
import type { Form } from '../form/form.ts';
import { secret, secretUrl, url } from '../form/secret.ts';

export interface Way {
  readonly url: SecretSource;
  /** app_token; null when http_config authorizes, or nothing does. */
  readonly token: SecretSource | null;
  readonly appUrl: string;
  /** What the methods of Slack's Web API are below; null: a webhook, which takes messages and gives nothing back. */
  readonly api: Secret | null;
}

const apiUrl = secretUrl({});
const appToken = secret({});
const appUrl = url({ global: 'slack_app_url' });

const URL_KEYS = ['api_url', 'api_url_file'];
const TOKEN_KEYS = ['app_token', 'app_token_file'];

export const way: Form<Way> = {
  properties: () => ({
    ...apiUrl.properties('api_url'),
    ...appToken.properties('app_token'),
    ...appUrl.properties('app_url'),
  }),
  read: (section, _key, context) => {
    const ownUrl = apiUrl.read(section, 'api_url', context) ?? null;
    const ownToken = appToken.read(section, 'app_token', context) ?? null;
    const app = appUrl.read(section, 'app_url', context) ?? '';
    if (ownUrl !== null && ownToken !== null) {
      const key = TOKEN_KEYS.find((each) => section.text(each) !== '')!;
      const message = `at most one of ${URL_KEYS.join('/')} & ${TOKEN_KEYS.join('/')} must be configured`;
      section.refuse(key, 'config/exclusive-keys', message);
    }
    const isOwn = ownUrl !== null || isAuthorized(section);
    const token = ownToken ?? (isOwn ? null : context.global.secret('slack_app_token'));
    const hook = ownUrl ?? context.global.secret('slack_api_url');
    const found: SecretSource | null = token === null ? hook : { kind: 'inline', secret: new Secret(app) };
    if (found !== null) return { url: found, token, appUrl: app, api: apiOf(found) };
    const hint = 'api_url takes an incoming webhook, app_token the token of an app (xoxb-…)';
    section.refuse('api_url', 'config/required', 'no Slack API URL nor App token set either inline or in a file', hint);
    return undefined;
  },
  // Of an app's the URL is app_url.
  print: (_key, { url: source, token, appUrl: app }) =>
    token === null
      ? apiUrl.print('api_url', source)
      : [...appToken.print('app_token', token), ...appUrl.print('app_url', app)],
};

/** The receiver's own http_config says who speaks: the token of `global` is not meant. */
function isAuthorized(section: Section): boolean {
  const http = section.section('http_config');
  return http !== null && ['authorization', 'bearer_token', 'bearer_token_file'].some((key) => http.has(key));
}

function apiOf(source: SecretSource): Secret | null {
  const root = source.kind === 'inline' ? /^(.*\/)chat\.postMessage$/.exec(source.secret.open())?.[1] : undefined;
  return root === undefined ? null : new Secret(root);
}
