import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddressList } from '../../../src/integrations/email/address.ts';

const read = (text: string): readonly string[] =>
  parseAddressList(text).addresses.map(({ name, address }) => (name === '' ? address : `${name}|${address}`));

describe('parseAddressList()', () => {
  it.each([
    ['a@example.org', ['a@example.org']],
    [' a@example.org ,\n b@example.org, ', ['a@example.org', 'b@example.org']],
    ['Ops <ops@example.org>', ['Ops|ops@example.org']],
    ['"Doe, Jane" <jane@example.org>, b@example.org', ['Doe, Jane|jane@example.org', 'b@example.org']],
    ['"say \\"hi\\" \\\\" <a@example.org>', ['say "hi" \\|a@example.org']],
    ['Jane Q. Public <a@example.org>', ['Jane Q. Public|a@example.org']],
    ['a@example.org (Jane)', ['Jane|a@example.org']],
    ['<a@example.org>', ['a@example.org']],
    ['"<b@evil.example>" <a@example.org>', ['<b@evil.example>|a@example.org']],
    ['值班 <zhang@example.org>', ['值班|zhang@example.org']],
    ['zhang@例子.中国', ['zhang@xn--fsqu00a.xn--fiqs8s']],
    ['张三@example.org', ['张三@example.org']],
    ['a@Bücher.example', ['a@xn--bcher-kva.example']],
    ['root@localhost', ['root@localhost']],
    ['a+tag.x_y@sub.example.org', ['a+tag.x_y@sub.example.org']],
    ['a@[192.0.2.1], b@[IPv6:2001:db8::1]', ['a@[192.0.2.1]', 'b@[IPv6:2001:db8::1]']],
    ['a@example.org, a@example.org', ['a@example.org']],
    ['', []],
    [' , ', []],
  ])('reads %j', (text, expected) => {
    expect(parseAddressList(text).faults).toEqual([]);
    expect(read(text)).toEqual(expected);
  });

  it.each([
    'nobody',
    '@example.org',
    'a@',
    'a b@example.org',
    'a@exa mple.org',
    'a@example..org',
    '.a@example.org',
    'a@-example.org',
    'a@b@example.org',
    '"a@evil.example"@example.org',
    '"a b"@example.org',
    'a@example.org\r\nBcc: all@example.org',
    'a@example.org\0',
    'Ops <ops@example.org> more',
    'Ops <a@example.org> <b@example.org>',
    'evil@example.net <a@example.org>',
    'team: a@example.org;',
    'a@exa%6dple.org',
    'a@example。org',
    `${'x'.repeat(65)}@example.org`,
    'a@[192.0.2.1]x',
  ])('finds no address in %j', (text) => {
    expect(read(text)).toEqual([]);
    expect(parseAddressList(text).faults).toHaveLength(1);
  });

  it('leaves the good ones standing beside one that is none', () => {
    expect(parseAddressList('a@example.org, nobody, b@example.org')).toEqual({
      addresses: [
        { name: '', address: 'a@example.org' },
        { name: '', address: 'b@example.org' },
      ],
      faults: ['"nobody" is no mail address'],
    });
  });

  it('never lets a control character, a bracket or a second @ through, whatever it is given', () => {
    const piece = fc.constantFrom(
      'a',
      '@',
      '.',
      '"',
      '<',
      '>',
      '(',
      ')',
      ',',
      ';',
      '\r',
      '\n',
      '\0',
      ' ',
      '例',
      '\\',
      ':',
      '[',
      ']',
      '%',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        for (const { name, address } of parseAddressList(pieces.join('')).addresses) {
          expect(address).toMatch(/^[^\p{Cc}<>()",;:\\ @]+@[^\p{Cc}<>()",;\\ @]+$/u);
          expect(name).not.toMatch(/\p{Cc}/u);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
