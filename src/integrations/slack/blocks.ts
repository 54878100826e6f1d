// Our message: a headline, and an attachment in the colour of what is worst with everything one wants to know at three
// in the morning. Slack's limits are kept by measure: what does not fit is left out from the tail, and counted.
import type { Message, MessageAlert } from '../../notify/message.ts';
import { goQuote } from '../../model/go-quote.ts';
import type { Scene } from '../scene.ts';
import { factsOf, hostOf, ownLabels, rankAmong, roughly, sharedLabels, type Facts } from './facts.ts';
import { code, cut, escaped, link, moment, oneLine, paragraph, webAddress } from './mrkdwn.ts';
import type { Body } from './request.ts';
import { WORDS } from './words.ts';

type Block = Readonly<Record<string, unknown>>;

/** Slack refuses somewhere beyond 13,000 characters of all blocks together, and does not say what it counts. */
const BUDGET = 12_000;
const LONGEST_HEADER = 150;
const LONGEST_LABELS = 1200;
const LONGEST_SUMMARY = 700;
const LONGEST_DESCRIPTION = 1500;
const LONGEST_LINE = 340;
const LONGEST_BUTTON = 75;
const MOST_ALERTS = 8;
/** Push notifications show this much of it, and the start has to say enough. */
const LONGEST_FALLBACK = 250;

const COLORS = ['#2eb67d', '#1d9bd1', '#e8912d', '#e01e5a'] as const;
export const SYMBOLS = ['✅', '🔵', '🟠', '🔴'] as const;

export function ourMessage(scene: Scene): { readonly body: Body; readonly compact: Body } {
  const facts = factsOf(scene.message);
  const text = fallbackText(scene, facts);
  const colour = COLORS[facts.rank];
  const plain = { unfurl_links: false, unfurl_media: false };
  const [head, details] = withinBudget(scene, facts);
  return {
    body: { ...plain, text, blocks: [head], attachments: [{ color: colour, fallback: text, blocks: details }] },
    compact: { ...plain, text: compactText(scene, facts, text), blocks: [], attachments: [] },
  };
}

/** Fewer alerts until it fits; without alerts and buttons it always does. */
function withinBudget(scene: Scene, facts: Facts): readonly [head: Block, details: readonly Block[]] {
  const head = header(scene, facts);
  const about = [context(placeAndTime(scene, facts)), ...summary(scene.message)];
  const buttons = actions(scene, facts);
  const foot = footer(scene);
  const most = Math.min(facts.alerts.length, MOST_ALERTS);
  for (let shown = most; shown >= 0; shown--) {
    const details = [...about, ...listed(scene, facts, shown), ...buttons, foot];
    if (JSON.stringify([head, details]).length <= BUDGET) return [head, details];
  }
  return [head, [...about, ...listed(scene, facts, 0), foot]];
}

const mrkdwn = (text: string): Block => ({ type: 'mrkdwn', text, verbatim: true });
const section = (text: string): Block => ({ type: 'section', text: mrkdwn(text) });
const context = (text: string): Block => ({ type: 'context', elements: [mrkdwn(text)] });

function header(scene: Scene, facts: Facts): Block {
  const parts = [stateOf(scene, facts), facts.severity, namesOf(facts), countOf(scene, facts)];
  const text = parts
    .map(oneLine)
    .filter((part) => part !== '')
    .join(' · ');
  return { type: 'header', text: { type: 'plain_text', text: cut(text, LONGEST_HEADER) } };
}

function stateOf({ locale }: Scene, { rank }: Facts): string {
  const words = WORDS[locale.language];
  return `${SYMBOLS[rank]} ${rank === 0 ? words.resolved : words.firing}`;
}

/** Neither of two long names may take the room of all else. */
const namesOf = ({ names }: Facts): string =>
  [...names.slice(0, 2).map((name) => cut(name, 60)), ...(names.length > 2 ? [`+${names.length - 2}`] : [])].join(', ');

function countOf({ locale }: Scene, { firing, resolved }: Facts): string {
  const words = WORDS[locale.language];
  if (firing === 0) return resolved > 1 ? words.alerts(resolved) : '';
  const ended = resolved === 0 ? '' : words.ended(resolved);
  return [firing > 1 || resolved > 0 ? words.alerts(firing) : '', ended].filter((part) => part !== '').join(', ');
}

function placeAndTime({ message, locale }: Scene, { rank, since, span }: Facts): string {
  const words = WORDS[locale.language];
  const at = moment(since, locale.timezone);
  const time = rank === 0 ? words.lasted(at, roughly(span)) : words.since(at);
  return [code(sharedLabels(message), LONGEST_LABELS), time].filter((part) => part !== '').join('   ');
}

/** What all alerts say alike. */
function summary({ commonAnnotations }: Message): readonly Block[] {
  const short = escaped(paragraph(commonAnnotations.get('summary')), LONGEST_SUMMARY);
  const long = escaped(paragraph(commonAnnotations.get('description')), LONGEST_DESCRIPTION);
  const text = [short, long].filter((part) => part !== '').join('\n');
  return text === '' ? [] : [section(text)];
}

