// The span of a request, with the name and the attributes that Alertmanager gives it.
import type { IncomingMessage } from 'node:http';
import { readTraceparent, type TraceContext } from '../model/trace-context.ts';
import type { Span, Tracer } from '../ports/tracer.ts';
import type { Answer } from './answer.ts';
import type { Asked, Route } from './route.ts';

/** null when nobody traces. */
export function beginRequest(tracer: Tracer, request: IncomingMessage, route: string | null): Span | null {
  const path = (request.url ?? '').split('?', 1)[0]!;
  const span = tracer.start(`${request.method} ${path}`, contextOf(request), 'server');
  span?.set(attributesOf(request, path));
  if (route !== null) span?.set({ 'http.route': route });
  return span;
}

function contextOf({ headers }: IncomingMessage): TraceContext | null {
  const { traceparent, tracestate } = headers;
  if (typeof traceparent !== 'string') return null;
  return readTraceparent(traceparent, typeof tracestate === 'string' ? tracestate : '');
}

function attributesOf({ headers, socket, method, httpVersion }: IncomingMessage, path: string) {
  const isTls = 'encrypted' in socket;
  const scheme = isTls ? 'https' : 'http';
  const host = URL.parse(`${scheme}://${headers.host ?? ''}`);
  const peer = socket.remoteAddress ?? '';
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',', 1)[0]!;
  return {
    'http.request.method': method ?? '',
    'url.scheme': scheme,
    'url.path': path,
    'server.address': host?.hostname ?? '',
    'server.port': Number(host?.port) || (isTls ? 443 : 80),
    'network.peer.address': peer,
    'network.peer.port': socket.remotePort ?? 0,
    'network.protocol.version': httpVersion,
    'client.address': forwarded || peer,
    ...(headers['user-agent'] === undefined ? {} : { 'user_agent.original': headers['user-agent'] }),
    ...(headers['content-length'] === undefined ? {} : { 'http.request.body.size': Number(headers['content-length']) }),
  };
}

export function endRequest(span: Span, status: number, bytes: number): void {
  span.set({ 'http.response.status_code': status, 'http.response.body.size': bytes });
  if (status >= 500) span.fail(`status ${status}`);
}

/** What answers, under a span of its own where it has a name. */
export async function handled(tracer: Tracer, route: Route, asked: Asked): Promise<Answer> {
  const span = route.span === undefined ? null : tracer.start(route.span, asked.trace);
  if (span === null) return route.handle(asked);
  try {
    const answer = await route.handle({ ...asked, trace: span });
    if (answer.status >= 400) span.fail(`status ${answer.status}`);
    return answer;
  } catch (error) {
    span.fail('something is wrong on our side');
    throw error;
  } finally {
    span.end();
  }
}
