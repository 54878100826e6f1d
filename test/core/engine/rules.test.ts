import { describe, expect, test } from 'vitest';
import { RuleStage } from '../../support/rule-stage.ts';
import { decimalId } from '../../../src/model/decimal-id.ts';
import { Labels } from '../../../src/model/labels.ts';
import { ms, t } from '../../support/builders.ts';

/** Slots at whole minutes. */
const group = (rules: string, more = ''): string =>
  `groups: [{name: g, interval: 1m, eval_offset: 0s${more}, rules: [${rules}]}]`;
const slow =
  "{alert: Slow, expr: latency > 1, for: 2m, labels: {severity: page}, annotations: {summary: 'is {{ $value }}'}}";

describe('a group at work', () => {
  test('it asks at its slots, holds the alert for `for`, says it every resend delay plus an interval, and its end once', async () => {
    const stage = new RuleStage();
    stage.answer = (_query, at) => (at < t('6m') ? { 'latency{job="x"}': 5 } : {});
    await stage.load(group(slow));
    await stage.until('8m30s');
    const slots = stage.asked.filter(({ query }) => query === 'latency > 1').map(({ at }) => at);
    expect(slots).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((minute) => t(`${minute}m`)));
    expect(stage.said.map(({ now, endsAt }) => [now - t('0s'), endsAt - t('0s')])).toEqual([
      [ms('3m'), ms('7m')],
      [ms('5m'), ms('9m')],
      [ms('6m'), ms('6m')],
      [ms('8m'), ms('6m')],
    ]);
    expect(stage.said[0]!.labels.toString()).toBe('{alertname="Slow", job="x", severity="page"}');
    expect(stage.said[0]!.annotations.get('summary')).toBe('is 5');
    expect(stage.said[0]!.generatorURL).toBe('http://belfry/base/graph?g0.expr=latency+%3E+1&g0.tab=1');
    expect(stage.defects).toEqual([]);
  });

  test('the link of an alert names the data source, where it is not the default one', async () => {
    const stage = new RuleStage();
    stage.answer = () => ({ 'up{job="x"}': 0 });
    await stage.load('groups: [{name: g, interval: 1m, datasource: b c, rules: [{alert: A, expr: up == 0}]}]');
    await stage.until('2m');
    expect(stage.said[0]!.generatorURL).toBe('http://belfry/base/graph?g0.expr=up+%3D%3D+0&g0.tab=1&datasource=b+c');
  });

  const chained = '{record: a, expr: up}, {record: b, expr: sum(a)}, {record: c, expr: down}';

  test.each([
    ['nobody', 'nothing', '{record: a, expr: up}, {record: c, expr: down}', ['a soon', 'c soon']],
    ['a rule', 'its expression says', chained, ['a at once', 'c soon', 'b soon']],
    [
      'a template',
      'nobody knows',
      "{record: a, expr: up}, {alert: X, expr: down, annotations: {all: '{{ query `a` }}'}}",
      ['a at once', 'ALERTS at once'],
    ],
  ])('where %s reads what %s, that is written at once', async (_who, _what, rules, paces) => {
    const stage = new RuleStage();
    stage.answer = () => ({ 'm{job="x"}': 1 });
    await stage.load(group(rules));
    await stage.until('1m1s');
    expect(stage.paces).toEqual(paces);
  });

  test('what is kept of its alerts is not ahead of their series', async () => {
    const stage = new RuleStage();
    stage.answer = () => ({ 'latency{job="x"}': 5 });
    stage.writeTakes = ms('5s');
    await stage.load(group(slow));
    await stage.until('1m4s');
    expect([stage.written, [...stage.stored.values()]]).toEqual([[], []]);
    await stage.until('1m10s');
    expect(stage.written).toHaveLength(2);
    expect([...stage.stored.values()].flatMap(({ instances }) => instances)).toHaveLength(1);
  });

  test('what is said tells the value, the worst of it, and at the end what it is now', async () => {
    const stage = new RuleStage();
    stage.answer = (query, at) => {
      const value = at < t('4m') ? 5 : at < t('6m') ? 9 : 0.5;
      return query === 'latency' || value > 1 ? { 'latency{job="x"}': value, 'latency{job="y"}': 0.1 } : {};
    };
    await stage.load(group(slow.replace('for: 2m', 'for: 0s')));
    await stage.until('8m30s');
    const threshold = { op: '>', value: 1 };
    expect(stage.said.filter(({ labels }) => labels.get('job') === 'x').map(({ reading }) => reading)).toEqual([
      { value: 5, peak: 5, threshold },
      { value: 5, peak: 5, threshold },
      { value: 9, peak: 9, threshold },
      { value: 0.5, peak: 9, threshold },
      { value: 0.5, peak: 9, threshold },
    ]);
  });

  test('an end is told without its value when that cannot be asked', async () => {
    const stage = new RuleStage();
    stage.answer = (query, at) => (query === 'latency' ? 'down' : at < t('4m') ? { 'latency{job="x"}': 5 } : {});
    await stage.load(group(slow));
    await stage.until('4m30s');
    expect(stage.states()).toEqual(['Slow resolved']);
    expect(stage.said.at(-1)).toMatchObject({ now: t('4m'), reading: { value: null, peak: 5 } });
    expect(stage.failures).toEqual([]);
  });

  test('a rule that fails by a mistake of ours takes nothing from the others: what they decided is kept', async () => {
    const stage = new RuleStage();
    stage.answer = (query) => (query === 'broken' ? Promise.reject(new Error('planted')) : { 'latency{job="x"}': 5 });
    await stage.load(group(`${slow}, {record: "a:b", expr: broken}`));
    await stage.until('1m30s');
    expect(stage.defects).toHaveLength(1);
    const [stored] = stage.stored.values();
    expect(stored?.instances.map(({ instance }) => instance.kind)).toEqual(['pending']);
  });

  test('a group that is reloaded while it is evaluated does not overlap itself', async () => {
    const stage = new RuleStage();
    let underway = 0;
    let most = 0;
    stage.answer = async () => {
      most = Math.max(most, ++underway);
      await stage.clock.sleepUntil(stage.clock.now() + ms('60s'));
      underway--;
      return {};
    };
    const text = group('{record: "a:b", expr: a}');
    await stage.load(text);
    await stage.until('1m10s');
    expect(underway).toBe(1);
    await stage.load(text);
    await stage.until('10m');
    expect(most).toBe(1);
  });

  test('ALERTS follows the state, and ends with a stale marker', async () => {
    const stage = new RuleStage();
    stage.answer = (_query, at) => (at < t('4m') ? { 'latency{job="x"}': 5 } : {});
    await stage.load(group(slow));
    await stage.until('5m30s');
    const alerts = stage.written.filter(({ labels }) => labels.get('__name__') === 'ALERTS');
    expect(alerts.map(({ labels, at, value }) => [at - t('0s'), labels.get('alertstate'), value])).toEqual([
      [ms('1m'), 'pending', 1],
      [ms('2m'), 'pending', 1],
      [ms('3m'), 'firing', 1],
      [ms('3m'), 'pending', null],
      [ms('4m'), 'firing', null],
    ]);
  });

  test('a failed or partial answer resolves nothing, and what fires goes on being said', async () => {
    const stage = new RuleStage();
    stage.answer = (_query, at) => (at < t('4m') ? { 'latency{job="x"}': 5 } : at < t('6m') ? 'down' : { partial: {} });
    await stage.load(group(slow));
    await stage.until('9m30s');
    expect(stage.states()).toEqual(['Slow firing']);
    expect(stage.failures).toEqual(['Slow: unavailable: down', 'Slow: unavailable: down']);
    expect(stage.said.map(({ now }) => now - t('0s'))).toEqual([3, 5, 7, 9].map((minute) => ms(`${minute}m`)));
    expect(stage.said.every(({ now, endsAt }) => endsAt > now)).toBe(true);
  });

  test('a rule that reads another asks once that one is written; the others do not wait', async () => {
    const stage = new RuleStage();
    stage.writeTakes = ms('3s');
    stage.answer = (query) => ({ [`{of="${query.length}"}`]: 1 });
    await stage.load(
      group('{record: "a:sum", expr: sum(a)}, {record: "b:sum", expr: "a:sum + 1"}, {record: "c:sum", expr: sum(c)}'),
    );
    await stage.until('1m30s');
    expect(stage.asked.map(({ query, now }) => [query, now - t('1m')])).toEqual([
      ['sum(a)', 0],
      ['sum(c)', 0],
      ['a:sum + 1', ms('3s')],
    ]);
  });

  test('slots that pass while an evaluation runs are missed, counted, and not made up for', async () => {
    const stage = new RuleStage();
    stage.answer = async (_query, at) => {
      if (at === t('1m')) await stage.clock.sleepUntil(t('3m30s'));
      return {};
    };
    await stage.load(group(slow));
    await stage.until('5m30s');
    // The one that is due when it ends is evaluated, late; the one before it is lost.
    expect(stage.asked.map(({ at }) => at)).toEqual([t('1m'), t('3m'), t('4m'), t('5m')]);
    expect(stage.missed).toEqual([1]);
  });

  test.each([
    [
      'a question takes longer than the interval',
      '',
      '{alert: Slow, expr: x > 0}',
      '90s',
      ['1m', '2m', '4m', '5m', '7m'],
      2,
    ],
    [
      'rules take longer than the interval one after the other',
      ', concurrency: 1',
      '{alert: A, expr: x > 0}, {alert: B, expr: x > 0}, {alert: C, expr: x > 0}',
      '25s',
      ['1m', '2m', '3m', '4m', '6m'],
      1,
    ],
  ])('where %s, every rule is evaluated', async (_what, more, rules, takes, slots, missed) => {
    const stage = new RuleStage();
    stage.timeout = ms('2m');
    stage.answer = async () => {
      await stage.clock.sleepUntil(stage.clock.now() + ms(takes));
      return { 'l{job="x"}': 5 };
    };
    await stage.load(group(rules, more));
    await stage.until('7m10s');
    expect(stage.failures).toEqual([]);
    expect([...new Set(stage.asked.map(({ at }) => at))]).toEqual(slots.map(t));
    expect(stage.missed.reduce((sum, one) => sum + one, 0)).toBe(missed);
    expect(new Set(stage.states().map((state) => state.split(' ')[1]))).toEqual(new Set(['firing']));
  });

  test('what fires goes on being said while a question outlasts its slot', async () => {
    const stage = new RuleStage();
    stage.timeout = ms('10m');
    stage.answer = async (query, at) => {
      if (query === 'x > 0' && at === t('2m')) await stage.clock.sleepUntil(t('8m30s'));
      return query === 'x > 0' && at >= t('2m') ? {} : { 'l{job="x"}': 5 };
    };
    await stage.load(group('{alert: Now, expr: x > 0}'));
    await stage.until('9m30s');
    expect(stage.said.map(({ now, endsAt }) => [now, endsAt].map((at) => (at - t('0s')) / ms('1m')))).toEqual([
      [1, 5],
      [3, 7],
      [5, 9],
      [7, 11],
      [8.5, 2],
      // The slot that is evaluated late is far from the one of its end.
      [8.5, 2],
    ]);
    expect([...stage.stored.values()].flatMap(({ instances }) => instances.map((one) => one.instance.kind))).toEqual([
      'resolved',
    ]);
  });

  test('more alerts than the limit are an error that changes nothing', async () => {
    const stage = new RuleStage();
    stage.answer = (_query, at) => (at < t('3m') ? { 'l{job="x"}': 5 } : { 'l{job="x"}': 5, 'l{job="y"}': 5 });
    await stage.load(group('{alert: Now, expr: latency > 1}', ', limit: 1'));
    await stage.until('4m30s');
    expect(stage.states()).toEqual(['Now firing']);
    expect(stage.failures[0]).toBe('Now: limit: exceeded limit of 1 with 2 alerts');
  });

  test('what nobody takes does not keep the next slot waiting: alerts begin and end', async () => {
    const stage = new RuleStage();
    stage.writeTakes = Infinity;
    stage.answer = (_query, at) => (at < t('5m') ? { 'l{job="x"}': 5 } : {});
    await stage.load(group(`{record: r, expr: x}, {alert: Chained, expr: r > 0}, ${slow}`));
    await stage.until('6m30s');
    expect(stage.missed).toEqual([]);
    const said = stage.said.filter(({ labels }) => labels.get('alertname') === 'Slow');
    expect(said.map(({ endsAt }) => endsAt - t('0s'))).toEqual([ms('7m'), ms('5m')]);
    // And nobody waits for the last markers when it ends.
    await stage.load();
    await stage.evaluator.stop();
  });

  test('what nobody takes holds up who reads it for a while, and hardly once that is known; they are asked and warned', async () => {
    const stage = new RuleStage();
    stage.writeTakes = Infinity;
    stage.answer = () => ({ 'l{job="x"}': 5 });
    await stage.load(group('{record: r, expr: x}, {record: s, expr: r + 1}, {alert: Chained, expr: s > 0}'));
    const chained = stage.evaluator.groups()[0]!.rules[2]!;
    await stage.until('9m30s');
    const waited = stage.asked.filter(({ query }) => query === 's > 0').map(({ at, now }) => (now - at) / 1000);
    expect(waited).toEqual([30, 30, 30, 30, 30, 1, 1, 1, 30]);
    expect([stage.failures, stage.missed, stage.states()]).toEqual([[], [], ['Chained firing']]);
    expect(chained.past.last!.warnings).toEqual(['what s has written was not taken: on their way']);
    // It takes again.
    stage.writeTakes = ms('500ms');
    await stage.until('10m30s');
    stage.writeTakes = ms('5s');
    await stage.until('11m30s');
    expect([chained.past.last!.warnings, chained.past.last!.startedAt]).toEqual([[], t('11m10s')]);
  });

  test('a rule that was slow has its samples waited for all the same', async () => {
    const stage = new RuleStage();
    stage.writeTakes = ms('500ms');
    stage.timeout = ms('1m');
    stage.answer = async (query) => {
      if (query === 'x') await stage.clock.sleepUntil(stage.clock.now() + ms('50s'));
      return { 'l{job="x"}': 5 };
    };
    await stage.load(group('{record: r, expr: x}, {alert: Chained, expr: r > 0}'));
    await stage.until('1m59s');
    const chained = stage.evaluator.groups()[0]!.rules[1]!;
    expect([chained.past.last!.warnings, chained.past.last!.startedAt]).toEqual([[], t('1m50s') + 500]);
  });

  test('a template that asks is expanded with the answer', async () => {
    const stage = new RuleStage();
    stage.answer = (query) => (query === 'owner' ? { 'owner{team="db"}': 7 } : { 'latency{job="x"}': 5 });
    const asks = `{alert: Asks, expr: latency > 1, annotations: {owner: '{{ range query "owner" }}{{ .Labels.team }} {{ .Value }}{{ end }}'}}`;
    await stage.load(group(asks));
    await stage.until('1m30s');
    expect(stage.said[0]!.annotations.get('owner')).toBe('db 7');
  });
});

