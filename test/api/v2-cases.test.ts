// Every case recorded from a real Alertmanager 0.34, through a real socket, over the fake engine.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { difference, readCases, send } from '../support/api-cases.ts';
import { testServer } from '../support/http-server.ts';

const file = readCases(readFileSync(new URL('cases.json', import.meta.url), 'utf8'));

describe('API v2, as recorded', () => {
  test.each(file.stories.map((story) => [story.title, story] as const))('%s', async (_title, story) => {
    await using server = await testServer();
    const captured = new Map<string, string>();
    const different: string[] = [];
    for (const step of story.steps) {
      const got = await send(server.url, step, captured);
      const problem = difference(step.ours ?? step.recorded, got, captured);
      if (problem !== null) different.push(`${step.title}: ${problem}`);
    }
    expect(different).toEqual([]);
  });

  test('there are enough cases to mean something, and every deviation says why', () => {
    const steps = file.stories.flatMap((story) => story.steps);
    expect(steps.length).toBeGreaterThanOrEqual(250);
    for (const step of steps) if (step.ours !== undefined) expect(step.ours.why.length).toBeGreaterThan(10);
    expect(steps.filter((step) => step.ours !== undefined).length).toBeLessThan(15);
  });
});
