import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Payload } from '../../../src/integrations/webhook/config.ts';
import { renderPayload, type RenderText } from '../../../src/integrations/webhook/payload.ts';

const asIs: RenderText = (text) => ({ ok: true, text });

// What Alertmanager 0.34 made of each of these as a string leaf of `payload`.
const leaves: unknown = JSON.parse(
  readFileSync(new URL('../../fixtures/webhook/leaves.json', import.meta.url), 'utf8'),
);
const table = Array.isArray(leaves) ? leaves : [];

it('has the recorded leaves', () => {
  expect(table.length).toBeGreaterThan(70);
});

it.each(table)('renderPayload() reads the rendered leaf %j as %s', (leaf: string, json: string) => {
  expect(renderPayload(leaf, asIs)).toEqual({ ok: true, text: json });
});

it('renderPayload() renders keys, sorts them by bytes, and keeps other scalars', () => {
  const payload = new Map<string, Payload>([
    ['\u{1F600}', 1],
    ['\uFF5E', [true, null, 1.5]],
    ['__proto__', 'x'],
    ['b', -0],
  ]);
  const upper: RenderText = (text) => ({ ok: true, text: text.toUpperCase() });
  expect(renderPayload(payload, upper)).toEqual({
    ok: true,
    text: '{"B":-0,"__PROTO__":"X","\uFF5E":[true,null,1.5],"\u{1F600}":1}',
  });
});

it('renderPayload() stops at the first template that fails', () => {
  const failing: RenderText = (text) =>
    text === 'bad' ? { ok: false, message: 'no such function' } : { ok: true, text };
  expect(renderPayload(['good', new Map([['k', 'bad']])], failing)).toEqual({ ok: false, message: 'no such function' });
});

it('renderPayload() keeps text that is a number JSON cannot say', () => {
  expect(renderPayload(['.inf', '-.Inf', '.nan', '[.inf]'], asIs)).toEqual({
    ok: true,
    text: '[".inf","-.Inf",".nan",["[.inf]"]]',
  });
});
