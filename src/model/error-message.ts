// What a caught value says.

/** Anything can be thrown; most of it has a message. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
