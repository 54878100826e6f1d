// email_configs: upstream's keys, and `reply_to`. What is not said in the element is taken from `global`.
import { goQuote } from '../../model/go-quote.ts';
import { canonicalHeaderName } from '../../model/header-name.ts';
import { isMapping } from '../../input/tree.ts';
import { compileTls, NO_TLS } from '../../outbound/compile-tls.ts';
import { splitHostPort } from '../../outbound/host-port.ts';
import type { TlsConfig } from '../../outbound/http-config.ts';
import { printTls } from '../../outbound/print.ts';
import { tlsConfigSchema } from '../../outbound/schema.ts';
import type { Section } from '../../outbound/section.ts';
import type { Form } from '../form/form.ts';
import { integrationKind } from '../form/kind.ts';
import { optionalBool } from '../form/scalar.ts';
import { secret } from '../form/secret.ts';
import { globalText, optionalTemplate, requiredAddress, template } from '../form/text.ts';
import { readBool } from '../../input/scalar.ts';
import { DEFAULT_HTML, DEFAULT_SUBJECT, renderEmail } from './render.ts';

const TEXT = { type: ['string', 'null'] };
const PORTS: Readonly<Record<string, number>> = { smtp: 25, smtps: 465, submissions: 465, submission: 587 };

export interface Address {
  readonly host: string;
  readonly port: number;
  /** As it stands in the file. */
  readonly text: string;
}

const smarthost: Form<Address> = {
  properties: (key) => ({ [key]: TEXT }),
  read: (section, key, { global }) => {
    const text = section.text(key) || global.text('smtp_smarthost');
    const hint = 'write host:port, as smtp.example.org:587';
    if (text === '') {
      section.refuse(key, 'config/required', 'no global SMTP smarthost set', hint);
      return undefined;
    }
    const split = splitHostPort(text);
    const port = split.ok ? (PORTS[split.port] ?? portOf(split.port)) : null;
    if (split.ok && port !== null) return { host: split.host || 'localhost', port, text };
    const message = split.ok ? `address ${text}: unknown port ${goQuote(split.port)}` : split.message;
    section.refuseValue(key, 'config/bad-value', message, hint);
    return undefined;
  },
  print: (key, { text }) => [[key, text]],
};

const portOf = (text: string): number | null =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null;

/** A yes or no of `global`, when the element does not say. */
const globalBool = <Otherwise extends null | boolean>(
  globalKey: string,
  otherwise: Otherwise,
): Form<boolean | Otherwise> => ({
  ...optionalBool(),
  read: (section, key, { global }) => readBool(section.text(key) || global.text(globalKey)) ?? otherwise,
});

export interface HeaderTemplates {
  /** By their names as Go spells them. */
  readonly own: ReadonlyMap<string, string>;
  /** With those that every mail has, as upstream shows them. */
  readonly shown: ReadonlyMap<string, string>;
}

const headers: Form<HeaderTemplates> = {
  properties: (key) => ({ [key]: { type: ['object', 'null'], additionalProperties: TEXT } }),
  read: (section, key, { global, template: tried }) => {
    const raw = section.raw(key);
    const own = new Map<string, string>();
    for (const [name, value] of isMapping(raw) ? Object.entries(raw) : []) {
      const text = typeof value === 'string' ? value : '';
      const canonical = canonicalHeaderName(name);
      if (own.has(canonical)) {
        refuseHeader(
          section,
          key,
          `duplicate header ${goQuote(canonical)} in email config`,
          'case makes no difference',
        );
      }
      refuseUnusable(section, key, canonical);
      tried([...section.path, key, name], text, 'text');
      own.set(canonical, text);
    }
    const from = section.text('from') || global.text('smtp_from');
    const shown = new Map([['From', from], ['Subject', DEFAULT_SUBJECT], ['To', section.text('to')], ...own]);
    return { own, shown: new Map([...shown].toSorted(([a], [b]) => (a < b ? -1 : 1))) };
  },
  print: (key, { shown }) => [[key, shown]],
};

