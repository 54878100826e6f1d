import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/notify/message.ts';
import type { HttpResult } from '../../../src/ports/http-client.ts';
import { compileElement, draft, element, postOf, sampleMessage, wireOf } from '../../support/integration-scene.ts';
import { Peer, saying } from '../../support/played.ts';

const at = 'http://jira.example/rest/api/2';
const least = `api_url: ${at}\nproject: OPS\nissue_type: Bug`;
const moving = `${least}\nreopen_transition: Reopen\nresolve_transition: Done\nreopen_duration: 1h`;

const none = saying({ issues: [] });
const issue = (category: string, key = 'OPS-7') => ({ key, fields: { status: { statusCategory: { key: category } } } });
const found = (category: string) => saying({ issues: [issue(category), issue('new', 'OPS-8')] });
const created = saying({ id: '10', key: 'OPS-9' }, 201);
const written = saying('', 204);
const transitions = saying({
  transitions: [
    { id: '5', name: 'Other' },
    { id: '21', name: 'Done' },
    { id: '31', name: 'Reopen' },
  ],
});
const resolved = sampleMessage([{ status: 'resolved' }]);
const about = (description: string): Message => sampleMessage([{ annotations: { description } }]);

/** The body that would make the issue. */
async function made(yaml: string, message: Message = sampleMessage()): Promise<Record<string, unknown>> {
  const peer = new Peer();
  await peer.send(element('jira_configs', yaml), [none, created], message);
  return (peer.body(1) as { fields: Record<string, unknown> }).fields;
}

const jql = (yaml: string, message: Message = sampleMessage()): string =>
  (JSON.parse(wireOf(draft(element('jira_configs', yaml), message)).body) as { jql: string }).jql;

