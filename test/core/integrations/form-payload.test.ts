import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderPayload, type Payload } from '../../../src/integrations/form/payload.ts';

const asIs = (text: string): string => text;

// What Alertmanager 0.34 made of each of these as a string leaf of `payload`.
const leaves: unknown = JSON.parse(
  readFileSync(new URL('../../fixtures/webhook/leaves.json', import.meta.url), 'utf8'),
);
const table = Array.isArray(leaves) ? leaves : [];

it('has the recorded leaves', () => {
  expect(table.length).toBeGreaterThan(70);
});

it.each(table)('renderPayload() reads the rendered leaf %j as %s', (leaf: string, json: string) => {
  expect(renderPayload(leaf, asIs)).toBe(json);
});

it('renderPayload() renders keys, sorts them by bytes, and keeps other scalars', () => {
  const payload = new Map<string, Payload>([
    ['\u{1F600}', 1],
    ['\uFF5E', [true, null, 1.5]],
    ['__proto__', 'x'],
    ['b', -0],
  ]);
  const upper = (text: string): string => text.toUpperCase();
  expect(renderPayload(payload, upper)).toBe('{"B":-0,"__PROTO__":"X","\uFF5E":[true,null,1.5],"\u{1F600}":1}');
});

it('renderPayload() keeps text that is a number JSON cannot say', () => {
  expect(renderPayload(['.inf', '-.Inf', '.nan', '[.inf]'], asIs)).toBe('[".inf","-.Inf",".nan",["[.inf]"]]');
});
