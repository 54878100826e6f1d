import { describe, expect, it } from 'vitest';
import type { PostedAlert } from '../../../src/engine/contract.ts';
import type { PrintedEvent } from '../../../src/history/print-stream-event.ts';
import { Labels } from '../../../src/model/labels.ts';
import { Matcher } from '../../../src/model/matcher.ts';
import { Pairs } from '../../../src/model/pairs.ts';
import { compareUtf8 } from '../../../src/model/order.ts';
import { parseTime, stampOf } from '../../../src/model/rfc3339.ts';
import type { Stamp } from '../../../src/model/time.ts';
import { fixture } from '../../support/http-world.ts';
import { StreamScene } from '../../support/stream-scene.ts';

// steps.json was played on Alertmanager 0.34, and recorded.jsonl is what its event recorder wrote to a file,
// each line with the step it came before. Here the same steps are played in virtual time.

interface Step {
  readonly at: number;
  readonly alerts?: readonly WrittenAlert[];
  readonly silence?: 'new' | 'again';
  readonly comment?: string;
  readonly hours?: number;
  readonly reload?: true;
  readonly stop?: true;
}

interface WrittenAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
}

type Json = { readonly [key: string]: Json };

interface Part {
  readonly upTo: number | 'end';
  readonly events: readonly Json[];
}

const steps = JSON.parse(fixture('event-stream/steps.json')) as readonly Step[];
const lines = fixture('event-stream/recorded.jsonl').trim().split('\n');
const written = lines.map((line) => JSON.parse(line) as { readonly upTo: Part['upTo']; readonly event: Json });
const recorded: readonly Part[] = Array.from(
  Map.groupBy(written, ({ upTo }) => upTo),
  ([upTo, events]) => ({ upTo, events: events.map(({ event }) => event) }),
);
const START = Date.UTC(2026, 10, 20, 12);

class Playback {
  readonly scene = new StreamScene(fixture('event-stream/alertmanager.yml'), START);
  #silence = '';

