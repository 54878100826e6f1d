// A small exporter of the tests: what it shows at each path is asked of the test at every scrape.
import { once } from 'node:events';
import { createServer } from 'node:http';

export interface Exporter extends AsyncDisposable {
  /** host:port, as scrape configurations name it. */
  readonly address: string;
}

/** @param pages what stands at a path, in the text format */
export async function startExporter(pages: Readonly<Record<string, () => string>>): Promise<Exporter> {
  const server = createServer((request, response) => {
    const page = pages[request.url ?? ''];
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(page?.() ?? '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the exporter has no port');
  return {
    address: `127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** One line of a page; values of labels may hold anything. */
export function line(name: string, labels: Readonly<Record<string, string>>, value: number, at?: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  const spelled = value === Infinity ? '+Inf' : String(value).replace('Infinity', 'Inf');
  return `${name}{${pairs.join(',')}} ${spelled}${at === undefined ? '' : ` ${at}`}\n`;
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