describe('jira_configs', () => {
  it('marks the issue of a test', async () => {
    const words = `${least}\nsummary: it is {{ .Status }}\ndescription: x`;
    expect((await made(words, sampleMessage([{}], { reason: 'test' })))['summary']).toBe('[TEST] it is firing');
    expect((await made(words))['summary']).toBe('it is firing');
  });

  it.each([
    ['project: p\nissue_type: t', '1:1 no global Jira Cloud URL set'],
    [`api_url: ${at}\nissue_type: t`, '1:1 missing project in jira_config'],
    [`api_url: ${at}\nproject: p`, '1:1 missing issue_type in jira_config'],
    [`${least}\napi_type: server`, '4:11 unknown api_type on jira_config, must be auto, cloud or datacenter'],
    [`${least}\nreopen_duration: 1x`, '4:18 unknown unit "x" in duration "1x"'],
    [
      `${least}\nsummary: {enable_updates: false}`,
      '4:11 unknown field "enable_updates" in receivers[0].jira_configs[0].summary',
    ],
    [`${least}\nsummary: [x]`, '4:10 receivers[0].jira_configs[0].summary: expected a mapping or a text, found a list'],
    [`${least}\nfields: x`, '4:9 receivers[0].jira_configs[0].fields: expected a mapping, found "x"'],
  ])('refuses %j', (yaml, problem) => {
    expect(compileElement('jira_configs', yaml).problems).toEqual([problem]);
  });

  it.each([
    ['https://x.atlassian.net/rest/api/2', 'auto', 'https://x.atlassian.net/rest/api/3/search/jql'],
    ['https://x.atlassian.net/rest/api/3/', 'auto', 'https://x.atlassian.net/rest/api/3/search/jql'],
    ['https://x.atlassian.net/rest/api/2', 'datacenter', 'https://x.atlassian.net/rest/api/2/search'],
    ['https://j.example/rest/api/2', 'auto', 'https://j.example/rest/api/2/search'],
    ['https://j.example/rest/api/2', 'cloud', 'https://j.example/rest/api/3/search/jql'],
    ['https://j.example/rest/api/2?os=1', 'auto', 'https://j.example/rest/api/2/search?os=1'],
  ])('searches %s (%s) where its API has it', (url, type, search) => {
    const yaml = `project: OPS\nissue_type: Bug\napi_type: ${type}`;
    const entry = element('jira_configs', yaml, { global: `jira_api_url: ${url}` });
    expect(wireOf(draft(entry, sampleMessage())).url).toBe(search);
  });

  it('looks for open issues, and for those that may be opened again', () => {
    expect(jql(least)).toMatch(
      /^statusCategory != Done and project="OPS" and labels="ALERT\{[0-9a-f]{64}\}" order by /,
    );
    expect(jql(moving)).toMatch(/^\(resolutiondate is EMPTY OR resolutiondate >= -60m\) and project=/);
    expect(jql(moving, resolved)).toMatch(/^statusCategory != Done and project=/);
    expect(jql(`${least}\nwont_fix_resolution: 'a "b"'`)).toMatch(
      /^\(resolution is EMPTY or resolution != "a \\"b\\""\) and statusCategory != Done and /,
    );
  });

  it('cannot be made to look elsewhere by an alert', () => {
    const yaml = least.replace('OPS', "'{{ .CommonAnnotations.description }}'");
    expect(jql(yaml, about('x" or project="SECRET'))).toContain('project="x\\" or project=\\"SECRET" and labels=');
  });

  const SEARCH = `POST ${at}/search`;
  const WRITE = `PUT ${at}/issue/OPS-7`;
  const MOVE = [`GET ${at}/issue/OPS-7/transitions`, `POST ${at}/issue/OPS-7/transitions`];

  interface Talk {
    readonly name: string;
    readonly yaml: string;
    readonly message: Message;
    readonly answers: readonly HttpResult[];
    readonly detail: string;
    readonly lines: readonly string[];
  }

  it.each<Talk>([
    {
      ...{ name: 'makes one that is not there', yaml: least, message: sampleMessage(), answers: [none, created] },
      ...{ detail: 'status 201: created OPS-9', lines: [SEARCH, `POST ${at}/issue`] },
    },
    {
      ...{ name: 'resolves none that is not there', yaml: least, message: resolved, answers: [none] },
      ...{ detail: 'there is no issue to resolve', lines: [SEARCH] },
    },
    {
      ...{ name: 'writes an open one again', yaml: moving, message: sampleMessage(), answers: [found('new'), written] },
      ...{ detail: 'status 204: updated OPS-7', lines: [SEARCH, WRITE] },
    },
    {
      ...{ name: 'opens a closed one again', yaml: moving, message: sampleMessage() },
      answers: [found('done'), written, transitions, written],
      ...{ detail: 'status 204: reopened OPS-7', lines: [SEARCH, WRITE, ...MOVE] },
    },
    {
      ...{ name: 'resolves an open one', yaml: moving, message: resolved },
      answers: [found('indeterminate'), written, transitions, written],
      ...{ detail: 'status 204: resolved OPS-7', lines: [SEARCH, WRITE, ...MOVE] },
    },
    {
      ...{ name: 'leaves one where it is without a transition', yaml: least, message: resolved },
      answers: [found('new'), written],
      ...{ detail: 'status 204: updated OPS-7', lines: [SEARCH, WRITE] },
    },
  ])('$name', async ({ yaml, message, answers, detail, lines }) => {
    const peer = new Peer();
    expect(await peer.send(element('jira_configs', yaml), answers, message)).toEqual({ kind: 'delivered', detail });
    expect(peer.lines).toEqual(lines);
  });

  it('moves by the name of the transition', async () => {
    const peer = new Peer();
    await peer.send(element('jira_configs', moving), [found('done'), written, transitions, written]);
    expect(peer.body(3)).toEqual({ transition: { id: '31' } });
    const other = element('jira_configs', moving.replace('Reopen', 'Nowhere'));
    expect(await peer.send(other, [found('done'), written, transitions])).toEqual({
      ...{ kind: 'rejected', reason: 'clientError', detail: "can't find transition Nowhere for issue OPS-7" },
    });
  });

  it.each([
    ['search', [saying({ errorMessages: ['Bad JQL'], errors: {} }, 400)], 'rejected', 'status 400: Bad JQL'],
    ['search', [saying('', 401)], 'rejected', 'status 401'],
    ['search', [saying('<html>')], 'rejected', 'not an answer of Jira: status 200: <html>'],
    ['search', [saying({ issues: [{}] })], 'rejected', 'not an answer of Jira: status 200: {"issues":[{}]}'],
    [
      'making',
      [none, saying({ errorMessages: [], errors: { priority: 'no such priority' } }, 400)],
      'rejected',
      'status 400: no such priority',
    ],
    ['making', [none, saying('slow', 429, [['retry-after', '7']])], 'retry', 'status 429: slow'],
    ['writing', [found('new'), saying('', 503)], 'retry', 'status 503'],
    ['moving', [found('done'), written, saying('', 500)], 'retry', 'status 500'],
    [
      'moving',
      [found('done'), written, transitions, saying({ errorMessages: ['It is not allowed'] }, 409)],
      'rejected',
      'status 409: It is not allowed',
    ],
  ])('ends where %s fails: %j', async (_, answers, kind, detail) => {
    expect(await new Peer().send(element('jira_configs', moving), answers)).toMatchObject({ kind, detail });
  });

  it('writes nothing again that is not to be', async () => {
    const peer = new Peer();
    const yaml = `${least}\nsummary: {enable_update: false}\ndescription: {template: d, enable_update: false}\nlabels: [x]`;
    await peer.send(element('jira_configs', yaml), [found('new'), written]);
    expect(Object.keys((peer.body(1) as { fields: object }).fields)).toEqual(['issuetype', 'labels', 'project']);
    expect(Object.keys(await made(yaml))).toEqual(['description', 'issuetype', 'labels', 'project', 'summary']);
  });

  it('has a summary of one line and 255 characters, and a description of 32767', async () => {
    const text = "'{{ .CommonAnnotations.description }}'";
    const yaml = `${least}\nsummary: ${text}\ndescription: ${text}`;
    const { summary, description } = await made(yaml, about('告警\n'.repeat(20_000)));
    expect(summary).toMatch(/^(告警 )+告警…$/);
    expect([...(summary as string)]).toHaveLength(255);
    expect([...(description as string)]).toHaveLength(32_767);
  });

  it('says what it has to say when a template fails, and leaves out fields that are templates', async () => {
    const fields = '{customfield_1: {value: Prod}, customfield_2: "{{ .CommonLabels.a }}"}';
    const said = await made(`${least}\nsummary: '{{ .Nope }}'\nfields: ${fields}`);
    expect(said['summary']).toMatch(/HighLoad/);
    expect(said['description']).toMatch(/Nope/);
    expect(said).toMatchObject({ customfield_1: { value: 'Prod' } });
    expect(said).not.toHaveProperty('customfield_2');
  });

  it('speaks the language its receiver says', async () => {
    const peer = new Peer();
    await peer.send(element('jira_configs', least, { receiver: 'language: zh' }), [none, created]);
    expect(peer.body(1)).toMatchObject({ fields: { summary: expect.stringContaining('触发中') as unknown } });
  });

  it('is not sent without a project', () => {
    const entry = element('jira_configs', least.replace('OPS', "'{{ .Nope }}'"));
    expect(draft(entry, sampleMessage()).draft.kind).toBe('refused');
  });

  it('asks with what http_config says', () => {
    const entry = element('jira_configs', `${least}\nhttp_config: {basic_auth: {username: u, password: p}}`);
    expect(postOf(draft(entry, sampleMessage())).http.auth).toMatchObject({ kind: 'basic' });
  });
});

