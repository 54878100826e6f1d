// A configuration file's text to the compiled Config, or everything that is wrong with it: all mistakes at once,
// each with its place. The parts are compiled in their own files; this one puts them together. Reading the file
// and the files it names is the caller's.
import { hash } from 'node:crypto';
import { dirname } from 'node:path';
import type { Doc } from '../input/doc.ts';
import { Hiding, withHiddenExcerpts } from '../input/hidden-excerpt.ts';
import { SecretKeys } from '../input/secret-places.ts';
import { compileSchema } from '../input/schema.ts';
import { parseYaml } from '../input/yaml.ts';
import { PATTERN_HINT, patternFault } from '../model/file-pattern.ts';
import { goQuote } from '../model/go-quote.ts';
import type { MatcherMode } from '../model/matcher-parse.ts';
import { inOrder, type Checked, type Problem } from '../model/problem.ts';
import type { DurationMs } from '../model/time.ts';
import type { Config, FilesPattern, TemplateText } from './config.ts';
import { filesPattern, type FilesContext } from './files-pattern.ts';
import { compileEventRecorder } from './event-recorder.ts';
import { compileGlobal } from './global.ts';
import { withImplicitRoute } from './implicit-route.ts';
import { compileInhibitRules } from './inhibit.ts';
import { compileIntervals } from './intervals.ts';
import { Node, type Complain } from '../input/node.ts';
import { printOriginal } from './original.ts';
import { compileReceivers, type ReceiverContext } from './receivers.ts';
import { compileRoute } from './route.ts';
import { compileRules } from './rules.ts';
import { configSchema } from './schema.ts';
import { tlsUses } from './tls-uses.ts';
import { compileTracing } from './tracing.ts';

export interface ConfigSource {
  readonly file: string;
  readonly text: string;
}

export interface ConfigOptions {
  readonly matcherMode: MatcherMode;
  /** --data.retention: for the warning about a repeat_interval beyond it. */
  readonly retention: DurationMs;
}

export function compileConfig(source: ConfigSource, options: ConfigOptions): Checked<Config> {
  const parsed = parseYaml(source.file, source.text);
  if (!parsed.ok) return { ok: false, problems: withHiddenExcerpts(parsed.problems, source.text) };
  const doc = parsed.value;
  const problems: Problem[] = [...parsed.warnings, ...checkShape(doc)];
  const root = withImplicitRoute(new Node(doc.tree, [], complainInto(problems, doc)));
  const hiding = new Hiding(secretKeys, doc);
  const config = compileRoot(root, { doc, hiding, source, options });
  const found = hiding.problems(inOrder(problems));
  if (config === null || found.some((problem) => problem.severity === 'error')) return { ok: false, problems: found };
  return { ok: true, value: config, warnings: found };
}

/** For what goes wrong before there is text: a folder, an unreadable file. */
export function configProblem(file: string, message: string): Problem {
  return { severity: 'error', code: 'config/unreadable', message: `${file}: ${message}`, at: null };
}

const checkShape = compileSchema(configSchema);
const secretKeys = new SecretKeys(configSchema);

interface Whole {
  readonly doc: Doc;
  readonly hiding: Hiding;
  readonly source: ConfigSource;
  readonly options: ConfigOptions;
}

/** null without a route: there is nothing to build on. */
function compileRoot(root: Node, { doc, hiding, source, options }: Whole): Config | null {
  const baseDir = dirname(source.file);
  const global = compileGlobal(root.at('global'), baseDir);
  const typed = doc.typed.bind(doc);
  const templateTexts: TemplateText[] = [];
  const template: ReceiverContext['template'] = (path, text, mode, use = 'text') => {
    if (!text.includes('{{')) return null;
    const at = doc.position(path, 'value');
    templateTexts.push({ text, mode, use, place: { at, excerpt: hiding.excerpt(at.line) } });
    return at;
  };
  const receivers = compileReceivers(root.at('receivers'), { baseDir, global: global.keys, typed, template });
  const intervals = compileIntervals(root);
  const inhibitRules = compileInhibitRules(root.at('inhibit_rules'), options.matcherMode);
  const files = { baseDir, problem: doc.problem.bind(doc) };
  const templates = compileTemplates(root.at('templates'), files);
  const rules = compileRules(root, files);
  const eventRecorder = compileEventRecorder(root.at('event_recorder'), files);
  const tracing = compileTracing(root.at('tracing'), baseDir);
  const routeNode = root.at('route');
  if (!routeNode.isSet && (root.isMapping || !root.isSet)) refuseWithoutRoute(root);
  if (!routeNode.isMapping) return null;
  const areIntervalsKnown =
    isListOfMappings(root.at('time_intervals')) && isListOfMappings(root.at('mute_time_intervals'));
  const route = compileRoute(routeNode, {
    mode: options.matcherMode,
    template,
    retention: options.retention,
    receivers: isListOfMappings(root.at('receivers')) ? new Set(receivers.keys()) : null,
    timeIntervals: areIntervalsKnown ? new Set(intervals.byName.keys()) : null,
  });
  return {
    resolveTimeout: global.resolveTimeout,
    route,
    receivers,
    inhibitRules,
    timeIntervals: intervals.byName,
    templates,
    templateTexts,
    tlsUses: tlsUses({ doc, hiding, baseDir, route, receivers }),
    rules,
    eventRecorder,
    tracing,
    original: printOriginal(root, {
      ...{ global, intervals, receivers, templates, rules, eventRecorder, tracing },
      mode: options.matcherMode,
    }),
    hash: hashOf(source.text),
  };
}

function compileTemplates(list: Node, context: FilesContext): readonly FilesPattern[] {
  const patterns: FilesPattern[] = [];
  for (const entry of list.entries('template')) {
    const fault = patternFault(entry.text);
    if (fault !== null) {
      entry.error('config/bad-value', `invalid template path ${goQuote(entry.text)}: ${fault}`, PATTERN_HINT);
    } else if (entry.text !== '') {
      patterns.push(filesPattern(entry, { what: 'template', code: 'template/no-files' }, context));
    }
  }
  return patterns;
}

/** Otherwise names may be missing only because the list is misshapen, which is reported already. */
function isListOfMappings(list: Node): boolean {
  return !list.isSet || (Array.isArray(list.value) && list.items().every((item) => item.isMapping));
}

function refuseWithoutRoute(root: Node): void {
  const isEmpty = !root.isMapping || root.fields().length === 0;
  const message = isEmpty ? 'no route provided in config' : 'no routes provided';
  root
    .at('route')
    .error('config/required', message, 'the least is "route: {receiver: x}" and "receivers: [{name: x}]"', 'key');
}

/** As upstream's metric has it: the first six bytes of the MD5, little-endian. */
function hashOf(text: string): number {
  return hash('md5', text, 'buffer').readUIntLE(0, 6);
}

function complainInto(problems: Problem[], doc: Doc): Complain {
  return (path, which, { within, ...finding }) => {
    const at = within === undefined ? doc.position(path, which) : doc.inside(path, within.offset, within.length);
    problems.push(doc.problemAt(at, finding));
  };
}
