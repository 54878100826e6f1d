// The v2 API, told to Belfry and to a real Alertmanager in the same words: the requests of test/api/cases.json and those
// of more-stories.ts, in order, each story on two fresh servers. Whatever differs must be listed, and with a reason.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { difference, readCases, recordingOf, send, type Got, type Step } from '../../support/api-cases.ts';
import { startAlertmanager, type Alertmanager } from '../../support/e2e/alertmanager.ts';
import { startBelfry } from '../../support/e2e/belfry.ts';
import { describeBeside } from '../peers.ts';
import { asOlder, olderAnswers } from './api-differences.ts';
import { moreStories, type LiveStory } from './more-stories.ts';

const JSON_TYPE = 'application/json';
const START = 'start';

type AnyStep = LiveStory['steps'][number] & Partial<Pick<Step, 'ours'>>;

interface AnyStory {
  readonly title: string;
  readonly config: string;
  readonly steps: readonly AnyStep[];
}

interface Told {
  /** `story / step` */
  readonly where: string;
  /** null when both said the same. */
  readonly problem: string | null;
}

async function tellBoth(story: AnyStory, peer: Alertmanager): Promise<readonly Told[]> {
  const { config } = story;
  await using mine = await startBelfry({ config });
  await using theirs = await startAlertmanager(peer.binary, { config });
  const [ours, known] = [new Map<string, string>(), new Map<string, string>()];
  const told: Told[] = [];
  for (const step of story.steps) {
    if (step.pauseMs !== undefined) await sleep(step.pauseMs);
    const [got, wanted] = await Promise.all([send(mine.url, step, ours), send(theirs.url, step, known)]);
    told.push({
      where: `${story.title} / ${step.title}`,
      problem: problemOf(step, { got, ours, wanted, known }, peer),
    });
    rememberStart(got, ours);
    rememberStart(wanted, known);
  }
  return told;
}

interface Both {
  readonly got: Got;
  readonly ours: ReadonlyMap<string, string>;
  readonly wanted: Got;
  readonly known: ReadonlyMap<string, string>;
}

function problemOf(step: AnyStep, { got, ours, wanted, known }: Both, peer: Alertmanager): string | null {
  const ids = idsIn(ours);
  // What the peer said, as an expectation: its ids and times of now are placeholders.
  const expected = recordingOf(wanted, idsIn(known));
  if (step.ours === undefined) return difference(expected, olderGot(got, peer.minor), ids);
  return difference(step.ours, got, ids) ?? (difference(expected, got, ids) === null ? 'differs no longer' : null);
}

/** Without the times: they are known as such. */
const idsIn = (captured: ReadonlyMap<string, string>): Map<string, string> =>
  new Map([...captured].filter(([name]) => name !== START));

function olderGot(got: Got, minor: number): Got {
  if (got.type !== JSON_TYPE || got.text === '') return got;
  return { ...got, text: JSON.stringify(asOlder(JSON.parse(got.text), minor)) };
}

/** `{{start}}` is the start of the silence that was looked at last: an edit in place must repeat it. */
function rememberStart({ text, type }: Got, captured: Map<string, string>): void {
  const start = type === JSON_TYPE ? /^\{.*"startsAt":"([^"]*)"/.exec(text)?.[1] : undefined;
  if (start !== undefined) captured.set(START, start);
}

/** Receivers and routes have labels since 0.33 and 0.34. */
const configFor = (config: string, minor: number): string =>
  minor >= 34 ? config : config.replaceAll(/^ *labels: .*\n/gm, '');

describeBeside('API v2', ['alertmanager'], ({ alertmanager }) => {
  it('answers every request as Alertmanager does, except where it is said why not', async () => {
    const cases = readCases(await readFile(new URL('../../api/cases.json', import.meta.url), 'utf8'));
    const config = configFor(cases.config, alertmanager.minor);
    const stories: readonly AnyStory[] = [...cases.stories.map((story) => ({ ...story, config })), ...moreStories];
    const told: Told[] = [];
    for (const story of stories) told.push(...(await tellBoth(story, alertmanager)));

    const older = olderAnswers.filter(({ before }) => alertmanager.minor < before);
    const isListed = ({ where }: Told): boolean => older.some(({ steps }) => steps.some((step) => step.test(where)));
    const different = told.filter(({ problem }) => problem !== null);
    expect(different.filter((one) => !isListed(one))).toEqual([]);
    const unused = older.flatMap(({ steps }) =>
      steps.filter((step) => !different.some(({ where }) => step.test(where))),
    );
    expect(unused, 'differences that are none').toEqual([]);
    const same = told.length - different.length;
    expect(told.length).toBeGreaterThan(350);
    expect(same).toBeGreaterThan(300);
  });
});
