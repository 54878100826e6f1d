// Where we listen: addresses, and sockets that somebody else opened for us. Port 0 is any free one; it is taken before
// there is anybody to answer, because messages name it.
import { createServer, type Server } from 'node:net';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** An open file of this process, that listens or is about to. */
export interface InheritedSocket {
  readonly fd: number;
}

export interface TakenPort extends ListenAddress {
  readonly holder: Server;
}

/** The message says what to do about it. */
export class SocketNotUsable extends Error {
  override readonly name = 'SocketNotUsable';

  constructor({ fd }: InheritedSocket, cause: Error) {
    super(`cannot listen on file ${fd}, which was passed for --web.systemd-socket: ${cause.message}`, { cause });
  }
}

export type ListenOn = ListenAddress | InheritedSocket | TakenPort;

/** Nobody knows the port yet: whoever comes before a server is there is sent away. */
export async function takePort(address: ListenAddress): Promise<TakenPort> {
  const holder = createServer((socket) => socket.destroy());
  return { ...(await listen(holder, address)), host: address.host, holder };
}

/** A port that was taken becomes the server's, to close too. */
export function listen(server: Server, on: ListenOn): Promise<ListenAddress> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => reject('fd' in on ? new SocketNotUsable(on, error) : error);
    server.once('error', refuse);
    server.listen(optionsOf(on), () => {
      server.off('error', refuse);
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve({ host: address.address, port: address.port });
      else if ('fd' in on) resolve({ host: `fd/${on.fd}`, port: 0 });
      else reject(new Error('the server has no address'));
    });
  });
}

function optionsOf(on: ListenOn): object {
  if ('fd' in on) return { fd: on.fd };
  if ('holder' in on) return on.holder;
  return { port: on.port, ...(on.host === '' ? {} : { host: on.host }) };
}
