// The few requests these tests make, and waiting for what they cause.
import { setTimeout as pause } from 'node:timers/promises';

const HOUR_MS = 3_600_000;

type Labels = Readonly<Record<string, string>>;

export const firing = (labels: Labels): object => ({ labels, endsAt: new Date(Date.now() + HOUR_MS).toISOString() });
export const ended = (labels: Labels): object => ({ labels, endsAt: new Date().toISOString() });

export function postAlerts(url: string, ...alerts: readonly object[]): Promise<Response> {
  return postJson(`${url}/api/v2/alerts`, alerts);
}

export function silence(matching: Labels, untilMs = HOUR_MS): object {
  const now = Date.now();
  return {
    matchers: Object.entries(matching).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true })),
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + untilMs).toISOString(),
    createdBy: 'chaos',
    comment: 'set by a test',
  };
}

export function postSilence(url: string, body: object): Promise<Response> {
  return postJson(`${url}/api/v2/silences`, body);
}

export async function idOf(answer: Response): Promise<string> {
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { readonly silenceID: string }).silenceID;
}

export function postJson(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
}

/**
 * Until the answers to all that was sent are kept. A kill between an answer's coming and its being kept sends once
 * more, under the same key: what is told "once" across a kill has to wait for this.
 */
export async function untilAnswersKept(url: string): Promise<void> {
  await until('the answers are kept', 5000, async () => {
    const page = await fetch(`${url}/api/belfry/v1/notifications?state=sending&limit=1`);
    return ((await page.json()) as { readonly items: readonly unknown[] }).items.length === 0;
  });
}

/** Until it is true; fails after `ms`. Resolves with how long it took. */
export async function until(what: string, ms: number, isSo: () => boolean | Promise<boolean>): Promise<number> {
  const startedAt = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startedAt > ms) throw new Error(`not within ${ms} ms: ${what}`);
    await pause(20);
  }
  return performance.now() - startedAt;
}
