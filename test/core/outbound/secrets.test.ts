import { expect, test } from 'vitest';
import { Secret } from '../../../src/input/secret.ts';
import { wholeText, withoutSecrets } from '../../../src/outbound/secrets.ts';

test('two configurations that differ in a secret alone are two', () => {
  const config = (password: string): unknown => ({ url: 'http://p', auth: { password: new Secret(password) } });
  expect(wholeText(config('a'))).toBe(wholeText(config('a')));
  expect(wholeText(config('a'))).not.toBe(wholeText(config('b')));
});

test.each([
  ['no route for /hooks/T0KEN?x=1', ['https://h/hooks/T0KEN?x=1'], 'no route for <secret>'],
  ['user canary%20pw', ['canary pw'], 'user <secret>'],
  ['a short one stays: abc', ['abc'], 'a short one stays: abc'],
])('withoutSecrets() of %j', (text, secrets, shown) => expect(withoutSecrets(text, secrets)).toBe(shown));
