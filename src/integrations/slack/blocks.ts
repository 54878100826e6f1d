// Our message: a headline, and an attachment in the colour of what is worst with everything one wants to know at three
// in the morning. The words are templates, and plain; markup is made here, of what they say. Slack's limits are kept
// by measure: what does not fit is left out from the tail, and counted.
import { goQuote } from '../../model/go-quote.ts';
import type { Instant } from '../../model/time.ts';
import { cutUnits } from '../../notify/cut-text.ts';
import type { Scene } from '../scene.ts';
import { factsOf, lasted, type Facts } from './facts.ts';
import { bullet, code, escaped, link, moment, oneLine, webAddress } from './mrkdwn.ts';
import type { Body } from './request.ts';

type Block = Readonly<Record<string, unknown>>;

/** Slack refuses somewhere beyond 13,000 characters of all blocks together, and does not say what it counts. */
const BUDGET = 12_000;
const LONGEST_HEADER = 150;
const LONGEST_LABELS = 1200;
const LONGEST_SUMMARY = 700;
const LONGEST_DESCRIPTION = 1500;
const LONGEST_BUTTON = 75;
const MOST_ALERTS = 8;
/** Push notifications show this much of it, and its start has to say enough. */
const LONGEST_FALLBACK = 250;
const LONGEST_PLAIN = 3000;

const RED = { color: '#d1242f', symbol: '🔴' };
const ORANGE = { color: '#e8912d', symbol: '🟠' };
const BLUE = { color: '#1d9bd1', symbol: '🔵' };
const GREEN = { color: '#2eb67d', symbol: '✅' };
const BY_RANK = [RED, RED, ORANGE, ORANGE, BLUE] as const;

export const looks = ({ isOver, rank }: Pick<Facts, 'isOver' | 'rank'>): typeof RED => (isOver ? GREEN : BY_RANK[rank]);

/** Addresses in it are shown and not looked up. */
const PLAIN = { unfurl_links: false, unfurl_media: false };

export function ourMessage(scene: Scene, began: Instant | null): { readonly body: Body; readonly compact: Body } {
  // What is wrong may be a template of ours that the user has replaced: none is asked again.
  if (scene.plainBecause !== null) {
    const body = { ...PLAIN, text: escaped(scene.body(''), LONGEST_PLAIN) };
    return { body, compact: body };
  }
  const facts = factsOf(scene.message, began);
  const points = facts.order.slice(0, MOST_ALERTS).map((index) => pointOf(scene, index));
  const text = fallbackText(scene, facts);
  const [head, details] = withinBudget(scene, facts, points);
  const lines = [text, ...points.filter((point) => point !== ''), ...more(scene, points.length)];
  return {
    body: {
      ...PLAIN,
      text,
      blocks: [head],
      attachments: [{ color: looks(facts).color, fallback: text, blocks: details }],
    },
    compact: { ...PLAIN, text: lines.join('\n'), blocks: [], attachments: [] },
  };
}

/** Fewer alerts until it fits; without alerts and buttons it always does. */
function withinBudget(
  scene: Scene,
  facts: Facts,
  points: readonly string[],
): readonly [head: Block, details: readonly Block[]] {
  const head = header(scene, facts);
  const about = [context(placeAndTime(scene, facts)), ...summary(scene)];
  const buttons = actions(scene, facts);
  const foot = footer(scene);
  for (let shown = points.length; shown >= 0; shown--) {
    const details = [...about, ...listed(scene, points.slice(0, shown)), ...buttons, foot];
    if (JSON.stringify([head, details]).length <= BUDGET) return [head, details];
  }
  return [head, [...about, ...listed(scene, []), foot]];
}

const mrkdwn = (text: string): Block => ({ type: 'mrkdwn', text, verbatim: true });
const section = (text: string): Block => ({ type: 'section', text: mrkdwn(text) });
const context = (text: string): Block => ({ type: 'context', elements: [mrkdwn(text)] });

