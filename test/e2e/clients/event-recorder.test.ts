// Events written out by the real process: what only its composition can get wrong.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startBelfry } from '../../support/e2e/belfry.ts';

const CONFIG = `
route: {receiver: nobody}
receivers: [{name: nobody}]
event_recorder:
  file_outputs: [{path: events.jsonl}]
  stdout_outputs: [{}]
`;

interface Event {
  readonly data: Readonly<Record<string, unknown>>;
}

const kindsIn = (text: string): readonly string[] => {
  const lines = text.split('\n').filter((line) => line.startsWith('{"@timestamp"'));
  return lines.flatMap((line) => Object.keys((JSON.parse(line) as Event).data));
};

const post = (url: string): Promise<Response> =>
  fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify([{ labels: { alertname: 'A' } }]),
  });

it('with the flag a file and the standard output get what happens, from the start to the end', async () => {
  await using belfry = await startBelfry({ config: CONFIG, args: ['--enable-feature=event-recorder'] });
  expect((await post(belfry.url)).status).toBe(200);
  const metrics = await (await fetch(`${belfry.url}/metrics`)).text();
  expect(metrics).toContain('alertmanager_event_recorder_queue_length 0');
  expect(await belfry.stop()).toBe('exit code 0');
  const kinds = ['alertmanagerStartupEvent', 'alertCreated', 'alertGrouped', 'alertmanagerShutdownEvent'];
  expect(kindsIn(belfry.output)).toEqual(kinds);
  expect(kindsIn(await readFile(join(belfry.folder, 'events.jsonl'), 'utf8'))).toEqual(kinds);
});

it('without the flag nothing is written, and a warning says so', async () => {
  await using belfry = await startBelfry({ config: CONFIG });
  expect((await post(belfry.url)).status).toBe(200);
  expect(await (await fetch(`${belfry.url}/metrics`)).text()).not.toContain('alertmanager_event_recorder');
  expect(await belfry.stop()).toBe('exit code 0');
  expect(belfry.output).toContain('event_recorder does nothing without --enable-feature=event-recorder');
  expect(kindsIn(belfry.output)).toEqual([]);
  await expect(readFile(join(belfry.folder, 'events.jsonl'))).rejects.toThrow('ENOENT');
});
