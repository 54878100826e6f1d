// The text of a story:
//
//   name: a group waits, then speaks
//   config: {route: {receiver: team, group_wait: 30s}, receivers: [{name: team, webhook_configs: [{url: http://team}]}]}
//   steps:
//     - {at: 0s, alerts: [{labels: {alertname: Slow}, ends: 5m}]}
//     - {at: 2m, silence: {as: mine, matchers: [alertname=Slow], lasts: 1h}}
//     - {at: 3m, restart: kill, down: 10s}
//   expect:
//     - {at: 30s, receiver: team, reason: first notification, firing: [Slow]}
import type { Doc, Path } from '../input/doc.ts';
import { printYaml, type Printable } from '../input/print-yaml.ts';
import { compileSchema } from '../input/schema.ts';
import type { Tree } from '../input/tree.ts';
import { parseYaml } from '../input/yaml.ts';
import { parseDuration } from '../model/duration.ts';
import { Labels } from '../model/labels.ts';
import { parseMatchers } from '../model/matcher-parse.ts';
import type { Matcher } from '../model/matcher.ts';
import { Pairs } from '../model/pairs.ts';
import type { Checked, Problem } from '../model/problem.ts';
import { parseTime } from '../model/rfc3339.ts';
import type { DurationMs, Instant } from '../model/time.ts';
import { storySchema } from './schema.ts';
import type { Action, ExpectedAlert, ExpectedMessage, Step, Story, StoryAlert, StoryAnswer } from './story.ts';

const checkShape = compileSchema(storySchema);
const DEFAULT_START = '2026-01-05T09:00:00Z';
const HOUR: DurationMs = 3_600_000;

export function parseStory(file: string, text: string): Checked<Story> {
  const parsed = parseYaml(file, text);
  if (!parsed.ok) return parsed;
  const shape = checkShape(parsed.value);
  if (shape.length > 0) return { ok: false, problems: shape };
  const reader = new Reader(parsed.value);
  const story = reader.story();
  return reader.problems.length > 0
    ? { ok: false, problems: reader.problems }
    : { ok: true, value: story, warnings: [] };
}

/** The shape has been checked: what is left is what the words mean. */
class Reader {
  readonly problems: Problem[] = [];
  readonly #doc: Doc;

  constructor(doc: Doc) {
    this.#doc = doc;
  }

  story(): Story {
    const steps = this.#items(['steps']).map((path) => this.#step(path));
    const expect = this.#items(['expect']).map((path) => this.#expected(path));
    const last = Math.max(0, ...steps.map((step) => step.at), ...expect.map((message) => message.at + message.within));
    return {
      file: this.#doc.file,
      name: this.#text(['name']),
      start: this.#instant(['start']),
      end: this.#duration(['end']) ?? last,
      config: this.#config(['config']),
      flags: {
        startDelay: this.#duration(['flags', 'dispatch.start-delay']) ?? 0,
        retention: this.#duration(['flags', 'data.retention']) ?? 120 * HOUR,
      },
      steps: steps.toSorted((a, b) => a.at - b.at),
      expect,
    };
  }