test('a template that fails says so in the words of Prometheus: they may be a label', async () => {
  const stage = new RuleStage();
  stage.answer = (query) => (query === 'x' ? { 'l{job="x"}': 5 } : {});
  const failing = '{{ first (query \\"none\\") }}';
  await stage.load(group(`{alert: "So so", expr: x, labels: {one: "${failing}", two: "\\n${failing}"}}`));
  await stage.until('1m30s');
  const said = (place: string): string =>
    `<error expanding template: error executing template __alert_So so: template: __alert_So so:${place}: executing ` +
    '"__alert_So so" at <first (query "none")>: error calling first: first() called on vector with no elements>';
  expect([stage.said[0]!.labels.get('one'), stage.said[0]!.labels.get('two')]).toEqual([
    // Prometheus puts its variables in front of the text: 112 characters.
    said('1:115'),
    `${said('2:3')}`,
  ]);
});

test('a template may say which alert it is of, and since when that is active; a label cannot', async () => {
  const stage = new RuleStage();
  const minutes = [1, 2, 3, 4];
  stage.answer = (_query, at): Readonly<Record<string, number>> =>
    minutes.includes((at - t('0s')) / ms('1m')) ? { 'l{job="x"}': 5, 'l{job="y"}': 5 } : {};
  const annotation = '{{ $activeAt.Format "15:04:05" }} {{ $activeAt }} {{ $alertID }} {{ $groupID }}';
  const label = '{{ $alertID }} {{ $activeAt.IsZero }} {{ $groupID }}';
  await stage.load(group(`{alert: Now, expr: x, for: 2m, labels: {l: '${label}'}, annotations: {a: '${annotation}'}}`));
  await stage.until('10m30s');
  const groupId = decimalId('rules-0.yml;g');
  const since = (at: string): string => new Date(t(at)).toISOString().slice(0, 19).replace('T', ' ');
  const text = (at: string, { fingerprint }: Labels): string =>
    `${since(at).slice(11)} ${since(at)} +0000 UTC ${BigInt(`0x${fingerprint}`)} ${groupId}`;
  const said = (at: string): unknown[] =>
    stage.said.filter(({ now }) => now === t(at)).map(({ annotations }) => annotations.get('a'));
  const labels = stage.said.slice(0, 2).map((one) => one.labels);
  expect(labels.map((set) => set.get('l'))).toEqual(Array(2).fill(`0 true ${groupId}`));
  // It fires at the third slot, and its end is told in the fifth.
  expect(said('3m')).toEqual(labels.map((set) => text('1m', set)));
  expect(said('5m')).toEqual(labels.map((set) => text('1m', set)));
  expect(stage.states()).toEqual(['Now resolved', 'Now resolved']);
  // It begins anew.
  minutes.push(11, 12, 13);
  await stage.until('13m30s');
  expect(said('13m')).toEqual(labels.map((set) => text('11m', set)));
  expect(new Set(labels.map(({ fingerprint }) => fingerprint)).size).toBe(2);
});

