import { expect, test } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { NeededSchema } from '../../../src/input/needed-schema.ts';

const text = { type: 'string' };
const schema = {
  properties: {
    route: { $ref: '#/$defs/route' },
    receivers: { items: { properties: { name: text, mail: { properties: { to: text, name: text } } } } },
    labels: { additionalProperties: text },
  },
  $defs: { route: { properties: { receiver: text, routes: { items: { $ref: '#/$defs/route' } } } } },
};
const needed = new NeededSchema(schema);

test('fields of a document are those the schema knows somewhere, each once, lists and shared parts gone through', () => {
  const shared = { name: 'a', unknown: [{ to: 'x' }] };
  const fields = needed.fieldsIn({ receivers: [shared, shared, null], labels: { route: 'a value of no matter' } });
  expect([...fields].toSorted()).toEqual(['labels', 'name', 'receivers', 'route', 'to']);
  expect(needed.fieldsIn('text').size).toBe(0);
});

test('what stands under a field that is not there takes anything, and the field stays known', () => {
  expect(needed.part(new Set(['route', 'routes']))).toEqual({
    properties: { route: { $ref: '#/$defs/route' }, receivers: {}, labels: {} },
    $defs: { route: { properties: { receiver: {}, routes: { items: { $ref: '#/$defs/route' } } } } },
  });
  expect(needed.part(new Set(['receivers', 'mail', 'to']))).toMatchObject({
    properties: {
      route: {},
      receivers: { items: { properties: { name: {}, mail: { properties: { to: text, name: {} } } } } },
    },
  });
});

test('a configuration of one webhook needs a small part of it all', () => {
  const ours = new NeededSchema(configSchema);
  const document = { route: { receiver: 'a' }, receivers: [{ name: 'a', webhook_configs: [{ url: 'b' }] }] };
  const part = JSON.stringify(ours.part(ours.fieldsIn(document)));
  expect(part).toContain('"slack_configs":{}');
  expect(part.length).toBeLessThan(JSON.stringify(configSchema).length / 5);
});
