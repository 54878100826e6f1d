// Hands a mail to its server: composed first, then carried by a connection that may have carried others. It tells who
// was taken and what was said; what comes of that is report.ts. What carries it is loaded with the first mail.
import { hash } from 'node:crypto';
import type { SecretSource, TextSource, TlsConfig } from '../../outbound/http-config.ts';
import type { Sender } from '../../ports/sender.ts';
import { judge, type Failure, type Report } from './report.ts';
import type { Mail, Smarthost } from './request.ts';
import type { compose } from './send-compose.ts';
import { MailFailure, shownWords, stopped } from './send-failure.ts';
import { Pool, type Lease, type PoolLimits } from './send-pool.ts';
import type { Accepted, Credentials, Deadlines, Session, SocketTls } from './send-session.ts';

/** Why a file of ours cannot be used. */
export interface Unreadable {
  readonly kind: 'failure';
  readonly message: string;
}

export interface MailSenderParts {
  /** Read anew for each attempt. */
  readonly secret: (source: SecretSource, what: string) => Promise<string | Unreadable>;
  /** Read anew for each connection. */
  readonly tls: (config: TlsConfig) => Promise<SocketTls | Unreadable>;
  readonly deadlines?: Partial<Deadlines>;
  readonly limits?: Partial<PoolLimits>;
}

/** After the mail is out the server may look at it for as long as RFC 5321 allows, the attempt permitting. */
const DEADLINES: Deadlines = { connect: 30_000, greeting: 30_000, login: 30_000, envelope: 30_000, data: 600_000 };
const LIMITS: PoolLimits = { most: 10, idle: 15_000, uses: 100 };
/** Servers may refuse more in one go. */
const MOST_RECIPIENTS = 100;

export function createMailSender(parts: MailSenderParts): Sender<Mail> & Disposable {
  const pool = new Pool<Session>({ ...LIMITS, ...parts.limits });
  const deadlines = { ...DEADLINES, ...parts.deadlines };
  return {
    async send(mail, { signal }) {
      const { smarthost } = mail;
      const credentials = await readCredentials(parts, smarthost);
      if (isUnreadable(credentials))
        return judge(mail, { accepted: [], words: '', answers: [], failure: unread(credentials) });
      const open = async (): Promise<Session> => {
        const tls = smarthost.security === 'none' ? null : await parts.tls(smarthost.tls);
        if (isUnreadable(tls)) throw new MailFailure(unread(tls));
        const carrier = await import('./send-session.ts');
        return carrier.Session.open({ smarthost, tls, credentials, deadlines }, signal);
      };
      const key = keyOf(smarthost, credentials);
      const take = (isFresh: boolean) =>
        pool.take({ key, open, isFresh }, signal).catch((error: unknown) => {
          throw error instanceof MailFailure
            ? error
            : stopped(signal, { smarthost, phase: 'connect', mayHaveArrived: false });
        });
      return judge(mail, shown(await carry(mail, { signal, take }), secretsOf(credentials)));
    },
    [Symbol.dispose]() {
      pool.closeIdle();
    },
  };
}

/** Whatever the reason, the file may be better by the next attempt. */
const unread = ({ message }: Unreadable): Failure => ({
  ...{ kind: 'broken', reason: 'other', words: message, mayHaveArrived: false },
});

const isUnreadable = (value: object | null): value is Unreadable =>
  value !== null && 'kind' in value && value.kind === 'failure';

/** The server may have repeated what it was told. */
function shown({ accepted, words, answers, failure }: Report, secrets: readonly string[]): Report {
  const inWords = <T extends { readonly words: string }>(said: T): T => ({
    ...said,
    words: shownWords(said.words, secrets),
  });
  return {
    ...inWords({ words, accepted }),
    answers: answers.map(inWords),
    failure: failure === null ? null : inWords(failure),
  };
}

/** As they are, and as they went over the wire. */
function secretsOf(credentials: Credentials | null): readonly string[] {
  if (credentials === null) return [];
  const { username, identity, password, secret } = credentials;
  const spoken = [password, `\0${username}\0${password}`, `${identity}\0${username}\0${password}`];
  return [password, secret, ...spoken.map((text) => Buffer.from(text).toString('base64'))];
}