test('a template may ask where people reach this', async () => {
  const stage = new RuleStage();
  stage.answer = () => ({ 'l{job="x"}': 5 });
  await stage.load(
    group("{alert: Now, expr: x, annotations: {at: '{{ externalURL }} {{ $externalURL }} {{ pathPrefix }}.'}}"),
  );
  await stage.until('1m30s');
  expect(stage.said[0]!.annotations.get('at')).toBe('http://belfry/base http://belfry/base /base.');
});

test('the value of a native histogram is its text', async () => {
  const stage = new RuleStage();
  stage.histogram = {
    count: 7,
    sum: -10.5,
    buckets: [
      [1, -0.5, -0.25, 2],
      [3, -0.001, 0.001, 1],
      [0, 0.5, 1, 1],
      [2, 1, 2_000_000, 3],
    ],
  };
  stage.answer = () => ({ 'l{job="x"}': 7 });
  const annotations = "{value: '{{ $value }}', asked: '{{ range query \"h\" }}{{ .Value }}{{ end }}'}";
  await stage.load(group(`{alert: Now, expr: x, annotations: ${annotations}}`));
  await stage.until('1m30s');
  const text = '{count:7, sum:-10.5, [-0.5,-0.25):2, [-0.001,0.001]:1, (0.5,1]:1, (1,2e+06):3}';
  expect([...stage.said[0]!.annotations]).toEqual([
    ['asked', text],
    ['value', text],
  ]);
});

