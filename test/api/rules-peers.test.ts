// The same rules as two real peers evaluated them (Prometheus 2.42, vmalert 1.79: test/fixtures/api/rules), shown by
// us: what they answered, member by member. What newer releases do otherwise, and we with them, is said here.
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import type { RuleGroupView } from '../../src/engine/contract.ts';
import type { RuleGroup } from '../../src/rules/rule.ts';
import { evaluation, groupsOf, instance, viewOf } from '../support/fake-rules.ts';
import { testServer } from '../support/http-server.ts';

type Json = Readonly<Record<string, unknown>>;
interface Alert extends Json {
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly state: 'pending' | 'firing';
  readonly activeAt: string;
  readonly value: string;
}
interface Rule extends Json {
  readonly name: string;
  readonly type: 'alerting' | 'recording';
  readonly lastError?: string;
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
  readonly alerts?: readonly Alert[];
}
interface Group extends Json {
  readonly name: string;
  readonly rules: readonly Rule[] | null;
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
}
interface Recorded<Body> {
  readonly status: number;
  readonly body: Body;
}
type Groups = { readonly status: string; readonly data: { readonly groups: readonly Group[] } };
type Alerts = { readonly status: string; readonly data: { readonly alerts: readonly Alert[] } };

const recording = (name: string): Record<string, Recorded<unknown>> =>
  JSON.parse(readFileSync(new URL(`../fixtures/api/rules-${name}.json`, import.meta.url), 'utf8')) as Record<
    string,
    Recorded<unknown>
  >;
const prometheus = recording('prometheus');
const vmalert = recording('vmalert');
const theirGroups = (prometheus['/api/v1/rules'] as Recorded<Groups>).body.data.groups;

const ZERO = '0001-01-01T00:00:00Z';
const instant = (text: string): number => Date.parse(text.replace(/(\.\d{3})\d*Z$/, '$1Z'));

/** How it went for Prometheus, as if it had gone so for us. */
function asEvaluated(group: RuleGroup): RuleGroupView {
  const theirs = theirGroups.find(({ name }) => name === group.name)!;
  const isNew = theirs.lastEvaluation === ZERO;
  return viewOf(
    group,
    (rule) => {
      const { lastEvaluation, evaluationTime, lastError, alerts } = theirs.rules!.find(
        ({ name }) => name === rule.name,
      )!;
      if (lastEvaluation === ZERO) return {};
      const startedAt = instant(lastEvaluation);
      const failed = lastError === undefined ? {} : { error: lastError, samples: null, seriesFetched: null };
      return {
        past: [evaluation({ startedAt, seconds: evaluationTime, ...failed })],
        instances: (alerts ?? []).map((alert) =>
          instance(alert.state, { ...alert, value: Number(alert.value), activeAt: instant(alert.activeAt) }),
        ),
      };
    },
    { evaluatedAt: isNew ? null : instant(theirs.lastEvaluation), seconds: theirs.evaluationTime },
  );
}

const views = ['rules/alerts.yml', 'rules/records.yml']
  .flatMap(groupsOf)
  .map(asEvaluated)
  .toSorted((a, b) => (a.group.id < b.group.id ? -1 : 1));

let ask: (path: string) => Promise<Recorded<unknown>>;
beforeEach(async () => {
  const server = await testServer();
  server.engine.ruleGroups = views;
  server.engine.alertmanagers = [{ url: 'http://127.0.0.1:19999/api/v2/alerts', lastError: 'refused' }];
  ask = async (path) => {
    const answer = await fetch(server.url + path);
    return { status: answer.status, body: await answer.json() };
  };
  return () => server.close();
});

/** Times to the millisecond, which is what we count in. */
const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replace(/(T\d\d:\d\d:\d\d)(?:\.(\d{1,3})\d*)?Z/g, roundedTime)) as unknown;
const roundedTime = (_all: string, time: string, millis = ''): string =>
  `${time}${millis.replace(/0+$/, '') === '' ? '' : `.${millis.replace(/0+$/, '')}`}Z`;

/** Of `ours` what `theirs` has too, all the way down. */
function common(ours: unknown, theirs: unknown): unknown {
  if (Array.isArray(ours) && Array.isArray(theirs)) return ours.map((one, at) => common(one, theirs[at]));
  if (typeof ours !== 'object' || ours === null || typeof theirs !== 'object' || theirs === null) return ours;
  const known = new Map<string, unknown>(Object.entries(theirs));
  return Object.fromEntries(
    Object.entries(ours)
      .filter(([name]) => known.has(name))
      .map(([name, value]) => [name, common(value, known.get(name))]),
  );
}

