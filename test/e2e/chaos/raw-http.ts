// HTTP as an enemy speaks it: bytes on a socket, and what comes back before it closes.
import { connect, type Socket } from 'node:net';

export interface Peer {
  readonly host: string;
  readonly port: number;
  /** To come from: any 127.x.y.z is ours. */
  readonly localAddress?: string;
}

export const peerOf = (url: string): Peer => ({ host: '127.0.0.1', port: Number(new URL(url).port) });

/** Everything the other side says until it closes, or until `ms` have passed. */
export function exchangeBytes(
  peer: Peer,
  bytes: Buffer | string,
  ms = 5000,
): Promise<{ readonly text: string; readonly closed: boolean }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ ...peer });
    const end = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text: Buffer.concat(chunks).toString('latin1'), closed });
    };
    const timer = setTimeout(end, ms, false);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => end(true));
    socket.write(bytes);
  });
}

export const statusesIn = (text: string): readonly number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));

/** Says something, then one byte a second; resolves with how long it was let. */
export function dripping(peer: Peer, beginning: string): Promise<number> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const socket: Socket = connect({ ...peer });
    const timer = setInterval(() => socket.write('x'), 1000);
    socket.on('connect', () => socket.write(beginning));
    socket.on('error', () => {});
    socket.resume();
    socket.on('close', () => {
      clearInterval(timer);
      resolve(performance.now() - startedAt);
    });
  });
}

export const postHead = (path: string, length: number | string, more = ''): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${more}\r\n`;