  async parts(): Promise<readonly Part[]> {
    const parts: Part[] = [];
    await this.scene.start();
    for (const step of steps) {
      await this.scene.clock.advanceTo(START + step.at);
      parts.push({ upTo: step.at, events: this.#taken() });
      await this.#play(step);
    }
    parts.push({ upTo: 'end', events: this.#taken() });
    return parts;
  }

  #taken(): readonly Json[] {
    return this.scene.kept.take().map(({ json }) => JSON.parse(json) as Json);
  }

  async #play(step: Step): Promise<void> {
    const { engine, clock } = this.scene;
    const now = clock.now();
    if (step.alerts !== undefined) await engine.ingest.post(step.alerts.map((alert) => posted(alert, now)));
    if (step.silence !== undefined) {
      const known = engine.views.silence(this.#silence)?.silence;
      const set = await engine.commands.setSilence({
        id: this.#silence,
        matchers: [new Matcher('alertname', '=~', 'Hush|Mute'), new Matcher('n', '!=', '2')],
        startsAt: known?.startsAt ?? now,
        endsAt: now + step.hours! * 3_600_000,
        ...{ createdBy: 'me', comment: step.comment!, annotations: Pairs.from([['not', 'told']]) },
      });
      this.#silence = set.kind === 'set' ? set.id : '';
    }
    if (step.reload) await engine.reload.reload();
    if (step.stop) await this.scene.stop();
  }
}

function posted(alert: WrittenAlert, now: number): PostedAlert {
  const stamp = (text: string | undefined): Stamp | null => {
    if (text === undefined) return null;
    const parsed = parseTime(text);
    return text === 'now' ? stampOf(now) : parsed.ok ? parsed.stamp : null;
  };
  return {
    labels: Labels.of(Object.entries(alert.labels)),
    annotations: Pairs.from(Object.entries(alert.annotations ?? {})),
    startsAt: stamp(alert.startsAt),
    endsAt: stamp(alert.endsAt),
    ...{ generatorURL: '', notify: null, reading: null },
  };
}

/** Said by who posted it. */
const GIVEN = ['0001-01-01T00:00:00Z', '2026-01-02T01:04:05.123456Z', '2099-01-01T00:00:00Z'];

/** Without what differs between two runs of one program: the time, ids, versions. */
function comparable(event: Json): string {
  return JSON.stringify(event, function (this: unknown, key: string, value: unknown) {
    if (['id', 'groupUuid', 'instance', 'buildContext'].includes(key)) return `some ${key}`;
    // What was built for the recording has none.
    if (key === 'version') return undefined;
    // Of the older mapping and the list together upstream keeps each in its order; ours are in one order.
    if (key === 'sourceMatchers')
      return (value as readonly Json[]).map((one) => JSON.stringify(one)).toSorted(compareUtf8);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !GIVEN.includes(value)
        ? 'some time'
        : value;
    }
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const kindOf = (event: Json): string => Object.keys(event['data']!)[0]!;

/** In a part nothing is promised of the order: upstream's stages run beside each other. */
const sorted = (events: readonly Json[]): readonly string[] => events.map(comparable).toSorted(compareUtf8);

/**
 * At a reload upstream opens its groups anew, which tell at once what they told before, and puts alerts in them that
 * had ended and been told of. Ours go on: what is left is that each alert is grouped.
 */
const atReload = (events: readonly Json[]): readonly Json[] =>
  events.filter((event) => {
    const grouped = event['data']!['alertGrouped'];
    return grouped !== undefined && grouped['alert']!['details']!['resolved'] === undefined;
  });

describe('the event stream', () => {
  it('tells what Alertmanager 0.34 told of the same alerts, silences and messages', async () => {
    const playback = new Playback();
    const parts = await playback.parts();
    expect(playback.scene.defects).toEqual([]);
    expect(parts.map(({ upTo }) => upTo)).toEqual(recorded.map(({ upTo }) => upTo));
    for (const [i, { upTo, events }] of recorded.entries()) {
      const expected = upTo === 13_000 ? atReload(events) : events;
      expect(sorted(parts[i]!.events), `before ${upTo}`).toEqual(sorted(expected));
    }
  });

  it('was compared with all ten kinds of events', () => {
    expect(new Set(recorded.flatMap(({ events }) => events.map(kindOf))).size).toBe(10);
  });
});

const CONFIG = `
route: {receiver: team, group_wait: 1s, group_interval: 10s, group_by: [alertname]}
receivers:
- name: team
  fallback: other
  webhook_configs: [{url: http://team.example/}]
- name: other
  webhook_configs: [{url: http://other.example/}]
`;

const kinds = (events: readonly PrintedEvent[]): readonly string[] => events.map(({ type }) => type);

const firing = (name: string, end?: string): PostedAlert =>
  posted({ labels: { alertname: name }, ...(end === undefined ? {} : { endsAt: end }) }, START);

describe('where upstream has nothing to compare with, the event stream', () => {
  it('tells a message once it has arrived, not when it fails, and who got it in the stead of another', async () => {
    const scene = new StreamScene(CONFIG, START);
    await scene.start();
    scene.outcomes.push(
      { kind: 'retry', reason: 'other', detail: '', after: 2000 },
      { kind: 'rejected', reason: 'clientError', detail: '' },
    );
    await scene.engine.ingest.post([firing('A')]);
    await scene.clock.advanceTo(START + 2000);
    expect(kinds(scene.kept.take())).toEqual(['alertmanager_startup_event', 'alert_created', 'alert_grouped']);
    await scene.clock.advanceTo(START + 9000);
    const told = scene.kept.take();
    expect(kinds(told)).toEqual(['notification']);
    const { notification } = (JSON.parse(told[0]!.json) as { data: Json }).data;
    expect(notification).toMatchObject({
      groupInfo: { receiverName: 'other' },
      flushId: '1',
      repeatInterval: '14400s',
    });
  });

  it('has, of a message that an earlier life of the process began, what the message says', async () => {
    const scene = new StreamScene(CONFIG, START);
    await scene.start();
    scene.outcomes.push({ kind: 'retry', reason: 'other', detail: '', after: 60_000 });
    await scene.engine.ingest.post([firing('A')]);
    await scene.clock.advanceTo(START + 2000);
    await scene.stop();
    scene.kept.take();
    await scene.start();
    await scene.clock.advanceTo(START + 70_000);
    const told = scene.kept.take();
    expect(kinds(told)).toEqual(['alertmanager_startup_event', 'alert_grouped', 'notification']);
    const { notification } = (JSON.parse(told[2]!.json) as { data: Json }).data;
    expect(notification).toMatchObject({
      alerts: [{ details: { name: 'A' } }],
      firingAlerts: [{}],
      reason: 'NOTIFY_REASON_FIRST_NOTIFICATION',
      groupInfo: { groupKey: '{}:{alertname="A"}', receiverName: 'team' },
    });
    expect(notification).not.toHaveProperty('flushId');
  });

  it('is told where to write, at the start and at each reload', async () => {
    const scene = new StreamScene(CONFIG, START);
    await scene.start();
    scene.config = `${CONFIG}event_recorder: {stdout_outputs: [{}]}\n`;
    await scene.engine.reload.reload();
    scene.config = 'not one';
    await scene.engine.reload.reload();
    expect(scene.kept.configured.map(({ stdouts }) => stdouts)).toEqual([0, 1]);
  });

  it('changes nothing by not being there', async () => {
    const scene = new StreamScene(CONFIG, START);
    await scene.start(null);
    await scene.engine.ingest.post([firing('A')]);
    await scene.clock.advanceTo(START + 2000);
    await scene.engine.reload.reload();
    await scene.stop();
    expect(scene.defects).toEqual([]);
    expect(scene.kept.events).toEqual([]);
  });
});
