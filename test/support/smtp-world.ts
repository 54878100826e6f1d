// The other side of a mail sender, in process: a real SMTP server that remembers what it took, and raw sockets for
// servers that behave badly. Everything closes with the world.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerAuthentication, type SMTPServerOptions } from 'smtp-server';
import { fixture } from './http-world.ts';

export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly isSecure: boolean;
  readonly user: string | null;
  /** The name of the server it was sent to, as TLS told it. */
  readonly servername: string | null;
  /** The connection it came by, counted from 1. */
  readonly connection: number;
}

/** What it says to one address, or to the mail once it is all there; null is yes. */
export interface Manners {
  readonly recipient?: (address: string) => string | null;
  readonly sender?: (address: string) => string | null;
  readonly mail?: (raw: string) => string | null;
  readonly options?: SMTPServerOptions;
}

type Script = Readonly<Record<string, string | null | ((socket: Socket) => void)>>;

/** `550 5.1.1 no such user` */
const refusal = (answer: string): Error =>
  Object.assign(new Error(answer.slice(4)), { responseCode: Number(answer.slice(0, 3)) });

export class SmtpWorld implements AsyncDisposable {
  readonly #closers: (() => Promise<void>)[] = [];
  readonly received: Received[] = [];
  /** Lines that scripted servers were told. */
  readonly heard: string[] = [];
  readonly #listeners = new Map<string, () => void>();
  /** How many connections there have been. */
  connections = 0;

  /** Its port. */
  async serve({ recipient, sender, mail, options = {} }: Manners = {}): Promise<number> {
    const numbers = new Map<string, number>();
    const server = new SMTPServer({
      authOptional: true,
      hideENHANCEDSTATUSCODES: true,
      key: fixture('tls/server.key'),
      cert: fixture('tls/server.crt'),
      logger: false,
      onConnect: ({ id }, done) => {
        numbers.set(id, ++this.connections);
        done();
      },
      onAuth: (login, _session, done) => {
        if (isRight(login)) done(null, { user: login.username });
        else done(refusal('535 5.7.8 authentication failed'));
      },
      onMailFrom: ({ address }, _session, done) => done(answerOf(sender?.(address))),
      onRcptTo: ({ address }, _session, done) => done(answerOf(recipient?.(address))),
      onData: (stream, { id, envelope, secure, user, servername }, done) => {
        void buffer(stream).then((bytes) => {
          const raw = bytes.toString();
          const no = mail?.(raw) ?? null;
          if (no !== null) return done(refusal(no));
          this.received.push({
            from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
            to: envelope.rcptTo.map(({ address }) => address),
            ...{
              raw,
              isSecure: secure,
              user: typeof user === 'string' ? user : null,
              servername: typeof servername === 'string' ? servername : null,
              connection: numbers.get(id) ?? 0,
            },
          });
          done(null, `Ok: queued as ${this.received.length}`);
        });
      },
      ...options,
    });
    server.on('error', () => {});
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    this.#closers.push(() => new Promise((closed) => server.close(closed)));
    return (server.server.address() as AddressInfo).port;
  }

  /** Raw bytes. */
  async serveRaw(handler: (socket: Socket) => void, host = '127.0.0.1'): Promise<number> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      this.connections++;
      sockets.add(socket);
      socket.on('error', () => {});
      handler(socket);
    });
    server.listen(0, host);
    await once(server, 'listening');
    this.#closers.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    });
    return (server.address() as AddressInfo).port;
  }

  /** Talks by a table: for a command it says that; null says nothing. `.` is the end of a mail. */
  serveScript(script: Script, host?: string): Promise<number> {
    const talk = (socket: Socket): void => {
      const say = (key: string): void => {
        const answer = script[key];
        if (typeof answer === 'function') answer(socket);
        else if (answer !== null && answer !== undefined) socket.write(`${answer}\r\n`);
      };
      let [text, isMail] = ['', false];
      say('greeting');
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        for (let end = text.indexOf('\r\n'); end !== -1; end = text.indexOf('\r\n')) {
          const line = text.slice(0, end);
          text = text.slice(end + 2);
          if (isMail && line !== '.') continue;
          if (line === 'DATA') isMail = true;
          const key = isMail && line === '.' ? '.' : line.split(/[ :]/, 1)[0]!.toUpperCase();
          if (key === '.') isMail = false;
          this.heard.push(line);
          this.#listeners.get(key)?.();
          say(key);
        }
      });
    };
    return this.serveRaw(talk, host);
  }

  /** A scripted server has heard the command. */
  hears(key: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#listeners.set(key, resolve);
    return promise;
  }

  /** The mails as a mail program reads them. */
  mails(): Promise<readonly Email[]> {
    return Promise.all(this.received.map(({ raw }) => readMail(raw)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#closers.map((close) => close()));
  }
}

export const PASSWORD = 'hunter2-hunter2';
export const CRAM_SECRET = 'cram-secret-7';

export const readMail = (raw: string | Buffer): Promise<Email> => PostalMime.parse(raw);

export const headerOf = (mail: Email, name: string): string | null =>
  mail.headers.find(({ key }) => key === name.toLowerCase())?.value ?? null;

/** The one login that there is, by password or by what CRAM-MD5 makes of the secret. */
export const isRight = (login: SMTPServerAuthentication): boolean =>
  login.username === 'belfry' && (login.password === PASSWORD || login.validatePassword?.(CRAM_SECRET) === true);

const answerOf = (answer: string | null | undefined): Error | null =>
  answer === null || answer === undefined ? null : refusal(answer);
