// What both kinds of Microsoft Teams share: how large a message may be, and what an answer means.
import { cutRunes } from '../../notify/cut-text.ts';
import { cutToFit } from '../../notify/cut-to-fit.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import { byStatus } from './judge.ts';
import { jsonPost, type HttpAnswer, type HttpPost } from './request.ts';

export interface TeamsWords {
  readonly title: string;
  readonly summary: string;
  readonly text: string;
}

export interface TeamsMessage {
  readonly httpConfig: HttpConfig;
  readonly webhookUrl: SecretSource;
  readonly words: TeamsWords;
  readonly bodyOf: (words: TeamsWords) => string;
}

/** Of the whole body, as documented. */
const MOST_BYTES = 28 * 1024;
/** A message of less is not refused for its size. */
const LEAST_BYTES = 1024;
const SHORT_TITLE = 256;

export function teamsPost(message: TeamsMessage, most = MOST_BYTES): HttpPost {
  const body = bodyWithin(message, most);
  return {
    http: message.httpConfig,
    timeout: null,
    secrets: { webhook_url: message.webhookUrl },
    write: (secret) => jsonPost(secret('webhook_url'), body),
    judge: (answer) => {
      const meant = asMeant(answer);
      // Some count the message in UTF-16, or what they made of it: in half the size it may pass.
      const half = Math.floor(Math.min(most, Buffer.byteLength(body)) / 2);
      return meant.status === 413 && half >= LEAST_BYTES ? teamsPost(message, half) : byStatus(meant);
    },
  };
}

/** The connector answers 200 for what Teams refused, and says so in its text. */
function asMeant(answer: HttpAnswer): HttpAnswer {
  const told = /returned HTTP error (\d{3})/.exec(answer.body)?.[1];
  return told === undefined ? answer : { ...answer, status: Number(told) };
}

function bodyWithin({ words, bodyOf }: TeamsMessage, most: number): string {
  const whole = bodyOf(words);
  if (Buffer.byteLength(whole) <= most) return whole;
  const short = { title: cutRunes(words.title, SHORT_TITLE), summary: cutRunes(words.summary, SHORT_TITLE) };
  const withText = (text: string): string => bodyOf({ ...short, text });
  return withText(cutToFit(words.text, (text) => Buffer.byteLength(withText(text)) <= most));
}
