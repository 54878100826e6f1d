import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Labels } from '../../../src/model/labels.ts';
import { whereabouts } from '../../../src/model/whereabouts.ts';

type Plain = Readonly<Record<string, string>>;

function said(alerts: readonly Plain[], common: Plain): { readonly shared: string; readonly each: readonly string[] } {
  const sets = alerts.map((labels) => Labels.of(Object.entries({ ...common, ...labels })));
  const { shared, of } = whereabouts(sets, Labels.of(Object.entries(common)));
  return { shared: shared.text, each: sets.map((labels) => of(labels).text) };
}

const KSM = { job: 'kube-state-metrics', instance: '10.0.0.5:8080' };

describe('whereabouts() of one alert', () => {
  it.each<[string, Plain, string]>([
    ['a machine', { instance: 'web-1:9100', job: 'node' }, 'web-1:9100'],
    ['a machine that has a name', { instance: '10.0.0.5:9100', host: 'web-1' }, 'web-1'],
    [
      'a machine and who watches it there',
      { namespace: 'mon', pod: 'exp-1', instance: 'web-1:9100' },
      'mon/exp-1 web-1:9100',
    ],
    ['a node, by kube-state-metrics', { ...KSM, node: 'worker-3' }, 'worker-3'],
    ['a deployment, by kube-state-metrics', { ...KSM, namespace: 'shop', deployment: 'cart' }, 'shop/cart'],
    ['a namespace, by kube-state-metrics', { ...KSM, namespace: 'shop', resource: 'cpu' }, 'shop'],
    [
      'a node, by kube-state-metrics that is found by its pod',
      { ...KSM, namespace: 'mon', pod: 'kube-state-metrics-7f8', node: 'worker-3' },
      'worker-3',
    ],
    [
      'what the exporter says, where the scrape says the same of the exporter',
      { namespace: 'mon', pod: 'x-1', exported_namespace: 'shop', exported_pod: 'cart-1', instance: 'a:1' },
      'shop/cart-1 a:1',
    ],
    ['another’s namespace', { namespace: 'mon', pod: 'x-1', exported_namespace: 'shop', instance: 'a:1' }, 'a:1'],
    ['what a probe asks', { instance: 'blackbox:9115', target: 'https://shop.example' }, 'https://shop.example'],
    ['a service', { service: 'checkout', job: 'shop' }, 'checkout'],
    ['kube-state-metrics itself, which says nothing else', { instance: '10.0.0.5:8080' }, '10.0.0.5:8080'],
    ['nothing that is a place', { code: '500' }, ''],
  ])('%s', (_what, labels, expected) => {
    expect(said([labels], {}).each).toEqual([expected]);
    expect(said([labels], {}).shared).toBe(expected);
  });
});

describe('whereabouts() of several alerts', () => {
  it.each<[string, readonly Plain[], Plain, string, readonly string[]]>([
    ['machines', [{ instance: 'a' }, { instance: 'b' }], { job: 'node' }, '', ['a', 'b']],
    ['hosts one exporter tells of', [{ host: 'a' }, { host: 'b' }], { instance: 'x:1' }, '', ['a', 'b']],
    ['ports of a host', [{ instance: 'a:1' }, { instance: 'a:2' }], { host: 'a' }, '', ['a:1', 'a:2']],
    ['pods of a namespace', [{ pod: 'p1' }, { pod: 'p2' }], { namespace: 'n', ...KSM }, '', ['n/p1', 'n/p2']],
    ['namespaces of a pod', [{ namespace: 'n1' }, { namespace: 'n2' }], { pod: 'p' }, '', ['n1/p', 'n2/p']],
    ['what no place says', [{ code: '500' }, { code: '502' }], { service: 's' }, 's', ['code=500', 'code=502']],
    [
      'what no place says, on machines of which some are the same',
      [
        { instance: 'a', device: '1' },
        { instance: 'a', device: '2' },
        { instance: 'b', device: '1' },
      ],
      {},
      '',
      ['a device=1', 'a device=2', 'b device=1'],
    ],
    ['names that tell them apart', [{ alertname: 'A' }, { alertname: 'B' }], { instance: 'a' }, 'a', ['a', 'a']],
    ['one of them without', [{ node: 'a' }, {}], { instance: 'x:1' }, '', ['a', 'x:1']],
  ])('%s', (_what, alerts, common, shared, each) => {
    expect(said(alerts, common)).toEqual({ shared, each });
  });

  it('tells apart what two labels more than the place can tell apart', () => {
    const values = fc.constantFrom('1', '2', '3');
    const alert = fc.record({ alertname: fc.constant('A'), instance: values, device: values, code: values });
    const alerts = fc.uniqueArray(alert, { minLength: 2, maxLength: 20, selector: (one) => JSON.stringify(one) });
    fc.assert(
      fc.property(alerts, (labels) => {
        const names = ['alertname', 'instance', 'device', 'code'] as const;
        const common = names.filter((name) => labels.every((one) => one[name] === labels[0]![name]));
        const shared = Object.fromEntries(common.map((name) => [name, labels[0]![name]]));
        expect(new Set(said(labels, shared).each).size).toBe(labels.length);
      }),
    );
  });
});
