// A draft as people may see it: what would leave, with `<secret>` where secrets go.
import type { Instant } from '../model/time.ts';
import type { Draft } from './draft.ts';

export type Preview = Readonly<Record<string, unknown>>;

/** Where a URL is the secret something must stand that is one. */
const SECRET_URL = 'https://secret.invalid';

export function previewOf(draft: Draft, at: Instant): Preview {
  switch (draft.kind) {
    case 'file':
      return { kind: 'file', folder: draft.request.folder, name: draft.request.name, body: draft.request.body };
    case 'http': {
      const wire = draft.request.write((name) => (name.includes('url') ? SECRET_URL : '<secret>'), at);
      if (wire.kind !== 'wire') return { kind: 'refused', detail: wire.detail };
      return { ...wire, kind: 'http', url: wire.url.replace(SECRET_URL, '<secret>') };
    }
    case 'refused':
      return { kind: 'refused', detail: draft.detail };
  }
}