/** One of the shipped templates, over the whole message. */
const say = (scene: Scene, name: string): string => scene.text(`{{ template "belfry.${name}" . }}`).trim();

function header(scene: Scene, facts: Facts): Block {
  const text = `${looks(facts).symbol} ${scene.marked(oneLine(say(scene, 'title')))}`;
  return { type: 'header', text: { type: 'plain_text', text: cutUnits(text.toWellFormed(), LONGEST_HEADER) } };
}

function placeAndTime(scene: Scene, facts: Facts): string {
  const since = goQuote(moment(facts.since, scene.locale.timezone));
  const time = facts.isOver
    ? scene.text(`{{ template "belfry.slack.lasted" dict "since" ${since} "lasted" ${goQuote(lasted(scene, facts))} }}`)
    : scene.text(`{{ template "belfry.slack.since" ${since} }}`);
  return [code(say(scene, 'context'), LONGEST_LABELS), time].filter((part) => part !== '').join('   ');
}

/** What all alerts say alike. */
function summary(scene: Scene): readonly Block[] {
  const said = (annotation: string, most: number): string => {
    const call = `"belfry.prose" dict "text" .CommonAnnotations.${annotation} "most" ${most}`;
    return escaped(scene.text(`{{ template ${call} }}`), most);
  };
  const parts = [said('summary', LONGEST_SUMMARY), said('description', LONGEST_DESCRIPTION)];
  const text = parts.filter((part) => part !== '').join('\n');
  return text === '' ? [] : [section(text)];
}

/** An alert of the message on its line; '' when everything is said of it already. */
export function pointOf(scene: Scene, index: number): string {
  return bullet(scene.text(`{{ template "belfry.slack.point" dict "alert" (index .Alerts ${index}) "of" . }}`));
}

function listed(scene: Scene, points: readonly string[]): readonly Block[] {
  const said = points.filter((point) => point !== '');
  const [hidden] = more(scene, points.length);
  const page = webAddress(say(scene, 'alerts.url'));
  return [
    ...(said.length === 0 ? [] : [section(said.join('\n'))]),
    ...(hidden === undefined ? [] : [context(page === null ? hidden : link(page, hidden))]),
  ];
}

/** How many are not shown, if any. */
function more(scene: Scene, shown: number): readonly string[] {
  const hidden = scene.message.alerts.length - shown;
  return hidden === 0 ? [] : [escaped(scene.text(`{{ template "belfry.more" ${hidden} }}`), 100)];
}

function actions(scene: Scene, { isOver, order }: Facts): readonly Block[] {
  const [worst] = order;
  const annotated = scene.text('{{ template "belfry.runbook" .CommonAnnotations }}');
  const graph = worst === undefined ? '' : scene.message.alerts[worst]!.generatorURL;
  const wanted: readonly (readonly [label: string, address: string])[] = [
    [say(scene, 'word.runbook'), annotated],
    [say(scene, 'word.graph'), graph],
    [say(scene, 'word.silence'), isOver ? '' : say(scene, 'silence.url')],
    ['Belfry', say(scene, 'alerts.url')],
  ];
  const elements = wanted.flatMap(([label, text]) => {
    const url = webAddress(text);
    if (url === null) return [];
    return [{ type: 'button', text: { type: 'plain_text', text: cutUnits(label, LONGEST_BUTTON) }, url }];
  });
  return elements.length === 0 ? [] : [{ type: 'actions', elements }];
}

function footer(scene: Scene): Block {
  const reason = scene.text('{{ template "belfry.reason" .NotificationReason }}');
  return context(escaped([oneLine(scene.message.receiver), oneLine(reason)].join(' · '), 300));
}

/** For push notifications and screen readers: state, alert, host and value come first. */
function fallbackText(scene: Scene, facts: Facts): string {
  const said = oneLine(scene.message.commonAnnotations.get('summary'));
  const text = `${looks(facts).symbol} ${scene.marked(oneLine(say(scene, 'summary')))}${said === '' ? '' : ` · ${said}`}`;
  return escaped(text, LONGEST_FALLBACK);
}
