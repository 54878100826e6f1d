import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { printProblem } from '../../src/model/problem.ts';
import { parseStory } from '../../src/scenario/format.ts';
import { play } from '../../src/scenario/run.ts';
import { silentRecorder, silentRuleRecorder } from '../support/silent-recorder.ts';

// Every *.story.yml is a test: the whole engine in virtual time. A message nobody expected fails it.
const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.story.yml'));

for (const file of files) {
  const parsed = parseStory(file, readFileSync(new URL(file, folder), 'utf8'));
  if (!parsed.ok) {
    test(file, () => expect.fail(parsed.problems.map(printProblem).join('\n')));
    continue;
  }
  test(`${file}: ${parsed.value.name}`, async () => {
    const defects: unknown[] = [];
    const { problems } = await play(parsed.value, {
      store: new SqliteStore(),
      record: silentRecorder(defects),
      ruleRecord: silentRuleRecorder,
    });
    expect(problems.map(printProblem).join('\n')).toBe('');
    expect(defects).toEqual([]);
  });
}

test('there are stories', () => expect(files.length).toBeGreaterThan(30));
