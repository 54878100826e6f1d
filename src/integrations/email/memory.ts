// What a mail integration remembers about a group, from message to message and from attempt to attempt: the thread,
// and who of a message's recipients has had it. It is kept as text in the notification log; text that is none of
// ours is nothing remembered.

export interface Thread {
  /** The Message-ID of its first mail. */
  readonly id: string;
  /** What its subjects have in common; '' when the user words them. */
  readonly stem: string;
  /**
   * arriving: some may have its newest mail, others not yet
   * open: everybody has it
   * over: everybody knows that all is resolved
   */
  readonly state: 'arriving' | 'open' | 'over';
}

export interface Refusal {
  readonly address: string;
  /** The other side's. */
  readonly words: string;
}

/** Of one message. */
export interface Progress {
  /** Its idempotency key. */
  readonly key: string;
  readonly delivered: readonly string[];
  readonly refused: readonly Refusal[];
  /** How often we were told to come back later. */
  readonly deferrals: number;
}

export interface Memory {
  readonly thread: Thread | null;
  readonly progress: Progress | null;
}

export const startOf = (key: string): Progress => ({ key, delivered: [], refused: [], deferrals: 0 });

export const writeMemory = (memory: Memory): string => JSON.stringify(memory);

export function readMemory(memo: string | null): Memory {
  const found = parsed(memo);
  return { thread: readThread(found['thread']), progress: readProgress(found['progress']) };
}

function parsed(memo: string | null): Fields {
  try {
    return fieldsOf(JSON.parse(memo ?? 'null'));
  } catch {
    return {};
  }
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

function readThread(value: unknown): Thread | null {
  const { id, stem, state } = fieldsOf(value);
  const known = (['arriving', 'open', 'over'] as const).find((each) => each === state);
  if (typeof id !== 'string' || typeof stem !== 'string' || known === undefined) return null;
  return { id, stem, state: known };
}

function readProgress(value: unknown): Progress | null {
  const { key, delivered, refused, deferrals } = fieldsOf(value);
  if (typeof key !== 'string' || typeof deferrals !== 'number') return null;
  if (!Array.isArray(delivered) || !Array.isArray(refused)) return null;
  return {
    ...{ key, deferrals },
    delivered: delivered.filter((each) => typeof each === 'string'),
    refused: refused.flatMap((each: unknown) => {
      const { address, words } = fieldsOf(each);
      return typeof address === 'string' && typeof words === 'string' ? [{ address, words }] : [];
    }),
  };
}
