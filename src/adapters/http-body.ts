// The text of a short answer: as much of it as the cap lets through, before and after decompression. What its encoding
// does not explain is left as it is, and a bomb costs no more than the cap.
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress, constants } from 'node:zlib';
import { Readable, type Transform } from 'node:stream';

/** @param raw at most `most` bytes */
export async function textOf(raw: Buffer, encoding: string, most: number): Promise<string> {
  const decoder = encoding === '' ? null : decoderOf(encoding.trim().toLowerCase());
  const bytes = decoder === null ? raw : await collect(Readable.from([raw]).pipe(decoder), most);
  // `stream` leaves out a character that the cap cut in two.
  return bytes.length === 0 ? '' : new TextDecoder().decode(bytes, { stream: true });
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
    // Not what its encoding says: what came so far is the answer.
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
