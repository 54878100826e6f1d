// The real programs this folder runs Belfry against, and the one place that may leave a suite out: where a peer is
// not installed. The build server has them all, so there a missing one fails.
import { describe, it } from 'vitest';
import { findAlertmanager, type Alertmanager } from '../support/e2e/alertmanager.ts';

export function describeBesideAlertmanager(title: string, suite: (peer: Alertmanager) => void): void {
  const peer = findAlertmanager();
  if (peer !== null) {
    describe(`${title} (${peer.binary})`, () => suite(peer));
    return;
  }
  if (process.env['CI'] === 'true') {
    it(`${title}: finds its peer`, () => {
      throw new Error('no prometheus-alertmanager in PATH: install it or set BELFRY_PEER_ALERTMANAGER');
    });
    return;
  }
  describe.skip(`${title} (left out: no prometheus-alertmanager in PATH, and BELFRY_PEER_ALERTMANAGER is not set)`, () => {
    it('needs a real Alertmanager', () => {});
  });
}
