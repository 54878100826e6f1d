// One attempt at a message of an app: posted, or edited and answered in its thread. Before a post is repeated that
// nobody answered, the channel is searched for it: Slack has no key that would keep it from standing there twice.
import type { Outcome } from '../../notify/outcome.ts';
import type { Attempt } from '../../ports/sender.ts';
import type { EditReason, PostReason } from './episode.ts';
import type { Head } from './memo.ts';
import type { AppRequest, Body } from './request.ts';
import type { SlackApi } from './send-api.ts';
import { judged, type Asked } from './send-answer.ts';
import { searchFor, type Page } from './send-search.ts';
import type { Line, Turns } from './send-turns.ts';

export interface AppSendingParts {
  readonly request: AppRequest;
  readonly attempt: Attempt;
  readonly api: SlackApi;
  readonly turns: Turns;
  /** Where, and as whom: what is counted is counted for it. */
  readonly workspace: string;
  /** By workspace and name. */
  readonly channelIds: Map<string, string>;
}

const EVENT_TYPE = 'belfry_message';
/** Of the speaker an edit leaves nothing changed, and refuses to hear. */
const ONLY_OF_POSTS = new Set(['username', 'icon_emoji', 'icon_url', 'unfurl_links', 'unfurl_media']);

export class AppSending {
  readonly #request: AppRequest;
  readonly #attempt: Attempt;
  readonly #parts: AppSendingParts;
  /** Said beside the outcome. */
  #remark = '';
  #isSearched = false;

  constructor(parts: AppSendingParts) {
    this.#request = parts.request;
    this.#attempt = parts.attempt;
    this.#parts = parts;
  }

  async send(): Promise<Outcome> {
    const { decision } = this.#request;
    if (decision.kind === 'post') return this.#post(decision.reason);
    return this.#edit(decision.head, decision.reason, this.#request.reply);
  }

