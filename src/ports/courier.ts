// Takes one message to one integration: renders it and hands it over. Never throws for anything the world or a
// template did.
import type { IntegrationEntry } from '../config/config.ts';
import type { Message } from '../notify/message.ts';
import type { Outcome } from '../notify/outcome.ts';
import type { TemplateSet } from '../template/template-set.ts';
import type { Attempt } from './sender.ts';

export interface Letter extends Attempt {
  readonly message: Message;
  /** What the integration remembered with its last message to this group; null at the first. */
  readonly memo: string | null;
  readonly templates: TemplateSet;
  /** From 1, of a message that is tried until it arrives. */
  readonly attempt?: number;
}

export interface Courier {
  deliver(
    integration: IntegrationEntry,
    letter: Letter,
  ): Promise<{
    readonly outcome: Outcome;
    /** A template failed and a plain fallback went out; what Go would have said. */
    readonly templateError: string | null;
  }>;
}
