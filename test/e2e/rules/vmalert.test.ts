// The same rules over the same Prometheus, evaluated by Debian's vmalert and by Belfry as one: both tell an
// Alertmanager of their own, and must tell it the same: the same labels and annotations, from and to the same instants
// to within an interval, for both have phases of their own. vmalert writes elsewhere, for what it writes has the same
// names.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startPrometheusStore } from '../../support/e2e/prometheus-store.ts';
import { labelsText, valuesNow } from '../../support/e2e/query-api.ts';
import { startVmalert } from '../../support/e2e/vmalert.ts';
import { startWebhookSink, type WebhookSink } from '../../support/e2e/webhook-sink.ts';
import { until } from '../chaos/ask.ts';
import { describeBeside } from '../peers.ts';
import { startWithRules } from './belfry-scene.ts';
import { Board, scrapeOften } from './board.ts';

const INTERVAL_MS = 2000;
/** An interval; a second, for vmalert asks for whole ones; and what scrapes and evaluations may be late by. */
const APART_MS = INTERVAL_MS + 1000 + 1000;

const RULES = `
groups:
- name: alike
  interval: ${INTERVAL_MS}ms
  rules:
  - {record: 'demo:sum', expr: 'sum by (host) (demo_down)'}
  - {alert: AtOnce, expr: 'demo_down > 0'}
  - {alert: Waits, expr: 'demo_down > 0', for: 4s, labels: {severity: page}, annotations: {summary: '{{ $labels.host }} since {{ $value }}'}}
  - {alert: NeverWaitsSoLong, expr: 'demo_down > 0', for: 5m}
  - {alert: Aggregated, expr: 'count(demo_down > 0) >= 2', labels: {level: '{{ if gt $value 2.0 }}high{{ else }}low{{ end }}'}}
  - {alert: Odd, expr: 'demo_odd == 1', for: 2s, annotations: {odd: '{{ $labels.odd }}'}}
  - {alert: Printed, expr: 'demo_value > 1000', annotations: {value: '{{ $value }}', human: '{{ $value | humanize }}', share: '{{ 0.123456 | humanizePercentage }}', long: '{{ 12345.0 | humanizeDuration }}'}}
  - {alert: Absent, expr: 'absent(demo_there)', labels: {team: core}}
  - {alert: Joined, expr: '(demo_down > 0) * on (host) group_left (rack) demo_info', annotations: {rack: '{{ $labels.rack }}'}}
  - {alert: Constant, expr: 'vector(1)', labels: {kind: watchdog}}
`;

interface Posted {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

interface Episode {
  readonly start: number;
  /** null while it goes on. */
  readonly end: number | null;
  readonly annotations: string;
}

/** By labels: since when it fired, and until when. */
function episodes(sink: WebhookSink): ReadonlyMap<string, readonly Episode[]> {
  const byLabels = new Map<string, Map<string, Episode>>();
  for (const { at, body } of sink.received('/api/v2/alerts')) {
    for (const { labels, annotations = {}, startsAt, endsAt } of JSON.parse(body) as readonly Posted[]) {
      const { alertgroup: _group, ...own } = labels;
      const [start, until] = [Date.parse(startsAt), Date.parse(endsAt)];
      const end = until <= performance.timeOrigin + at ? until : null;
      const known = byLabels.getOrInsertComputed(labelsText(own), () => new Map<string, Episode>());
      known.set(startsAt, { start, end, annotations: labelsText(annotations) });
    }
  }
  const inOrder = [...byLabels].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return new Map(inOrder.map(([labels, all]) => [labels, [...all.values()]]));
}

const isNear = (a: number | null, b: number | null): boolean =>
  a === null || b === null ? a === b : Math.abs(a - b) <= APART_MS;

const host = (n: number): Readonly<Record<string, string>> => ({ host: `h${n}` });

/** Everything begins, some of it ends, and some of that begins again. */
async function live(board: Board): Promise<void> {
  board.set('demo_down', 1, host(1));
  board.set('demo_odd', 1, { odd: 'a=b,c="d"\\e' });
  board.set('demo_value', 1234567, {});
  await pause(7500);
  board.set('demo_down', 2, host(2));
  board.set('demo_odd', 0, { odd: 'a=b,c="d"\\e' });
  board.set('demo_there', null);
  await pause(5500);
  board.set('demo_down', 0, host(1));
  board.set('demo_value', null);
  board.set('demo_there', 1);
  await pause(5500);
  board.set('demo_down', 5, host(1));
  board.set('demo_down', 5, host(3));
  await pause(6500);
  board.set('demo_down', 0, host(2));
  // Until both have seen it, and said so.
  await pause(APART_MS + INTERVAL_MS);
}

describeBeside('Belfry in the place of vmalert', ['prometheus', 'vmalert'], ({ prometheus, vmalert }) => {
  it('tells Alertmanager the same alerts', async () => {
    await using board = await Board.open();
    for (const n of [1, 2, 3]) {
      board.set('demo_down', 0, host(n));
      board.set('demo_info', 1, { ...host(n), rack: `rack ${n % 2}` });
    }
    board.set('demo_there', 1);
    await using store = await startPrometheusStore(prometheus, {
      config: scrapeOften(board),
      remoteWriteReceiver: true,
    });
    const isScraped = async (): Promise<boolean> => (await valuesNow(store.url, 'demo_there')).size === 1;
    await until('the store has what they look at', 10_000, isScraped);
    // vmalert asks for the beginning of its interval: that, too, has to be after the first scrape.
    await pause(INTERVAL_MS + 1500);
    await using elsewhere = await startPrometheusStore(prometheus, { remoteWriteReceiver: true });
    await using theirSink = await startWebhookSink();
    await using ourSink = await startWebhookSink();
    await using _vmalert = await startVmalert(vmalert, {
      ...{ rules: RULES, store: store.url, notifier: theirSink.url },
      // It has no sub-second times: what is asked for is from the second before.
      args: [`-remoteWrite.url=${elsewhere.url}`, '-rule.resendDelay=2s'],
    });
    await using _belfry = await startWithRules({
      ...{ asks: store.url, writes: store.url, rules: { rules: RULES } },
      alertmanager: ourSink.url.slice('http://'.length),
    });
    const told = (sink: WebhookSink): boolean => sink.received('/api/v2/alerts').length > 0;
    await until('both are at work', 15_000, () => told(theirSink) && told(ourSink));
    await live(board);

    const theirs = episodes(theirSink);
    const ours = episodes(ourSink);
    expect(ours.size).toBeGreaterThanOrEqual(14);
    expect([...ours.keys()]).toEqual([...theirs.keys()]);
    for (const [labels, all] of theirs) {
      const found = ours.get(labels)!;
      // When it began to look is each one's own business.
      const isWatchdog = labels.includes('watchdog');
      const alike = all.map(({ start, end, annotations }, i) => ({
        annotations,
        starts: found[i] !== undefined && (isWatchdog || isNear(found[i].start, start)),
        ends: found[i] !== undefined && isNear(found[i].end, end),
      }));
      expect([labels, alike]).toEqual([
        labels,
        found.map(({ annotations }) => ({ annotations, starts: true, ends: true })),
      ]);
    }
    expect([...ours.values()].flat().filter(({ end }) => end !== null).length).toBeGreaterThanOrEqual(7);
  });
});
