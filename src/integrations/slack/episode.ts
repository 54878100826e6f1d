// One episode, one message: from the first alert of a group until all of them have ended, Slack shows a single message
// that is edited, with a thread of what changed. What fires anew opens a new one: an edit alone alarms nobody.
import type { Message } from '../../notify/message.ts';
import type { Episode, Head } from './memo.ts';

/** Each notification a message of its own; edited without a word (update_message); edited, with a thread. */
export type Manner = 'alone' | 'edited' | 'threaded';

export type PostReason =
  | 'each notification is a message'
  | 'the first message'
  | 'firing anew'
  | 'another channel'
  | 'the last message cannot be edited';

export type EditReason = 'the episode goes on' | 'the episode ends';

export type Decision =
  | { readonly kind: 'post'; readonly reason: PostReason }
  | { readonly kind: 'edit'; readonly reason: EditReason; readonly head: Head };

export function decide(manner: Manner, episode: Episode | null, to: string, message: Message): Decision {
  if (manner === 'alone') return post('each notification is a message');
  if (episode === null) return post('the first message');
  if (episode.to !== to) return post('another channel');
  if (episode.ended || message.reason === 'first notification') return post('firing anew');
  const reason = message.status === 'resolved' ? 'the episode ends' : 'the episode goes on';
  return { kind: 'edit', reason, head: episode.head };
}

const post = (reason: PostReason): Decision => ({ kind: 'post', reason });
