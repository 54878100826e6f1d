// The checkers behind text.test.ts: words that may not stand in a file, whatever the file does.
import { place, type SourceFile } from './source-text.ts';

export type Finder = (file: SourceFile) => readonly string[];

/** A path that exists only on somebody's machine. */
export const machinePaths: Finder = (file) =>
  found(
    file,
    file.text,
    /(?<![\w.$~*)}-])\/(?:root|home|tmp|work|Users|mnt)\/[\w.-]+|(?<![\w./$}-])\/(?:root|home|tmp|work)(?=['"`\s])/g,
  );

/** Work left for later, said in the code instead of in an issue. */
export const leftovers: Finder = (file) => found(file, file.text, /\b(?:TODO|FIXME|XXX|HACK)\b/g);

/** Tests that are switched off, or switch the others off. */
export const switchedTests: Finder = (file) =>
  found(
    file,
    file.code,
    /\b(?:it|test|describe|suite|bench)\s*\.(?:\w+\s*\.)*\s*(?:only|skip|todo|fails|skipIf|runIf)\b|\b(?:fit|xit|xtest|fdescribe|xdescribe)\s*\(|\b(?:ctx|context|task)\s*\.\s*skip\s*\(/g,
  );

/** Waiting for real time, or pretending that it passes: core and scenarios are handed their instants. */
export const waiting: Finder = (file) => [
  ...found(
    file,
    file.code,
    /\b(?:setTimeout|setInterval|sleep|waitFor|waitUntil)\s*\(|\bvi\s*\.\s*(?:useFakeTimers|setSystemTime|advanceTimers\w*|waitFor|waitUntil)\b|\bexpect\s*\.\s*poll\b/g,
  ),
  ...found(file, file.text, /['"]node:timers\/promises['"]/g),
];

/** Doubles instead of the thing: there is nothing to mock, ports are handed in. */
export const mocks: Finder = (file) =>
  found(file, file.code, /\bvi\s*\.\s*(?:mock|doMock|spyOn|stubGlobal|stubEnv|hoisted)\b/g);

function found(file: SourceFile, text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map((match) => `${place(file, match.index)}: ${match[0].trim()}`);
}
