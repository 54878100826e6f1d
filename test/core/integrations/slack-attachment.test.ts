import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { draft, element, sampleMessage, templateSet } from '../../support/integration-scene.ts';
import { appOf, webhookBody } from '../../support/slack-scene.ts';

/** What a running Alertmanager 0.34 was told, and what its Slack notifier posted. */
interface Recording {
  readonly name: string;
  /** The element, without the way to Slack. */
  readonly element: string;
  /** A template file. */
  readonly templates: string;
  readonly resolved: boolean;
  readonly alerts: readonly {
    readonly labels: Record<string, string>;
    readonly annotations: Record<string, string>;
    readonly generatorURL: string;
  }[];
  readonly body: unknown;
}

const file = new URL('../../fixtures/slack/attachments.json', import.meta.url);
const recordings = JSON.parse(readFileSync(file, 'utf8')) as readonly Recording[];

describe('theirMessage()', () => {
  it('has recordings', () => expect(recordings).toHaveLength(11));

  it.each(recordings.map((recording) => [recording.name, recording] as const))(
    'is what Alertmanager posts: %s',
    (_name, recorded) => {
      const status = recorded.resolved ? 'resolved' : 'firing';
      const message = sampleMessage(
        recorded.alerts.map((alert) => ({ ...alert, status })),
        {
          externalURL: 'http://am.example/base',
          reason: recorded.resolved ? 'all alerts resolved' : 'first notification',
        },
      );
      const entry = element('slack_configs', `api_url: http://h/hook\n${recorded.element}`);
      const made = draft(entry, message, { templates: templateSet(recorded.templates) });
      expect(made.templateError).toBeNull();
      expect(webhookBody(made)).toEqual(recorded.body);
    },
  );

  it('goes out for an app as well', () => {
    const entry = element('slack_configs', 'app_token: x\nchannel: "#a"\ntitle: T');
    expect(appOf(draft(entry, sampleMessage()))).toMatchObject({
      decision: { kind: 'post', reason: 'each notification is a message' },
      body: { username: 'Alertmanager', attachments: [{ title: 'T', text: '', color: 'danger' }] },
    });
  });

  it('says which template failed where the text would be', () => {
    const entry = element(
      'slack_configs',
      'api_url: http://h/hook\ntext: "{{ .Alerts.Nothing }}"\ntitle: "{{ .Status }}"',
    );
    const made = draft(entry, sampleMessage([{ annotations: { summary: 'it burns' } }]));
    expect(made.templateError).toContain('.Alerts.Nothing');
    expect(webhookBody(made)).toMatchObject({
      attachments: [{ text: expect.stringMatching(/HighLoad[^]*it burns[^]*\.Alerts\.Nothing/) as string }],
    });
  });
});
