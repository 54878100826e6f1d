// The HTML that Telegram reads: cut so that what is left is still whole, or read as the text it stands for.
import { unescapeEntities } from '../../template/html-entities.ts';

export interface Room {
  /** For what people see, in UTF-16 code units. */
  readonly visible: number;
  /** For all of it. */
  readonly bytes: number;
}

const TAG = /<\/?([a-zA-Z][a-zA-Z0-9-]*)[^<>]*>/;
const PIECES = new RegExp(`${TAG.source}|&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z]+);|.`, 'gsu');
const ELLIPSIS = '…';

/** When it does not fit, as much of it as does, with an ellipsis and every tag closed. */
export function shortHtml(html: string, room: Room): string {
  const open: string[] = [];
  let closing = '';
  let [visible, bytes] = [0, 0];
  let short = ELLIPSIS;
  let fits = 0;
  for (const match of html.matchAll(PIECES)) {
    const [piece, name] = match;
    if (name === undefined) visible += isEntity(piece) ? 1 : piece.length;
    else closing = follow(open, piece, name);
    bytes += Buffer.byteLength(piece);
    if (visible > room.visible || bytes + closing.length > room.bytes) return html.slice(0, fits) + short;
    if (visible < room.visible && bytes + closing.length + Buffer.byteLength(ELLIPSIS) <= room.bytes) {
      fits = match.index + piece.length;
      short = ELLIPSIS + closing;
    }
  }
  return html;
}

/** Without its tags. */
export const plainOf = (html: string): string => unescapeEntities(html.replaceAll(new RegExp(TAG, 'g'), ''));

const isEntity = (piece: string): boolean => piece.startsWith('&') && piece.length > 1;

/** Opens or closes a tag; what has to be closed from there on. */
function follow(open: string[], tag: string, name: string): string {
  if (!tag.startsWith('</')) open.push(name);
  else if (open.includes(name)) open.splice(open.lastIndexOf(name));
  return open
    .toReversed()
    .map((each) => `</${each}>`)
    .join('');
}
