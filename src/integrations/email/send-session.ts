// One connection to a mail server, logged in, for mails one after the other. Every phase has its deadline, and the
// attempt's signal ends any: a session that failed is of no further use.
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { connect as connectTls, type SecureContext } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { DurationMs } from '../../model/time.ts';
import { chooseMechanism, readGreeting, type Greeting } from './auth.ts';
import type { Answer } from './report.ts';
import type { Smarthost } from './request.ts';
import { failureOf, MailFailure, stopped, tooLate, wordsOf, type Phase, type Where } from './send-failure.ts';

export interface SocketTls {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
}

export type Deadlines = Readonly<Record<Phase, DurationMs>>;

export interface Credentials {
  readonly username: string;
  readonly identity: string;
  readonly password: string;
  readonly secret: string;
}

export interface SessionParts {
  readonly smarthost: Smarthost;
  /** null: this connection is not encrypted. */
  readonly tls: SocketTls | null;
  readonly credentials: Credentials | null;
  readonly deadlines: Deadlines;
}

/** What became of the addresses of one transaction, the mail being accepted for some. */
export interface Accepted {
  readonly accepted: readonly string[];
  readonly words: string;
  readonly answers: readonly (Answer & { readonly address: string })[];
}

export interface Transaction {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
}

type Settle<T> = (error: unknown, value?: T) => void;

/** To this machine itself. */
const LOCAL: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

export class Session {
  readonly #parts: SessionParts;
  readonly #connection: SMTPConnection;
  #greeting: Greeting = { mechanisms: [], largest: null };
  #mayHaveArrived = false;
  #isOpen = true;
  #fail: (error: unknown) => void = () => {};

  private constructor(parts: SessionParts, socket: Socket) {
    const { smarthost, tls } = parts;
    this.#parts = parts;
    const isImplicit = smarthost.security === 'implicit';
    this.#connection = new SMTPConnection({
      ...{ connection: socket, secure: isImplicit, secured: isImplicit },
      ...{ host: smarthost.host, port: smarthost.port, name: smarthost.hello },
      ...{ requireTLS: smarthost.security === 'starttls', ignoreTLS: smarthost.security === 'none' },
      // Ours go off earlier.
      ...{ connectionTimeout: FOREVER, greetingTimeout: FOREVER, socketTimeout: FOREVER, socketCloseTimeout: 1000 },
      maxResponseSize: 64 * 1024,
      ...(tls === null ? {} : { tls }),
      customAuth: { PLAIN: plainFor },
    });
    this.#connection.on('error', (error: unknown) => this.#fail(error));
    this.#connection.once('end', () => {
      this.#isOpen = false;
      // What the server said last may be told in a moment.
      setImmediate(() => this.#fail(new Error('the connection broke off')));
    });
  }

  static async open(parts: SessionParts, signal: AbortSignal): Promise<Session> {
    const session = new Session(parts, await openSocket(parts, signal));
    try {
      await session.#begin(signal);
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Bytes the server takes at most, as it said; null when it did not. */
  get largest(): number | null {
    return this.#greeting.largest;
  }

  async #begin(signal: AbortSignal): Promise<void> {
    await this.#phase<void>('greeting', signal, (settle) => this.#connection.connect((error) => settle(error)));
    const { lastServerResponse } = this.#connection;
    this.#greeting = readGreeting(lastServerResponse === false ? '' : lastServerResponse);
    const { credentials } = this.#parts;
    // A server that asks for no login gets none, as upstream has it.
    if (credentials !== null && this.#greeting.mechanisms.length > 0) await this.#login(credentials, signal);
  }

  async #login({ username, identity, password, secret }: Credentials, signal: AbortSignal): Promise<void> {
    const choice = chooseMechanism(this.#greeting.mechanisms, {
      hasPassword: password !== '',
      hasSecret: secret !== '',
      isPrivate: this.#connection.secure || LOCAL.has(this.#parts.smarthost.host),
    });
    if (!choice.ok) throw new MailFailure({ kind: 'unusable', reason: 'authError', words: choice.message });
    const { mechanism } = choice;
    const auth = {
      ...{ user: username, pass: mechanism === 'CRAM-MD5' ? secret : password, method: mechanism },
      options: { identity },
    };
    await this.#phase<void>('login', signal, (settle) => this.#connection.login(auth, (error) => settle(error)));
  }

  async send({ from, to, raw }: Transaction, signal: AbortSignal): Promise<Accepted> {
    this.#mayHaveArrived = false;
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const mail = new Readable({
      read() {
        begin();
        this.push(raw);
        this.push(null);
      },
    });
    mail.once('end', () => (this.#mayHaveArrived = true));
    const envelope = { from, to: [...to], size: raw.length };
    const {
      promise: answered,
      resolve: answer,
      reject: refuse,
    } = Promise.withResolvers<SMTPConnection.SentMessageInfo>();
    answered.catch(() => {});
    this.#connection.send(envelope, mail, (error, info) => {
      if (!error) answer(info);
      // Nobody was let in, which is said of each.
      else if (error.rejectedErrors !== undefined) answer({ ...NOBODY, rejectedErrors: error.rejectedErrors });
      else refuse(error);
    });
    await this.#phase<unknown>('envelope', signal, (settle) => {
      Promise.race([begun, answered]).then(() => settle(null), settle);
    });
    const info = await this.#phase<SMTPConnection.SentMessageInfo>('data', signal, (settle) => {
      answered.then((value) => settle(null, value), settle);
    });
    if (info.accepted.length === 0) this.close();
    return { accepted: info.accepted, words: wordsOf(info.response), answers: answersIn(info) };
  }

  /** Says goodbye when there is somebody to hear it. */
  close(): void {
    if (this.#isOpen) this.#connection.quit();
    this.#connection.close();
  }

  /** Whatever ends it badly ends the session. */
  #phase<T>(phase: Phase, signal: AbortSignal, run: (settle: Settle<T>) => void): Promise<T> {
    const where = (): Where => ({ smarthost: this.#parts.smarthost, phase, mayHaveArrived: this.#mayHaveArrived });
    return within<T>(this.#parts.deadlines[phase], signal, (settle) => {
      this.#fail = settle;
      run(settle);
    }).catch((error: unknown) => {
      const failure =
        error === LATE ? tooLate(where()) : error === STOPPED ? stopped(signal, where()) : failureOf(error, where());
      const isAnswer = failure.failure.kind === 'answer';
      // The reply to a final dot leaves nothing open: the next mail may follow.
      if (!isAnswer) this.#connection.close();
      else if (phase !== 'data') this.close();
      throw failure;
    });
  }
}

