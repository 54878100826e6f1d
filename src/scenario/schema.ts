// The shape of a story file.
const text = { type: 'string' };
const duration = { type: 'string', pattern: '^-?[0-9a-z]+$' };
const words = { type: 'object', additionalProperties: text };
const list = (items: object): object => ({ type: 'array', items });
const mapping = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

const alert = mapping({ labels: words, annotations: words, starts: duration, ends: duration }, ['labels']);
const answer = mapping({ kind: { enum: ['ok', 'retry', 'rejected', 'silent'] }, after: duration, times: text }, [
  'kind',
]);
const silence = mapping({ as: text, matchers: list(text), starts: duration, lasts: duration }, ['matchers']);

const step = mapping(
  {
    at: duration,
    alerts: list(alert),
    silence,
    expire: text,
    reload: { type: ['string', 'object'] },
    restart: { enum: ['stop', 'kill'] },
    down: duration,
    answers: { type: 'object', additionalProperties: list(answer) },
  },
  ['at'],
);

const expected = mapping(
  {
    at: duration,
    within: duration,
    receiver: text,
    reason: text,
    firing: list({ type: ['string', 'object'] }),
    resolved: list({ type: ['string', 'object'] }),
  },
  ['at', 'receiver'],
);

export const storySchema: Readonly<Record<string, unknown>> = {
  ...mapping(
    {
      name: text,
      start: text,
      end: duration,
      config: { type: ['string', 'object'] },
      flags: mapping({ 'dispatch.start-delay': duration, 'data.retention': duration }),
      steps: list(step),
      expect: list(expected),
    },
    ['name', 'config', 'steps'],
  ),
};
