// What an answer says, for people.

/** The start of it, on one line. */
export function spoken(body: string, longest: number): string {
  return body
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim()
    .slice(0, longest)
    .toWellFormed();
}
