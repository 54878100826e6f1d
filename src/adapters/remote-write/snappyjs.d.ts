declare module 'snappyjs' {
  export function compress(input: Uint8Array): Uint8Array<ArrayBuffer>;
  export function uncompress(input: Uint8Array, maxLength?: number): Uint8Array<ArrayBuffer>;
}