function listed(scene: Scene, facts: Facts, shown: number): readonly Block[] {
  const { message, locale } = scene;
  const lines = facts.alerts.slice(0, shown).map((alert) => lineOf(scene, facts, alert));
  const said = lines.filter((line) => line !== '');
  const hidden = message.alerts.length - shown;
  const blocks = said.length === 0 ? [] : [section(said.join('\n'))];
  if (hidden === 0) return blocks;
  const more = WORDS[locale.language].more(hidden);
  const page = alertsPage(scene);
  return [...blocks, context(page === null ? more : link(page, more))];
}

/** '' for an alert of which everything is said already. */
export function lineOf({ message, locale }: Scene, facts: Facts, alert: MessageAlert): string {
  const words = WORDS[locale.language];
  const name = facts.names.length > 1 ? escaped(oneLine(alert.labels.get('alertname')), 80) : '';
  const own = oneLine(alert.annotations.get('summary'));
  const parts = [
    name,
    code(ownLabels(alert, message), 160),
    escaped(valueOf(alert, words.limit), 60),
    own === oneLine(message.commonAnnotations.get('summary')) ? '' : escaped(own, LONGEST_LINE),
  ].filter((part) => part !== '');
  if (parts.length === 0) return '';
  const rank = rankAmong(facts, alert);
  return lineWithin([rank === null ? '•' : SYMBOLS[rank], ...parts]);
}

/** The last part gives way; each of the others has its own limit. */
function lineWithin(parts: readonly string[]): string {
  const line = parts.join('  ');
  if (line.length <= LONGEST_LINE) return line;
  const before = parts.slice(0, -1).join('  ');
  const room = LONGEST_LINE - before.length - 2;
  // Cut in the middle of an entity it would show as its own remains.
  return room < 2 ? before : `${before}  ${cut(parts.at(-1)!, room).replace(/&[a-z]*…$/, '…')}`;
}

/** `94 % (limit 90)`, from the annotations `value` and `threshold`. */
function valueOf({ annotations }: MessageAlert, limit: (threshold: string) => string): string {
  const [value, threshold] = [oneLine(annotations.get('value')), oneLine(annotations.get('threshold'))];
  return value === '' || threshold === '' ? value : `${value} (${limit(threshold)})`;
}

function actions(scene: Scene, facts: Facts): readonly Block[] {
  const { message, locale } = scene;
  const words = WORDS[locale.language];
  const annotated = (name: string): string =>
    facts.alerts.map(({ annotations }) => annotations.get(name)).find((text) => text !== '') ?? '';
  const wanted: readonly (readonly [label: string, address: string])[] = [
    [words.runbook, annotated('runbook_url')],
    [words.dashboard, annotated('dashboard_url')],
    [words.graph, facts.alerts[0]?.generatorURL ?? ''],
    [words.silence, facts.rank === 0 ? '' : silencePage(message)],
    ['Belfry', alertsPage(scene) ?? ''],
  ];
  const elements = wanted.flatMap(([label, text]) => {
    const url = webAddress(text.trim());
    if (url === null) return [];
    return [{ type: 'button', text: { type: 'plain_text', text: cut(label, LONGEST_BUTTON) }, url }];
  });
  return elements.length === 0 ? [] : [{ type: 'actions', elements }];
}

const alertsPage = (scene: Scene): string | null => webAddress(scene.text('{{ template "__alertmanagerURL" . }}'));

function silencePage({ externalURL, groupLabels }: Message): string {
  const matchers = [...groupLabels].map(([name, value]) => `${name}=${goQuote(value)}`);
  if (externalURL === '' || matchers.length === 0) return '';
  return `${externalURL}/#/silences/new?filter=${encodeURIComponent(`{${matchers.join(',')}}`)}`;
}

function footer({ message, locale, plainBecause }: Scene): Block {
  const words = WORDS[locale.language];
  const to = words.to(escaped(oneLine(message.receiver), 100));
  return context(plainBecause === null ? to : `${to}\n${escaped(words.plainBecause(oneLine(plainBecause)), 300)}`);
}

/** For push notifications and screen readers: state, alert, host and value within the first 90 characters. */
function fallbackText(scene: Scene, facts: Facts): string {
  const [first] = facts.alerts;
  const { message } = scene;
  const parts = [
    `${stateOf(scene, facts)} ${cut(oneLine(facts.names.join(', ')), 36)}`,
    first === undefined ? '' : cut(oneLine(hostOf(first)), 24),
    first === undefined ? '' : cut(oneLine(first.annotations.get('value')), 12),
    facts.severity,
    countOf(scene, facts),
    oneLine(message.commonAnnotations.get('summary') || (first?.annotations.get('summary') ?? '')),
  ];
  return escaped(parts.filter((part) => part !== '').join(' · '), LONGEST_FALLBACK);
}

/** When Slack takes nothing else. Its lines are short enough to need no cut. */
function compactText(scene: Scene, facts: Facts, text: string): string {
  const lines = facts.alerts.slice(0, MOST_ALERTS).map((alert) => lineOf(scene, facts, alert));
  const hidden = facts.alerts.length - Math.min(facts.alerts.length, MOST_ALERTS);
  const more = hidden === 0 ? [] : [WORDS[scene.locale.language].more(hidden)];
  return [text, ...lines.filter((line) => line !== ''), ...more].join('\n');
}
