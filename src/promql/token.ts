// The words of PromQL and how Prometheus names them in an error text. Reading them out of a text is in lex.ts.
// Keywords are case-insensitive.
import { goQuote } from '../model/go-quote.ts';

export type TokenKind =
  | 'identifier'
  | 'metric' // with a colon
  | 'number'
  | 'duration'
  | 'string'
  | 'operator'
  | 'aggregator'
  | 'keyword'
  | 'preprocessor'
  | 'mark'; // brackets, comma, colon, =

export interface Token {
  readonly kind: TokenKind;
  /** The fixed spelling of an operator, keyword, aggregator, preprocessor or mark; empty for all others. */
  readonly word: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SPELLED: readonly (readonly [kind: TokenKind, words: string])[] = [
  ['operator', 'and or unless atan2'],
  ['aggregator', 'sum avg count min max group stddev stdvar topk bottomk count_values quantile limitk limit_ratio'],
  ['keyword', 'offset smoothed anchored by without on ignoring group_left group_right fill fill_left fill_right bool'],
  ['preprocessor', 'start end step range max_of min_of'],
  ['number', 'inf nan'],
];

export const KEYWORDS: ReadonlyMap<string, TokenKind> = new Map(
  SPELLED.flatMap(([kind, words]) => words.split(' ').map((word): [string, TokenKind] => [word, kind])),
);

/** Whether it is spelled with letters, so that it may be a name elsewhere. */
export const isName = ({ word }: Token): boolean => /^[a-z]/.test(word);

/** As Prometheus says what it did not expect: `<op:+>`, `identifier "x"`, `")"`. Null is the end of the text. */
export function describeToken(token: Token | null): string {
  if (token === null) return 'end of input';
  switch (token.kind) {
    case 'identifier':
      return `identifier ${goQuote(token.text)}`;
    case 'metric':
      return `metric identifier ${goQuote(token.text)}`;
    case 'operator':
      return `<op:${token.text}>`;
    case 'aggregator':
      return `<aggr:${token.text}>`;
    case 'keyword':
      return `<${token.text}>`;
    case 'number':
    case 'duration':
    case 'string':
      return `${token.kind} ${shortened(token.text)}`;
    case 'preprocessor':
    case 'mark':
      return shortened(token.text);
  }
}

const LONGEST_SHOWN = 10;

function shortened(text: string): string {
  if (Buffer.byteLength(text) <= LONGEST_SHOWN) return goQuote(text);
  return `${goQuote([...text].slice(0, LONGEST_SHOWN).join(''))}...`;
}
