// A YAML document with rules, and where its parts stand in the file: it may be the text of a scalar in another
// document, as in a ConfigMap. Then what is found in it is placed in that one.
import type { Doc, Path } from '../input/doc.ts';
import type { Tree } from '../input/tree.ts';
import type { Position, Problem } from '../model/problem.ts';
import type { Complaint, Node, Which } from '../input/node.ts';

export interface PlacedDoc {
  readonly tree: Tree;
  position(path: Path, which: Which): Position;
  problem(path: Path, which: Which, complaint: Complaint): Problem;
}

/** What there is to say of a part of the file, whether it is said or not. */
export type Place = (node: Node, complaint: Complaint) => Problem;

export function placedDoc(doc: Doc): PlacedDoc {
  return {
    tree: doc.tree,
    position: (path, which) => doc.position(path, which),
    problem: (path, which, { within, ...finding }) =>
      doc.problemAt(
        within === undefined ? doc.position(path, which) : doc.inside(path, within.offset, within.length),
        finding,
      ),
  };
}

/** `text` is the scalar at `path` of `outer`, and what `doc` was read from. */
export function embeddedDoc(doc: Doc, outer: Doc, path: Path, text: string): PlacedDoc {
  const inner = placedDoc(doc);
  const place = placeOutside(outer, path, text);
  return {
    tree: doc.tree,
    position: (at, which) => place(inner.position(at, which)),
    problem: (at, which, complaint) => relocated(inner.problem(at, which, complaint), outer, place),
  };
}

/** Of problems found while the text itself was read. */
export function relocateProblem(problem: Problem, outer: Doc, path: Path, text: string): Problem {
  return relocated(problem, outer, placeOutside(outer, path, text));
}

function relocated(problem: Problem, outer: Doc, place: (at: Position) => Position): Problem {
  if (problem.at === null) return problem;
  const at = place(problem.at);
  return { ...problem, at, excerpt: outer.excerpt(at.line) };
}

function placeOutside(outer: Doc, path: Path, text: string): (at: Position) => Position {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return ({ line, column, length }) => {
    const start = starts[line - 1] ?? text.length;
    const lineText = text.slice(start, starts[line] ?? text.length);
    const before = [...lineText].slice(0, column - 1).join('').length;
    return outer.inside(path, start + before, length);
  };
}
