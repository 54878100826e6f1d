// Outbound HTTP under one http_config. The adapter owns pools, TLS, proxies, OAuth2 and re-reading of files.
import type { TraceContext } from '../model/trace-context.ts';
import type { HttpConfig } from '../outbound/http-config.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly signal: AbortSignal;
  /** How much of the answer is read, in bytes: 64 KiB when it is not said. */
  readonly mostBytes?: number;
  /** Redirects that would turn a POST into a GET without its body are the answer instead. */
  readonly keepsMethod?: true;
  /** What it is asked for. */
  readonly trace?: TraceContext | null;
}

export type HttpResult =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: ReadonlyMap<string, string>;
      /** The start of it; the rest is never read. */
      readonly body: string;
    }
  | {
      readonly kind: 'failure';
      /** Whether anything may have reached the other side. */
      readonly sent: boolean;
      readonly reason: 'refused' | 'timeout' | 'reset' | 'dns' | 'tls' | 'config' | 'aborted';
      /** Safe to show: no URL path, no credential. */
      readonly message: string;
    };

export interface HttpClient {
  request(config: HttpConfig, request: HttpRequest): Promise<HttpResult>;
}
