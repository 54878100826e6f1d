import { expect, test } from 'vitest';
import { createDataSource } from '../../../src/adapters/prometheus/data-source.ts';
import { jsonPost } from '../../../src/integrations/http/request.ts';
import { createHttpSender } from '../../../src/integrations/http/send.ts';
import type { TraceContext } from '../../../src/model/trace-context.ts';
import { DEFAULT_HTTP_CONFIG } from '../../../src/outbound/compile.ts';
import type { HttpClient, HttpRequest, HttpResult } from '../../../src/ports/http-client.ts';
import { VirtualClock } from '../../../src/scenario/virtual-clock.ts';
import { t } from '../../support/builders.ts';
import { dataSource } from '../../support/data-source.ts';
import { MemoryFiles } from '../../support/http-world.ts';
import { draft, element, sampleMessage } from '../../support/integration-scene.ts';
import { appOf, slackSender, VirtualClock as SlackClock } from '../../support/slack-scene.ts';

// Who sends for somebody says for whom: what an attempt or a question belongs to is in every request made for it.

const trace: TraceContext = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  flags: 1,
  state: '',
};
const signal = new AbortController().signal;

function client(body: string) {
  const asked: HttpRequest[] = [];
  const answer: HttpResult = { kind: 'answer', status: 200, headers: new Map(), body };
  const http: HttpClient = { request: (_config, request) => Promise.resolve((asked.push(request), answer)) };
  return { asked, http };
}

test('a message over HTTP', async () => {
  const { asked, http } = client('');
  const sender = createHttpSender({
    ...{ http, files: new MemoryFiles(), clock: { now: () => t('0s') } },
    ...{ variable: () => '', userAgent: '' },
  });
  const write = () => jsonPost('http://hook.example/', '{}');
  const post = { http: DEFAULT_HTTP_CONFIG, timeout: null, secrets: {}, write };
  const next = { ...post, judge: () => post };
  await sender.send(next, { signal, mayHaveArrived: false, trace });
  await sender.send(post, { signal, mayHaveArrived: false });
  expect(asked.map((request) => request.trace)).toEqual([trace, trace, null]);
});

test('a message of a Slack app', async () => {
  const { asked, http } = client('{"ok":true,"ts":"1.2","channel":"C0123456789"}');
  const request = appOf(draft(element('slack_configs', 'app_token: xoxb-1\nchannel: C0123456789\n'), sampleMessage()));
  const sender = slackSender({ http, files: new MemoryFiles() }, new SlackClock());
  expect(await sender.send(request, { signal, mayHaveArrived: false, trace })).toMatchObject({ kind: 'delivered' });
  expect(asked.map((each) => each.trace)).toEqual([trace]);
});

test('a question to a data source', async () => {
  const asked: HttpRequest[] = [];
  const bytes = Buffer.from('{"status":"success","data":{"resultType":"vector","result":[]}}');
  const source = createDataSource(dataSource({ url: 'http://prometheus.example' }), {
    client: {
      download: (_config, request) => {
        asked.push(request);
        return Promise.resolve({ kind: 'answer', status: 200, headers: new Map(), body: { bytes, end: 'whole' } });
      },
    },
    clock: new VirtualClock(t('0s')),
    entropy: { fraction: () => 0 },
    userAgent: '',
  });
  const question = { query: 'up', at: t('0s'), deadline: t('10s'), turnBy: t('10s'), params: [], headers: [], signal };
  expect(await source.ask({ ...question, trace })).toMatchObject({ kind: 'vector' });
  await source.ask(question);
  expect(asked.map((request) => request.trace)).toEqual([trace, null]);
});
