// What an answer says, for people.

/** The start of it, on one line. */
export function spoken(body: string, longest: number): string {
  return body
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim()
    .slice(0, longest)
    .toWellFormed();
}

/** Shorter ones would be found in every other word. */
const SHORTEST_HIDDEN = 6;

/** Without the secrets of ours that the other side repeats. */
export function hiding(detail: string, secrets: Iterable<string>): string {
  let shown = detail;
  for (const secret of secrets) {
    if (secret.length >= SHORTEST_HIDDEN) shown = shown.replaceAll(secret, '<secret>');
  }
  return shown;
}
