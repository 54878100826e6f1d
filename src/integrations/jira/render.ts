// An issue of the group in Jira. It is looked for by its label; then it is made, or written again and moved to where it
// belongs. Whatever fails on the way is tried from the beginning: what has been made by then is found.
import { goJson, type Json } from '../../model/go-json.ts';
import type { Outcome } from '../../notify/outcome.ts';
import type { Draft } from '../draft.ts';
import { byJson, jsonAnswer, membersOf } from '../http/judge-json.ts';
import { inWords } from '../http/judge.ts';
import type { HttpAnswer, HttpPost, Wire } from '../http/request.ts';
import { urlUnder } from '../http/url-under.ts';
import type { Scene } from '../scene.ts';
import { issueOf, jqlOf, type JiraValues } from './issue.ts';

/** All that is said, whichever of it is needed. */
interface Conversation {
  readonly values: JiraValues;
  readonly isFiring: boolean;
  readonly created: string;
  readonly updated: string;
}

interface Found {
  readonly key: string;
  readonly isDone: boolean;
}

interface Question {
  readonly method: Wire['method'];
  readonly url: string;
  readonly body: string;
}

export function renderJira(values: JiraValues, scene: Scene): Draft {
  const project = scene.address(values.project);
  const isFiring = scene.message.status === 'firing';
  const search = { fields: ['status'], jql: jqlOf(values, { project, message: scene.message }), maxResults: 2 };
  const { created, updated } = issueOf(values, project, scene);
  const talk = { values, isFiring, created: `${created}\n`, updated: `${updated}\n` };
  const question: Question = { method: 'POST', url: searchUrl(values), body: lineOf(search) };
  return { kind: 'http', request: asking(talk, question, (answer) => afterSearch(talk, answer)) };
}

const lineOf = (json: Json): string => `${goJson(json)}\n`;

function asking(
  { values }: Conversation,
  { method, url, body }: Question,
  then: (answer: HttpAnswer) => Outcome | HttpPost,
): HttpPost {
  return {
    http: values.httpConfig,
    timeout: null,
    secrets: {},
    write: () => ({
      ...{ kind: 'wire', method, url, body },
      headers: { 'Content-Type': 'application/json', 'Accept-Language': 'en' },
    }),
    judge: (answer) => {
      const outcome = byJson(answer);
      return outcome.kind === 'delivered' ? then(answer) : outcome;
    },
  };
}

/** The cloud has given up the search that servers still have. */
function searchUrl({ apiUrl, apiType }: JiraValues): string {
  const isCloud = apiType === 'cloud' || (apiType === 'auto' && new URL(apiUrl).host.endsWith('atlassian.net'));
  if (!isCloud) return urlUnder(apiUrl, 'search');
  return urlUnder(apiUrl, ['search', 'jql'].join('/')).replace('/rest/api/2/', '/rest/api/3/');
}

function afterSearch(talk: Conversation, answer: HttpAnswer): Outcome | HttpPost {
  const { values, isFiring } = talk;
  const issues = jsonAnswer(answer).get('issues');
  if (!Array.isArray(issues)) return misunderstood(answer);
  if (issues.length > 0) {
    const found = foundIn(issues[0]);
    if (found === null) return misunderstood(answer);
    const update: Question = { method: 'PUT', url: issueUrl(values, found), body: talk.updated };
    return asking(talk, update, (answered) => afterUpdate(talk, found, answered));
  }
  if (!isFiring) return { kind: 'delivered', detail: 'there is no issue to resolve' };
  const create: Question = { method: 'POST', url: urlUnder(values.apiUrl, 'issue'), body: talk.created };
  return asking(talk, create, (made) => told(made, 'created', jsonAnswer(made).get('key')));
}

function afterUpdate(talk: Conversation, found: Found, updated: HttpAnswer): Outcome | HttpPost {
  const { values, isFiring } = talk;
  const name = isFiring ? values.reopenTransition : values.resolveTransition;
  // Firing it is open, resolved it is done: anything else has to be moved.
  if (isFiring !== found.isDone || name === '') return told(updated, 'updated', found.key);
  const url = issueUrl(values, found, '/transitions');
  return asking(talk, { method: 'GET', url, body: '' }, (answer) => {
    const id = transitionIn(answer, name);
    if (id === null) {
      const detail = `can't find transition ${name} for issue ${found.key}`;
      return { kind: 'rejected', reason: 'clientError', detail };
    }
    const move: Question = { method: 'POST', url, body: lineOf({ transition: { id } }) };
    return asking(talk, move, (moved) => told(moved, isFiring ? 'reopened' : 'resolved', found.key));
  });
}

const issueUrl = ({ apiUrl }: JiraValues, { key }: Found, more = ''): string =>
  urlUnder(apiUrl, `issue/${encodeURIComponent(key)}${more}`);

const told = (answer: HttpAnswer, what: string, key: unknown): Outcome => ({
  kind: 'delivered',
  detail: inWords(answer, typeof key === 'string' ? `${what} ${key}` : what),
});

const misunderstood = (answer: HttpAnswer): Outcome => ({
  kind: 'rejected',
  reason: 'other',
  detail: `not an answer of Jira: ${inWords(answer, answer.body)}`,
});

/** Of several the first: the one resolved last. */
function foundIn(issue: unknown): Found | null {
  const members = membersOf(issue);
  const key = members.get('key');
  const status = membersOf(membersOf(members.get('fields')).get('status'));
  const category = membersOf(status.get('statusCategory')).get('key');
  return typeof key === 'string' && key !== '' ? { key, isDone: category === 'done' } : null;
}

function transitionIn(answer: HttpAnswer, name: string): string | null {
  const transitions = jsonAnswer(answer).get('transitions');
  const found = (Array.isArray(transitions) ? transitions : [])
    .map(membersOf)
    .find((each) => each.get('name') === name);
  const id = found?.get('id');
  return typeof id === 'string' ? id : null;
}
