// A message that leaves by HTTP, as data: what is asked, and what an answer means. Most kinds are one request; one
// that needs several (look up, then create) says what comes next by what the answer was.
import type { Problem } from '../../model/problem.ts';
import type { DurationMs, Instant } from '../../model/time.ts';
import type { Outcome } from '../../notify/outcome.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';

/** `End` is what it may end in besides an outcome. */
export interface HttpPost<End extends Handed = never> {
  readonly http: HttpConfig;
  /** null is the group's own budget. */
  readonly timeout: DurationMs | null;
  /** Read anew at each attempt, by the names that `write` asks for; none of them is ever empty. */
  readonly secrets: Readonly<Record<string, SecretSource>>;
  /** What has to be asked for before: its secrets stand beside those above. */
  readonly pass?: Pass;
  /** What is remembered when there is no answer: what earlier requests of the same message have brought about. */
  readonly memo?: string;
  /** What this machine knows makes another request of it. Previews show it as it is without. */
  readonly locally?: Locally;
  /** The request itself. Secrets are put in here and nowhere else; previews put in `<secret>`. */
  readonly write: (secret: Reader, at: Instant) => Wire | Outcome;
  /** What the answer means, or what is asked next. null, and when it is absent: what its status says. */
  readonly judge?: (answer: HttpAnswer) => Outcome | End | HttpPost<End> | null;
  /** What is asked instead, or told, where there is no answer. */
  readonly unanswered?: (failure: Outcome) => Outcome | HttpPost<End>;
}

/** Of a name that nothing has, ''. */
export type Reader = (name: string) => string;

export interface Locally {
  /** The files to read, by the variables of the environment. */
  readonly files: (variable: Reader) => readonly string[];
  readonly post: (machine: Machine) => HttpPost | Outcome;
}

export interface Machine {
  readonly variable: Reader;
  /** Their texts by path, or why there is none. */
  readonly files: ReadonlyMap<string, string | Problem>;
}

/** What the other side hands out to ask with, for a while. The sender keeps it in memory and nowhere else. */
export interface Pass {
  /** Equal keys get the same one; the secrets are those it is asked for with. */
  readonly key: (secret: Reader) => string;
  readonly ask: HttpPost<Handed>;
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
