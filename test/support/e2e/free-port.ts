import { createServer } from 'node:net';

/** A port that was free a moment ago: for a process that cannot say which it took, or must come back at the same. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('a port has a number');
  return address.port;
}
