// A rule file's text to its groups, and everything that is wrong with the others: all mistakes at once, each with
// its place, the messages Prometheus'. A group with a mistake takes no other with it; whoever loads decides what that
// is worth. Reading files is the caller's.
import { Node, type Complain } from '../input/node.ts';
import { parseYamlStream } from '../input/yaml.ts';
import { goQuote } from '../model/go-quote.ts';
import { inOrder, type Problem } from '../model/problem.ts';
import { compileGroup, groupId, groupSubject } from './compile-group.ts';
import { FILE_KEYS, GROUP_KEYS, SPEC_KEYS } from './keys.ts';
import { DuplicateRules } from './lint.ts';
import type { GroupReads } from './lint-reads.ts';
import type { Reference } from './names.ts';
import type { RuleOptions } from './options.ts';
import type { Place } from './placed-doc.ts';
import { expectList, expectMapping, readText, refuseUnknownKeys } from './read.ts';
import type { RuleGroup } from './rule.ts';
import { unwrap, type GroupList } from './unwrap.ts';

export interface RuleSource {
  readonly file: string;
  readonly text: string;
}

export interface CompiledRuleFile {
  readonly groups: readonly RuleGroup[];
  /** Errors, in the order of the file. */
  readonly problems: readonly Problem[];
  /** Lints among them. */
  readonly warnings: readonly Problem[];
  /** The ids of groups that are there and were refused. */
  readonly refused: readonly string[];
  /** Something is wrong outside of groups that have a name: nobody knows which groups the file would have. */
  readonly isUnsure: boolean;
  /** Names whose bearers are not in the file: see checkNames(). */
  readonly references: readonly Reference[];
  /** What its groups read, for lintReads(); none unless lints are wanted. */
  readonly reads: readonly GroupReads[];
}

