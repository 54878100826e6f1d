// How a rendered message leaves. One sender per integration kind; it decides nothing but how to say what the
// other side answered.
import type { Outcome } from '../notify/outcome.ts';

export interface Sender<Request> {
  send(request: Request, signal: AbortSignal): Promise<Outcome>;
}