function refuseUnusable(section: Section, key: string, name: string): void {
  if (!/^[!-9;-~]+$/.test(name)) {
    refuseHeader(section, key, `invalid header name ${goQuote(name)} in email config`, 'letters, digits and hyphens');
  }
  if (/^(?:Content-.*|Mime-Version)$/.test(name)) {
    const hint = 'the parts of a mail are `html` and `text`, and bring it along';
    refuseHeader(section, key, `header ${goQuote(name)} cannot be set in email config`, hint);
  }
}

const refuseHeader = (section: Section, key: string, message: string, hint: string): void =>
  section.refuseValue(key, 'config/bad-value', message, hint);

/** Like all files of integrations but those of http_config it names its files from the working directory. */
const tls: Form<TlsConfig | null> = {
  properties: (key) => ({ [key]: tlsConfigSchema }),
  read: (section, key, { global }) => {
    const own = section.section(key);
    return own === null ? global.smtpTls : compileTls(own);
  },
  print: (key, config) => (config === null ? [] : [[key, printTls(config)]]),
};

export interface Threading {
  readonly enabled: boolean;
  readonly byDate: string;
}

const threading: Form<Threading> = {
  properties: (key) => ({
    [key]: {
      type: ['object', 'null'],
      additionalProperties: false,
      properties: { enabled: { ...TEXT, format: 'bool' }, thread_by_date: TEXT },
    },
  }),
  read: (section, key) => {
    const inner = section.section(key);
    const enabled = inner?.bool('enabled', false) ?? false;
    const byDate = inner?.text('thread_by_date') ?? '';
    if (enabled && byDate !== 'none' && byDate !== 'daily') {
      inner!.refuseValue(
        'thread_by_date',
        'config/bad-value',
        "threading.thread_by_date must be either 'none' or 'daily'",
      );
    }
    return { enabled, byDate };
  },
  print: (key, { enabled, byDate }) => {
    const fields = [
      ...(enabled ? [['enabled', true] as const] : []),
      ...(byDate === '' ? [] : [['thread_by_date', byDate] as const]),
    ];
    return fields.length === 0 ? [] : [[key, new Map<string, boolean | string>(fields)]];
  },
};

/** Upstream's text is shown where the file has none. */
const html: Form<string | null> = {
  ...optionalTemplate('html'),
  print: (key, text) => (text === '' ? [] : [[key, text ?? DEFAULT_HTML]]),
};

const text: Form<string | null> = {
  ...optionalTemplate(),
  print: (key, words) => (words === null || words === '' ? [] : [[key, words]]),
};

export const email = integrationKind({
  kind: 'email',
  sendResolvedDefault: false,
  table: {
    to: requiredAddress('missing to address in email config'),
    from: requiredAddress('no global SMTP from set', 'smtp_from'),
    hello: globalText('smtp_hello'),
    smarthost,
    auth_username: globalText('smtp_auth_username'),
    auth_password: secret({ global: 'smtp_auth_password', mayBeBoth: true }),
    auth_secret: secret({ global: 'smtp_auth_secret', mayBeBoth: true }),
    auth_identity: globalText('smtp_auth_identity'),
    headers,
    html,
    text,
    require_tls: globalBool('smtp_require_tls', true),
    tls_config: tls,
    force_implicit_tls: globalBool('smtp_force_implicit_tls', null),
    threading,
    reply_to: template(),
  },
  check: (section, { threading: { enabled }, headers: { own } }) => {
    for (const name of enabled ? ['References', 'In-Reply-To'] : []) {
      if (!own.has(name)) continue;
      const message = `conflicting configuration: threading.enabled conflicts with custom ${name} header`;
      section.refuse('threading', 'config/exclusive-keys', message);
    }
  },
  render: ({ tlsConfig, ...values }, scene) => renderEmail({ ...values, tls: tlsConfig ?? NO_TLS }, scene),
});
