// Slack, as far as we speak to it: channels, messages, threads and webhooks over HTTP, with its documented limits,
// paces and words for what is wrong. It keeps every call, and fails when it is told to.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Handler, Seen } from './http-world.ts';
import { refusalOf, type Refusal } from './slack-limits.ts';

type Json = Readonly<Record<string, unknown>>;

export interface SlackMessage {
  readonly ts: string;
  readonly channel: string;
  readonly threadTs: string | null;
  readonly args: Json;
  readonly edits: readonly Json[];
}

export interface Call {
  readonly method: string;
  readonly at: number;
  readonly args: Json;
  /** What was answered. */
  readonly said: string;
}

/** What befalls the next call of a method. */
export type Fault =
  /** Done, and the connection cut before the answer. */
  | { readonly kind: 'cut after'; readonly method: string }
  | { readonly kind: 'word'; readonly method: string; readonly error: string; readonly messages?: readonly string[] }
  | { readonly kind: 'status'; readonly method: string; readonly status: number; readonly retryAfter?: number };

export interface FakeSlackOptions {
  readonly now: () => number;
  readonly token?: string;
  /** Name by id. */
  readonly channels?: Readonly<Record<string, string>>;
  readonly scopes?: readonly string[];
  /** Messages to a channel that may come at once; Slack allows short bursts and does not say how short. */
  readonly burst?: number;
}

const CHANNEL_PACE_MS = 1000;

export class FakeSlack {
  readonly calls: Call[] = [];
  readonly archived = new Set<string>();
  readonly notIn = new Set<string>();
  #messages: SlackMessage[] = [];
  #faults: Fault[] = [];
  readonly #options: Required<FakeSlackOptions>;
  /** By channel: how many messages it would take now, at that instant. */
  readonly #room = new Map<string, { readonly left: number; readonly at: number }>();
  #count = 0;

  constructor(options: FakeSlackOptions) {
    const channels = { C0ALERTS1: 'alerts' };
    const scopes = ['chat:write', 'channels:history'];
    this.#options = { token: 'xoxb-hidden-token', channels, scopes, burst: 1, ...options };
  }

  readonly handler: Handler = (seen, request, response) => {
    const method = seen.url.startsWith('/api/') ? seen.url.slice('/api/'.length) : 'webhook';
    const fault = this.#take(method);
    if (fault?.kind === 'status') {
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
      this.#keep(method, seen, `status ${fault.status}`);
      return void response.writeHead(fault.status, headers).end();
    }
    if (fault?.kind === 'word') {
      const { error, messages = [] } = fault;
      return this.#answer(method, seen, response, { error, messages });
    }
    if (fault?.kind === 'cut after') {
      this.#keep(method, seen, 'cut');
      this.#done(method, seen, request);
      return void response.destroy();
    }
    this.#answer(method, seen, response, this.#done(method, seen, request));
  };

  fail(...faults: readonly Fault[]): void {
    this.#faults.push(...faults);
  }

  /** Messages that stand in the channel itself, oldest first. */
  heads(channel = 'C0ALERTS1'): readonly SlackMessage[] {
    return this.#messages.filter((message) => message.channel === channel && message.threadTs === null);
  }

  thread(ts: string): readonly SlackMessage[] {
    return this.#messages.filter(({ threadTs }) => threadTs === ts);
  }

  forget(ts: string): void {
    this.#messages = this.#messages.filter((message) => message.ts !== ts);
  }

  called(method: string): readonly Call[] {
    return this.calls.filter((call) => call.method === method);
  }