  #step(path: Path): Step {
    const actions: Action[] = [];
    if (this.#has([...path, 'reload'])) actions.push({ kind: 'reload', config: this.#config([...path, 'reload']) });
    if (this.#has([...path, 'restart'])) {
      const how = this.#text([...path, 'restart']) === 'kill' ? 'kill' : 'stop';
      actions.push({ kind: 'restart', how, down: this.#duration([...path, 'down']) ?? 0 });
    }
    for (const receiver of this.#keys([...path, 'answers'])) {
      const answers = this.#items([...path, 'answers', receiver]).map((at) => this.#answer(at));
      actions.push({ kind: 'answers', receiver, answers });
    }
    if (this.#has([...path, 'silence'])) actions.push(this.#silence([...path, 'silence']));
    if (this.#has([...path, 'expire'])) actions.push({ kind: 'expire', as: this.#text([...path, 'expire']) });
    const alerts = this.#items([...path, 'alerts']).map((at) => this.#alert(at));
    if (alerts.length > 0) actions.push({ kind: 'alerts', alerts });
    return { at: this.#duration([...path, 'at']) ?? 0, position: this.#doc.position(path, 'value'), actions };
  }

  #alert(path: Path): StoryAlert {
    return {
      labels: Labels.of(this.#pairs([...path, 'labels'])),
      annotations: Pairs.from(this.#pairs([...path, 'annotations'])),
      starts: this.#duration([...path, 'starts']),
      ends: this.#duration([...path, 'ends']),
    };
  }

  #silence(path: Path): Action {
    const matchers = this.#items([...path, 'matchers']).flatMap((at) => this.#matchers(at));
    const lasts = this.#duration([...path, 'lasts']) ?? HOUR;
    return {
      kind: 'silence',
      as: this.#text([...path, 'as']),
      matchers,
      starts: this.#duration([...path, 'starts']),
      lasts,
    };
  }

  #answer(path: Path): StoryAnswer {
    const kind = this.#text([...path, 'kind']);
    const times = this.#text([...path, 'times']);
    return {
      kind: kind === 'retry' || kind === 'rejected' || kind === 'silent' ? kind : 'ok',
      after: this.#duration([...path, 'after']),
      times: times === '' ? Infinity : Number(times),
    };
  }

  #expected(path: Path): ExpectedMessage {
    const reason = this.#text([...path, 'reason']);
    return {
      at: this.#duration([...path, 'at']) ?? 0,
      within: this.#duration([...path, 'within']) ?? 0,
      position: this.#doc.position(path, 'value'),
      receiver: this.#text([...path, 'receiver']),
      reason: reason === '' ? null : reason,
      firing: this.#items([...path, 'firing']).map((at) => this.#expectedAlert(at)),
      resolved: this.#items([...path, 'resolved']).map((at) => this.#expectedAlert(at)),
    };
  }

  /** A word is an alertname. */
  #expectedAlert(path: Path): ExpectedAlert {
    const tree = this.#doc.at(path);
    return typeof tree === 'string' ? [['alertname', tree]] : this.#pairs(path);
  }

  #matchers(path: Path): readonly Matcher[] {
    const parsed = parseMatchers(this.#text(path), 'utf8');
    if (parsed.ok) return parsed.matchers;
    this.problems.push(this.#doc.problem(path, 'value', { code: 'story/bad-matcher', message: parsed.message }));
    return [];
  }

  /** Written out as a mapping, or as text in a block. */
  #config(path: Path): string {
    const tree = this.#doc.at(path);
    return typeof tree === 'string' ? tree : printYaml(printable(tree ?? null));
  }

  #instant(path: Path): Instant {
    const text = this.#has(path) ? this.#text(path) : DEFAULT_START;
    const parsed = parseTime(text);
    if (parsed.ok && parsed.stamp !== null) return parsed.stamp.at;
    this.problems.push(
      this.#doc.problem(path, 'value', { code: 'story/bad-time', message: `not an RFC 3339 time: ${text}` }),
    );
    return 0;
  }

  /** A duration, `-` before it allowed; null when it is not there. */
  #duration(path: Path): DurationMs | null {
    if (!this.#has(path)) return null;
    const text = this.#text(path);
    const parsed = parseDuration(text.replace(/^-/, ''));
    if (parsed.ok) return text.startsWith('-') ? -parsed.ms : parsed.ms;
    this.problems.push(this.#doc.problem(path, 'value', { code: 'story/bad-duration', message: parsed.message }));
    return 0;
  }

  #has(path: Path): boolean {
    return (this.#doc.at(path) ?? null) !== null;
  }

  #text(path: Path): string {
    const tree = this.#doc.at(path);
    return typeof tree === 'string' ? tree : '';
  }

  #items(path: Path): readonly Path[] {
    const tree = this.#doc.at(path);
    return Array.isArray(tree) ? tree.map((_item: Tree, i) => [...path, i]) : [];
  }

  #keys(path: Path): readonly string[] {
    const tree = this.#doc.at(path);
    return typeof tree === 'object' && tree !== null && !Array.isArray(tree) ? Object.keys(tree) : [];
  }

  #pairs(path: Path): readonly (readonly [string, string])[] {
    return this.#keys(path).map((name) => [name, this.#text([...path, name])] as const);
  }
}

function printable(tree: Tree): Printable {
  if (tree === null || typeof tree === 'string') return tree;
  if (Array.isArray(tree)) return tree.map((item: Tree) => printable(item));
  return new Map(Object.entries(tree).map(([name, value]) => [name, printable(value)]));
}
