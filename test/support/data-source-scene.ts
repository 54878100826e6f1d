// What every test of a data source over sockets starts from: a client, servers to talk to, a question that has enough
// time, and a clock that does not sleep.
import { afterEach, beforeEach } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { createHttpClient } from '../../src/adapters/http-client.ts';
import { createDataSource, type PrometheusSource } from '../../src/adapters/prometheus/data-source.ts';
import type { DataSourceConfig } from '../../src/config/config.ts';
import type { Answer, Question } from '../../src/ports/data-source.ts';
import { dataSource } from './data-source.ts';
import { HttpWorld, MemoryFiles } from './http-world.ts';

export interface DataSourceScene {
  world: HttpWorld;
  /** How long it would have slept, each time. */
  slept: number[];
  /** How far the clock is ahead of the machine's. */
  ahead: number;
  source(url: string, changes?: Partial<DataSourceConfig>): PrometheusSource;
}

/** Registers what sets the scene up and clears it away. */
export function useDataSourceScene(): DataSourceScene {
  let client: ReturnType<typeof createHttpClient>;
  const scene: DataSourceScene = {
    world: new HttpWorld(),
    slept: [],
    ahead: 0,
    source: (url, changes = {}) =>
      createDataSource(dataSource({ url, ...changes }), {
        client,
        clock: {
          now: () => systemClock.now() + scene.ahead,
          sleepUntil: (at) => {
            scene.slept.push(at - systemClock.now());
            return Promise.resolve();
          },
        },
        // The shortest pauses between attempts.
        entropy: { fraction: () => 0 },
        userAgent: 'Belfry/test',
      }),
  };
  beforeEach(() => {
    Object.assign(scene, { world: new HttpWorld(), slept: [], ahead: 0 });
    client = createHttpClient({ files: new MemoryFiles(), env: {}, clock: systemClock });
  });
  afterEach(async () => {
    await client[Symbol.asyncDispose]();
    await scene.world[Symbol.asyncDispose]();
  });
  return scene;
}

export interface Asking extends Partial<Omit<Question, 'deadline'>> {
  /** Milliseconds. */
  readonly patience?: number;
}

export function ask(source: PrometheusSource, { patience = 10_000, ...asking }: Asking = {}): Promise<Answer> {
  return source.ask({
    query: 'up',
    at: 1_700_000_000_123,
    deadline: Date.now() + patience,
    turnBy: Date.now() + patience,
    params: [],
    headers: [],
    signal: new AbortController().signal,
    ...asking,
  });
}

export const upAnswer =
  '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"a"},"value":[1700000000.123,"1"]}]}}';

export const errorAnswer = (errorType: string, error: string): string =>
  JSON.stringify({ status: 'error', errorType, error });
