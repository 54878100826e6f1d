// webhook_configs: our own JSON, or the user's `payload`, POSTed to one URL.
import { parseGoDuration, printGoDuration } from '../../model/duration.ts';
import type { DurationMs } from '../../model/time.ts';
import { readInt } from '../../input/scalar.ts';
import { compileHttpConfig } from '../../outbound/compile.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import { printHttpConfig } from '../../outbound/print.ts';
import { httpConfigSchema } from '../../outbound/schema.ts';
import { Section } from '../../outbound/section.ts';
import { httpUrlFault } from '../../outbound/url.ts';
import type { IntegrationKindDef } from '../integration.ts';
import { compilePayload } from './payload.ts';

export interface WebhookConfig {
  readonly kind: 'webhook';
  /** `url` or `url_file`. */
  readonly url: SecretSource;
  readonly http: HttpConfig;
  /** max_alerts; 0 is all. */
  readonly maxAlerts: number;
  /** null is the group's own budget. */
  readonly timeout: DurationMs | null;
  /** The user's own body: string leaves are templates. null is our default body. */
  readonly payload: Payload | null;
}

export type Payload = null | boolean | number | string | readonly Payload[] | ReadonlyMap<string, Payload>;

const text = { type: ['string', 'null'] };

export const webhook: IntegrationKindDef<'webhook', WebhookConfig> = {
  kind: 'webhook',
  key: 'webhook_configs',
  sendResolvedDefault: true,
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      send_resolved: { ...text, format: 'bool' },
      http_config: httpConfigSchema,
      url: text,
      url_file: text,
      max_alerts: { ...text, format: 'uint' },
      timeout: { ...text, format: 'go-duration' },
      payload: {},
    },
  },
  compile: (value, path, context) => {
    // url_file is relative to the working directory, as upstream has it; only http_config knows the file's folder.
    const section = Section.open(value, path, context.report, '');
    const url = compileUrl(section);
    const http = section.has('http_config')
      ? compileHttpConfig(section.raw('http_config'), [...path, 'http_config'], context.report, context.baseDir)
      : context.globalHttp;
    const config = {
      kind: 'webhook' as const,
      maxAlerts: readInt(section.text('max_alerts')) ?? 0,
      timeout: compileTimeout(section),
      payload: compilePayload(context.typed([...path, 'payload']), section.raw('payload')),
    };
    return section.refused || url === null || http === null ? null : { ...config, url, http };
  },
  print: ({ http, url, maxAlerts, timeout, payload }) => [
    ['http_config', printHttpConfig(http)],
    // Not the bare word upstream shows: amtool 0.25 reads the key as a URL and would refuse the whole file.
    url.kind === 'inline' ? ['url', 'http://<secret>'] : ['url_file', url.path],
    ['max_alerts', maxAlerts],
    ...(timeout === null ? [] : ([['timeout', printGoDuration(timeout)]] as const)),
    ...(payload === null ? [] : ([['payload', payload]] as const)),
  ],
};

function compileUrl(section: Section): SecretSource | null {
  const url = section.text('url');
  if (url !== '' && section.text('url_file') !== '') {
    section.refuse('url_file', 'config/exclusive-keys', 'at most one of url & url_file must be configured');
  }
  if (url.includes('{{')) {
    const hint = 'give each receiver its own fixed URL';
    section.refuseValue('url', 'config/unsupported', 'templates in a webhook url are not supported yet', hint);
  } else if (url !== '') {
    const fault = httpUrlFault(url);
    if (fault !== null) section.refuseValue('url', 'config/bad-url', `invalid URL: ${fault}`);
  }
  const source = section.secret('url', 'url_file');
  if (source === null) {
    section.refuse('url', 'config/required', 'one of url or url_file must be configured');
  }
  return source;
}

/** Zero and less set no limit of their own, as upstream has it. */
function compileTimeout(section: Section): DurationMs | null {
  if (!section.has('timeout')) return null;
  const parsed = parseGoDuration(section.text('timeout'), 'nanoseconds');
  return parsed.ok && parsed.ms > 0 ? parsed.ms : null;
}
