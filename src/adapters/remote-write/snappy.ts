// Snappy's block format, which remote write is compressed with. The only importer of `snappyjs`.
import { compress } from 'snappyjs';

export function snappyBlock(bytes: Uint8Array): Uint8Array {
  // A plain array: for a Buffer the library works through another, slower kind of view.
  return compress(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
