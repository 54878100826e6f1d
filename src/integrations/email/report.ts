// What a mail server said to one attempt, and what that means for everyone the mail is for: who has it, who never
// will, and who is asked about again, and when. One who is refused holds up nobody else.
import type { DurationMs } from '../../model/time.ts';
import type { FailureReason, Outcome } from '../../notify/outcome.ts';
import { writeMemory, type Progress } from './memory.ts';
import type { Mail } from './request.ts';

/** A reply with its three digits. */
export interface Answer {
  readonly code: number;
  readonly words: string;
}

export type Failure =
  /** The server refused, or put off, the whole mail or us. */
  | (Answer & { readonly kind: 'answer'; readonly isAboutUs: boolean })
  /** No answer, or none that we may use. */
  | {
      readonly kind: 'broken';
      readonly reason: FailureReason;
      readonly words: string;
      readonly mayHaveArrived: boolean;
    }
  /** Trying again will not help until somebody changes the configuration. */
  | { readonly kind: 'unusable'; readonly reason: FailureReason; readonly words: string };

export interface Report {
  /** What the server said of the mail that these were in for. */
  readonly accepted: readonly string[];
  readonly words: string;
  /** Those that were not let in. */
  readonly answers: readonly (Answer & { readonly address: string })[];
  /** What befell all the others. */
  readonly failure: Failure | null;
}

const MINUTE: DurationMs = 60_000;
/** Greylisting lets in who comes back after minutes, and keeps out who hurries. */
const SCHEDULE: readonly DurationMs[] = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE];

const isPermanent = ({ code }: Answer): boolean => code >= 500;

export function judge(mail: Mail, report: Report): Outcome {
  const { failure } = report;
  const before = mail.progress;
  const accepted = new Set(report.accepted);
  const refused = new Map(before.refused.map(({ address, words }) => [address, words]));
  for (const answer of report.answers) if (isPermanent(answer)) refused.set(answer.address, answer.words);
  const open = mail.recipients.filter((address) => !accepted.has(address) && !refused.has(address));
  const isEnd =
    failure !== null && (failure.kind === 'unusable' || (failure.kind === 'answer' && isPermanent(failure)));
  if (isEnd) for (const address of open) refused.set(address, failure.words);

  const delivered = [...before.delivered, ...accepted];
  const progress = { ...before, delivered, refused: [...refused].map(([address, words]) => ({ address, words })) };
  const waiting = isEnd ? [] : open;
  const detail = detailOf(progress, { report, waiting });
  if (waiting.length > 0) return putOff(mail, progress, { failure, detail });
  if (delivered.length > 0)
    return { kind: 'delivered', detail, memo: writeMemory({ thread: mail.thread, progress: null }) };
  return { kind: 'rejected', reason: reasonOf(failure), detail };
}

function putOff(
  mail: Mail,
  progress: Progress,
  { failure, detail }: { readonly failure: Failure | null; readonly detail: string },
): Outcome {
  const isBroken = failure?.kind === 'broken';
  // 421: the server is going away, which has nothing to do with us.
  const isDeferred = failure === null || (failure.kind === 'answer' && failure.code !== 421);
  const mayHaveArrived = isBroken && failure.mayHaveArrived;
  const hasBegun = mayHaveArrived || progress.delivered.length > 0;
  const thread = hasBegun && mail.thread !== null ? { ...mail.thread, state: 'arriving' as const } : mail.threadBefore;
  const deferrals = progress.deferrals + (isDeferred ? 1 : 0);
  return {
    kind: 'retry',
    reason: failure === null ? 'serverError' : reasonOf(failure),
    detail,
    after: isDeferred ? SCHEDULE[Math.min(deferrals, SCHEDULE.length) - 1]! : null,
    mayHaveArrived,
    memo: writeMemory({ thread, progress: { ...progress, deferrals } }),
  };
}

/** Where nothing befell all, each has been refused. */
function reasonOf(failure: Failure | null): FailureReason {
  if (failure === null) return 'clientError';
  if (failure.kind !== 'answer') return failure.reason;
  if (failure.isAboutUs) return 'authError';
  return isPermanent(failure) ? 'clientError' : 'serverError';
}

function detailOf(
  { delivered, refused }: Progress,
  { report, waiting }: { readonly report: Report; readonly waiting: readonly string[] },
): string {
  const { failure, words, answers } = report;
  const all = delivered.length + refused.length + waiting.length;
  const said = new Map(answers.map((answer) => [answer.address, answer.words]));
  const taken = delivered.length === all ? 'accepted' : `accepted for ${delivered.length} of ${all}`;
  const parts = [
    ...(delivered.length > 0 ? [words === '' ? taken : `${taken}: ${words}`] : []),
    ...(failure === null ? [] : [failure.words]),
    ...refused
      .filter(({ words: why }) => why !== failure?.words)
      .map(({ address, words: why }) => (why === '' ? address : `${address}: ${why}`)),
    ...waiting.filter((address) => said.has(address)).map((address) => `${address} later: ${said.get(address)}`),
  ];
  const told = parts.slice(0, MOST_TOLD).join('; ');
  return parts.length > MOST_TOLD ? `${told}; and ${parts.length - MOST_TOLD} more` : told;
}

const MOST_TOLD = 6;
