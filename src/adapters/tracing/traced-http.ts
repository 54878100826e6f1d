// Our HTTP client with a span around each request, whose context goes along in its headers. Of the URL only the host is
// told: of a webhook the path is the secret.
import { printTraceparent, type TraceContext } from '../../model/trace-context.ts';
import type { HttpClient, HttpRequest } from '../../ports/http-client.ts';
import type { Span, Tracer } from '../../ports/tracer.ts';
import type { Downloader } from '../http-download.ts';
import type { HttpFailure } from '../http-failure.ts';

export function traceHttp<Client extends HttpClient & Downloader>(
  client: Client,
  tracer: Tracer,
): HttpClient & Downloader {
  return {
    request(config, request) {
      const span = startOf(tracer, request);
      return span === null ? client.request(config, request) : told(span, client.request(config, along(request, span)));
    },
    download(config, request, maxBytes) {
      const span = startOf(tracer, request);
      if (span === null) return client.download(config, request, maxBytes);
      return told(span, client.download(config, along(request, span), maxBytes));
    },
  };
}

/** A request that nobody asked for in a trace of its own begins one. */
const startOf = (tracer: Tracer, { method, trace = null }: HttpRequest): Span | null =>
  tracer.start(`HTTP ${method}`, trace, 'client');

function along(request: HttpRequest, span: Span): HttpRequest {
  const { method, url } = request;
  const known = URL.parse(url);
  if (known !== null) {
    span.set({
      'http.request.method': method,
      'url.scheme': known.protocol.slice(0, -1),
      'server.address': known.hostname,
      'server.port': Number(known.port) || (known.protocol === 'https:' ? 443 : 80),
    });
  }
  return { ...request, headers: { ...request.headers, ...headersOf(span) } };
}

const headersOf = (context: TraceContext): Readonly<Record<string, string>> => ({
  Traceparent: printTraceparent(context),
  ...(context.state === '' ? {} : { Tracestate: context.state }),
});

async function told<Answer extends { readonly kind: 'answer'; readonly status: number }>(
  span: Span,
  asking: Promise<Answer | HttpFailure>,
): Promise<Answer | HttpFailure> {
  try {
    const result = await asking;
    if (result.kind === 'failure') {
      span.set({ 'error.type': result.reason });
      span.fail(result.message);
    } else {
      span.set({ 'http.response.status_code': result.status });
      if (result.status >= 400) {
        span.set({ 'error.type': String(result.status) });
        span.fail(`status ${result.status}`);
      }
    }
    return result;
  } finally {
    span.end();
  }
}
