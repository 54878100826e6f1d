// file_configs (ours): each message becomes a JSON file in a folder, with a list of the newest beside them. An
// outbox one can look into: for a first try, for debugging routes, for whatever picks files up.
import { Section } from '../../outbound/section.ts';
import type { IntegrationKindDef } from '../integration.ts';

export interface FileConfig {
  readonly kind: 'file';
  /** path: the folder, relative to the configuration file's. */
  readonly path: string;
}

const text = { type: ['string', 'null'] };

export const file: IntegrationKindDef<'file', FileConfig> = {
  kind: 'file',
  key: 'file_configs',
  sendResolvedDefault: true,
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: { send_resolved: { ...text, format: 'bool' }, path: text },
  },
  compile: (value, path, context) => {
    const section = Section.open(value, path, context.report, context.baseDir);
    const folder = section.text('path');
    if (folder === '') {
      section.refuse(
        'path',
        'config/required',
        'missing path in file config',
        'name the folder that messages are written into',
      );
      return null;
    }
    return { kind: 'file', path: section.file(folder) };
  },
  print: ({ path }) => [['path', path]],
};
