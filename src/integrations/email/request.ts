// A mail as it is about to leave, as data: rendered whole, for a sender that only carries it.
import type { SecretSource, TlsConfig } from '../../outbound/http-config.ts';
import type { MailAddress } from './address.ts';
import type { Progress, Thread } from './memory.ts';

/** Where mails are handed in, and as whom. */
export interface Smarthost {
  readonly host: string;
  readonly port: number;
  /** What we say our name is. */
  readonly hello: string;
  /** TLS from the start, TLS by STARTTLS or not at all, or never. */
  readonly security: 'implicit' | 'starttls' | 'none';
  readonly tls: TlsConfig;
  /** null: without telling who we are. */
  readonly login: Login | null;
}

export interface Login {
  readonly username: string;
  readonly identity: string;
  readonly password: SecretSource | null;
  /** For CRAM-MD5. */
  readonly secret: SecretSource | null;
}

export interface MailHeader {
  readonly name: string;
  /** Addresses; of List-Id, the list. */
  readonly value: string | readonly MailAddress[];
}

export interface Mail {
  readonly smarthost: Smarthost;
  readonly from: string;
  /** Those who have not got it yet. */
  readonly recipients: readonly string[];
  readonly headers: readonly MailHeader[];
  /** Either may be empty: then there is no such part. */
  readonly text: string;
  readonly html: string;
  /** What goes out, as text alone, when the other side says that the mail is too big. */
  readonly shorter: string;
  readonly progress: Progress;
  /** The thread before, and as it is once everybody has the mail. */
  readonly threadBefore: Thread | null;
  readonly thread: Thread | null;
}
