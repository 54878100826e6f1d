// What was seen against what was expected: every expectation met by one message, every message expected.
import type { Message, MessageAlert } from '../notify/message.ts';
import { printDuration } from '../model/duration.ts';
import type { Problem } from '../model/problem.ts';
import type { DurationMs } from '../model/time.ts';
import type { ExpectedAlert, ExpectedMessage, Story } from './story.ts';

export interface SeenMessage {
  /** From the story's start. */
  readonly at: DurationMs;
  readonly message: Message;
}

export function compareMessages(story: Story, seen: readonly SeenMessage[]): readonly Problem[] {
  const problems: Problem[] = [];
  const left = [...seen];
  for (const expected of story.expect) {
    const found = left.findIndex((message) => isExpected(message, expected));
    if (found >= 0) left.splice(found, 1);
    else {
      const near = left.find((message) => message.message.receiver === expected.receiver && message.at >= expected.at);
      const hint = near === undefined ? 'nothing more came for this receiver' : `the next was ${describe(near)}`;
      problems.push({
        severity: 'error',
        code: 'story/missing',
        message: `expected, but not seen: ${spell(expected)}`,
        at: expected.position,
        hint,
      });
    }
  }
  for (const message of left) {
    problems.push({
      severity: 'error',
      code: 'story/unexpected',
      message: `seen, but not expected: ${describe(message)}`,
      at: null,
    });
  }
  return problems;
}

function isExpected({ at, message }: SeenMessage, expected: ExpectedMessage): boolean {
  if (at < expected.at || at > expected.at + expected.within || message.receiver !== expected.receiver) return false;
  if (expected.reason !== null && message.reason !== expected.reason) return false;
  const alerts = (status: MessageAlert['status']): readonly MessageAlert[] =>
    message.alerts.filter((alert) => alert.status === status);
  return areExpected(alerts('firing'), expected.firing) && areExpected(alerts('resolved'), expected.resolved);
}

function areExpected(alerts: readonly MessageAlert[], expected: readonly ExpectedAlert[]): boolean {
  if (alerts.length !== expected.length) return false;
  const left = [...alerts];
  // Those that say most choose first.
  return expected
    .toSorted((a, b) => b.length - a.length)
    .every((wanted) => {
      const found = left.findIndex(({ labels }) => wanted.every(([name, value]) => labels.get(name) === value));
      if (found >= 0) left.splice(found, 1);
      return found >= 0;
    });
}

function describe({ at, message }: SeenMessage): string {
  const names = (status: string): string =>
    message.alerts
      .filter((alert) => alert.status === status)
      .map((alert) => alert.labels.toString())
      .join(' ');
  return `${printDuration(at)} ${message.receiver}: ${message.reason}; firing ${names('firing') || 'none'}; resolved ${names('resolved') || 'none'}`;
}

function spell(expected: ExpectedMessage): string {
  const names = (alerts: readonly ExpectedAlert[]): string =>
    alerts.map((alert) => alert.map((pair) => pair.join('=')).join(',')).join(' ');
  const head = `${printDuration(expected.at)} ${expected.receiver}: ${expected.reason ?? 'a message'}`;
  return `${head}; firing ${names(expected.firing) || 'none'}; resolved ${names(expected.resolved) || 'none'}`;
}
