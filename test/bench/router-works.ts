// The pieces of work of the comparison. Each starts one router of a side, loads it and returns its figures; the
// numbers P1 to P13 are those of the table in the README beside it.
import { CLUSTERS, NAMES, TEAMS } from './router-alerts.ts';
import { Running, SILENT, sleep, type Side } from './router-side.ts';

export interface Figure {
  readonly item: string;
  readonly what: string;
  readonly unit: 'alerts/s' | 'CPU s' | 'ms' | 'silences/s' | 'CPU ms' | 'MB' | '% of a core' | '% slower';
  readonly value: number;
}

export interface Work {
  readonly items: readonly string[];
  /** `alerts`: the hundred thousand of the full size. */
  readonly run: (side: Side, alerts: number) => Promise<readonly Figure[]>;
}

const perSecond = (count: number, ms: number): number => (count / ms) * 1000;

const ingest = (batch: number, connections: number): Work => ({
  items: ['P1', 'P2', 'P3'],
  async run(side, alerts) {
    await using running = await Running.start(side, SILENT);
    const shape = { batch, connections };
    const what = `batches of ${batch}, ${connections === 1 ? '1 connection' : `${connections} connections`}`;
    const distinct = await running.cpuOf(() => running.alerts(alerts, shape));
    const again = await running.cpuOf(() => running.alerts(alerts, { ...shape, endsInMs: 960_000 }));
    return [
      { item: 'P1', what: `distinct, ${what}`, unit: 'alerts/s', value: perSecond(alerts, distinct.result.ms) },
      { item: 'P2', what: `distinct, ${what}`, unit: 'CPU s', value: distinct.cpu },
      { item: 'P3', what: `re-sent, ${what}`, unit: 'alerts/s', value: perSecond(alerts, again.result.ms) },
      { item: 'P3', what: `re-sent, ${what}`, unit: 'CPU s', value: again.cpu },
    ];
  },
});

const READS: readonly (readonly [item: string, what: string, path: string])[] = [
  ['P4', 'GET all', '/api/v2/alerts'],
  ['P4', 'GET groups', '/api/v2/alerts/groups'],
  ['P5', `GET by equality, 1 in ${CLUSTERS}`, '/api/v2/alerts?filter=cluster%3D%22prod-3%22'],
  ['P5', `GET by name, 1 in ${NAMES}`, '/api/v2/alerts?filter=alertname%3D%22HighLatency7%22'],
  ['P5', 'GET by regex, 1 in 100', '/api/v2/alerts?filter=pod%3D~%22.*77%22'],
];

const listing: Work = {
  items: ['P4', 'P5'],
  async run(side, alerts) {
    await using running = await Running.start(side, SILENT);
    await running.alerts(alerts / 2);
    await running.quiet();
    const figures: Figure[] = [];
    for (const [item, what, path] of READS) {
      figures.push({ item, what: `${what}, first`, unit: 'ms', value: await running.get(path) });
      await running.quiet();
      figures.push({ item, what: `${what}, again`, unit: 'ms', value: await running.get(path) });
    }
    return figures;
  },
};

const firstGet = (what: string, kind: 'named' | 'pattern', alertShare: number, silences: number): Work => ({
  items: ['P6'],
  async run(side, alerts) {
    await using running = await Running.start(side, SILENT);
    await running.alerts(alerts * alertShare);
    await running.silences(kind, silences);
    await running.quiet();
    return [{ item: 'P6', what: `first GET, ${what}`, unit: 'ms', value: await running.get('/api/v2/alerts') }];
  },
});

const silencing: Work = {
  items: ['P7'],
  async run(side) {
    await using running = await Running.start(side, SILENT);
    await running.silences('idle', 10_000, { connections: 32 });
    const one = await running.silences('idle', 1000, { from: 10_000, connections: 1 });
    const many = await running.silences('idle', 1000, { from: 11_000, connections: 8 });
    return [
      { item: 'P7', what: '1000 more, 1 connection', unit: 'silences/s', value: perSecond(1000, one.ms) },
      { item: 'P7', what: '1000 more, 1 connection, p99', unit: 'ms', value: one.p99 },
      { item: 'P7', what: '1000 more, 8 connections', unit: 'silences/s', value: perSecond(1000, many.ms) },
      { item: 'P7', what: '1000 more, 8 connections, p99', unit: 'ms', value: many.p99 },
    ];
  },
};

const INHIBIT_RULES = Array.from({ length: 100 }, (_, i) => ({
  source_matchers: ['severity="critical"', `team="team${i}"`],
  target_matchers: ['severity="warning"', `team=~"team${i}|team${i + 100}"`],
  equal: ['cluster', 'namespace'],
}));

const flushing = (groups: number, size: number, muted: boolean): Work => ({
  items: ['P8'],
  async run(side) {
    const waitMs = 4000;
    const inhibitRules = muted ? INHIBIT_RULES : [];
    const setting = { groupWait: `${waitMs}ms`, groupInterval: '1h', inhibitRules };
    await using running = await Running.start(side, setting);
    if (muted) await running.silences('idle', 1000);
    await running.quiet();
    await running.groups(groups, size);
    await sleep(waitMs / 4);
    const before = running.cpu();
    const arrived = await running.load.ask('arrivals', { count: groups, waitMs, withinMs: 60_000 });
    await running.quiet();
    const cpu = running.cpu() - before;
    if (arrived.count !== groups) throw new Error(`${side.name}: ${arrived.count} webhooks of ${groups} came`);
    const what = `${groups} groups of ${size}${muted ? ', 1000 silences and 100 inhibit rules' : ''}`;
    return [
      { item: 'P8', what: `${what}, delay p50`, unit: 'ms', value: arrived.p50 },
      { item: 'P8', what: `${what}, delay p99`, unit: 'ms', value: arrived.p99 },
      { item: 'P8', what: `${what}, per webhook`, unit: 'CPU ms', value: (cpu * 1000) / groups },
    ];
  },
});

