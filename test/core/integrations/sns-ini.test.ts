// What AWS's library for Go makes of its files, oddities included.
import { describe, expect, it } from 'vitest';
import { parseIni } from '../../../src/integrations/sns/ini.ts';

const parsed = (text: string): unknown =>
  Object.fromEntries(
    [...parseIni('/c', text)].map(([name, section]) => [
      name,
      Object.fromEntries(
        [...section].map(([key, { text: value, nested }]) => [
          key,
          nested.size === 0 ? value : Object.fromEntries(nested),
        ]),
      ),
    ]),
  );

describe('parseIni()', () => {
  it.each<[name: string, text: string, sections: unknown]>([
    [
      'a section and its keys',
      '[default]\nregion = eu-west-1\noutput=json',
      { default: { region: 'eu-west-1', output: 'json' } },
    ],
    ['spaces in a header', '[  profile \t a b ] ', { 'profile a b': {} }],
    ['comments after a header', '[a] # one\nk=1\n[b];two\n', { a: { k: '1' }, b: {} }],
    ['an indented header', '[a]\n  [b]\nk=1', { a: {}, b: { k: '1' } }],
    ['no header in a comment sign', '[a#b]\nk=1', {}],
    ['lines before any header', 'k=1\n[a]', { a: {} }],
    ['lines of comments', '# x\n  ; y\n[a]\n#k=1\n;k=2', { a: {} }],
    [
      'a comment after a value only where a space is before it',
      '[a]\nk=1 # x\nl=2#x\nm=3\t;y',
      { a: { k: '1', l: '2#x', m: '3' } },
    ],
    ['a colon in place of the equals sign', '[a]\nk: v=w\nl = x:y', { a: { k: 'v=w', l: 'x:y' } }],
    ['keys in any case', '[a]\nAWS_Access_Key_ID = AK', { a: { aws_access_key_id: 'AK' } }],
    ['equals signs in a value', '[a]\nk = a=b==', { a: { k: 'a=b==' } }],
    ['quotes around a value', `[a]\nk="x y"\nl='z'\nm="q\nn='`, { a: { k: 'x y', l: 'z', m: '"q', n: "'" } }],
    ['the last of two values', '[a]\nk=1\nk=2', { a: { k: '2' } }],
    ['one section that comes twice', '[a]\nk=1\n[b]\n[a]\nl=2', { a: { k: '1', l: '2' }, b: {} }],
    [
      'indented lines under an empty key',
      '[a]\ns3 =\n  max = 1\n  url = x # no\nk=2',
      { a: { s3: { max: '1', url: 'x # no' }, k: '2' } },
    ],
    ['an indented key where none is open', '[a]\n  k = 1 # x\n  l = 2', { a: { k: '1', l: '2' } }],
    ['an indented line that goes on', '[a]\nk = one\n  two', { a: { k: 'one\ntwo' } }],
    ['lines that are none', '[a]\nnonsense\nk=1', { a: { k: '1' } }],
    ['lines of Windows, and its mark', '\uFEFF[a] ; x\r\nk=1\r\n', { a: { k: '1' } }],
    ['an empty file', '', {}],
  ])('reads %s', (_, text, sections) => {
    expect(parsed(text)).toEqual(sections);
  });

  it('knows where a value stands', () => {
    expect(parseIni('/c', '\n[a]\n\nk=1').get('a')?.get('k')?.at).toBe('/c:4');
  });
});
