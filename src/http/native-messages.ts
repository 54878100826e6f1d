// Trying messages: what a receiver would be told, a test that is really sent, and what a template makes of an alert.
import { isMapping } from '../input/tree.ts';
import type { Matcher } from '../model/matcher.ts';
import { parseMatcher } from '../model/matcher-parse.ts';
import type { AlertChoice, Missing } from '../engine/contract.ts';
import { labelNames, type ApiOptions } from './alertmanager-v2.ts';
import { badRequest, failed, json, withHeaders, type Answer } from './answer.ts';
import { parseAlerts } from './parse-alerts.ts';
import type { Asked, Route } from './route.ts';

type Body = Readonly<Record<string, unknown>>;

export function nativeMessages(options: ApiOptions, base: string): readonly Route[] {
  const post = (path: string, handle: (body: Body, asked: Asked) => Answer | Promise<Answer>): Route => ({
    method: 'POST',
    path: `${base}${path}`,
    load: 'always',
    handle: (asked) => withBody(asked, (body) => handle(body, asked)),
  });
  return [
    post('/receivers/:id/preview', (body, { id }) => preview(options, body, id)),
    post('/receivers/:id/test', (body, { id }) => test(options, body, id)),
    post('/templates/preview', (body) => render(options, body)),
  ];
}

/** No body asks for what is usual. */
async function withBody(asked: Asked, handle: (body: Body) => Answer | Promise<Answer>): Promise<Answer> {
  const body = await asked.readBody();
  if (body.kind === 'refused') return failed(body.status, 'bad_body', body.message);
  if (body.kind === 'broken') return badRequest(`the body cannot be read: ${body.because}`);
  if (body.kind === 'none') return handle({});
  return isMapping(body.value) ? handle(body.value) : badRequest('the body is not an object');
}

function preview(options: ApiOptions, body: Body, receiver: string): Answer {
  const asked = readChoice(options, body);
  if (typeof asked === 'string') return badRequest(asked);
  const found = options.engine.messages.preview(receiver, asked.integration, asked.alerts);
  if (typeof found === 'string') return missing(found, receiver, asked.integration);
  return json(200, JSON.stringify({ items: found }));
}

async function test(options: ApiOptions, body: Body, receiver: string): Promise<Answer> {
  const asked = readChoice(options, body);
  if (typeof asked === 'string') return badRequest(asked);
  const tested = await options.engine.messages.test(receiver, asked.integration, asked.alerts);
  switch (tested.kind) {
    case 'missing':
      return missing(tested.what, receiver, asked.integration);
    case 'busy': {
      const answer = failed(429, 'too_many_tests', 'this receiver was tested a moment ago');
      return withHeaders(answer, { 'retry-after': String(tested.retryAfterSeconds) });
    }
    case 'tested':
      return json(200, JSON.stringify({ items: tested.results }));
  }
}

function render(options: ApiOptions, body: Body): Answer {
  const asked = readChoice(options, body);
  if (typeof asked === 'string') return badRequest(asked);
  const { template, mode = 'text', receiver = null } = body;
  if (typeof template !== 'string') return badRequest('template is a text');
  if (mode !== 'text' && mode !== 'html') return badRequest('mode is text or html');
  if (receiver !== null && typeof receiver !== 'string') return badRequest('receiver is a name');
  const rendered = options.engine.messages.render({ template, mode, receiver, alerts: asked.alerts });
  if (typeof rendered === 'string') return missing(rendered, receiver ?? '', null);
  return json(200, JSON.stringify(rendered.ok ? { text: rendered.text } : { error: rendered.message }));
}

interface Choice {
  readonly integration: string | null;
  readonly alerts: AlertChoice;
}

/** A text is what is wrong. */
function readChoice(options: ApiOptions, body: Body): Choice | string {
  const { integration = null, status = 'firing', alerts, matchers } = body;
  if (integration !== null && typeof integration !== 'string') return 'integration is a name, as email/0';
  if (status !== 'firing' && status !== 'resolved') return 'status is firing or resolved';
  if (alerts !== undefined && matchers !== undefined) return 'alerts and matchers do not go together';
  if (alerts !== undefined) {
    const given = readAlerts(options, alerts);
    return typeof given === 'string' ? given : { integration, alerts: given };
  }
  if (matchers === undefined) return { integration, alerts: { kind: 'sample', status } };
  const read = readMatchers(matchers, options);
  return typeof read === 'string' ? read : { integration, alerts: { kind: 'known', matchers: read } };
}

function readAlerts({ clock, matcherMode, limits }: ApiOptions, alerts: unknown): AlertChoice | string {
  const parsed = parseAlerts(alerts, { names: labelNames(matcherMode), limits, latestOpenStart: clock.now() });
  if (parsed.kind === 'refused') return parsed.fault.message;
  const [first] = parsed.rejected;
  if (first !== undefined) return `alert ${first.index}: ${first.message}`;
  return parsed.alerts.length === 0 ? 'alerts is empty' : { kind: 'given', alerts: parsed.alerts };
}

function readMatchers(list: unknown, { matcherMode }: ApiOptions): readonly Matcher[] | string {
  if (!Array.isArray(list)) return 'matchers is a list of texts';
  const matchers: Matcher[] = [];
  for (const text of list as readonly unknown[]) {
    if (typeof text !== 'string') return 'matchers is a list of texts';
    const parsed = parseMatcher(text, matcherMode);
    if (!parsed.ok) return parsed.message;
    matchers.push(parsed.matcher);
  }
  return matchers;
}

function missing(what: Missing, receiver: string, integration: string | null): Answer {
  if (what === 'alerts') return badRequest('matchers fit no alert that is known now');
  const words = integration === null ? `no receiver ${receiver}` : `no ${integration} in receiver ${receiver}`;
  return failed(404, 'unknown_receiver', words);
}