/** As Prometheus 3 tells it: no group without rules, `labels` always, and nothing known before the first time. */
const asToday = (groups: readonly Group[]): readonly Json[] =>
  groups
    .filter(({ rules }) => rules!.length > 0)
    .map((group) => ({
      ...group,
      rules: group.rules!.map((rule) => ({
        labels: {},
        ...rule,
        ...(rule.type === 'alerting' && rule.lastEvaluation === ZERO ? { state: 'unknown' } : {}),
      })),
    }));

describe('what Prometheus answered', () => {
  test.each(['/api/v1/rules', '/api/v1/rules?type=RECORD'])('%s is ours too, vmalert’s members aside', async (path) => {
    const { body } = prometheus[path] as Recorded<Groups>;
    const theirs = asToday(body.data.groups);
    const ours = (await ask(path)) as Recorded<Groups>;
    expect([ours.status, ours.body.status]).toEqual([200, 'success']);
    expect(common(ours.body.data.groups, theirs)).toEqual(rounded(theirs));
  });

  test('its members come first and in its order', async () => {
    const ours = ((await ask('/api/v1/rules')) as Recorded<Groups>).body.data.groups;
    const pairs = ours.flatMap((group) => {
      const theirs = theirGroups.find(({ name }) => name === group.name)!;
      const rules = group.rules!.map((rule, at): [Json, Json] => [rule, theirs.rules![at]!]);
      return [[group, theirs] as [Json, Json], ...rules];
    });
    expect(pairs.length).toBe(11);
    for (const [mine, other] of pairs) {
      const names = Object.keys(mine).filter((name) => name !== 'labels');
      const known = Object.keys(other).filter((name) => name !== 'labels');
      expect(names.slice(0, known.length)).toEqual(known);
    }
  });

  test('alerts, Alertmanagers and refusals are ours too', async () => {
    for (const path of ['/api/v1/alerts', '/api/v1/alertmanagers', '/api/v1/rules?type=rec']) {
      const theirs = prometheus[path]!;
      const ours = await ask(path);
      expect(ours.status).toBe(theirs.status);
      expect(common(ours.body, theirs.body)).toEqual(rounded(theirs.body));
    }
  });

  test('what status tells has its members', async () => {
    for (const what of ['config', 'buildinfo', 'runtimeinfo']) {
      const theirs = prometheus[`/api/v1/status/${what}`] as Recorded<{ data: Json }>;
      const ours = (await ask(`/api/v1/status/${what}`)) as Recorded<{ status: string; data: Json }>;
      expect([ours.status, ours.body.status]).toEqual([200, 'success']);
      for (const [name, value] of Object.entries(theirs.body.data))
        expect([name, typeof ours.body.data[name]]).toEqual([name, typeof value]);
    }
  });
});

describe('what vmalert answered', () => {
  /** Where Prometheus has another form, or leaves empty members out. Nobody remembers what was restored. */
  const OTHERWISE: ReadonlySet<string> = new Set(['lastError', 'restored', 'value', 'query', 'expression', 'labels']);
  const OF_ALERTS_ONLY: ReadonlySet<string> = new Set(['state', 'duration']);

  function held(ours: Json, theirs: Json): void {
    for (const [name, value] of Object.entries(theirs)) {
      if (name === 'rules' || name === 'alerts' || OTHERWISE.has(name)) continue;
      if (ours['type'] === 'recording' && OF_ALERTS_ONLY.has(name)) continue;
      expect([name, typeof ours[name]]).toEqual([name, typeof value]);
      if (!/id$|Time|activeAt|source|lastEvaluation|lastSamples|health|concurrency|state/.test(name))
        expect([name, ours[name]]).toEqual([name, value]);
    }
  }

  test('has members that we have too, with the same in them', async () => {
    const theirs = (vmalert['/api/v1/rules'] as Recorded<Groups>).body.data.groups;
    const ours = ((await ask('/vmalert/api/v1/rules')) as Recorded<Groups>).body.data.groups;
    let alerts = 0;
    for (const group of ours) {
      const other = theirs.find(({ name }) => name === group.name)!;
      held(group, other);
      for (const [at, rule] of group.rules!.entries()) {
        held(rule, other.rules![at]!);
        for (const [place, alert] of (rule.alerts ?? []).entries()) {
          held(alert, other.rules![at]!.alerts![place]!);
          alerts++;
        }
      }
    }
    expect([ours.length, alerts]).toEqual([3, 2]);
  });

  test('one alert is found by its numbers, and its list is one of them', async () => {
    const { alerts } = ((await ask('/vmalert/api/v1/alerts')) as Recorded<Alerts>).body.data;
    const { group_id, id } = alerts[0]!;
    const found = await ask(`/vmalert/api/v1/alert?group_id=${String(group_id)}&alert_id=${String(id)}`);
    expect(found).toEqual({ status: 200, body: alerts[0] });
    held(alerts[0]!, (vmalert['/api/v1/alert'] as Recorded<Json>).body);
  });
});
