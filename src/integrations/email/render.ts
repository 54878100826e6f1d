// What a mail says: text and HTML side by side, the headers that let mail programs put an episode together and sort
// it, and who it is for. Where the file words nothing itself, the words are ours, unless the user's template files
// define upstream's name anew.
import type { SecretSource, TlsConfig } from '../../outbound/http-config.ts';
import { refusedDraft, type Draft } from '../draft.ts';
import type { Scene } from '../scene.ts';
import { parseAddressList, type MailAddress } from './address.ts';
import { fittedBodies, shortened } from './bodies.ts';
import { mailHeaders } from './headers.ts';
import { readMemory, startOf } from './memory.ts';
import type { Login, Smarthost } from './request.ts';
import { episodeOf, splitSubject } from './thread.ts';

export const DEFAULT_SUBJECT = '{{ template "email.default.subject" . }}';
export const DEFAULT_HTML = '{{ template "email.default.html" . }}';

export interface EmailValues {
  readonly to: string;
  readonly from: string;
  readonly replyTo: string;
  readonly hello: string;
  readonly smarthost: { readonly host: string; readonly port: number };
  readonly authUsername: string;
  readonly authPassword: SecretSource | null;
  readonly authSecret: SecretSource | null;
  readonly authIdentity: string;
  readonly headers: { readonly own: ReadonlyMap<string, string> };
  /** null: the default. '': no such part. */
  readonly html: string | null;
  readonly text: string | null;
  readonly requireTls: boolean;
  readonly tls: TlsConfig;
  /** null: TLS from the start on port 465. */
  readonly forceImplicitTls: boolean | null;
  readonly threading: { readonly enabled: boolean; readonly byDate: string };
}

export function renderEmail(values: EmailValues, scene: Scene): Draft {
  const { message } = scene;
  const from = parseAddressList(scene.address(values.from));
  const [sender] = from.addresses;
  if (sender === undefined || from.addresses.length + from.faults.length !== 1) {
    const count = from.addresses.length + from.faults.length;
    return refusedDraft([`must be exactly one 'from' address (got: ${count})`, ...from.faults].join('; '));
  }
  const to = parseAddressList(scene.address(values.to));
  if (to.addresses.length === 0) return refusedDraft(["no usable 'to' address", ...to.faults].join('; '));

  const memory = readMemory(scene.memo);
  const known = memory.progress?.key === message.idempotencyKey ? memory.progress : null;
  const progress = known ?? { ...startOf(message.idempotencyKey), refused: to.faults.map(faulty) };
  const done = new Set([...progress.delivered, ...progress.refused.map(({ address }) => address)]);

  const template = subjectOf(values, scene);
  const subject = subjectLine(template, scene);
  const { state, stem } = splitSubject(subject);
  const own = { id: `<${message.idempotencyKey}@${domainOf(sender)}>`, stem: template === OUR_SUBJECT ? stem : '' };
  const thread = values.threading.enabled ? null : episodeOf(memory.thread, message, own);
  const bodies = fittedBodies(values, scene);
  return {
    kind: 'mail',
    request: {
      smarthost: smarthostOf(values),
      from: sender.address,
      recipients: to.addresses.map(({ address }) => address).filter((address) => !done.has(address)),
      headers: mailHeaders({
        ...{ scene, sender, to: to.addresses, id: own.id, thread, own: values.headers.own },
        subject: thread === null || thread.stem === '' || own.stem === '' ? subject : state + thread.stem,
        replyTo: parseAddressList(scene.text(values.replyTo)).addresses,
        threading: values.threading,
      }),
      ...bodies,
      shorter: shortened(scene, bodies.text),
      ...{ progress, threadBefore: memory.thread, thread },
    },
  };
}

/** What is no address at all is told like a refusal of the other side. */
const faulty = (fault: string): { address: string; words: string } => ({ address: fault, words: '' });

const domainOf = ({ address }: MailAddress): string => address.slice(address.lastIndexOf('@') + 1);

const OUR_SUBJECT = '{{ template "belfry.email.subject" . }}';

function subjectOf({ headers }: EmailValues, { templates }: Scene): string {
  const otherwise = templates.isOverridden('email.default.subject') ? DEFAULT_SUBJECT : OUR_SUBJECT;
  return headers.own.get('Subject') ?? otherwise;
}

/** Of a plain rendering, its first. */
function subjectLine(template: string, scene: Scene): string {
  const rendered = scene.body(template).trim();
  return scene.plainBecause === null ? rendered : rendered.split('\n', 1)[0]!;
}

function smarthostOf(values: EmailValues): Smarthost {
  const { smarthost, hello, requireTls, forceImplicitTls, tls } = values;
  const isImplicit = forceImplicitTls ?? smarthost.port === 465;
  const login: Login = {
    username: values.authUsername,
    identity: values.authIdentity,
    password: values.authPassword,
    secret: values.authSecret,
  };
  return {
    ...{ host: smarthost.host, port: smarthost.port, hello, tls },
    security: isImplicit ? 'implicit' : requireTls ? 'starttls' : 'none',
    login: login.username === '' ? null : login,
  };
}
