// What a handler sees of a request, and the row that puts it on a path. Nothing here knows the HTTP library.
import type { IncomingHttpHeaders } from 'node:http';
import type { TraceContext } from '../model/trace-context.ts';
import type { Answer } from './answer.ts';
import type { Query } from './query.ts';
import type { JsonBody } from './read-body.ts';

export interface Asked {
  readonly method: string;
  /** Without the route prefix and the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: Query;
  /** The value of the path's `:id`, '' when it has none. */
  readonly id: string;
  /** The value of `:innerId` behind it. */
  readonly innerId: string;
  /** What belongs to the request. */
  readonly trace: TraceContext | null;
  readBody(): Promise<JsonBody>;
}

export interface Route {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  readonly path: string;
  /** `read` and `ingest` are bounded and may be told to come back; silences and health never are. */
  readonly load: 'read' | 'ingest' | 'always';
  /** The name of its span; without one the request's is all there is. */
  readonly span?: string;
  handle(asked: Asked): Answer | Promise<Answer>;
}
