// What to call the place of an alert: the thing that is wrong, not the exporter that tells of it; and among the alerts
// of one message what differs, so that each can be told from the others.
import type { Pairs } from './pairs.ts';

export interface Whereabouts {
  readonly text: string;
  /** The labels it says. */
  readonly names: readonly string[];
}

export interface AllWhereabouts {
  /** Where all of them are; nothing when that says less than what differs. */
  readonly shared: Whereabouts;
  readonly of: (labels: Pairs) => Whereabouts;
}

/** Of Kubernetes; each has its name within a namespace. */
const OBJECTS = [
  ...['pod', 'deployment', 'statefulset', 'daemonset', 'replicaset', 'cronjob', 'job_name'],
  ...['horizontalpodautoscaler', 'persistentvolumeclaim'],
];
const MACHINES = ['node', 'host', 'hostname', 'nodename', 'target'];
const VAGUER = ['service', 'job', 'namespace', 'cluster', 'instance'];
/** Lines say them by themselves. */
const SAID_ANYWAY = new Set(['alertname', 'severity']);

/** It tells of others, whose labels stand beside its own. */
const EXPORTER = /kube-state-metrics/;
const EXPORTER_LABELS = ['job', 'service', 'pod', 'container'];

/** As many as anybody will see, and more: what tells these apart is said of all. */
const MOST_COMPARED = 1000;
const MOST_ADDED = 2;

const NOWHERE: Whereabouts = { text: '', names: [] };

/** @param common what all have, and nothing else that is alike */
export function whereabouts(alerts: readonly Pairs[], common: Pairs): AllWhereabouts {
  if (alerts.length <= 1) {
    const of = (labels: Pairs): Whereabouts => placeOf(labels, () => true);
    return { shared: alerts[0] === undefined ? NOWHERE : of(alerts[0]), of };
  }
  const shared = new Set([...common].map(([name]) => name));
  const own = (labels: Pairs): Whereabouts => placeOf(labels, (name) => !shared.has(name));
  const compared = alerts.slice(0, MOST_COMPARED);
  const added = distinguishing(compared, own, shared);
  const inCommon = placeOf(common, () => true);
  return {
    shared: compared.every((labels) => own(labels).text === '') ? inCommon : NOWHERE,
    of: (labels) => {
      const { text, names } = own(labels);
      const more = added.filter((name) => !names.includes(name) && labels.get(name) !== '');
      const said = [...(text === '' ? [] : [text]), ...more.map((name) => `${name}=${labels.get(name)}`)];
      return said.length === 0 ? inCommon : { text: said.join(' '), names: [...names, ...more] };
    },
  };
}

/** Few labels by which alerts differ that are in one place. */
function distinguishing(
  alerts: readonly Pairs[],
  placed: (labels: Pairs) => Whereabouts,
  shared: ReadonlySet<string>,
): readonly string[] {
  let keys = alerts.map((labels) =>
    JSON.stringify([...SAID_ANYWAY].map((name) => labels.get(name)).concat(placed(labels).text)),
  );
  let told = new Set(keys).size;
  const added: string[] = [];
  if (told === alerts.length) return added;
  const names = new Set(alerts.flatMap((labels) => [...labels].map(([name]) => name)));
  while (added.length < MOST_ADDED && told < alerts.length) {
    let best: { readonly name: string; readonly keys: string[]; readonly told: number } | null = null;
    for (const name of names) {
      if (shared.has(name) || SAID_ANYWAY.has(name)) continue;
      const longer = keys.map((key, i) => `${key}\0${alerts[i]!.get(name)}`);
      const tells = new Set(longer).size;
      if (tells > (best?.told ?? told)) best = { name, keys: longer, told: tells };
    }
    if (best === null) break;
    added.push(best.name);
    ({ keys, told } = best);
  }
  return added;
}

/** Of the labels that are the alert's own. */
function placeOf(labels: Pairs, isOwn: (name: string) => boolean): Whereabouts {
  const isExported = EXPORTER_LABELS.some((name) => EXPORTER.test(labels.get(name)));
  const object = objectIn(labels, isOwn);
  const machine = firstOf(MACHINES, labels, isOwn) ?? (isExported ? null : firstOf(['instance'], labels, isOwn));
  const found = [object, machine].filter((place) => place !== null);
  if (found.length === 0) return firstOf(VAGUER, labels, isOwn) ?? NOWHERE;
  return { text: found.map(({ text }) => text).join(' '), names: found.flatMap(({ names }) => names) };
}

function objectIn(labels: Pairs, isOwn: (name: string) => boolean): Whereabouts | null {
  const namespace = labelled('namespace', labels);
  for (const kind of OBJECTS) {
    const name = labelled(kind, labels);
    const value = labels.get(name);
    if (value === '' || EXPORTER.test(value) || !(isOwn(name) || isOwn(namespace))) continue;
    // Where the namespace is another's, the pod is the exporter's.
    if (name === 'pod' && namespace !== 'namespace') continue;
    const within = labels.get(namespace);
    return within === '' ? { text: value, names: [name] } : { text: `${within}/${value}`, names: [namespace, name] };
  }
  return null;
}

function firstOf(names: readonly string[], labels: Pairs, isOwn: (name: string) => boolean): Whereabouts | null {
  for (const each of names) {
    const name = labelled(each, labels);
    const value = labels.get(name);
    if (value !== '' && isOwn(name) && !EXPORTER.test(value)) return { text: value, names: [name] };
  }
  return null;
}

/** Prometheus calls it so where the scrape's own label of that name is in the way. */
function labelled(name: string, labels: Pairs): string {
  const exported = `exported_${name}`;
  return labels.get(exported) === '' ? name : exported;
}
