import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Wire } from '../../../src/integrations/http/request.ts';
import { compileElement } from '../../support/integration-scene.ts';
import { recordedElements, recordedMessage, wiresOf, type RecordedRequest } from '../../support/recorded.ts';

const KINDS = [
  'discord',
  'incidentio',
  'jira',
  'mattermost',
  'msteams',
  'msteamsv2',
  'opsgenie',
  'pagerduty',
  'pushover',
  'rocketchat',
  'sns',
  'telegram',
  'victorops',
  'webex',
  'wechat',
];

/** What ours has and upstream's loses. */
const BETTER = new Set([
  // A message that is too long is cut; upstream sends a notice in its place.
  'telegram html long',
  // A message that says nothing gets a title; upstream's is refused.
  'pagerduty v2-all naughty',
  'telegram markdown naughty',
  'telegram markdown long',
  // What the API or upstream would cut anywhere is cut at a character, with an ellipsis.
  'wechat default long',
  'sns sms long',
  // A list of alerts stays text; upstream takes it for YAML, in which the last alert replaces the others.
  'pagerduty v2-all long',
]);

const asSent = ({ method, url, headers, body }: Wire): RecordedRequest => {
  const authorization = headers['Authorization'];
  return { method, url, ...(authorization === undefined ? {} : { authorization }), body };
};

/** Upstream's are in the URL; the order is the same, the spelling of some characters is not. */
function asForm({ url, body, ...rest }: RecordedRequest): unknown {
  const [address, query] = url.split('?');
  return { ...rest, url: address, form: [...new URLSearchParams(query ?? body)] };
}

/** Signatures have tests of their own. Sessions and messages have names of ours. */
function asSigned({ method, url, body }: RecordedRequest): unknown {
  const form = [...new URLSearchParams(body)];
  return { method, url, form: form.filter(([name]) => !/^(RoleSessionName|MessageDeduplicationId)$/.test(name)) };
}

/** Jira takes no summary of several lines: ours has none. */
const asIssue = ({ body, ...rest }: RecordedRequest): unknown => ({
  ...rest,
  body: body.replace(/(?<="summary":")(?:\\.|[^"\\])*/, (text) => text.replaceAll(/(?:\\r|\\n)+/g, ' ')),
});

const asItIs = (request: RecordedRequest): unknown => request;

const SHAPES: Readonly<Record<string, (request: RecordedRequest) => unknown>> = {
  jira: asIssue,
  pushover: asForm,
  sns: asSigned,
};

/** Written so that older readers of the file take it: what is empty or no timeout is left out, a secret URL is a URL. */
function asPrinted(printed: unknown): unknown {
  const json = JSON.stringify(printed).replaceAll('"http://<secret>"', '"<secret>"');
  const keys = Object.entries(JSON.parse(json) as Record<string, unknown>);
  return Object.fromEntries(keys.filter(([key, value]) => !(key === 'timeout' && value === '0s') && value !== ''));
}

describe.each(KINDS)('%s_configs', (kind) => {
  const elements = recordedElements(kind);
  const cases = elements.flatMap(({ name, element, requests }) =>
    Object.entries(requests)
      .filter(([message]) => !BETTER.has(`${kind} ${name} ${message}`))
      .map(([message, recorded]) => ({ name, message, element, recorded })),
  );

  it.each(cases)('asks what Alertmanager 0.34 asks: $name, $message', ({ message, element, recorded }) => {
    const isHandedBefore = kind === 'wechat' && recorded.length === 1;
    const wires = wiresOf(kind, element, {
      ...{ message: recordedMessage(message), recorded },
      ...(isHandedBefore ? { handed: new Map([['access_token', 'handed-1']]) } : {}),
    }).map(asSent);
    const shape = SHAPES[kind] ?? asItIs;
    expect(wires.map(shape)).toEqual(recorded.map((request) => shape({ ...request, answer: undefined })));
  });

  it.each(elements)('is printed as Alertmanager 0.34 prints it: $name', ({ element, printed }) => {
    const { printed: text } = compileElement(`${kind}_configs`, element);
    const { receivers } = parse(text) as { receivers: Record<string, unknown[]>[] };
    expect(asPrinted(receivers[0]![`${kind}_configs`]![0])).toEqual(asPrinted(printed));
  });
});
