import { describe, expect, it } from 'vitest';
import { Metrics, type MetricsOptions } from '../../src/adapters/metrics.ts';
import { createRecorder } from '../../src/adapters/recorder.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { IntegrationRef, Recorder } from '../../src/ports/recorder.ts';

const hook: IntegrationRef = { receiver: 'team', kind: 'webhook', name: 'webhook[0]' };
type Attempt = Parameters<Recorder['attempt']>[0];
const failing: Attempt = {
  integration: hook,
  groupKey: '{}:{}',
  seconds: 0.5,
  attempts: 1,
  outcome: 'retry',
  reason: 'serverError',
  detail: '503',
  retryInMs: 500,
};

function world(tellSilences = false) {
  let now = 1_000_000;
  const clock: Clock = { now: () => now, sleepUntil: () => Promise.resolve() };
  const lines: {
    readonly level: string;
    readonly message: string;
    readonly fields: Readonly<Record<string, unknown>>;
  }[] = [];
  const options: MetricsOptions = {
    version: '1',
    perAlertnameLimit: 0,
    receiverNames: false,
    peer: null,
    logLinesDropped: () => 0,
  };
  const metrics = new Metrics(options);
  const record = createRecorder({
    log: (level, message, fields = {}) => void lines.push({ level, message, fields }),
    metrics,
    clock,
    tellSilences,
  });
  const above = (level = 'debug') => lines.filter((line) => line.level !== level).map((line) => line.level);
  const pass = (ms: number): void => void (now += ms);
  const sample = async (name: string): Promise<string | undefined> =>
    (await metrics.render())
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1);
  return { record, lines, above, pass, sample };
}

describe('`createRecorder()`', () => {
  it('tells a failure once while it stays the same, then once a minute with the count of the untold', () => {
    const { record, lines, above, pass } = world();
    for (let attempts = 1; attempts <= 6; attempts++) {
      record.attempt({ ...failing, attempts });
      pass(9_000);
    }
    expect(above()).toEqual(['warn']);
    pass(10_000);
    record.attempt({ ...failing, attempts: 7 });
    expect(above()).toEqual(['warn', 'warn']);
    expect(lines.at(-1)?.fields).toMatchObject({ attempts: 7, unsaid: 5, detail: '503', receiver: 'team' });
  });

  it('tells a failure that changes at once, but not without end', () => {
    const { record, above } = world();
    for (let i = 0; i < 100; i++) record.attempt({ ...failing, detail: `error ${i}` });
    expect(above()).toHaveLength(10);
  });

  it('does not mix up integrations', () => {
    const { record, above } = world();
    record.attempt(failing);
    record.attempt({ ...failing, integration: { ...hook, receiver: 'other' } });
    record.attempt({ ...failing, integration: { ...hook, name: 'webhook[1]' } });
    expect(above()).toEqual(['warn', 'warn', 'warn']);
  });

  it('says when notifications are delivered again', () => {
    const { record, lines, above } = world();
    record.attempt(failing);
    record.attempt(failing);
    record.attempt({ ...failing, outcome: 'delivered', reason: null });
    record.attempt({ ...failing, outcome: 'delivered', reason: null });
    expect(above()).toEqual(['warn', 'info']);
    expect(lines.find((line) => line.level === 'info')?.fields).toEqual({
      receiver: 'team',
      integration: 'webhook[0]',
      failedAttempts: 2,
    });
  });

  it('tells every notification that is parked', () => {
    const { record, above } = world();
    for (let i = 0; i < 3; i++) record.attempt({ ...failing, outcome: 'rejected', retryInMs: null });
    expect(above()).toEqual(['error', 'error', 'error']);
  });

  it('counts requests, and a notification as failed when it is refused or a minute late', async () => {
    const { record, sample } = world();
    const failed = (): Promise<string | undefined> =>
      sample('alertmanager_notifications_failed_total{integration="webhook",reason="serverError"}');
    record.notification(hook, '{}:{}', 'first');
    for (let attempts = 1; attempts <= 9; attempts++) record.attempt({ ...failing, attempts });
    expect(await failed()).toBe('0');
    for (let attempts = 10; attempts <= 15; attempts++) record.attempt({ ...failing, attempts });
    expect(await failed()).toBe('2');
    record.attempt({ ...failing, outcome: 'rejected' });
    expect(await failed()).toBe('3');
    expect(await sample('alertmanager_notifications_total{integration="webhook"}')).toBe('2');
    expect(await sample('alertmanager_notification_requests_total{integration="webhook"}')).toBe('16');
    expect(await sample('alertmanager_notification_requests_failed_total{integration="webhook"}')).toBe('16');
    expect(await sample('alertmanager_notification_latency_seconds_count{integration="webhook"}')).toBe('16');
  });

  it('keeps the hash and the time of the last good configuration', async () => {
    const { record, sample, above } = world();
    record.configLoaded({ outcome: 'taken', at: 5_500, hash: 42, detail: '', integrations: [] });
    record.configLoaded({ outcome: 'refused', at: 9_000, hash: 42, detail: 'x.yml:1:1: error: no', integrations: [] });
    expect(await sample('alertmanager_config_hash')).toBe('42');
    expect(await sample('alertmanager_config_last_reload_successful')).toBe('0');
    expect(await sample('alertmanager_config_last_reload_success_timestamp_seconds')).toBe('5.5');
    record.configLoaded({ outcome: 'taken', at: 9_500, hash: 43, detail: 'a warning', integrations: [] });
    expect(await sample('alertmanager_config_last_reload_successful')).toBe('1');
    expect(above()).toEqual(['info', 'error', 'warn']);
  });

  it('tells of a load that leaves rules out as of one that went wrong, in the metrics under every name', async () => {
    const { record, lines, sample } = world();
    record.configLoaded({ outcome: 'taken', at: 5_500, hash: 42, detail: '', integrations: [] });
    record.configLoaded({
      outcome: 'taken in part',
      at: 9_000,
      hash: 43,
      detail: 'r.yml:2:3: error: no',
      integrations: [],
    });
    expect(lines.at(-1)).toMatchObject({ level: 'error', fields: { problems: 'r.yml:2:3: error: no' } });
    expect(await sample('alertmanager_config_hash')).toBe('43');
    for (const role of ['alertmanager', 'prometheus', 'vmalert']) {
      expect(await sample(`${role}_config_last_reload_successful`)).toBe('0');
      expect(await sample(`${role}_config_last_reload_success_timestamp_seconds`)).toBe('5.5');
    }
    expect(await sample('vmalert_config_last_reload_total')).toBe('1');
    expect(await sample('vmalert_config_last_reload_errors_total')).toBe('1');
  });

  it.each([
    [false, ['debug']],
    [true, ['info']],
  ])('with --log.silences=%s tells silences at %s', (tell, levels) => {
    const { record, lines } = world(tell);
    record.silence('created', 'id', 'me', 'why');
    expect(lines.map(({ level }) => level)).toEqual(levels);
  });

  it('shows the whole stack of a defect, with its causes', async () => {
    const { record, lines, sample } = world();
    record.defect('outbox', new Error('outer', { cause: new TypeError('inner') }));
    expect(lines[0]).toMatchObject({ level: 'error', fields: { where: 'outbox' } });
    expect(String(lines[0]?.fields['detail'])).toMatch(/Error: outer\n +at .*caused by TypeError: inner\n +at /s);
    expect(await sample('belfry_defects_total{where="outbox"}')).toBe('1');
  });
});
