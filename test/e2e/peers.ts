// The real programs this folder runs Belfry against, and the one place that may leave a suite out: where a peer is
// not installed. The build server has them all, so there a missing one fails.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { findAlertmanager, type Alertmanager } from '../support/e2e/alertmanager.ts';
import { findPostfix } from '../support/e2e/postfix.ts';

/** What a suite may ask for; programs are told by where they are. */
export interface Peers {
  readonly alertmanager: Alertmanager;
  readonly amtool: string;
  readonly curl: string;
  /** Where its daemons are. */
  readonly postfix: string;
  readonly prometheus: string;
  readonly 'prometheus-node-exporter': string;
  readonly promtool: string;
  readonly 'victoria-metrics': string;
  readonly vmalert: string;
}

const finders: { readonly [Name in keyof Peers]: () => Peers[Name] | null } = {
  alertmanager: findAlertmanager,
  amtool: () => findProgram('amtool'),
  curl: () => findProgram('curl'),
  postfix: findPostfix,
  prometheus: () => findProgram('prometheus'),
  'prometheus-node-exporter': () => findProgram('prometheus-node-exporter'),
  promtool: () => findProgram('promtool'),
  'victoria-metrics': () => findProgram('victoria-metrics'),
  vmalert: () => findProgram('vmalert'),
};

export function describeBesideAlertmanager(title: string, suite: (peer: Alertmanager) => void): void {
  describeBeside(title, ['alertmanager'], ({ alertmanager }) => suite(alertmanager));
}

export function describeBeside<Name extends keyof Peers>(
  title: string,
  wanted: readonly Name[],
  suite: (peers: Pick<Peers, Name>) => void,
): void {
  const found = wanted.map((name) => [name, finders[name]()] as const);
  const missing = found.filter(([, peer]) => peer === null).map(([name]) => name);
  if (missing.length === 0) {
    const places = found.map(([, peer]) => (typeof peer === 'object' ? peer?.binary : peer));
    describe(`${title} (${places.join(', ')})`, () => {
      suite(Object.fromEntries(found) as Pick<Peers, Name>);
    });
    return;
  }
  const how = missing.map((name) => `no ${commandOf(name)} in PATH, and ${variable(name)} is not set`).join('; ');
  const fails = (): never => expect.fail(how);
  if (process.env['CI'] === 'true') {
    it(`${title}: finds its peers`, () => fails());
    return;
  }
  // oxlint-disable-next-line vitest/no-disabled-tests
  describe.skip(`${title} (left out: ${how})`, () => {
    it('needs its peers', () => fails());
  });
}

const commandOf = (name: keyof Peers): string => (name === 'alertmanager' ? 'prometheus-alertmanager' : name);
const variable = (name: string): string => `BELFRY_PEER_${name.toUpperCase().replaceAll('-', '_')}`;

function findProgram(name: string): string | null {
  const program = process.env[variable(name)] ?? name;
  const { error } = spawnSync(program, ['--version'], { stdio: 'ignore' });
  if (error === undefined) return program;
  if ('code' in error && error.code === 'ENOENT') return null;
  throw error;
}
