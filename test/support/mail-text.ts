// What a reader finds in a mail's HTML: its words, a line per block of white space removed, and where its links lead.

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00A0' };

const decode = (html: string): string =>
  html.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return ENTITIES[name!] ?? whole;
  });

export interface MailText {
  readonly title: string;
  readonly words: string;
  readonly links: readonly string[];
}

export function mailText(html: string): MailText {
  const [, title = ''] = /<title>(.*?)<\/title>/s.exec(html) ?? [];
  const [, body = ''] = /<body[^>]*>(.*)<\/body>/s.exec(html) ?? [];
  const words = decode(body.replace(/<!--.*?-->/gs, '').replace(/<[^>]*>/g, ' '));
  return {
    title: decode(title),
    words: words.replace(/[ \t\r\n]+/g, ' ').trim(),
    links: [...body.matchAll(/<a\s[^>]*?href=(?:"([^"]*)"|'([^']*)')/g)].map(([, a, b]) => decode(a ?? b ?? '')),
  };
}