  #take(method: string): Fault | undefined {
    const found = this.#faults.find((fault) => fault.method === method);
    this.#faults = this.#faults.filter((fault) => fault !== found);
    return found;
  }

  #keep(method: string, seen: Seen, said: string): void {
    this.calls.push({ method, at: this.#options.now(), args: argsOf(seen), said });
  }

  #answer(method: string, seen: Seen, response: ServerResponse, result: Refusal | Json): void {
    const isRefusal = typeof result['error'] === 'string';
    const word = isRefusal ? String(result['error']) : 'ok';
    this.#keep(method, seen, word);
    const headers = word === 'ratelimited' ? { 'retry-after': '1' } : {};
    if (method === 'webhook') {
      const status = word === 'ok' ? 200 : word === 'ratelimited' ? 429 : word === 'no_service' ? 404 : 400;
      return void response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(word);
    }
    const { messages, ...rest } = result as Refusal & Json;
    const metadata = isRefusal && messages !== undefined ? { response_metadata: { messages } } : {};
    const body = isRefusal ? { ok: false, ...rest, ...metadata } : { ok: true, ...result };
    const type = { 'content-type': 'application/json; charset=utf-8' };
    response.writeHead(word === 'ratelimited' ? 429 : 200, { ...type, ...headers }).end(JSON.stringify(body));
  }

  #done(method: string, seen: Seen, { headers }: IncomingMessage): Refusal | Json {
    const args = argsOf(seen);
    if (method === 'webhook') return this.#webhook(seen, args);
    if (headers.authorization === undefined) return { error: 'not_authed' };
    if (headers.authorization !== `Bearer ${this.#options.token}`) return { error: 'invalid_auth' };
    switch (method) {
      case 'chat.postMessage':
        return this.#post(args);
      case 'chat.update':
        return this.#update(args);
      case 'conversations.history':
      case 'conversations.replies':
        return this.#list(method, args);
      default:
        return { error: 'unknown_method' };
    }
  }

  #webhook({ url }: Seen, args: Json): Refusal | Json {
    if (!url.startsWith('/services/')) return { error: 'no_service' };
    if (Object.keys(args).length === 0) return { error: 'invalid_payload' };
    return this.#isTooFast(url) ? { error: 'ratelimited' } : (refusalOf(args) ?? this.#add('C0WEBHOOK', args));
  }

  #post(args: Json): Refusal | Json {
    const { channels } = this.#options;
    const asked = typeof args['channel'] === 'string' ? args['channel'].replace(/^#/, '') : '';
    const id = Object.keys(channels).find((each) => each === asked || channels[each] === asked);
    if (id === undefined) return { error: 'channel_not_found' };
    if (this.notIn.has(id)) return { error: 'not_in_channel' };
    if (this.archived.has(id)) return { error: 'is_archived' };
    if (this.#isTooFast(id)) return { error: 'ratelimited' };
    const thread = args['thread_ts'];
    if (thread !== undefined && this.#at(id, thread) === undefined) return { error: 'thread_not_found' };
    return refusalOf(args) ?? this.#add(id, args);
  }

  #update(args: Json): Refusal | Json {
    const channel = String(args['channel']);
    if (!(channel in this.#options.channels)) return { error: 'channel_not_found' };
    if (this.notIn.has(channel)) return { error: 'not_in_channel' };
    if (this.archived.has(channel)) return { error: 'is_inactive' };
    const message = this.#at(channel, args['ts']);
    if (message === undefined) return { error: 'message_not_found' };
    const refusal = refusalOf(args);
    if (refusal !== null) return refusal;
    const edited = { ...message, args: { ...message.args, ...args }, edits: [...message.edits, args] };
    this.#messages = this.#messages.map((each) => (each === message ? edited : each));
    return { channel: message.channel, ts: message.ts, text: args['text'] };
  }

  #list(method: string, args: Json): Refusal | Json {
    if (!this.#options.scopes.includes('channels:history')) {
      return { error: 'missing_scope', needed: 'channels:history', provided: this.#options.scopes.join(',') };
    }
    const channel = String(args['channel']);
    if (!(channel in this.#options.channels)) return { error: 'channel_not_found' };
    const isThread = method === 'conversations.replies';
    const inside = isThread
      ? [...this.heads(channel).filter(({ ts }) => ts === args['ts']), ...this.thread(String(args['ts']))]
      : this.#shown(channel).toReversed();
    const since = inside.filter(({ ts }) => Number(ts) > Number(args['oldest'] ?? 0));
    const from = Number(args['cursor'] ?? 0);
    const until = from + Number(args['limit'] ?? 100);
    const shown = since.slice(from, until).map(({ ts, threadTs, args: said }) => ({
      ...{ ts, type: 'message', text: said['text'], attachments: said['attachments'], blocks: said['blocks'] },
      ...(threadTs === null ? {} : { thread_ts: threadTs }),
      ...(String(args['include_all_metadata']) === 'true' ? { metadata: said['metadata'] } : {}),
    }));
    const more = since.length > until ? { response_metadata: { next_cursor: String(until) } } : {};
    return { messages: shown, has_more: since.length > until, ...more };
  }

  /** What a reader of the channel sees without opening a thread. */
  #shown(channel: string): readonly SlackMessage[] {
    return this.#messages.filter(
      (message) => message.channel === channel && (message.threadTs === null || 'reply_broadcast' in message.args),
    );
  }

  #at(channel: string, ts: unknown): SlackMessage | undefined {
    return this.#messages.find((message) => message.channel === channel && message.ts === ts);
  }

  #isTooFast(key: string): boolean {
    const { now, burst } = this.#options;
    const at = now();
    const known = this.#room.get(key) ?? { left: burst, at };
    const left = Math.min(burst, known.left + (at - known.at) / CHANNEL_PACE_MS);
    this.#room.set(key, { left: left < 1 ? left : left - 1, at });
    return left < 1;
  }

  #add(channel: string, args: Json): Json {
    const ts = `${Math.floor(this.#options.now() / 1000)}.${String(++this.#count).padStart(6, '0')}`;
    const threadTs = typeof args['thread_ts'] === 'string' ? args['thread_ts'] : null;
    this.#messages.push({ ts, channel, threadTs, args, edits: [] });
    return { channel, ts };
  }
}

const NESTED = new Set(['attachments', 'blocks', 'metadata']);

/** Form-encoded with JSON inside, or JSON altogether. */
function argsOf({ headers, body }: Seen): Json {
  if (headers['content-type']?.includes('json') === true) return parsed(body) as Json;
  const pairs = [...new URLSearchParams(body)].map(([key, value]) => [key, NESTED.has(key) ? parsed(value) : value]);
  return Object.fromEntries(pairs) as Json;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
