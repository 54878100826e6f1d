// An answer onto the wire: whole when it is one part, else part by part, waiting whenever the client is slower
// than we are. Returns the bytes of the body. `linger` is waited for between the answer and its end.
import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import { firstOf } from './first-of.ts';

export async function writeAnswer(
  response: ServerResponse,
  answer: Answer,
  linger: (() => Promise<void>) | null,
): Promise<number> {
  if (response.destroyed || response.headersSent) return 0;
  response.statusCode = answer.status;
  if (answer.type !== null) response.setHeader('content-type', answer.type);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (typeof answer.body === 'string') return end(response, answer.body, linger);
  const parts = answer.body[Symbol.iterator]();
  const first = parts.next();
  if (first.done === true) return end(response, '', linger);
  let next = parts.next();
  if (next.done === true) return end(response, first.value, linger);
  let bytes = await writePart(response, first.value);
  while (next.done !== true && !response.destroyed) {
    bytes += await writePart(response, next.value);
    next = parts.next();
  }
  response.end();
  await handedOver(response);
  return bytes;
}

async function end(response: ServerResponse, body: string, linger: (() => Promise<void>) | null): Promise<number> {
  const bytes = Buffer.from(body);
  response.setHeader('content-length', bytes.length);
  if (linger === null) response.end(bytes);
  else {
    // The client has the whole answer before we stop listening to it.
    response.write(bytes);
    await linger();
    response.end();
  }
  await handedOver(response);
  return bytes.length;
}

async function writePart(response: ServerResponse, part: string): Promise<number> {
  const bytes = Buffer.from(part);
  if (response.write(bytes)) await new Promise(setImmediate); // others have their turn
  else if (!response.destroyed) await firstOf(response, 'drain', 'close');
  return bytes.length;
}

/** With the operating system, or lost: only then may a closing server cut the connection. */
async function handedOver(response: ServerResponse): Promise<void> {
  if (!response.writableFinished && !response.destroyed) await firstOf(response, 'finish', 'close');
}
