// Tells when files have changed. What is done about it is for whoever asked.

/** Files somebody has read. */
export interface ReadFiles {
  readonly patterns: readonly string[];
  /** What was in those that fitted, by path, as contentDigest() has it. */
  readonly contents: ReadonlyMap<string, string>;
}

export interface Watch {
  /** Calls back when the files that fit the patterns, or their contents, are others than those read. */
  start(read: ReadFiles, changed: () => void): Watching;
}

export interface Watching {
  /** Others from now on: what has changed since these were read is a change, and that they are others is none. */
  retarget(read: ReadFiles): void;
  stop(): void;
}
