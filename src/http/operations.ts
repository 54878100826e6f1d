// What is on the port besides the APIs: health, reload, metrics, the removed API v1, and a plain front page.
import type { Engine, RuleViews } from '../engine/contract.ts';
import type { HttpMetrics } from '../ports/metrics.ts';
import { empty, JSON_TYPE, text, withHeaders, type Answer } from './answer.ts';
import { lastOf, type Query } from './query.ts';
import type { Route } from './route.ts';

export interface OperationsOptions {
  readonly engine: Engine;
  readonly metrics: HttpMetrics;
  readonly routePrefix: string;
}

export function operations({ engine, metrics, routePrefix }: OperationsOptions): readonly Route[] {
  const healthy = (): Answer => text(200, 'OK');
  const ready = (): Answer => (engine.views.ready() ? text(200, 'OK') : text(503, 'Not ready\n'));
  return [
    { method: 'GET', path: '/-/healthy', load: 'always', handle: healthy },
    { method: 'HEAD', path: '/-/healthy', load: 'always', handle: () => empty(200) },
    { method: 'GET', path: '/-/ready', load: 'always', handle: ready },
    { method: 'HEAD', path: '/-/ready', load: 'always', handle: () => empty(ready().status) },
    { method: 'POST', path: '/-/reload', load: 'always', handle: () => reload(engine) },
    { method: 'GET', path: '/metrics', load: 'always', handle: () => printMetrics(metrics) },
    { method: 'GET', path: '/', load: 'read', handle: () => frontPage(routePrefix) },
    { method: 'GET', path: '/graph', load: 'read', handle: ({ query }) => toDataSource(engine.rules, query) },
    ...REMOVED.map(([method, path]): Route => ({ method, path: `/api/v1${path}`, load: 'always', handle: removed })),
  ];
}

/** generatorURL of our own rules: whoever is asked what an alert is about is who answers the rule. */
function toDataSource(rules: RuleViews, query: Query): Answer {
  const name = lastOf(query, 'datasource');
  const url = rules.dataSourceURL(name === '' ? null : name);
  if (url === null) return text(404, 'There is no such data source\n');
  const search = new URLSearchParams();
  for (const [key, values] of query) if (key !== 'datasource') for (const value of values) search.append(key, value);
  const location = `${url.replace(/\/+$/, '')}/graph?${search.toString()}`;
  return withHeaders(text(302, `${location}\n`), { location });
}

/** Where Prometheus has nothing: GET /api/v1/alerts is its list of rules' alerts. */
const REMOVED = [
  ['GET', '/status'],
  ['GET', '/receivers'],
  ['POST', '/alerts'],
  ['GET', '/alerts/groups'],
  ['GET', '/silences'],
  ['POST', '/silences'],
  ['GET', '/silence/:id'],
  ['DELETE', '/silence/:id'],
] as const;

async function reload(engine: Engine): Promise<Answer> {
  const problem = await engine.reload.reload();
  return problem === null ? empty(200) : text(500, `failed to reload config: ${problem}\n`);
}

async function printMetrics(metrics: HttpMetrics): Promise<Answer> {
  return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: await metrics.render() };
}

function removed(): Answer {
  const error =
    'The Alertmanager v1 API was deprecated in version 0.16.0 and is removed as of version 0.27.0 - please use the equivalent route in the v2 API';
  return { status: 410, type: JSON_TYPE, body: `${JSON.stringify({ status: 'deprecated', error })}\n` };
}

const PAGES = [
  ['/api/v2/alerts', 'alerts'],
  ['/api/v2/alerts/groups', 'alert groups'],
  ['/api/v2/silences', 'silences'],
  ['/api/v2/receivers', 'receivers'],
  ['/api/v2/status', 'status and configuration'],
  ['/api/v1/rules', 'rules'],
  ['/api/v1/alerts', "rules' alerts"],
  ['/api/belfry/v1/rules', 'rules in pages'],
  ['/api/belfry/v1/notifications', 'notifications: who was told what, when, with which answer'],
  ['/api/belfry/v1/events', 'events'],
  ['/api/v2/openapi.json', 'the Alertmanager API, described'],
  ['/api/belfry/v1/openapi.json', 'our own API, described'],
  ['/metrics', 'metrics'],
] as const;

function frontPage(routePrefix: string): Answer {
  const links = PAGES.map(
    ([path, name]) => `<li><a href="${escapeHtml(routePrefix + path)}">${escapeHtml(name)}</a></li>`,
  );
  const body = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Belfry</title></head>
<body>
<h1>Belfry</h1>
<p>Evaluates rules, routes alerts to the people who should know, and speaks the APIs of Alertmanager and of Prometheus' rules. Point amtool or Grafana at this address.</p>
<ul>
${links.join('\n')}
</ul>
</body>
</html>
`;
  const headers = {
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  };
  return { status: 200, type: 'text/html; charset=utf-8', headers, body };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char]!);
