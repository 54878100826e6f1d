import { describe, expect, it } from 'vitest';
import { tracingConfig, TraceScene, treeOf } from '../support/trace-scene.ts';
import { testServer, FakeClock } from '../support/http-server.ts';
import { compareSpans } from '../support/upstream-spans.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

async function scene(fraction = 1, prefix = '') {
  const traces = new TraceScene(new FakeClock(), tracingConfig({ samplingFraction: fraction }));
  const server = await testServer({ tracer: traces.tracing, routePrefix: prefix });
  const ask = async (path: string, init: RequestInit = {}): Promise<number> => {
    const answer = await fetch(server.url + prefix + path, init);
    await answer.text();
    return answer.status;
  };
  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
    ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  return { traces, server, ask, post, [Symbol.asyncDispose]: () => server.close() };
}

describe('a request', () => {
  it('goes on with the trace it comes in, under the names that Alertmanager gives', async () => {
    await using here = await scene(0);
    const headers = { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'a=1', 'user-agent': 'test' };
    expect(await here.post('/api/v2/alerts', [{ labels: { alertname: 'A' } }], headers)).toBe(200);
    await here.server.close();
    const spans = await here.traces.spans();
    expect(treeOf(spans)).toEqual(['POST /api/v2/alerts', '  api.postAlertsHandler']);
    const request = spans.find(({ kind }) => kind === 2)!;
    // The context of a remote parent.
    expect(request).toMatchObject({ traceId: TRACE, parentId: SPAN, state: 'a=1', flags: 0x301 });
    expect(request.attributes).toMatchObject({
      ...{ 'http.request.method': 'POST', 'url.scheme': 'http', 'url.path': '/api/v2/alerts' },
      ...{ 'http.route': '/api/v2/alerts', 'server.address': '127.0.0.1', 'server.port': here.server.port },
      ...{ 'network.peer.address': '127.0.0.1', 'client.address': '127.0.0.1', 'network.protocol.version': '1.1' },
      ...{ 'user_agent.original': 'test', 'http.request.body.size': 30, 'http.response.status_code': 200 },
    });
    expect(here.server.engine.traces).toEqual([spans.find(({ kind }) => kind === 1)!.spanId]);
  });

  it('for a silence hands its trace on, too', async () => {
    await using here = await scene(1);
    const matchers = [{ name: 'a', value: 'b', isRegex: false }];
    const silence = {
      matchers,
      startsAt: '2026-11-20T12:00:00Z',
      endsAt: '2026-11-20T13:00:00Z',
      createdBy: 'me',
      comment: 'c',
    };
    expect(await here.post('/api/v2/silences', silence)).toBe(200);
    const [made] = here.server.engine.views.silences();
    expect(await here.ask(`/api/v2/silence/${made!.silence.id}`, { method: 'DELETE' })).toBe(200);
    await here.server.close();
    const handlers = (await here.traces.spans()).filter(({ kind }) => kind === 1);
    expect(handlers.map(({ name }) => name)).toEqual(['api.postSilencesHandler', 'api.deleteSilenceHandler']);
    expect(here.server.engine.traces).toEqual(handlers.map(({ spanId }) => spanId));
  });

  it('that nobody keeps is told on and not sent', async () => {
    await using here = await scene(1);
    await here.post('/api/v2/alerts', [{ labels: { alertname: 'A' } }], { traceparent: `00-${TRACE}-${SPAN}-00` });
    await here.server.close();
    expect(await here.traces.spans()).toEqual([]);
    expect(here.server.engine.traces).toHaveLength(1);
  });

  it('without a trace, or with one that means nothing, begins its own by the fraction', async () => {
    await using here = await scene(1);
    await here.ask('/-/healthy?x=hush');
    await here.ask('/-/healthy', { headers: { traceparent: 'nonsense', 'x-forwarded-for': '192.0.2.1, 10.0.0.1' } });
    await here.server.close();
    const spans = await here.traces.spans();
    expect(spans.map(({ name, parentId, attributes }) => [name, parentId, attributes['client.address']])).toEqual([
      ['GET /-/healthy', '', '127.0.0.1'],
      ['GET /-/healthy', '', '192.0.2.1'],
    ]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(2);
    await using other = await scene(0);
    await other.ask('/-/healthy');
    await other.server.close();
    expect(await other.traces.spans()).toEqual([]);
  });

  it('that is refused fails its handler; what breaks fails the request, too', async () => {
    await using here = await scene(1, '/am');
    expect(await here.post('/api/v2/alerts', [{ labels: {} }])).toBe(400);
    here.server.engine.failure = new Error('planted');
    expect(await here.post('/api/v2/alerts', [{ labels: { alertname: 'A' } }])).toBe(500);
    expect(await here.ask('/api/v2/nothing')).toBe(404);
    await here.server.close();
    const spans = await here.traces.spans();
    expect(treeOf(spans, ({ name, status }) => `${name}: ${status.code}`)).toEqual([
      'POST /am/api/v2/alerts: 0',
      '  api.postAlertsHandler: 2',
      'POST /am/api/v2/alerts: 2',
      '  api.postAlertsHandler: 2',
      'GET /am/api/v2/nothing: 0',
    ]);
    expect(spans.map(({ attributes }) => attributes['http.route'] ?? '')).toContain('/am/api/v2/alerts');
  });

  it('is told as 0.34 tells it', async () => {
    await using here = await scene(1);
    for (const path of ['alerts', 'status', 'silences', 'receivers', 'nothing']) await here.ask(`/api/v2/${path}`);
    await here.ask('/-/healthy');
    await here.ask('/metrics');
    await here.post('/api/v2/alerts', []);
    await here.post('/api/v2/silences', {});
    await here.server.close();
    const compared = compareSpans(await here.traces.spans());
    expect(compared.differences).toEqual([]);
    expect(compared.same).toHaveLength(15);
  });
});
