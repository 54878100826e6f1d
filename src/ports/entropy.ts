export interface Entropy {
  uuid(): string;
  /** In [0, 1): jitter. */
  fraction(): number;
}
