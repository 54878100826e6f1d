import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, importViolations, packageOf } from './import-rules.ts';
import { vendors, zones } from './import-table.ts';
import { readTree, repository, sourceFile } from './source-text.ts';

const files = readTree('src');

describe('the import table', () => {
  it('is kept by every file of src', () => {
    expect(files.flatMap(importViolations)).toEqual([]);
  });

  it('was compared with a whole tree, not with an empty one', () => {
    const edges = files.flatMap(importsOf);
    expect(files.length).toBeGreaterThanOrEqual(60);
    expect(edges.length).toBeGreaterThanOrEqual(200);
    expect(edges.filter((edge) => edge.typeOnly).length).toBeGreaterThanOrEqual(60);
  });

  it('names no folder and no file that is gone', () => {
    const named = zones.flatMap((zone) => [...zone.files, ...zone.may, ...(zone.mayTypes ?? [])]);
    const plain = [...new Set(named)].filter((path) => !/[*<]/.test(path));
    expect(plain.filter((path) => !existsSync(join(repository, 'src', path)))).toEqual([]);
  });

  it('has a row for each dependency of package.json and no other', () => {
    const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const rows = vendors.map((vendor) => vendor.package).filter((name) => !name.startsWith('node:'));
    expect(rows.toSorted()).toEqual(Object.keys(manifest.dependencies).toSorted());
  });

  it('is read by `packageOf()` with scopes and inner paths understood', () => {
    expect(['ajv/dist/2020.js', '@slack/web-api/x', 'node:fs/promises'].map(packageOf)).toEqual([
      'ajv',
      '@slack/web-api',
      'node:fs/promises',
    ]);
  });
});

const planted: readonly (readonly [title: string, path: string, text: string, says: string])[] = [
  [
    'a model file that imports a folder of ours',
    'src/model/x.ts',
    "import { a } from '../input/yaml.ts';",
    'model may not import input/yaml.ts',
  ],
  [
    'the same with a type import',
    'src/model/x.ts',
    "import type { A } from '../input/yaml.ts';",
    'model may not import input/yaml.ts',
  ],
  [
    'an import over several lines',
    'src/route/x.ts',
    "import {\n  a,\n  b,\n} from '../engine/loop.ts';",
    'route may not import engine/loop.ts',
  ],
  ['a re-export', 'src/mute/x.ts', "export { a } from '../notify/plan.ts';", 'mute may not import notify/plan.ts'],
  [
    'a re-export of everything',
    'src/mute/x.ts',
    "export * from '../notify/plan.ts';",
    'mute may not import notify/plan.ts',
  ],
  ['a side-effect import', 'src/http/x.ts', "import '../adapters/log.ts';", 'http may not import adapters/log.ts'],
  [
    'an import inside a function',
    'src/engine/x.ts',
    "const a = await import('../adapters/log.ts');",
    'engine may not import adapters/log.ts',
  ],
  [
    'a type taken with import()',
    'src/model/x.ts',
    "type A = import('../notify/plan.ts').Plan;",
    'model may not import notify/plan.ts',
  ],
  ['a computed import', 'src/engine/x.ts', 'const a = await import(name);', 'cannot be checked'],
  ['a way around import', 'src/engine/x.ts', "import { createRequire } from 'node:module';", 'no gate sees'],
  ['a value where only types may pass', 'src/history/x.ts', "import { plan } from '../notify/plan.ts';", 'only types'],
  ['a value among inline types', 'src/history/x.ts', "import { type Plan } from '../notify/plan.ts';", 'only types'],
  [
    'a port that imports a value',
    'src/ports/x.ts',
    "import { Labels } from '../model/labels.ts';",
    '"import type" only',
  ],
  [
    'an integration that knows another',
    'src/integrations/slack/render.ts',
    "import { a } from '../webhook/render.ts';",
    'may not import integrations/webhook/render.ts',
  ],
  [
    'a rendering half that loads its sender',
    'src/integrations/slack/render.ts',
    "import { send } from './send.ts';",
    'may not import integrations/slack/send.ts',
  ],
  [
    'an integration that reads the configuration',
    'src/integrations/slack/config.ts',
    "import type { Config } from '../../config/config.ts';",
    'may not import config/config.ts',
  ],
  [
    'someone who imports app.ts',
    'src/http/x.ts',
    "import { createApp } from '../app.ts';",
    'http may not import app.ts',
  ],
  ['someone who imports main.ts', 'src/cli/x.ts', "import { main } from '../main.ts';", 'cli may not import main.ts'],
  ['an import from the tests', 'src/engine/x.ts', "import { a } from '../../test/support/builders.ts';", 'leaves src'],
  [
    'a second importer of a package',
    'src/config/x.ts',
    "import { parseDocument } from 'yaml';",
    'yaml is imported by input/yaml.ts',
  ],
  [
    'an inner path of a package',
    'src/config/x.ts',
    "import Ajv from 'ajv/dist/2020.js';",
    'ajv is imported by input/schema.ts only',
  ],
  [
    'a type of a package outside its files',
    'src/engine/x.ts',
    "import type { Logger } from 'pino';",
    'pino is imported by adapters/log.ts only',
  ],
  [
    'a value where only types of a package may pass',
    'src/http/x.ts',
    "import fastify from 'fastify';",
    'fastify is imported by http/server.ts only',
  ],
  [
    'SQLite above its adapter',
    'src/engine/x.ts',
    "import { DatabaseSync } from 'node:sqlite';",
    'node:sqlite is imported by adapters/sqlite/ only',
  ],
  [
    'a package nobody decided on',
    'src/engine/x.ts',
    "import { debounce } from 'lodash';",
    'lodash is not in the import table',
  ],
  ['a folder nobody decided on', 'src/lib/x.ts', '', 'no zone of the import table covers this file'],
];

describe('`importViolations()`', () => {
  it.each(planted)('refuses %s', (_title, path, text, says) => {
    const found = importViolations(sourceFile(path, text));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(says);
  });

  it.each([
    ['a type of a package where types may pass', 'src/http/x.ts', "import type { FastifyReply } from 'fastify';"],
    [
      'an integration’s own pure half in its sender',
      'src/integrations/slack/send.ts',
      "import { a } from './render.ts';",
    ],
    ['a method that is called require', 'src/engine/x.ts', 'this.require(writes); store.import(rows);'],
    ['an import that stands in a comment', 'src/model/x.ts', "// import { a } from '../input/yaml.ts';"],
    ['an import that stands in a string', 'src/model/x.ts', 'const a = "import { a } from \'../input/yaml.ts\'";'],
  ])('lets pass %s', (_title, path, text) => {
    expect(importViolations(sourceFile(path, text))).toEqual([]);
  });
});
