// The profiles of this machine: those of ~/.aws/config, over them what ~/.aws/credentials has.
import type { Problem } from '../../model/problem.ts';
import type { Machine, Reader } from '../http/request.ts';
import { parseIni, type IniSection, type IniValue } from './ini.ts';

export interface Profile {
  readonly name: string;
  readonly values: IniSection;
  /** One key of the two that go together. */
  readonly lone: IniValue | null;
}

export interface Profiles {
  readonly byName: ReadonlyMap<string, Profile>;
  /** Sections of endpoints, which profiles name. */
  readonly services: ReadonlyMap<string, IniSection>;
  /** The files, and what is wrong with them, for people. */
  readonly where: string;
}

export const textOf = (profile: Profile | undefined, key: string): string => profile?.values.get(key)?.text ?? '';

/** Of configuration and of credentials; '' when nothing says where. */
function sharedPaths(variable: Reader): readonly [config: string, credentials: string] {
  const home = variable('HOME');
  const inHome = (name: string): string => (home === '' ? '' : `${home}/.aws/${name}`);
  return [
    variable('AWS_CONFIG_FILE') || inHome('config'),
    variable('AWS_SHARED_CREDENTIALS_FILE') || inHome('credentials'),
  ];
}

export const sharedFiles = (variable: Reader): readonly string[] => sharedPaths(variable).filter((path) => path !== '');

export function readProfiles({ variable, files }: Machine): Profiles {
  const paths = sharedPaths(variable);
  const [config, credentials] = paths.map((path) => sectionsOf(path, files.get(path))) as [Sections, Sections];
  const configured = new Map([...config].flatMap(([name, section]) => (name === 'default' ? [[name, section]] : [])));
  for (const [name, section] of under(config, 'profile ')) configured.set(name, section);
  const names = new Set([
    ...configured.keys(),
    ...[...credentials.keys()].filter((name) => !name.startsWith('profile ')),
  ]);
  return {
    byName: new Map([...names].map((name) => [name, profileOf(name, configured.get(name), credentials.get(name))])),
    services: under(config, 'services '),
    where: paths.every((path) => path === '')
      ? 'HOME is not set'
      : sharedFiles(variable)
          .map((path) => stateOf(path, files.get(path)))
          .join(', '),
  };
}

type Sections = ReadonlyMap<string, IniSection>;

const sectionsOf = (path: string, read: string | Problem | undefined): Sections =>
  typeof read === 'string' ? parseIni(path, read) : new Map();

/** Without what their names begin with. */
const under = (sections: Sections, prefix: string): Sections =>
  new Map(
    [...sections].flatMap(([name, section]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), section]] : [])),
  );

function profileOf(name: string, config: IniSection | undefined, credentials: IniSection | undefined): Profile {
  const values = new Map([...(config ?? []), ...(credentials ?? [])]);
  const keys = ['aws_access_key_id', 'aws_secret_access_key'].flatMap((key) => (credentials ?? config)?.get(key) ?? []);
  return { name, values, lone: keys.length === 1 ? keys[0]! : null };
}

function stateOf(path: string, read: string | Problem | undefined): string {
  if (read === undefined || typeof read === 'string') return path;
  return read.at === null ? read.message : `${read.at.file}:${read.at.line}: ${read.message}`;
}