describe('after a restart', () => {
  test('time that nobody evaluated does not count, what fires goes on, and the first answer resolves nothing', async () => {
    const stage = new RuleStage();
    const firing = '{alert: Now, expr: now > 1}';
    stage.answer = (_query, at) => (at === t('23m') ? {} : { 'l{job="x"}': 5 });
    await stage.load(group(`${slow}, ${firing}`));
    await stage.until('2m30s');
    expect(stage.states()).toEqual(['Slow pending', 'Now firing']);
    await stage.restart('20m', group(`${slow}, ${firing}`));
    await stage.until('23m30s');
    expect(stage.states()).toEqual(['Slow pending', 'Now firing']);
    await stage.until('24m30s');
    // One minute before, about two after: `for` is two.
    expect(stage.states()).toEqual(['Slow firing', 'Now firing']);
  });

  test('time that nobody evaluated does not count after one more restart, either', async () => {
    const stage = new RuleStage();
    stage.answer = () => ({ 'l{job="x"}': 5 });
    await stage.load(group(slow.replace('for: 2m', 'for: 10m')));
    await stage.until('2m30s');
    for (const end of ['23m30s', '44m30s']) {
      await stage.restart('20m', group(slow.replace('for: 2m', 'for: 10m')));
      await stage.until(end);
    }
    expect(stage.states()).toEqual(['Slow pending']);
  });

  test('alerts of a rule that is gone are forgotten, and not recalled when it comes back', async () => {
    const stage = new RuleStage();
    const gone = '{alert: Gone, expr: gone > 1}';
    stage.answer = () => ({ 'l{job="x"}': 5 });
    await stage.load(group(`${slow}, ${gone}`));
    await stage.until('1m30s');
    await stage.load(group(slow));
    await stage.until('2m30s');
    await stage.restart('10s', group(`${slow}, ${gone}`));
    expect(stage.states()).toEqual(['Slow pending']);
    // It begins anew, and goes while nobody looks.
    await stage.until('3m30s');
    await stage.restart('10s', group(slow));
    await stage.until('4m30s');
    await stage.restart('10s', group(`${slow}, ${gone}`));
    expect(stage.states().filter((state) => state.startsWith('Gone'))).toEqual([]);
  });

  test('what an evaluation that a reload cut off had decided is in the store', async () => {
    const stage = new RuleStage();
    stage.writeTakes = ms('20s');
    stage.answer = () => ({ 'l{job="x"}': 5 });
    const chained = '{record: r, expr: x}, {alert: Later, expr: r > 1}';
    await stage.load(group(`{alert: Now, expr: now > 1}, ${chained}`));
    await stage.until('1m10s');
    const loading = stage.load(group(`{alert: Now, expr: now > 2}, ${chained}`));
    await stage.clock.advanceTo(t('1m40s'));
    await loading;
    await stage.restart('1s', group(`{alert: Now, expr: now > 2}, ${chained}`));
    expect(stage.states()).toEqual(['Now firing']);
  });

  test('the first answer resolves nothing when a reload comes before it', async () => {
    const stage = new RuleStage();
    stage.answer = (_query, at) => (at === t('2m') ? {} : { 'l{job="x"}': 5 });
    await stage.load(group('{alert: Now, expr: now > 1}'));
    await stage.until('1m30s');
    await stage.restart('1s', group('{alert: Now, expr: now > 1}'));
    await stage.load(group('{alert: Now, expr: now > 2}'));
    await stage.until('3m30s');
    expect(stage.said.filter(({ endsAt, now }) => endsAt <= now)).toEqual([]);
    expect(stage.states()).toEqual(['Now firing']);
  });

  test('a store that is new asks ALERTS_FOR_STATE', async () => {
    const stage = new RuleStage();
    const long = slow.replace('for: 2m', 'for: 30m');
    const activeAt = Math.floor(t('-20m') / 1000);
    const labels = '{alertname="Slow",job="x",severity="page"}';
    stage.answer = (query) => {
      if (query.startsWith('last_over_time')) return { [labels]: activeAt };
      if (query.startsWith('max_over_time')) return { [labels]: Math.floor(t('-5m') / 1000) };
      if (query.startsWith('ALERTS_FOR_STATE')) return { [labels]: activeAt };
      return { 'latency{job="x"}': 5 };
    };
    await stage.load(group(long));
    await stage.until('1m30s');
    const forState = stage.written.find(({ labels: set }) => set.get('__name__') === 'ALERTS_FOR_STATE');
    // Fifteen minutes were done before it was cut off, six minutes ago: those do not count.
    expect(forState?.value).toBe(Math.floor(t('-14m') / 1000));
  });
});

