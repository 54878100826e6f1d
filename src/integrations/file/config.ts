// file_configs (ours): each message becomes a JSON file in a folder, with a list of the newest beside them. An
// outbox one can look into: for a first try, for debugging routes, for whatever picks files up.
import type { Form } from '../form/form.ts';
import { integrationKind } from '../form/kind.ts';
import { fileRequest } from './request.ts';

/** Relative to the configuration file's folder, unlike other files of integrations: it is ours to say. */
const folder: Form<string> = {
  properties: (key) => ({ [key]: { type: ['string', 'null'] } }),
  read: (section, key, { baseDir }) => {
    const path = section.text(key);
    if (path !== '') return section.file(path, baseDir);
    const hint = 'name the folder that messages are written into';
    section.refuse(key, 'config/required', 'missing path in file config', hint);
    return undefined;
  },
  print: (key, path) => [[key, path]],
};

export const file = integrationKind({
  kind: 'file',
  sendResolvedDefault: true,
  table: { path: folder },
  render: ({ path }, { message }) => ({ kind: 'file', request: fileRequest(path, message) }),
});
