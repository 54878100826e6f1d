// Stories for the API that need routes, inhibition and time intervals of their own, or the rules by which a silence is
// edited, ended and listed. In the form of test/api/cases.json, without recordings: they are only held against a peer.
import type { StepRequest } from '../../support/api-cases.ts';

export interface LiveStep {
  readonly title: string;
  readonly request: StepRequest;
  readonly capture?: { readonly name: string; readonly member: string };
  readonly pauseMs?: number;
}

export interface LiveStory {
  readonly title: string;
  readonly config: string;
  readonly steps: readonly LiveStep[];
}

const FIXED = { startsAt: '2020-01-01T00:00:00Z', endsAt: '2099-01-01T00:00:00Z' };

const get = (title: string, path: string, pauseMs?: number): LiveStep => ({
  title,
  request: { method: 'GET', path: `/api/v2${path}` },
  ...(pauseMs !== undefined && { pauseMs }),
});

const post = (title: string, path: string, json: unknown, name?: string): LiveStep => ({
  title,
  request: { method: 'POST', path: `/api/v2${path}`, json },
  ...(name !== undefined && { capture: { name, member: 'silenceID' } }),
});

const alerts = (title: string, ...labelSets: readonly Readonly<Record<string, string>>[]): LiveStep =>
  post(
    title,
    '/alerts',
    labelSets.map((labels) => ({ labels, ...FIXED })),
  );

const silenced = (labels: Readonly<Record<string, string>>, more: object = {}): object => ({
  matchers: Object.entries(labels).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true })),
  ...{ ...FIXED, createdBy: 'ada', comment: 'known' },
  ...more,
});

const expire = (title: string, id: string): LiveStep => ({
  title,
  request: { method: 'DELETE', path: `/api/v2/silence/${id}` },
});

const UNKNOWN = '11111111-2222-3333-4444-555555555555';
const LATER = { startsAt: '2097-01-01T00:00:00Z', endsAt: '2098-01-01T00:00:00Z' };

const mutedConfig = `
route:
  receiver: default
  group_by: [alertname]
  group_wait: 100ms
  routes:
  - receiver: web
    matchers: [team="web"]
    continue: true
  - receiver: night
    matchers: [severity="info"]
    mute_time_intervals: [always]
    group_by: [alertname, cluster]
    continue: true
  - receiver: never
    matchers: [severity="debug"]
    active_time_intervals: [in-the-past]
    group_by: ['...']
receivers: [{name: default}, {name: web}, {name: night}, {name: never}]
inhibit_rules:
- source_matchers: [severity="critical"]
  target_matchers: [severity="warning"]
  equal: [cluster]
time_intervals:
- name: always
  time_intervals: [{times: [{start_time: '00:00', end_time: '24:00'}]}]
- name: in-the-past
  time_intervals: [{years: ['2001']}]
`;

const plainConfig = 'route: {receiver: default}\nreceivers: [{name: default}]\n';

const filters = ['active', 'silenced', 'inhibited', 'muted'].map((name) => `?${name}=false`);