describe('a reload', () => {
  test('a group that did not change runs on; a changed one keeps its alerts by rule; what is gone has ended', async () => {
    const stage = new RuleStage();
    stage.answer = (query) => ({ [`l{of="${query.slice(0, 3)}"}`]: 5 });
    const gone = '{alert: Gone, expr: gone > 1}';
    await stage.load(group(`${slow}, ${gone}`));
    await stage.until('4m30s');
    expect(stage.states()).toEqual(['Slow firing', 'Gone firing']);
    const before = stage.evaluator.groups()[0];
    await stage.load(group(`${slow}, ${gone}`));
    expect(stage.evaluator.groups()[0]).toBe(before);
    await stage.load(group(slow.replace('latency > 1', 'latency > 0')));
    await stage.until('4m40s');
    expect(stage.states()).toEqual(['Slow firing']);
    expect(stage.said.at(-1)).toMatchObject({ endsAt: t('4m30s') });
    expect(stage.said.at(-1)!.labels.get('alertname')).toBe('Gone');
    expect(
      stage.written
        .filter(({ value, now }) => value === null && now === t('4m30s'))
        .map(({ labels }) => labels.get('alertname')),
    ).toEqual(['Gone', 'Gone']);
  });

  test('a rule of a changed group keeps its last evaluations, so many as its newer version wants', async () => {
    const stage = new RuleStage();
    stage.answer = (_query, at) => (at === t('2m') ? 'down' : { 'l{job="x"}': 5 });
    const rules = '{record: r, expr: x, update_entries_limit: 3}, {record: gone, expr: y}';
    await stage.load(group(rules));
    await stage.until('2m30s');
    await stage.load(group('{record: fresh, expr: x}, {record: r, expr: x + 1, update_entries_limit: 2}'));
    const [fresh, kept] = stage.evaluator.groups()[0]!.rules;
    const pastOf = (rule: typeof fresh): unknown[] =>
      rule!.past.all().map(({ slot, error, curl }) => [slot - t('0s'), error, curl]);
    expect([fresh!.health, kept!.health]).toEqual(['unknown', 'err']);
    expect(pastOf(kept)).toEqual([
      [ms('2m'), 'down', 'curl x'],
      [ms('1m'), '', 'curl x'],
    ]);
    await stage.until('3m30s');
    expect(pastOf(kept)).toEqual([
      [ms('3m'), '', 'curl x + 1'],
      [ms('2m'), 'down', 'curl x'],
    ]);
  });

  describe('while a slot is evaluated', () => {
    const slow = '{alert: Now, expr: slow, annotations: {text: old}}';
    /** What `slow` asks is answered after four seconds. */
    function stageThatIsSlow(): RuleStage {
      const stage = new RuleStage();
      stage.answer = async (query) => {
        if (query === 'slow') await stage.clock.sleepUntil(stage.clock.now() + ms('4s'));
        return { 'l{job="x"}': 5 };
      };
      return stage;
    }
    const askedFor = (stage: RuleStage, wanted: string): unknown[] =>
      stage.asked.filter(({ query }) => query === wanted).map(({ at, now }) => [at, now].map((i) => i - t('0s')));

    test('what was not done of it is done at once, and nothing is told, counted or remembered twice', async () => {
      const stage = stageThatIsSlow();
      const rules = `{record: a, expr: x}, {record: b, expr: a}, ${slow}`;
      await stage.load(group(rules));
      await stage.until('1m1s');
      await stage.load(group(rules.replace('old', 'new')));
      expect(stage.clock.now()).toBe(t('1m1s'));
      await stage.until('1m2s');
      const [, , alert] = stage.evaluator.groups()[0]!.rules;
      expect([alert!.health, stage.said]).toEqual(['unknown', []]);
      await stage.until('1m6s');
      expect(askedFor(stage, 'slow')).toEqual([
        [ms('1m'), ms('1m')],
        [ms('1m'), ms('1m') + ms('1s')],
      ]);
      expect([askedFor(stage, 'x'), askedFor(stage, 'a')]).toEqual(Array(2).fill([[ms('1m'), ms('1m')]]));
      expect(stage.said.map(({ annotations }) => annotations.get('text'))).toEqual(['new']);
      expect(stage.evaluator.groups()[0]!.rules.map(({ past }) => past.all().length)).toEqual([1, 1, 1]);
      expect([alert!.health, stage.failures, stage.missed]).toEqual(['ok', [], []]);
      await stage.until('2m6s');
      expect(askedFor(stage, 'slow').length + askedFor(stage, 'x').length).toBe(5);
    });

    test('what others could not read yet is done again; so is what is cut off again', async () => {
      const stage = stageThatIsSlow();
      stage.writeTakes = ms('3s');
      const rules = `{record: a, expr: x}, {record: b, expr: a}, ${slow}`;
      await stage.load(group(rules));
      for (const [at, text] of [
        ['1m1s', 'second'],
        ['1m2s', 'third'],
      ] as const) {
        await stage.until(at);
        // The first of the two never begins.
        await stage.load(group(rules.replace('old', `no ${text}`)));
        await stage.load(group(rules.replace('old', text)));
      }
      await stage.until('1m50s');
      const since = (query: string): unknown[] => askedFor(stage, query).map((times) => (times as number[])[1]! / 1000);
      expect([since('x'), since('a'), since('slow')]).toEqual([[60, 61, 62], [65], [60, 61, 62]]);
      expect(stage.said.map(({ annotations }) => annotations.get('text'))).toEqual(['third']);
      expect([stage.failures, stage.missed]).toEqual([[], []]);
    });

    test('what is cut off and not begun again in its slot is missed, and counted', async () => {
      const stage = stageThatIsSlow();
      await stage.load(group(slow));
      await stage.until('1m1s');
      await stage.load(group(slow.replace('old', 'new')));
      await stage.clock.advanceTo(t('2m1s'));
      await stage.until('2m10s');
      expect([stage.missed, askedFor(stage, 'slow').length, stage.states()]).toEqual([[1], 2, ['Now firing']]);
    });
  });

  test('other external labels reach the templates of groups that did not change', async () => {
    const stage = new RuleStage();
    stage.answer = () => ({ 'l{job="x"}': 5 });
    const file = group("{alert: Now, expr: x, annotations: {from: '{{ $externalLabels.region }}'}}");
    stage.externalLabels = Labels.of([['region', 'eu']]);
    await stage.load(file);
    await stage.until('2m30s');
    stage.externalLabels = Labels.of([['region', 'us']]);
    await stage.load(file);
    await stage.until('6m30s');
    expect(stage.said.map(({ annotations }) => annotations.get('from'))).toEqual(['eu', 'us', 'us']);
    expect(new Set(stage.said.map(({ startsAt }) => startsAt)).size).toBe(1);
  });

  test('a group that is gone ends its alerts and its series, and leaves the store', async () => {
    const stage = new RuleStage();
    stage.answer = () => ({ 'l{job="x"}': 5 });
    await stage.load(group('{alert: Now, expr: now > 1}, {record: r, expr: sum(x)}'));
    await stage.until('1m30s');
    expect(stage.stored.size).toBe(1);
    await stage.load();
    await stage.until('1m40s');
    expect(stage.stored.size).toBe(0);
    expect(stage.said.at(-1)).toMatchObject({ endsAt: t('1m30s') });
    expect(
      stage.written
        .filter(({ value }) => value === null)
        .map(({ labels }) => labels.get('__name__'))
        .sort(),
    ).toEqual(['ALERTS', 'ALERTS_FOR_STATE', 'r']);
  });
});