interface Way {
  readonly signal: AbortSignal;
  readonly take: (isFresh: boolean) => Promise<Lease<Session>>;
}

/** Transactions until everybody was answered, or something failed. */
async function carry(mail: Mail, way: Way): Promise<Report> {
  const accepted: string[] = [];
  const answers = new Map<string, Report['answers'][number]>();
  let words = '';
  const report = (failure: Failure | null): Report => ({ accepted, words, answers: [...answers.values()], failure });
  const whole = await composed(mail, mail);
  let waiting = mail.recipients;
  try {
    while (waiting.length > 0) {
      const result = await transact({ mail, whole, to: waiting.slice(0, MOST_RECIPIENTS) }, way);
      accepted.push(...result.accepted);
      if (result.words !== '') words = result.words;
      for (const answer of result.answers) answers.set(answer.address, answer);
      // 452: not so many at once; those that were too many are a mail of their own.
      const crowded = result.accepted.length === 0 ? [] : result.answers.filter(({ code }) => code === 452);
      waiting = [...waiting.slice(MOST_RECIPIENTS), ...crowded.map(({ address }) => address)];
    }
    return report(null);
  } catch (error) {
    if (error instanceof MailFailure) return report(error.failure);
    throw error;
  }
}

const composed: typeof compose = async (mail, texts) => (await import('./send-compose.ts')).compose(mail, texts);

interface Load {
  readonly mail: Mail;
  readonly whole: Buffer;
  readonly to: readonly string[];
}

async function transact({ mail, whole, to }: Load, { signal, take }: Way): Promise<Accepted> {
  let raw = whole;
  const shorten = async (): Promise<void> => void (raw = await composed(mail, { text: mail.shorter, html: '' }));
  for (let isFresh = false; ;) {
    const lease = await take(isFresh);
    try {
      const { largest } = lease.item;
      if (raw === whole && largest !== null && raw.length > largest) await shorten();
      return await lease.item.send({ from: mail.from, to, raw }, signal);
    } catch (error) {
      if (!(error instanceof MailFailure)) throw error;
      // It had hung up long before, which says nothing about this mail.
      if (lease.isUsed && isStale(error.failure)) isFresh = true;
      else if (raw === whole && isTooBig(error.failure)) await shorten();
      else throw error;
    } finally {
      lease.end();
    }
  }
}

const isStale = (failure: Failure): boolean =>
  failure.kind === 'answer'
    ? failure.code === 421
    : failure.kind === 'broken' && failure.reason === 'other' && !failure.mayHaveArrived;

const isTooBig = (failure: Failure): boolean =>
  failure.kind === 'answer' && (failure.code === 552 || /^\d{3}[ -]5\.3\.4\b/.test(failure.words));

async function readCredentials(
  { secret }: MailSenderParts,
  { login }: Smarthost,
): Promise<Credentials | null | Unreadable> {
  if (login === null) return null;
  const read = async (source: SecretSource | null, what: string): Promise<string | Unreadable> => {
    const text = source === null ? '' : await secret(source, what);
    return source !== null && text === '' ? { kind: 'failure', message: `the ${what} is empty` } : text;
  };
  const password = await read(login.password, 'auth_password_file');
  if (typeof password !== 'string') return password;
  const cram = await read(login.secret, 'auth_secret_file');
  if (typeof cram !== 'string') return cram;
  return { username: login.username, identity: login.identity, password, secret: cram };
}

/** What two mails must have in common to share a connection. */
function keyOf({ host, port, hello, security, tls }: Smarthost, login: Credentials | null): string {
  const { key, cert, ...rest } = tls;
  const files = [key, cert].map((source) =>
    source?.kind === 'file' ? source.path : source === null ? null : keyHash(source),
  );
  return JSON.stringify([host, port, hello, security, rest, files, login]);
}

const keyHash = (source: TextSource | SecretSource): string =>
  hash('sha256', source.kind === 'inline' ? ('secret' in source ? source.secret.open() : source.text) : source.path);
