// A batch is packed in a thread of its own: hundreds of kilobytes would hold up everything else.
import { gzip } from 'node:zlib';
import { promisify } from 'node:util';

export const packed = promisify<Uint8Array, Buffer>(gzip);
