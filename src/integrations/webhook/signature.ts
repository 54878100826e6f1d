// A webhook's signature, by which its receiver knows that a message is ours and whole. `standard` is what Standard
// Webhooks describes (standardwebhooks.com), `github` what GitHub's own webhooks send. While keys are changed a message
// carries the signatures of both, so that nobody has to change them at one instant.
import { createHmac } from 'node:crypto';
import { Buffer } from 'node:buffer';
import { CommentedOut } from '../../input/print-yaml.ts';
import type { Instant } from '../../model/time.ts';
import { table } from '../form/nested.ts';
import { secret } from '../form/secret.ts';
import { oneOf } from '../form/text.ts';
import type { Form, Values } from '../form/form.ts';

const forms = {
  style: oneOf(['standard', 'github'], 'standard'),
  secret: secret({ required: 'one of secret or secret_file must be configured in signature' }),
  old_secret: secret({}),
};

export type Signature = Values<typeof forms>;

const plain = table(forms);

/** signature: ours, so amtool must not see it. */
export const signature: Form<Signature | null> = {
  ...plain,
  print: (key, value) => plain.print(key, value).map(([name, printed]) => [name, new CommentedOut(printed)] as const),
};

export interface Signed {
  readonly id: string;
  readonly at: Instant;
  readonly body: string;
}

/** @param secrets the current one first */
export function signatureHeaders(
  style: Signature['style'],
  secrets: readonly string[],
  { id, at, body }: Signed,
): Readonly<Record<string, string>> {
  if (style === 'github') {
    // Its header holds one: the current key's.
    return { 'X-Hub-Signature-256': `sha256=${createHmac('sha256', secrets[0]!).update(body).digest('hex')}` };
  }
  const timestamp = String(Math.floor(at / 1000));
  const signatures = secrets.map((text) => {
    const mac = createHmac('sha256', keyOf(text)).update(`${id}.${timestamp}.${body}`);
    return `v1,${mac.digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

const PREFIX = 'whsec_';

/** Keys of that prefix are base64; any other text is a key as it stands. */
const keyOf = (text: string): Buffer =>
  text.startsWith(PREFIX) ? Buffer.from(text.slice(PREFIX.length), 'base64') : Buffer.from(text);
