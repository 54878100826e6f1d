// A sample's value as templates print it: a number, or of a native histogram all that is in it.
import type { Histogram, Sample } from '../model/sample.ts';
import { floatText } from './float-text.ts';

export const shownValue = ({ value, histogram }: Pick<Sample, 'value' | 'histogram'>): number | string =>
  histogram === null ? value : histogramText(histogram);

/** By the boundary rule: which of its ends a bucket contains. */
const BRACKETS = ['(]', '[)', '()', '[]'];

/** As Prometheus writes it: `{count:3, sum:1.5, (0.5,1]:2, (1,2]:1}`. */
function histogramText({ count, sum, buckets }: Histogram): string {
  const parts = buckets.map(([rule, lower, upper, size]) => {
    const [left, right] = BRACKETS[rule] ?? '()';
    return `${left}${text(lower)},${text(upper)}${right}:${text(size)}`;
  });
  return `{${[`count:${text(count)}`, `sum:${text(sum)}`, ...parts].join(', ')}}`;
}

const text = (value: number): string => floatText(value, 'g', -1);
