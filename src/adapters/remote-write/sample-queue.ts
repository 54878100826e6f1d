// Samples that wait for one target, oldest first. Kept in columns: while a target is away there may be a million of
// them, and as objects each would take three times the memory.
import type { NativeHistogram } from '../../model/native-histogram.ts';
import type { Pending, Receipt, Series } from './series.ts';

const SEGMENT = 4096;

class Segment {
  readonly series: Series[] = [];
  readonly receipts: Receipt[] = [];
  readonly at = new Float64Array(SEGMENT);
  readonly values = new Float64Array(SEGMENT);
  readonly stale = new Uint8Array(SEGMENT);
  /** By index; there are hardly any. */
  readonly histograms = new Map<number, NativeHistogram>();
}

export class SampleQueue {
  readonly #segments: Segment[] = [];
  /** Of the first sample in the first segment. */
  #from = 0;
  #size = 0;
  #batch = 0;

  get size(): number {
    return this.#size;
  }

  push(series: Series, at: number, value: Pending['value'], receipt: Receipt): void {
    let segment = this.#segments.at(-1);
    if (segment === undefined || segment.series.length === SEGMENT) this.#segments.push((segment = new Segment()));
    const index = segment.series.push(series) - 1;
    segment.receipts.push(receipt);
    segment.at[index] = at;
    if (value !== null && typeof value === 'object') segment.histograms.set(index, value);
    else segment.values[index] = value ?? 0;
    segment.stale[index] = value === null ? 1 : 0;
    this.#size++;
  }

  take(most: number): Pending[] {
    const taken: Pending[] = [];
    while (taken.length < most && this.#size > 0) taken.push(this.#shift());
    return taken;
  }

  /**
   * As many as may go into one request, no series twice. Of a request nobody answered one cannot tell whether it
   * arrived; sent again, a sample is taken or known, unless a later one of its series has arrived with it.
   */
  takeBatch(most: number): Pending[] {
    const taken: Pending[] = [];
    const batch = ++this.#batch;
    while (taken.length < most && this.#size > 0) {
      const series = this.#segments[0]!.series[this.#from]!;
      if (series.batch === batch) break;
      series.batch = batch;
      taken.push(this.#shift());
    }
    return taken;
  }

  #shift(): Pending {
    const segment = this.#segments[0]!;
    const i = this.#from++;
    const taken = {
      series: segment.series[i]!,
      at: segment.at[i]!,
      value: segment.stale[i] === 1 ? null : (segment.histograms.get(i) ?? segment.values[i]!),
      receipt: segment.receipts[i]!,
    };
    this.#size--;
    if (this.#from === segment.series.length) this.#leave(segment);
    return taken;
  }

  /** The last one is used again: most of the time little waits, and not for long. */
  #leave(segment: Segment): void {
    this.#from = 0;
    if (this.#segments.length > 1) {
      this.#segments.shift();
    } else {
      segment.series.length = 0;
      segment.receipts.length = 0;
      segment.histograms.clear();
    }
  }
}
