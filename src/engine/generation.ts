// One compiled configuration in force, with everything built from it: the inhibition index and the live groups.
// A reload makes the next generation aside and swaps it in by one assignment; messages underway finish.
import type { Config, IntegrationEntry, Receiver, Route } from '../config/config.ts';
import { InhibitIndex } from '../mute/inhibit-index.ts';
import type { Instant } from '../model/time.ts';
import type { IntegrationRef } from '../ports/recorder.ts';
import type { TemplateSet } from '../template/template-set.ts';
import { Groups } from './groups.ts';
import { Membership } from './membership.ts';

/** What a reload reads: nothing alive yet. */
export interface Compiled {
  readonly config: Config;
  readonly templates: TemplateSet;
}

export interface Generation extends Compiled {
  readonly inhibit: InhibitIndex;
  readonly groups: Groups;
  readonly membership: Membership;
}

/** @param notBefore --dispatch.start-delay: no group speaks sooner */
export function newGeneration(compiled: Compiled, notBefore: Instant): Generation {
  const inhibit = new InhibitIndex(compiled.config.inhibitRules);
  const groups = new Groups();
  return {
    ...compiled,
    inhibit,
    groups,
    membership: new Membership(compiled.config, inhibit, groups, notBefore),
  };
}

/** `webhook/0`: the name of an integration inside its receiver, in the notification log. */
export const integrationName = (entry: IntegrationEntry): string => `${entry.config.kind}/${entry.index}`;

export function* integrationsOf(config: Config): Generator<Omit<IntegrationRef, 'name'>> {
  for (const { name, integrations } of config.receivers.values())
    for (const { config: of } of integrations) yield { receiver: name, kind: of.kind };
}

export function receiverOf(config: Config, route: Route): Receiver {
  const receiver = config.receivers.get(route.receiver);
  if (receiver === undefined)
    throw new Error(`route ${route.id} names receiver ${route.receiver}, which the config lacks`);
  return receiver;
}

export function findIntegration(config: Config, receiver: string, integration: string): IntegrationEntry | null {
  const entries = config.receivers.get(receiver)?.integrations ?? [];
  return entries.find((entry) => integrationName(entry) === integration) ?? null;
}
