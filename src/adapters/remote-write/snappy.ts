// Snappy's block format, which remote write is compressed with. The only importer of `snappyjs`; of its compressor
// itself, because the library's own way in has memory of its own for each block, several times what it comes to.
import { SnappyCompressor } from 'snappyjs/snappy_compressor.js';

let scratch = new Uint8Array(64 * 1024);
const MOST_KEPT = 8 * 1024 * 1024;

export function snappyBlock(bytes: Uint8Array): Uint8Array {
  // A plain array: for a Buffer the library works through another, slower kind of view.
  const compressor = new SnappyCompressor(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const most = compressor.maxCompressedLength();
  const output = most <= scratch.length ? scratch : new Uint8Array(most * 2);
  if (output.length <= MOST_KEPT) scratch = output;
  return output.slice(0, compressor.compressToBuffer(output));
}
