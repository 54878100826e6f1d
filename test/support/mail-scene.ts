// One email integration, from the YAML of its element to the mail, and to a server of a test.
import { systemFiles } from '../../src/adapters/files.ts';
import { readSecret } from '../../src/adapters/http-auth.ts';
import { readTlsOptions } from '../../src/adapters/tls.ts';
import type { Mail } from '../../src/integrations/email/request.ts';
import { createMailSender, type MailSenderParts } from '../../src/integrations/email/send.ts';
import type { SceneParts } from '../../src/integrations/scene.ts';
import type { Message } from '../../src/notify/message.ts';
import { draft, element, sampleMessage, type Setting } from './integration-scene.ts';

export function mailOf(
  yaml: string,
  message: Message = sampleMessage(),
  over: Partial<SceneParts> & Setting = {},
): Mail {
  const { receiver, global, ...parts } = over;
  const setting = { ...(receiver === undefined ? {} : { receiver }), ...(global === undefined ? {} : { global }) };
  const { draft: made } = draft(element('email_configs', yaml, setting), message, parts);
  if (made.kind !== 'mail') throw new Error(`a draft of kind ${made.kind}: ${'detail' in made ? made.detail : ''}`);
  return made.request;
}

/** A header of the draft, as text. */
export function header(mail: Mail, name: string): string | null {
  const found = mail.headers.find((each) => each.name === name)?.value ?? null;
  if (found === null || typeof found === 'string') return found;
  return found.map((each) => (each.name === '' ? each.address : `${each.name} <${each.address}>`)).join(', ');
}

export const mailSender = (over: Partial<MailSenderParts> = {}): ReturnType<typeof createMailSender> =>
  createMailSender({
    secret: (source, what) => readSecret(systemFiles, source, what),
    tls: (config) => readTlsOptions(systemFiles, config),
    ...over,
  });

/** The element for a server of a test; `more` takes the place of what it says anew. */
export function smarthostYaml(port: number, more = ''): string {
  const ours = ['to: oncall@example.org', 'from: Belfry <belfry@example.org>', `smarthost: localhost:${port}`];
  const said = new Set(more.split('\n').map((line) => line.split(':', 1)[0]));
  return [...ours.filter((line) => !said.has(line.split(':', 1)[0])), more].join('\n');
}

export const OUR_CA = new URL('../fixtures/tls/ca.crt', import.meta.url).pathname;
