// Whatever labels and annotations say, the Markdown of robots that know no escapes has no mark in it that is not ours.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { draft, element, sampleMessage, wireOf } from '../../support/integration-scene.ts';

const OURS = /^http:\/\/(?:prometheus|belfry)\.example\//;

const word = fc.constantFrom(
  ...['[', ']', '(', ')', '![', '](http://evil.example)', '<http://evil.example>', '<@all>', '<a href="http://evil">'],
  ...['*', '**', '_', '__', '#', '# ', '> ', '`', '```', '~~', '\\', '\\\\', '|', '&#91;', '&lt;', '!', '@all'],
  ...['\n', '\n\n', '\n---', '\n===\n', '- ', '1. ', ' ', 'a', 'a_b', '告警', '[x]: http://evil.example', '\u2028'],
);
const value = fc.array(word, { maxLength: 12 }).map((words) => words.join(''));
const alert = fc.record({
  labels: fc.record({ alertname: value, instance: value, severity: value, zone: value }),
  annotations: fc.record({ summary: value, description: value, value }, { requiredKeys: [] }),
});

function markdownOf(
  key: string,
  yaml: string,
  alerts: readonly (typeof alert extends fc.Arbitrary<infer A> ? A : never)[],
): string {
  const { body } = wireOf(draft(element(key, yaml), sampleMessage(alerts)));
  const { markdown } = JSON.parse(body) as { readonly markdown: { readonly text?: string; readonly content?: string } };
  return markdown.text ?? markdown.content ?? '';
}

const ROBOTS: readonly (readonly [key: string, yaml: string])[] = [
  ['dingtalk_configs', 'access_token: t'],
  ['wecom_configs', 'key: k'],
];

it.each([...ROBOTS, ...ROBOTS.map(([key, yaml]) => [key, `${yaml}\nmessage: '{{ .Nothing }}'`] as const)])(
  '`%s` (%j) links, shows, calls and stresses nothing that a value says',
  (key, yaml) => {
    fc.assert(
      fc.property(fc.array(alert, { minLength: 1, maxLength: 3 }), (alerts) => {
        const text = markdownOf(key, yaml, alerts);
        // Read as loosely as any reader might: whatever follows a bracket.
        const targets = [...text.matchAll(/\]\s*[(:[]\s*<?([^)\s]*)/g)].map(([, target]) => target!);
        expect(targets.filter((target) => !OURS.test(target))).toEqual([]);
        const unlinked = text.replaceAll(/\]\([^)\s]*\)/g, '');
        expect(unlinked).not.toMatch(/!\[|`|~~|<[^\s=]|&#?\w+;|__/);
        expect(text).not.toMatch(/^[\s>+.\d*-]*#/m);
        expect(text).not.toMatch(/^\s*>/m);
        expect(text).not.toMatch(/\S[^\n]*\n[ \t]*(?:=+|-+)[ \t]*$/m);
        // Ours are in pairs around what a line is about, and nothing else is bold.
        expect(unlinked.replaceAll(/\*\*\[?[^*[\]]*\*\*/g, '')).not.toMatch(/[*]/);
        expect(unlinked).not.toMatch(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/u);
      }),
    );
  },
);
