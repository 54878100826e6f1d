// What every test of the HTTP client starts from: a fresh client, servers to talk to, files and an environment in
// memory, and a clock that stands still.
import { afterEach, beforeEach } from 'vitest';
import { createHttpClient } from '../../src/adapters/http-client.ts';
import { Secret } from '../../src/input/secret.ts';
import { DEFAULT_HTTP_CONFIG } from '../../src/outbound/compile.ts';
import type { HttpConfig } from '../../src/outbound/http-config.ts';
import type { HttpResult } from '../../src/ports/http-client.ts';
import { HttpWorld, MemoryFiles, type Handler } from './http-world.ts';

export interface HttpScene {
  world: HttpWorld;
  files: MemoryFiles;
  env: Record<string, string>;
  now: number;
  post(url: string, http?: HttpConfig, signal?: AbortSignal): Promise<HttpResult>;
}

/** Registers what sets the scene up and clears it away. */
export function useHttpScene(): HttpScene {
  let client: ReturnType<typeof createHttpClient>;
  const scene: HttpScene = {
    world: new HttpWorld(),
    files: new MemoryFiles(),
    env: {},
    now: 0,
    post(url, http = DEFAULT_HTTP_CONFIG, signal = AbortSignal.timeout(5000)) {
      const headers = { 'Content-Type': 'application/json', 'User-Agent': 'Belfry/test' };
      return client.request(http, { method: 'POST', url, headers, body: '{"a":1}', signal });
    },
  };
  beforeEach(() => {
    Object.assign(scene, { world: new HttpWorld(), files: new MemoryFiles(), env: {}, now: 1_000_000 });
    client = createHttpClient({ files: scene.files, env: scene.env, clock: { now: () => scene.now } });
  });
  afterEach(async () => {
    await client[Symbol.asyncDispose]();
    await scene.world[Symbol.asyncDispose]();
  });
  return scene;
}

export const config = (changes: Partial<HttpConfig> = {}): HttpConfig => ({ ...DEFAULT_HTTP_CONFIG, ...changes });
export const secret = (text: string) => ({ kind: 'inline', secret: new Secret(text) }) as const;
export const inline = (text: string) => ({ kind: 'inline', text }) as const;
export const file = (path: string) => ({ kind: 'file', path }) as const;

export const answer: (status: number, body?: string, headers?: Record<string, string>) => Handler =
  (status, body = '', headers = {}) =>
  (_seen, _request, response) =>
    void response.writeHead(status, headers).end(body);
