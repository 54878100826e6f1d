// A draft as people may see it: what would leave, with `<secret>` where secrets go.
import type { Instant } from '../model/time.ts';
import type { Draft } from './draft.ts';
import type { Mail } from './email/request.ts';
import type { HttpPost } from './http/request.ts';

export type Preview = Readonly<Record<string, unknown>>;

/** Where a URL is the secret something must stand that is one. */
const SECRET_URL = 'https://secret.invalid';

export function previewOf(draft: Draft, at: Instant): Preview {
  switch (draft.kind) {
    case 'file':
      return { kind: 'file', folder: draft.request.folder, name: draft.request.name, body: draft.request.body };
    case 'http':
      return previewOfPost(draft.request, at);
    case 'mail':
      return { kind: 'mail', ...previewOfMail(draft.request) };
    case 'slack': {
      const { request } = draft;
      if (request.kind === 'webhook') return previewOfPost(request.post, at);
      const { channel, decision, body, reply } = request;
      return { kind: 'slack', channel, does: decision.kind, because: decision.reason, body, reply };
    }
    case 'refused':
      return { kind: 'refused', detail: draft.detail };
  }
}

function previewOfMail({ smarthost: { host, port }, from, recipients, headers, text, html }: Mail): Preview {
  const named = headers.map(({ name, value }) => [name, typeof value === 'string' ? value : listed(value)] as const);
  return { smarthost: `${host}:${port}`, from, to: recipients, headers: Object.fromEntries(named), text, html };
}

const listed = (addresses: readonly { readonly name: string; readonly address: string }[]): string =>
  addresses.map(({ name, address }) => (name === '' ? address : `${JSON.stringify(name)} <${address}>`)).join(', ');
function previewOfPost(post: HttpPost, at: Instant): Preview {
  const wire = post.write((name) => (name.includes('url') ? SECRET_URL : '<secret>'), at);
  if (wire.kind !== 'wire') return { kind: 'refused', detail: wire.detail };
  const { method, url, headers, body } = wire;
  return { kind: 'http', method, url: url.replace(SECRET_URL, '<secret>'), headers, body };
}
