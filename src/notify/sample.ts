// A message about nothing: to try a receiver, and to see what a template makes of one.
import { Labels } from '../model/labels.ts';
import { Pairs } from '../model/pairs.ts';
import { printMillis } from '../model/rfc3339.ts';
import { ZERO_TIME_TEXT, type Instant } from '../model/time.ts';
import type { Language } from './locale.ts';
import type { MessageAlert } from './message.ts';

const SUMMARY: Readonly<Record<Language, string>> = {
  en: 'This is a test of this receiver. Nothing is wrong.',
  zh: '这是对该接收器的测试，没有任何故障。',
};

const SINCE_MS = 4 * 60_000;

export function sampleAlert(status: MessageAlert['status'], language: Language, now: Instant): MessageAlert {
  return {
    status,
    labels: Labels.of([
      ['alertname', 'BelfryTest'],
      ['instance', 'sample:9100'],
      ['severity', 'info'],
    ]),
    annotations: Pairs.from([['summary', SUMMARY[language]]]),
    startsAt: printMillis(now - SINCE_MS),
    endsAt: status === 'firing' ? ZERO_TIME_TEXT : printMillis(now),
    generatorURL: '',
    reading: { value: status === 'firing' ? 94.2 : 71, peak: 97.5, threshold: { op: '>', value: 90 } },
  };
}
