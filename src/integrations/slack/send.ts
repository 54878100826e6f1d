// Takes messages to Slack: a webhook gets a POST, an app speaks through the Web API. Both keep to the pace Slack asks
// for, each webhook and each channel by itself.
import type { DurationMs } from '../../model/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Files } from '../../ports/files.ts';
import type { HttpClient } from '../../ports/http-client.ts';
import type { Attempt, Sender } from '../../ports/sender.ts';
import type { HttpPost } from '../http/request.ts';
import { withoutSecrets } from '../../outbound/secrets.ts';
import { ofConnection, openSecrets, timeoutAfter } from '../http/send.ts';
import type { AppRequest, SlackRequest } from './request.ts';
import { SlackApi } from './send-api.ts';
import { AppSending } from './send-app.ts';
import { Turns } from './send-turns.ts';

export interface SlackSenderParts {
  readonly http: HttpClient;
  readonly files: Files;
  readonly clock: Clock;
  /** `Belfry/0.1.0` */
  readonly userAgent: string;
  /** Takes messages to webhooks. */
  readonly post: Sender<HttpPost>;
}

/** Slack answers apps soon, and what it does not answer can be looked for: no need to wait as long as the group may. */
const LONGEST_CALL: DurationMs = 30_000;

export function createSlackSender(parts: SlackSenderParts): Sender<SlackRequest> {
  const turns = new Turns(parts.clock);
  /** Of channels that are configured by name: only an id can be searched. */
  const channelIds = new Map<string, string>();

  async function sendAsApp(request: AppRequest, attempt: Attempt) {
    const { http, api: root, timeout } = request;
    const secrets = await openSecrets(parts.files, request.token === null ? {} : { app_token: request.token });
    // Whatever the reason, the file may be better by the next attempt.
    if (!secrets.ok) return { kind: 'retry', reason: 'other', detail: secrets.message, after: null } as const;
    const token = secrets.values.get('app_token') ?? null;
    const opened = new Set([...secrets.values.values(), ...(await ofConnection(parts.files, request))]);
    const api = await SlackApi.open({
      ...{ http: parts.http, config: http, root, token, userAgent: parts.userAgent },
      trace: attempt.trace ?? null,
      now: () => parts.clock.now(),
      hide: (text) => withoutSecrets(text, opened),
      signal: () => AbortSignal.any([attempt.signal, timeoutAfter(timeout ?? LONGEST_CALL)]),
    });
    const workspace = `${root.open()} ${token ?? ''}`;
    return new AppSending({ request, attempt, api, turns, workspace, channelIds }).send();
  }

  return {
    async send(request, attempt) {
      if (request.kind === 'app') return sendAsApp(request, attempt);
      const { url, post } = request;
      const name = url.kind === 'inline' ? url.secret.open() : url.path;
      return turns.take({ name, isChannel: true }, attempt.signal, () => parts.post.send(post, attempt));
    },
  };
}
