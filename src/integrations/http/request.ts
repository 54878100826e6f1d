// A message that leaves by HTTP, as data: what is asked, and what an answer means. Most kinds are one request; one
// that needs several (look up, then create) says what comes next by what the answer was.
import type { DurationMs, Instant } from '../../model/time.ts';
import type { Outcome } from '../../notify/outcome.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';

export interface HttpPost {
  readonly http: HttpConfig;
  /** null is the group's own budget. */
  readonly timeout: DurationMs | null;
  /** Read anew at each attempt, by the names that `write` asks for; none of them is ever empty. */
  readonly secrets: Readonly<Record<string, SecretSource>>;
  /** What has to be asked for before: its secrets stand beside those above. */
  readonly pass?: Pass;
  /** What is remembered when there is no answer: what earlier requests of the same message have brought about. */
  readonly memo?: string;
  /** The request itself. Secrets are put in here and nowhere else; previews put in `<secret>`. */
  readonly write: (secret: (name: string) => string, at: Instant) => Wire | Outcome;
  /** What the answer means, or what is asked next. null, and when it is absent: what its status says. */
  readonly judge?: (answer: HttpAnswer) => Outcome | HttpPost | null;
}

/** What the other side hands out to ask with, for a while. The sender keeps it in memory and nowhere else. */
export interface Pass {
  /** Equal keys get the same one. */
  readonly key: (secret: (name: string) => string) => string;
  readonly write: HttpPost['write'];
  readonly read: (answer: HttpAnswer) => Handed | Outcome;
  /** Whether the answer to the request says that it is good no longer. */
  readonly isSpent: (answer: HttpAnswer) => boolean;
}

export interface Handed {
  readonly kind: 'handed';
  readonly secrets: ReadonlyMap<string, string>;
  readonly lifetime: DurationMs;
}

export interface Wire {
  readonly kind: 'wire';
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What templates made of secrets, to be shown as little as they. */
  readonly secrets?: readonly string[];
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  /** The start of it, 64 KiB at most. */
  readonly body: string;
  /** When it came. */
  readonly at: Instant;
  /** A text without the secrets it was asked with: the other side may repeat them. */
  readonly hide: (text: string) => string;
}

export const jsonPost = (url: string, body: string, headers: Readonly<Record<string, string>> = {}): Wire => ({
  kind: 'wire',
  method: 'POST',
  url,
  headers: { 'Content-Type': 'application/json', ...headers },
  body,
});
