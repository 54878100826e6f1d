// The body of an answer, as much of it as we are willing to know, before and after decompression. The rest is never
// read, and neither an endless body nor a bomb costs more than that.
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress, constants } from 'node:zlib';
import { Readable, type Transform } from 'node:stream';

const LARGEST_ANSWER = 64 * 1024;

/** What arrived before the end, the cap, or whatever broke it off: the status has already decided. */
export async function readBody(body: Readable, encoding: string, most = LARGEST_ANSWER): Promise<string> {
  const raw = await collect(body, most);
  const decoder = encoding === '' ? null : decoderOf(encoding.trim().toLowerCase());
  const bytes = decoder === null ? raw : await collect(Readable.from([raw]).pipe(decoder), most);
  // `stream` leaves out a character that the cap cut in two.
  return new TextDecoder().decode(bytes, { stream: true });
}

async function collect(stream: Readable, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      if (!(chunk instanceof Uint8Array)) break;
      chunks.push(Buffer.from(chunk));
      size += chunk.length;
      if (size >= most) break;
    }
  } catch {
    // Broken off, or not what its encoding says: what came so far is the answer.
  }
  return Buffer.concat(chunks).subarray(0, most);
}

/** One layer; a list of encodings is left as it is. The flush mode lets a body cut at the cap still say its part. */
function decoderOf(encoding: string): Transform | null {
  const gzip = { finishFlush: constants.Z_SYNC_FLUSH };
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip(gzip);
    case 'deflate':
      return createInflate(gzip);
    case 'br':
      return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
    case 'zstd':
      return createZstdDecompress({ finishFlush: constants.ZSTD_e_flush });
    default:
      return null;
  }
}
