// A machine in AWS as a message to SNS finds it: variables, files, and peers whose answers are given.
import type { IntegrationEntry } from '../../src/config/config.ts';
import type { Outcome } from '../../src/notify/outcome.ts';
import type { HttpResult } from '../../src/ports/http-client.ts';
import { element } from './integration-scene.ts';
import { Peer, saying } from './played.ts';

export const AT_EIGHT = '2026-11-20T08:00:00Z';
export const published = saying('<PublishResponse><MessageId>m-1</MessageId></PublishResponse>');

export const fromSts = (key: string): HttpResult =>
  saying(
    `<Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>hidden-key</SecretAccessKey><SessionToken>hidden-session-${key}</SessionToken><Expiration>${AT_EIGHT}</Expiration></Credentials>`,
  );
export const inJson = (key: string, ends: string | null = AT_EIGHT): HttpResult =>
  saying({ AccessKeyId: key, SecretAccessKey: 'hidden-key', Token: `hidden-session-${key}`, Expiration: ends });
export const noAnswer = (message: string): HttpResult => ({ kind: 'failure', sent: true, reason: 'timeout', message });

export interface Setup {
  readonly sigv4?: string;
  /** HOME is /h and the region eu-west-1, unless it is said here. */
  readonly env?: Readonly<Record<string, string>>;
  /** Of /h/.aws. */
  readonly config?: string;
  readonly credentials?: string;
  readonly files?: Readonly<Record<string, string>>;
}

export function peerOf({ env = {}, config, credentials, files = {} }: Setup): Peer {
  const peer = new Peer();
  for (const entry of Object.entries({ HOME: '/h', AWS_REGION: 'eu-west-1', ...env })) peer.variables.set(...entry);
  if (config !== undefined) peer.files.set('/h/.aws/config', config);
  if (credentials !== undefined) peer.files.set('/h/.aws/credentials', credentials);
  for (const entry of Object.entries(files)) peer.files.set(...entry);
  return peer;
}

export const entryOf = ({ sigv4 = '' }: Setup): IntegrationEntry =>
  element('sns_configs', `topic_arn: arn:aws:sns:eu-west-1:1:T\nsigv4: {${sigv4}}`);

export async function sendFrom(
  setup: Setup,
  answers: readonly HttpResult[],
): Promise<{ readonly peer: Peer; readonly outcome: Outcome }> {
  const peer = peerOf(setup);
  return { peer, outcome: await peer.send(entryOf(setup), answers) };
}

/** The access key of each request; '-' where none is signed with one. */
export const signers = ({ asked }: Peer): readonly string[] =>
  asked.map(({ headers }) => /Credential=(\w+)\//.exec(headers['Authorization'] ?? '')?.[1] ?? '-');

export const forms = ({ asked }: Peer): readonly Readonly<Record<string, string>>[] =>
  asked.map(({ body }) => Object.fromEntries(new URLSearchParams(String(body))));
