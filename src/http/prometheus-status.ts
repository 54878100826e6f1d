// /api/v1/status/…: who answers here. Data sources are recognised by it. The version is that of the Prometheus
// whose API this is, because clients decide by it what they may ask; what only a database has is not here.
import { availableParallelism } from 'node:os';
import type { Engine } from '../engine/contract.ts';
import { printNano } from '../model/rfc3339.ts';
import type { Clock } from '../ports/clock.ts';
import type { Answer } from './answer.ts';
import { success } from './prometheus-answer.ts';

/** Flags of the command line by their names, as far as anyone may know them. */
export type Flags = ReadonlyMap<string, string>;

/** The Prometheus release this API follows. */
const API_VERSION = '3.14.0';

export interface StatusOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly flags: Flags;
}

export function prometheusStatus(options: StatusOptions): readonly (readonly [path: string, answer: () => Answer])[] {
  const { engine, flags } = options;
  return [
    ['/config', () => success({ yaml: engine.views.status().configOriginal })],
    ['/flags', () => success(Object.fromEntries(flags))],
    ['/buildinfo', () => success(BUILD_INFO)],
    ['/runtimeinfo', () => success(runtimeInfo(options))],
  ];
}

const BUILD_INFO = {
  version: API_VERSION,
  revision: '',
  branch: '',
  buildUser: '',
  buildDate: '',
  goVersion: '',
};

function runtimeInfo({ engine, clock }: StatusOptions): object {
  const { ok, takenAt } = engine.reload.last;
  return {
    startTime: printNano(engine.views.status().startedAt),
    CWD: '',
    hostname: '',
    serverTime: printNano(clock.now()),
    reloadConfigSuccess: ok,
    lastConfigTime: printNano(takenAt),
    corruptionCount: 0,
    goroutineCount: 0,
    GOMAXPROCS: availableParallelism(),
    GOMEMLIMIT: 0,
    GOGC: '',
    GODEBUG: '',
    storageRetention: '',
  };
}
