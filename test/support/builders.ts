import type { Route } from '../../src/config/config.ts';
import type { Alert } from '../../src/model/alert.ts';
import { parseDuration } from '../../src/model/duration.ts';
import { Labels } from '../../src/model/labels.ts';
import { parseMatchers } from '../../src/model/matcher-parse.ts';
import type { Matcher } from '../../src/model/matcher.ts';
import { Pairs } from '../../src/model/pairs.ts';
import { stampOf } from '../../src/model/rfc3339.ts';
import type { Instant } from '../../src/model/time.ts';

const START: Instant = Date.parse('2026-01-05T09:00:00Z');

/** `t('1m30s')`: an instant so long after the start of every story; `t('-5m')` before it. */
export function t(offset: string): Instant {
  return START + ms(offset);
}

export function ms(text: string): number {
  const parsed = parseDuration(text.replace(/^-/, ''));
  if (!parsed.ok) throw new Error(parsed.message);
  return text.startsWith('-') ? -parsed.ms : parsed.ms;
}

export const labels = (pairs: Readonly<Record<string, string>>): Labels => Labels.of(Object.entries(pairs));

export function matchers(...texts: readonly string[]): readonly Matcher[] {
  return texts.flatMap((text) => {
    const parsed = parseMatchers(text, 'utf8');
    if (!parsed.ok) throw new Error(parsed.message);
    return parsed.matchers;
  });
}

export function alert(
  pairs: Readonly<Record<string, string>>,
  from: string,
  to: string,
  more: Partial<Alert> = {},
): Alert {
  return {
    labels: labels(pairs),
    annotations: Pairs.none,
    startsAt: stampOf(t(from)),
    endsAt: stampOf(t(to)),
    timeout: false,
    updatedAt: t(from),
    generatorURL: '',
    notify: null,
    reading: null,
    ...more,
  };
}

export function route(more: Partial<Route> = {}): Route {
  return {
    id: '{}',
    key: '{}',
    receiver: 'team',
    groupBy: [],
    matchers: [],
    continue: false,
    groupWait: ms('30s'),
    groupInterval: ms('5m'),
    repeatInterval: ms('4h'),
    muteTimeIntervals: [],
    activeTimeIntervals: [],
    labels: [],
    routes: [],
    ...more,
  };
}