const memory: Work = {
  items: ['P9'],
  async run(side, alerts) {
    const setting = { groupWait: '20s', groupInterval: '5s', args: ['--alerts.gc-interval=2s'] };
    await using running = await Running.start(side, setting);
    await running.alerts(alerts);
    await running.quiet();
    const full = running.rss();
    await running.load.ask('arrivals', { count: NAMES, waitMs: 0, withinMs: 30_000 });
    await running.alerts(alerts, { endsInMs: -1 });
    await running.load.ask('arrivals', { count: NAMES, waitMs: 0, withinMs: 30_000 });
    await sleep(5000);
    await running.quiet();
    return [
      { item: 'P9', what: `RSS with ${alerts} alerts`, unit: 'MB', value: full },
      { item: 'P9', what: 'RSS once all have resolved and been told', unit: 'MB', value: running.rss() },
    ];
  },
};

const routing: Work = {
  items: ['P10'],
  async run(side, alerts) {
    const routes = Array.from({ length: TEAMS }, (_, i) => ({ receiver: 'sink', matchers: [`team="team${i}"`] }));
    const few = await ingestOnce(side, alerts, []);
    const many = await ingestOnce(side, alerts, routes);
    return [
      { item: 'P10', what: '1000 flat routes', unit: 'alerts/s', value: many },
      { item: 'P10', what: '1000 flat routes against none', unit: '% slower', value: (1 - many / few) * 100 },
    ];
  },
};

async function ingestOnce(side: Side, alerts: number, routes: readonly object[]): Promise<number> {
  await using running = await Running.start(side, { ...SILENT, routes });
  return perSecond(alerts, (await running.alerts(alerts)).ms);
}

const starting: Work = {
  items: ['P11'],
  async run(side, alerts) {
    const figures: Figure[] = [];
    const again = async (running: Running, what: string): Promise<void> => {
      await running.router.stop();
      const at = performance.now();
      await running.router.restart();
      await running.get('/-/ready');
      figures.push({ item: 'P11', what: `spawn to ready, ${what}`, unit: 'ms', value: performance.now() - at });
    };
    {
      await using running = await Running.start(side, { groupWait: '1s', groupInterval: '1h' });
      await again(running, 'empty');
      await running.silences('idle', 10_000, { connections: 32 });
      await running.groups(2000, 1);
      await running.load.ask('arrivals', { count: 2000, waitMs: 0, withinMs: 30_000 });
      await again(running, '10k silences and 2k log entries');
    }
    // Alertmanager forgets its alerts.
    if (side.name === 'peer') return figures;
    await using running = await Running.start(side, SILENT);
    await running.alerts(alerts);
    await again(running, `${alerts} alerts`);
    return figures;
  },
};

const idling: Work = {
  items: ['P12'],
  async run(side, alerts) {
    await using running = await Running.start(side, { groupWait: '1s', groupInterval: '10s' });
    await running.alerts(alerts / 2);
    await running.load.ask('arrivals', { count: NAMES, waitMs: 0, withinMs: 20_000 });
    await sleep(5000);
    const before = running.cpu();
    await sleep(30_000);
    const value = ((running.cpu() - before) / 30) * 100;
    return [{ item: 'P12', what: `idle with ${alerts / 2} alerts`, unit: '% of a core', value }];
  },
};

const everything: Work = {
  items: ['P13'],
  async run(side, alerts) {
    await using running = await Running.start(side, { groupWait: '1s', groupInterval: '1h' });
    const { url } = running.router;
    await loopDelay(url);
    const silences = await running.load.ask('mixed', { url, count: alerts, batch: 1000, everyMs: 50 });
    const delay = await loopDelay(url);
    const what = 'ingest and flush at once';
    const figures: Figure[] = [{ item: 'P13', what: `${what}, silence POST p99`, unit: 'ms', value: silences.p99 }];
    if (delay !== null) figures.push({ item: 'P13', what: `${what}, event loop p99`, unit: 'ms', value: delay });
    return figures;
  },
};

/** p99 since it was last asked; null where there is no such loop. */
async function loopDelay(url: string): Promise<number | null> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = /^nodejs_eventloop_lag_p99_seconds ([\d.e+-]+)$/m.exec(text);
  return found === null ? null : Number(found[1]) * 1000;
}

export const works: readonly Work[] = [
  ingest(1000, 1),
  ingest(64, 1),
  ingest(1000, 2),
  ingest(64, 2),
  listing,
  firstGet('50k alerts, 1000 silences', 'named', 0.5, 1000),
  firstGet('10k alerts, 10k silences', 'named', 0.1, 10_000),
  firstGet('10k alerts, 100 silences by regex alone', 'pattern', 0.1, 100),
  silencing,
  flushing(1000, 10, false),
  flushing(5000, 1, false),
  flushing(1000, 10, true),
  memory,
  routing,
  starting,
  idling,
  everything,
];
