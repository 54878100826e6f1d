// One integration, from the YAML of its element to what would leave: for the tests of a kind.
import { readdirSync, readFileSync } from 'node:fs';
import { compileConfig } from '../../src/config/compile.ts';
import type { IntegrationEntry } from '../../src/config/config.ts';
import { createHttpSender } from '../../src/integrations/http/send.ts';
import type { HttpPost, Wire } from '../../src/integrations/http/request.ts';
import { drafted, type Drafted, type SceneParts } from '../../src/integrations/scene.ts';
import { Labels } from '../../src/model/labels.ts';
import type { Reading } from '../../src/model/reading.ts';
import { Pairs } from '../../src/model/pairs.ts';
import { compose } from '../../src/notify/compose.ts';
import type { Message, MessageAlert } from '../../src/notify/message.ts';
import type { Outcome } from '../../src/notify/outcome.ts';
import { TemplateSet, type TemplateSource } from '../../src/template/template-set.ts';
import type { World } from '../contract/integration.contract.ts';

const indent = (yaml: string, by: string): string => yaml.replace(/^(?=.)/gm, by);

export interface Setting {
  /** More of the receiver, `language: zh` for one. */
  readonly receiver?: string;
  /** The global block. */
  readonly global?: string;
}

/** `yaml` is the element of the list. Problems are `LINE:COLUMN MESSAGE`, counted from the element's first line. */
export function compileElement(
  key: string,
  yaml: string,
  { receiver = '', global = '' }: Setting = {},
): { readonly entry: IntegrationEntry | null; readonly problems: readonly string[]; readonly printed: string } {
  const head = `route: {receiver: team}\n${global === '' ? '' : `global:\n${indent(global, '  ')}\n`}receivers:\n- name: team\n`;
  const before = `${head}${receiver === '' ? '' : `${indent(receiver, '  ')}\n`}  ${key}:\n  -\n`;
  const text = `${before}${indent(yaml, '    ')}\n`;
  const config = compileConfig({ file: '/etc/belfry/belfry.yml', text }, { matcherMode: 'fallback', retention: 1e9 });
  const first = before.split('\n').length - 1;
  if (!config.ok) {
    const problems = config.problems.map(({ at, message }) => `${at!.line - first}:${at!.column - 4} ${message}`);
    return { entry: null, problems, printed: '' };
  }
  const entry = config.value.receivers.get('team')!.integrations[0] ?? null;
  return { entry, problems: [], printed: config.value.original };
}

export function element(key: string, yaml: string, setting: Setting = {}): IntegrationEntry {
  const { entry, problems } = compileElement(key, yaml, setting);
  if (entry === null) throw new Error(`it does not compile: ${problems.join('; ')}`);
  return entry;
}

export interface SampleAlert {
  readonly status?: 'firing' | 'resolved';
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly generatorURL?: string;
  readonly reading?: Reading;
}

/** 2026-11-20T05:00:00Z */
export const NOW = Date.UTC(2026, 10, 20, 5);

function sampleAlert(over: SampleAlert = {}): MessageAlert {
  const { status = 'firing', labels = { alertname: 'HighLoad', instance: 'a:9100' }, annotations = {} } = over;
  return {
    status,
    labels: Labels.of(Object.entries(labels)),
    annotations: Pairs.from(Object.entries(annotations)),
    startsAt: over.startsAt ?? '2026-11-20T04:56:00Z',
    endsAt: over.endsAt ?? (status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-11-20T05:00:00Z'),
    generatorURL: over.generatorURL ?? 'http://prometheus.example/graph?g0.expr=load',
    reading: over.reading ?? null,
  };
}

export function sampleMessage(
  alerts: readonly SampleAlert[] = [{}],
  over: Partial<Omit<Message, 'alerts' | 'status' | 'commonLabels' | 'commonAnnotations'>> = {},
): Message {
  const groupLabels = over.groupLabels ?? Labels.of([['alertname', alerts[0]?.labels?.['alertname'] ?? 'HighLoad']]);
  return compose(
    {
      ...{ receiver: 'team', reason: 'first notification', routeLabels: Pairs.none, at: NOW },
      ...{ externalURL: 'http://belfry.example', groupKey: '{}:{alertname="HighLoad"}', idempotencyKey: 'key-1' },
      ...{ ...over, groupLabels },
    },
    alerts.map(sampleAlert),
  );
}

const TEMPLATES = new URL('../../templates/', import.meta.url);

const SHIPPED: readonly TemplateSource[] = readdirSync(TEMPLATES)
  .filter((file) => file.endsWith('.tmpl'))
  .map((file) => ({ file, text: readFileSync(new URL(file, TEMPLATES), 'utf8') }));

/** What is shipped, and template files of the user. */
export function templateSet(...texts: readonly string[]): TemplateSet {
  const own = texts.map((text, i) => ({ file: `${i}.tmpl`, text }));
  const parsed = TemplateSet.parse(own, 'alertmanager', SHIPPED);
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('; '));
  return parsed.value;
}

const SHIPPED_ONLY = templateSet();

export function draft(entry: IntegrationEntry, message: Message, over: Partial<SceneParts> = {}): Drafted {
  const parts = { memo: null, locale: entry.locale, texts: entry.texts, templates: SHIPPED_ONLY, expired: () => false };
  return drafted(entry.config, { ...parts, ...over, message });
}

export function postOf({ draft: made }: Drafted): HttpPost {
  if (made.kind === 'slack' && made.request.kind === 'webhook') return made.request.post;
  if (made.kind !== 'http') throw new Error(`a draft of kind ${made.kind}`);
  return made.request;
}

/** The request as it leaves; a secret that is read from a file shows as `<NAME>`; `handed` is what a pass gives. */
export function wireOf(made: Drafted, at = NOW, handed: ReadonlyMap<string, string> = new Map()): Wire {
  const post = postOf(made);
  const wire = post.write((name) => {
    const given = handed.get(name);
    if (given !== undefined) return given;
    const source = post.secrets[name];
    if (source === undefined) throw new Error(`${name} is asked for and not announced`);
    return source.kind === 'inline' ? source.secret.open() : `<${name}>`;
  }, at);
  if (wire.kind !== 'wire') throw new Error(wire.detail);
  return wire;
}

/** For the contract of integrations: the whole way, from YAML to the outcome. */
export function sendThrough(
  world: World,
  entry: IntegrationEntry,
  signal: AbortSignal,
  origin: string | null = null,
): Promise<Outcome> {
  const sender = createHttpSender({ ...world, variable: () => '', userAgent: 'Belfry/1' });
  const post = postOf(draft(entry, sampleMessage()));
  return sender.send(origin === null ? post : redirected(post, origin), { signal, mayHaveArrived: false });
}

/** To a peer of ours, for providers whose address nobody configures. */
function redirected(post: HttpPost, origin: string): HttpPost {
  return {
    ...post,
    write: (secret, at) => {
      const wire = post.write(secret, at);
      if (wire.kind !== 'wire') return wire;
      const { pathname, search } = new URL(wire.url);
      return { ...wire, url: `${origin}${pathname}${search}` };
    },
  };
}
