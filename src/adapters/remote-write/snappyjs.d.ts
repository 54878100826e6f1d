declare module 'snappyjs' {
  export function compress(input: Uint8Array): Uint8Array<ArrayBuffer>;
  export function uncompress(input: Uint8Array, maxLength?: number): Uint8Array<ArrayBuffer>;
}

declare module 'snappyjs/snappy_compressor.js' {
  export class SnappyCompressor {
    constructor(input: Uint8Array);
    maxCompressedLength(): number;
    compressToBuffer(output: Uint8Array): number;
  }
}