describe('version 3 of the API', () => {
  const v3 = `${least.replace('/2', '/3')}\ndescription: '{{ .CommonAnnotations.description }}'`;
  const described = async (text: string): Promise<unknown> => (await made(v3, about(text)))['description'];

  it('is given text as a document', async () => {
    expect(await described('one "line"\ntwo\r\n\n  \nthree\n')).toEqual({
      ...{ version: 1, type: 'doc' },
      content: [
        {
          type: 'paragraph',
          content: [{ type: 'text', text: 'one "line"' }, { type: 'hardBreak' }, { type: 'text', text: 'two' }],
        },
        { type: 'paragraph', content: [{ type: 'text', text: 'three' }] },
      ],
    });
  });

  it('is given a document as it is', async () => {
    const document = { version: 1, type: 'doc', content: [{ type: 'rule' }] };
    expect(await described(JSON.stringify(document))).toEqual(document);
    for (const text of ['[1]', '12', '"x"', '{x']) expect(await described(text)).toMatchObject({ type: 'doc' });
  });

  it.each([
    ['text', '告"警\n'.repeat(20_000)],
    [
      'a document',
      JSON.stringify({ version: 1, type: 'doc', content: [{ type: 'text', text: '告"警 '.repeat(20_000) }] }),
    ],
  ])('is given no more of %s than it takes', async (_, text) => {
    const document = JSON.stringify(await described(text));
    expect(document.length).toBeLessThanOrEqual(32_767);
    expect(document.length).toBeGreaterThan(32_700);
    expect(document).toContain('…');
  });

  it('is given none where there is nothing to describe', async () => {
    expect(await described(' \n')).toBeUndefined();
  });
});
