// The thread that holds the database. What has queued up while the last sync ran is taken together: all commits
// in a row share one transaction, and the disk is waited for once. Started by worker-store.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { openCore, type Batch, type Core } from './core.ts';
import { StoreNotOpened } from './database.ts';
import { failureOf, type FromWorker, type Numbered, type Reply, type Request } from './requests.ts';

const port = parentPort!;
const post = (message: FromWorker): void => port.postMessage(message);

const core = open(workerData as { readonly directory: string });
if (core !== null) serve(core);

function open({ directory }: { readonly directory: string }): Core | null {
  try {
    const opened = openCore(directory);
    post({ kind: 'opened', quarantined: opened.quarantined });
    return opened;
  } catch (error) {
    if (!(error instanceof StoreNotOpened)) throw error;
    post({ kind: 'not-opened', message: error.message });
    return null;
  }
}

function serve(opened: Core): void {
  let queue: Numbered[] = [];
  const enqueue = (item: Numbered): void => {
    queue.push(item);
    // The turn comes after every message that has already arrived.
    if (queue.length === 1) setImmediate(turn);
  };
  const turn = (): void => {
    const items = queue;
    queue = [];
    const replies: (readonly [id: number, reply: Reply])[] = [];
    for (let i = 0; i < items.length;) {
      const commits = commitsAt(items, i);
      if (commits.length > 0) {
        const answers = opened.commit(commits);
        for (const answer of answers) replies.push([items[i++]!.id, replyTo(answer)]);
        continue;
      }
      const item = items[i++]!;
      const reply = perform(opened, item);
      // What is not finished goes on behind what came meanwhile.
      if (reply === null) enqueue(item);
      else replies.push([item.id, reply]);
    }
    if (replies.length > 0) post({ kind: 'replies', replies });
    if (items.some(({ request }) => request.kind === 'close')) port.close();
  };
  port.on('message', enqueue);
}

function commitsAt(items: readonly Numbered[], from: number): readonly Batch[] {
  const commits: Batch[] = [];
  for (let i = from; i < items.length; i++) {
    const { request } = items[i]!;
    if (request.kind !== 'commit') break;
    commits.push(request);
  }
  return commits;
}

const replyTo = (answer: ReturnType<Core['commit']>[number]): Reply =>
  answer.ok ? { kind: 'committed', results: answer.results } : { kind: 'failed', failure: failureOf(answer.error) };

/** null: not finished. */
function perform(opened: Core, { id, request }: Numbered): Reply | null {
  try {
    return attempt(opened, id, request);
  } catch (error) {
    return { kind: 'failed', failure: failureOf(error) };
  }
}

function attempt(opened: Core, id: number, request: Request): Reply | null {
  switch (request.kind) {
    case 'commit':
      return replyTo(opened.commit([request])[0]!);
    case 'load':
      opened.load((chunk) => post({ kind: 'chunk', id, chunk }));
      return { kind: 'done' };
    case 'reserve':
      return { kind: 'reserved', first: opened.reserveAlertIds(request.count) };
    case 'deliveries':
      return { kind: 'deliveries', page: opened.deliveries(request.query) };
    case 'events':
      return { kind: 'events', page: opened.events(request.query) };
    case 'prune':
      return opened.prune(request.before) ? { kind: 'done' } : null;
    case 'close':
      opened.close();
      return { kind: 'done' };
  }
}
