// What /metrics reads of the rules at the moment it is asked: who is loaded, whom they ask, whom they tell.
import type { RemoteWriteConfig } from '../config/config.ts';
import type { Instance } from '../evaluate/instance.ts';
import type { Instant } from '../model/time.ts';
import type { Rule, RuleGroup } from '../rules/rule.ts';
import type { DataSourceState } from './prometheus/data-source.ts';

export interface WatchedGroup {
  readonly group: RuleGroup;
  readonly evaluatedAt: Instant | null;
  readonly seconds: number;
  /** '' unless an older version of it runs on. */
  readonly outdatedBy: string;
  readonly rules: readonly WatchedRule[];
}

export interface WatchedRule {
  readonly rule: Rule;
  readonly instances: readonly Pick<Instance, 'kind'>[];
  /** The newest first. */
  readonly past: readonly {
    readonly seconds: number;
    readonly samples: number | null;
    readonly seriesFetched: number | null;
  }[];
}

export interface WatchedOutside {
  readonly dataSources: readonly { readonly name: string; readonly state: DataSourceState }[];
  readonly remoteWrite: readonly Pick<RemoteWriteConfig, 'name' | 'url' | 'queue'>[];
  readonly alertmanagers: readonly { readonly url: string }[];
}

export interface RuleGaugeSource {
  groups(): readonly WatchedGroup[];
  /** What is wrong in the rule files. */
  problems(): readonly unknown[];
  outside(): WatchedOutside;
}