const NOBODY = { accepted: [], rejected: [], envelopeTime: 0, messageTime: 0, messageSize: 0, response: '' };
const FOREVER: DurationMs = 2 ** 31 - 1;
const LATE = Symbol('late');
const STOPPED = Symbol('stopped');

function within<T>(ms: DurationMs, signal: AbortSignal, run: (settle: Settle<T>) => void): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const timer = setTimeout(() => reject(LATE), ms);
  const stop = (): void => reject(STOPPED);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  else run((error, value) => (error === null || error === undefined ? resolve(value!) : reject(error)));
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  });
}

async function openSocket({ smarthost, tls, deadlines }: SessionParts, signal: AbortSignal): Promise<Socket> {
  const { host, port } = smarthost;
  const isImplicit = smarthost.security === 'implicit';
  let socket: Socket | null = null;
  try {
    await within<void>(deadlines.connect, signal, (settle) => {
      socket = isImplicit
        ? connectTls({ host, port, ...named(host), ...tls }, () => settle(null))
        : connectPlain({ host, port }, () => settle(null));
      socket.once('error', settle);
      socket.once('close', () => settle(new Error('the connection broke off')));
    });
    return socket!;
  } catch (error) {
    (socket as Socket | null)?.destroy();
    const where = { smarthost, phase: 'connect', mayHaveArrived: false } as const;
    throw error === LATE ? tooLate(where) : error === STOPPED ? stopped(signal, where) : failureOf(error, where);
  }
}

/** The server picks its certificate by it. */
const named = (host: string): { servername?: string } => (isIP(host) === 0 ? { servername: host } : {});

/** The library's own leaves out the identity. */
async function plainFor(context: SMTPConnection.CustomAuthenticationContext): Promise<void> {
  const { user, pass, options } = context.auth.credentials;
  const identity = typeof options?.['identity'] === 'string' ? options['identity'] : '';
  const answer = await context.sendCommand(
    `AUTH PLAIN ${Buffer.from(`${identity}\0${user}\0${pass}`).toString('base64')}`,
  );
  if (answer.status < 200 || answer.status > 299) {
    throw Object.assign(new Error('login refused'), { responseCode: answer.status, response: answer.response });
  }
}

const answersIn = ({ rejectedErrors = [] }: { rejectedErrors?: readonly unknown[] | undefined }): Accepted['answers'] =>
  rejectedErrors.flatMap((error) => {
    const { recipient, responseCode, response } = error as {
      recipient?: string;
      responseCode?: number;
      response?: string;
    };
    return recipient === undefined
      ? []
      : [{ address: recipient, code: responseCode ?? 0, words: wordsOf(response ?? '') }];
  });
