// Tells when files have changed. What is done about it is for whoever asked.

export interface Watch {
  /** Calls back when the files that fit the patterns, or their contents, are others than before. */
  start(patterns: readonly string[], changed: () => void): Watching;
}

export interface Watching {
  /** Other patterns from now on; that alone is no change. */
  retarget(patterns: readonly string[]): void;
  stop(): void;
}