export const moreStories: readonly LiveStory[] = [
  {
    title: 'alerts that are muted in every way',
    config: mutedConfig,
    steps: [
      alerts(
        'one of each kind',
        { alertname: 'Heard', cluster: 'a' },
        { alertname: 'Down', severity: 'critical', cluster: 'a', instance: '2' },
        { alertname: 'Down', severity: 'critical', cluster: 'a', instance: '1', job: 'node' },
        { alertname: 'Slow', severity: 'warning', cluster: 'b', instance: 'lone' },
        { alertname: 'Note', severity: 'info', team: 'web', cluster: 'a' },
        { alertname: 'Note', severity: 'info', cluster: 'b' },
        { alertname: 'Trace', severity: 'debug', x: 'y' },
        { alertname: 'Known', team: 'web', severity: 'page' },
        { alertname: 'Known', team: 'web', severity: 'info' },
      ),
      post('a silence for two of them', '/silences', silenced({ alertname: 'Known' }), 'known'),
      get('groups, once all were flushed', '/alerts/groups', 600),
      get('alerts', '/alerts'),
      ...filters.map((query) => get(`alerts ${query}`, `/alerts${query}`)),
      ...filters.map((query) => get(`groups ${query}`, `/alerts/groups${query}`)),
      get('groups that are heard by nothing', '/alerts/groups?active=false&silenced=false&inhibited=false&muted=false'),
      get('groups of a receiver', '/alerts/groups?receiver=web'),
      get('groups of two receivers', '/alerts/groups?receiver=web%7Cnight'),
      get('alerts of a receiver', '/alerts?receiver=night'),
      get('groups by a label', '/alerts/groups?filter=cluster%3D%22a%22'),
      get('groups by the absence of a label', '/alerts/groups?filter=cluster%3D%22%22'),
      get('silenced alerts of a receiver', '/alerts?receiver=web&active=false&inhibited=false'),
      alerts('one that is inhibited', { alertname: 'Target', severity: 'warning', cluster: 'a' }),
      alerts('one whose cluster has no source', { alertname: 'Target', severity: 'warning', cluster: 'c' }),
      alerts('a source without a cluster', { alertname: 'Everywhere', severity: 'critical' }),
      alerts('a target without a cluster', { alertname: 'Target', severity: 'warning' }),
      get('the one source of a cluster', '/alerts?filter=alertname%3DTarget&filter=cluster%3D%22%22', 100),
      get('no source', '/alerts?filter=alertname%3DTarget&filter=cluster%3Dc'),
      expire('the silence ends', '{{known}}'),
      get('they are heard', '/alerts?filter=alertname%3DKnown', 50),
      post('alerts end', '/alerts', [
        { labels: { alertname: 'Heard', cluster: 'a' }, startsAt: FIXED.startsAt, endsAt: '2020-01-02T00:00:00Z' },
      ]),
      get('and are not listed', '/alerts?filter=alertname%3DHeard', 50),
      get('nor their groups', '/alerts/groups?filter=alertname%3DHeard'),
    ],
  },
  {
    title: 'how a silence is edited and ended',
    config: plainConfig,
    steps: [
      post('active', '/silences', silenced({ a: 'b', c: 'd' }), 'active'),
      get('its start is now', '/silence/{{active}}'),
      post('its end, comment and author', '/silences', {
        ...silenced({ a: 'b', c: 'd' }, { startsAt: '{{start}}', endsAt: '2090-01-01T00:00:00Z' }),
        ...{ id: '{{active}}', comment: 'longer', createdBy: 'bob' },
      }),
      post('pending', '/silences', silenced({ p: 'q' }, LATER), 'pending'),
      post(
        'a pending one begins later',
        '/silences',
        {
          ...silenced({ p: 'q' }, { startsAt: '2097-06-01T00:00:00Z', endsAt: '2098-06-01T00:00:00Z' }),
          id: '{{pending}}',
        },
        'pendingLater',
      ),
      get('under the same id', '/silence/{{pending}}'),
      post('a pending one begins in the past', '/silences', { ...silenced({ p: 'q' }), id: '{{pending}}' }, 'begun'),
      get('the old one', '/silence/{{pending}}'),
      get('the one that came of it', '/silence/{{begun}}'),
      post('changed matchers', '/silences', { ...silenced({ p: 'other' }), id: '{{begun}}' }, 'changed'),
      get('the one with the old matchers', '/silence/{{begun}}'),
      get('the one with the new', '/silence/{{changed}}'),
      post('matchers in another order', '/silences', silenced({ x: '1', y: '2' }), 'ordered'),
      post('the same, turned round', '/silences', { ...silenced({ y: '2', x: '1' }), id: '{{ordered}}' }, 'turned'),
      post('an end in the past', '/silences', {
        ...silenced({ p: 'other' }, { endsAt: '2020-01-02T00:00:00Z' }),
        id: '{{changed}}',
      }),
      post('an end before the start', '/silences', {
        ...silenced({ p: 'other' }, { startsAt: '2099-01-01T00:00:00Z', endsAt: '2098-01-01T00:00:00Z' }),
        id: '{{changed}}',
      }),
      get('it stands as it was', '/silence/{{changed}}'),
      post('an unknown id', '/silences', { ...silenced({ a: 'b' }), id: UNKNOWN }),
      post('an id that is none', '/silences', { ...silenced({ a: 'b' }), id: 'nonsense' }),
      post('an empty id', '/silences', { ...silenced({ e: 'f' }), id: '' }, 'empty'),
      expire('delete', '{{changed}}'),
      expire('delete again', '{{changed}}'),
      get('expired', '/silence/{{changed}}'),
      post('an expired one again', '/silences', { ...silenced({ p: 'other' }), id: '{{changed}}' }, 'reborn'),
      get('is a new one', '/silence/{{reborn}}'),
      get('and the old one stays expired', '/silence/{{changed}}'),
      expire('delete a pending one that was replaced', '{{pending}}'),
      post('another pending one', '/silences', silenced({ soon: 'never' }, LATER), 'never'),
      expire('delete a pending one', '{{never}}'),
      get('it ended where it began', '/silence/{{never}}'),
      expire('delete nobody', UNKNOWN),
      expire('delete nonsense', 'nonsense'),
      get('get nobody', `/silence/${UNKNOWN}`),
      get('get nonsense', '/silence/nonsense'),
    ],
  },
  {
    title: 'how silences are listed',
    config: plainConfig,
    steps: [
      ...[3, 1, 2].map((year) =>
        post(
          `active until 209${year}`,
          '/silences',
          silenced({ n: `${year}` }, { endsAt: `209${year}-01-01T00:00:00Z` }),
        ),
      ),
      ...[3, 1, 2].map((year) =>
        post(
          `pending from 208${year}`,
          '/silences',
          silenced({ n: `${year}`, p: 'p' }, { ...LATER, startsAt: `208${year}-01-01T00:00:00Z` }),
        ),
      ),
      ...['x', 'y', 'z'].flatMap((name) => [
        post(`expired: ${name}`, '/silences', silenced({ n: name }), name),
        { ...expire(`expired: ${name}, ended`, `{{${name}}}`), pauseMs: 20 },
      ]),
      get('in order', '/silences'),
      get('by a matcher', '/silences?filter=n%3D%221%22'),
      get('by a matcher among others', '/silences?filter=p%3Dp'),
      get('by two matchers', '/silences?filter=p%3Dp&filter=n%3D2'),
      get('by a value nobody has', '/silences?filter=n%3D9'),
      get('by a regular expression: only the identical one', '/silences?filter=n%3D~%221%7C2%22'),
      get('by the opposite', '/silences?filter=n%21%3D1'),
      get('by half a matcher', '/silences?filter=n'),
      get('without the expired', '/silences?expired=false'),
      get('without the pending', '/silences?pending=false'),
      get('without the active', '/silences?active=false'),
    ],
  },
];