  async #post(reason: PostReason): Promise<Outcome> {
    const { request } = this.#parts;
    const copy = await this.#searchChannel();
    if (copy.kind === 'retry') return copy;
    if (copy.kind === 'found') {
      if (copy.idempotencyKey === request.idempotencyKey) return this.#delivered('found', copy.head, reason);
      // An edit alone alarms nobody, and what this message tells is new.
      const { replyToDoubted } = request;
      if (replyToDoubted !== null) {
        return this.#edit(copy.head, 'the episode goes on', { ...replyToDoubted, reply_broadcast: true });
      }
    }
    const posted = await this.#orShrunk((body) =>
      this.#ask('chat.postMessage', { channel: request.channel, ...body, ...this.#metadata() }, this.#channelLine),
    );
    switch (posted.kind) {
      case 'ok':
        return this.#delivered('posted', headOf(posted.data), reason);
      case 'shrink':
      case 'gone':
        return posted.refused;
      case 'retry':
        return posted.mayHaveArrived === true ? { ...posted, memo: request.memo.doubted } : posted;
      default:
        return posted;
    }
  }

  async #edit(head: Head, reason: EditReason, reply: Body | null): Promise<Outcome> {
    const { workspace } = this.#parts;
    const edit = (body: Body): Body =>
      Object.fromEntries(Object.entries(body).filter(([key]) => !ONLY_OF_POSTS.has(key)));
    const line = { name: `${workspace} chat.update`, isChannel: false };
    const edited = await this.#orShrunk((body) =>
      this.#ask('chat.update', { channel: head.channel, ts: head.ts, ...edit(body) }, line),
    );
    if (edited.kind === 'gone') return this.#post('the last message cannot be edited');
    if (edited.kind === 'shrink') return edited.refused;
    if (edited.kind !== 'ok') return edited;
    if (reply === null) return this.#delivered('edited', head, reason);
    return (await this.#reply(head, reply)) ?? this.#delivered('edited', head, reason);
  }

  /** null once the thread has heard it, or cannot. */
  async #reply(head: Head, reply: Body): Promise<Outcome | null> {
    const { doubt, memo } = this.#request;
    const copy = this.#isInDoubt ? await this.#search(head.channel, head.ts) : NO_COPY;
    if (copy.kind === 'retry') return copy;
    if (copy.kind === 'found') return null;
    const args = { channel: head.channel, thread_ts: head.ts, ...reply, ...this.#metadata() };
    const replied = await this.#ask('chat.postMessage', args, this.#channelLine);
    if (replied.kind === 'retry') {
      // An older doubt says which message the thread belongs to.
      return replied.mayHaveArrived === true && doubt === null ? { ...replied, memo: memo.doubted } : replied;
    }
    if (replied.kind === 'ok') return null;
    const why = 'refused' in replied ? replied.refused.detail : replied.detail;
    this.#remark = `; its thread did not take the reply: ${why}`;
    return null;
  }

  /** Once more as plain text when Slack finds the message too large or malformed. */
  async #orShrunk(send: (body: Body) => Promise<Asked>): Promise<Asked> {
    const { body, compact } = this.#request;
    const whole = await send(body);
    if (whole.kind !== 'shrink') return whole;
    this.#remark = `; shortened, because ${whole.refused.detail}`;
    return send(compact);
  }

  async #searchChannel(): Promise<Copy> {
    const { request } = this.#parts;
    if (this.#isSearched || !this.#isInDoubt) return NO_COPY;
    this.#isSearched = true;
    const channel = this.#idOf(request.channel) ?? request.channelId;
    if (channel !== null) return this.#search(channel, null);
    this.#remark = '; not searched for an earlier copy: the id of the channel is not known';
    return NO_COPY;
  }

  /** The channel for a post, this one or the one in doubt; a thread for this reply. */
  async #search(channel: string, thread: string | null): Promise<Copy> {
    const { idempotencyKey, doubt, at } = this.#request;
    const isReply = thread !== null;
    const keys = new Set([idempotencyKey, ...(isReply || doubt === null ? [] : [doubt.idempotencyKey])]);
    const method = isReply ? 'conversations.replies' : 'conversations.history';
    const more = isReply ? { ts: thread } : {};
    const line = { name: `${this.#parts.workspace} ${method}`, isChannel: false };
    const ask = (page: Page): Promise<Asked> => this.#ask(method, { channel, ...more, ...page }, line);
    const found = await searchFor({ keys, isReply }, Math.min(at, doubt?.at ?? at), ask);
    switch (found.kind) {
      case 'found':
        return { kind: 'found', idempotencyKey: found.idempotencyKey, head: { channel, ts: found.ts } };
      case 'none':
        return NO_COPY;
      case 'stopped':
        break;
    }
    const { asked } = found;
    // It is still not known whether the post has arrived.
    if (asked.kind === 'retry') return { ...asked, mayHaveArrived: true };
    const why = 'refused' in asked ? asked.refused.detail : asked.detail;
    this.#remark = `; not searched for an earlier copy: ${why}`;
    return NO_COPY;
  }

  #ask(method: string, args: Body, line: Line): Promise<Asked> {
    const { turns, api } = this.#parts;
    return turns.take(line, this.#attempt.signal, async () => judged(method, await api.call(method, args)));
  }

  #delivered(how: string, head: Head | null, reason: string): Outcome {
    const { request, channelIds, workspace } = this.#parts;
    const detail = `${how}: ${reason}${this.#remark}`;
    if (head === null) return { kind: 'delivered', detail };
    channelIds.set(`${workspace} ${request.channel}`, head.channel);
    return { kind: 'delivered', detail, memo: request.memo.placed(head) };
  }

  get #isInDoubt(): boolean {
    return this.#attempt.mayHaveArrived || this.#request.doubt !== null;
  }

  get #channelLine(): Line {
    return { name: `${this.#parts.workspace} ${this.#request.channel}`, isChannel: true };
  }

  #idOf(channel: string): string | null {
    if (/^[CDG][A-Z0-9]{6,}$/.test(channel)) return channel;
    return this.#parts.channelIds.get(`${this.#parts.workspace} ${channel}`) ?? null;
  }

  #metadata(): Body {
    return { metadata: { event_type: EVENT_TYPE, event_payload: { idempotency_key: this.#request.idempotencyKey } } };
  }
}

type Copy =
  | { readonly kind: 'found'; readonly idempotencyKey: string; readonly head: Head }
  | { readonly kind: 'none' }
  | Extract<Outcome, { kind: 'retry' }>;

const NO_COPY: Copy = { kind: 'none' };

function headOf({ channel, ts }: Readonly<Record<string, unknown>>): Head | null {
  return typeof channel === 'string' && typeof ts === 'string' ? { channel, ts } : null;
}