export function compileRuleFile(source: RuleSource, options: RuleOptions): CompiledRuleFile {
  const steps = compileInSteps(source, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Stops before each rule, so that who compiles many may do other things in between. */
export function* compileInSteps(source: RuleSource, options: RuleOptions): Generator<undefined, CompiledRuleFile> {
  const parsed = parseYamlStream(source.file, source.text);
  if (!parsed.ok) return ofNothing(parsed.problems);
  const file = new RuleFile(options);
  file.found.push(...parsed.warnings);
  const { lists, wrappers } = unwrap(parsed.value, source.file, file.found);
  if (options.target === 'prometheus') {
    for (const { kind, node } of wrappers) {
      const hint = 'its operator takes the groups out of the object';
      node.at('kind').error('rules/not-prometheus', `Prometheus reads no ${kind} objects and refuses the file`, hint);
    }
    if (parsed.value.length > 1) file.found.push(parsed.value[1]!.problem([], 'value', SECOND));
  }
  file.isUnsure = file.found.some(isError);
  for (const list of lists) yield* file.takeList(list);
  return file.result();
}

/** For what keeps a file from being read at all. */
export const unreadableRuleFile = (problem: Problem): CompiledRuleFile => ofNothing([problem]);

const ofNothing = (problems: readonly Problem[]): CompiledRuleFile => ({
  ...{ groups: [], problems, warnings: [], refused: [], isUnsure: true, references: [], reads: [] },
});

const SECOND = {
  severity: 'warning',
  code: 'rules/not-prometheus',
  message: 'Prometheus reads only the first document of a file: what follows is ignored',
} as const;

const UNDEFINED = { severity: 'error', code: 'rules/undefined-name' } as const;

const isError = ({ severity }: Problem): boolean => severity === 'error';

class RuleFile {
  readonly found: Problem[] = [];
  isUnsure = false;
  readonly #options: RuleOptions;
  readonly #groups: RuleGroup[] = [];
  readonly #refused: string[] = [];
  readonly #references: Reference[] = [];
  readonly #reads: GroupReads[] = [];
  readonly #duplicates: DuplicateRules;
  /** By file identity: objects in one file are files of their own. */
  readonly #names = new Map<string, Set<string>>();

  constructor(options: RuleOptions) {
    this.#options = options;
    this.#duplicates = new DuplicateRules(options.lint);
  }

  *takeList(list: GroupList): Generator<undefined, void> {
    const { holder } = list;
    const complain: Complain = (path, which, complaint) => {
      if (complaint.severity === 'error') this.isUnsure = true;
      this.found.push(list.doc.problem(path, which, complaint));
    };
    const root = new Node(holder.value, holder.path, complain);
    const isFile = holder.path.length === 0;
    if (!root.isMapping) {
      root.error('rules/wrong-kind', 'expected a mapping with "groups"', 'a rule file begins with "groups:"');
      return;
    }
    const [keys, what] = isFile ? [FILE_KEYS, 'a rule file'] : [SPEC_KEYS, 'spec'];
    refuseUnknownKeys(root, keys, { what, target: this.#options.target, elsewhere: [[GROUP_KEYS, 'a group']] });
    // mimirtool's: a file of rules among others that the same file may hold.
    const namespace = isFile ? readText(root.at('namespace'), 'namespace') : '';
    const file = namespace === '' ? list.file : `${list.file}/${namespace}`;
    const groups = root.at('groups');
    if (!expectList(groups, 'groups')) return;
    for (const entry of groups.items()) yield* this.#takeGroup(entry, { ...list, file });
  }

  *#takeGroup(entry: Node, list: GroupList): Generator<undefined, void> {
    const name = entry.at('name').text;
    let errors = 0;
    const complainAs =
      (subject: string): Complain =>
      (path, which, complaint) => {
        if (complaint.severity === 'error') errors++;
        this.found.push(list.doc.problem(path, which, { ...complaint, message: `${subject}${complaint.message}` }));
      };
    const about = (node: Node, subject: string): Node => new Node(node.value, node.path, complainAs(subject));
    const references: Omit<Reference, 'group'>[] = [];
    const node = about(entry, groupSubject(name));
    const isShaped = this.#checkName(about(entry, ''), list.file);
    const place: Place = ({ path }, complaint) => list.doc.problem(path, 'value', complaint);
    const compiled = isShaped
      ? yield* compileGroup(node, {
          options: this.#options,
          file: list.file,
          position: ({ path }) => list.doc.position(path, 'value'),
          errors: () => errors,
          about,
          place,
          refer: (at, subject, what) => {
            const message = `${subject}undefined ${what} ${goQuote(at.text)}`;
            references.push({ what, name: at.text, problem: place(at, { ...UNDEFINED, message }) });
          },
        })
      : null;
    const group = compiled?.group.id ?? null;
    this.#references.push(...references.map((reference) => ({ ...reference, group })));
    if (compiled !== null) {
      this.#groups.push(compiled.group);
      if (this.#options.lint !== 'none') this.#reads.push(compiled);
      this.#duplicates.take(compiled.group, about(entry, ''));
    } else if (name === '') this.isUnsure = true;
    else this.#refused.push(groupId(list.file, name));
  }

  /** False when there is nothing to look into. */
  #checkName(entry: Node, file: string): boolean {
    if (!entry.isSet || !expectMapping(entry, 'a group')) {
      if (!entry.isSet) entry.error('rules/required', 'Groupname must not be empty', 'the list entry is empty');
      return false;
    }
    const place = entry.at('name');
    const name = readText(place, 'name');
    const names = this.#names.getOrInsertComputed(file, () => new Set());
    if (name === '' && (!place.isSet || typeof place.value === 'string')) {
      (place.value === undefined ? entry : place).error('rules/required', 'Groupname must not be empty');
    } else if (names.has(name)) {
      place.error('rules/duplicate-group', `groupname: ${goQuote(name)} is repeated in the same file`);
    }
    names.add(name);
    return true;
  }

  result(): CompiledRuleFile {
    const found = inOrder(this.found);
    return {
      groups: this.#groups,
      problems: found.filter(isError),
      warnings: found.filter((problem) => !isError(problem)),
      refused: this.#refused,
      isUnsure: this.isUnsure,
      references: this.#references,
      reads: this.#reads,
    };
  }
}
