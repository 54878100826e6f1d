import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { draft, element, sampleMessage, type SampleAlert } from '../../support/integration-scene.ts';
import { appOf, slackOf, webhookBody } from '../../support/slack-scene.ts';
import { refusalOf } from '../../support/slack-limits.ts';

const entries = ['en', 'zh'].map((language) =>
  element('slack_configs', 'api_url: http://h/hook', { receiver: `language: ${language}` }),
);
const app = element('slack_configs', 'app_token: x\nchannel: c');

/** What breaks limits and markup: entities, quotes that JSON doubles, surrogates, long words, links. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('&', '<', '>', '"', '\\', '`', '|', '\n', '🔴', '长', '\ud800'), maxLength: 6000 }),
  fc.constantFrom('<!channel>', '<@U1>', '&amp;', 'https://e.example/<a|b>', '```', '*b* _i_'),
);
const names = fc.constantFrom('alertname', 'severity', 'instance', 'job', '__proto__', 'constructor', 'a', 'b', 'ü');
const notes = fc.constantFrom('summary', 'description', 'value', 'threshold', 'runbook_url', 'dashboard_url');
const pairs = (key: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(key, text), { maxLength: 8 }).map((list) => Object.fromEntries(list));
const url = fc.oneof(
  text,
  fc.string({ maxLength: 5000 }).map((tail) => `http://p.example/graph?q=${tail}`),
);
const alert: fc.Arbitrary<SampleAlert> = fc.record({
  status: fc.constantFrom('firing', 'resolved'),
  labels: pairs(names),
  annotations: pairs(notes),
  startsAt: fc.constantFrom('2026-11-20T04:56:00Z', '1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z', 'nonsense'),
  generatorURL: url,
});
const alerts = fc.array(alert, { minLength: 1, maxLength: 30 });

interface Said {
  readonly text: string;
  readonly blocks: readonly object[];
  readonly attachments: readonly { readonly blocks: readonly object[] }[];
}

it('ourMessage() keeps every limit of Slack, whatever the alerts say, and speaks to nobody they name', () => {
  fc.assert(
    fc.property(alerts, url, fc.constantFrom(...entries), (list, externalURL, entry) => {
      const said = webhookBody(draft(entry, sampleMessage(list, { externalURL }))) as Said;
      expect(refusalOf(said as unknown as Record<string, unknown>)).toBeNull();
      const blocks = [...said.blocks, ...said.attachments[0]!.blocks];
      expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(12_000);
      expect(said.text.length).toBeLessThanOrEqual(250);
      // Plain text and addresses speak to nobody, whatever is in them.
      const spoken = [said.text, ...blocks.flatMap(mrkdwnIn)].join('\n');
      expect(spoken).not.toMatch(/<!(?!date\^)|<[@#]/);
      expect(spoken.replace(/<!date\^[^<>|]*\|[^<>|]*>|<http[^<>|\s]*\|[^<>|]*>/g, '')).not.toMatch(/[<>]/);
      expect(spoken.isWellFormed()).toBe(true);
    }),
    { numRuns: 150 },
  );
});

/** The texts that Slack reads as markup. */
function mrkdwnIn(block: unknown): readonly string[] {
  if (typeof block !== 'object' || block === null) return [];
  if ('type' in block && block.type === 'mrkdwn' && 'text' in block) return [String(block.text)];
  return Object.values(block).flatMap(mrkdwnIn);
}

it('threadReply() stays below what Slack advises, whatever was remembered', () => {
  const memo = fc.oneof(
    fc.string(),
    fc.json(),
    fc.array(fc.string()).map((firing) =>
      JSON.stringify({
        episode: { head: { channel: 'C1', ts: '1.1' }, to: 'c', since: 0, firing, rank: 2, ended: false },
        doubt: null,
      }),
    ),
  );
  fc.assert(
    fc.property(alerts, memo, (list, remembered) => {
      const made = draft(app, sampleMessage(list, { reason: 'new alerts added' }), { memo: remembered });
      expect(slackOf(made).kind).toBe('app');
      const { reply } = appOf(made);
      if (reply === null) return;
      expect(String(reply['text']).length).toBeLessThanOrEqual(4000);
      expect(refusalOf(reply)).toBeNull();
    }),
    { numRuns: 100 },
  );
});
