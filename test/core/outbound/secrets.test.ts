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
  ['hook SLACKTOKEN is off', ['https://h/services/T0/B0/SLACKTOKEN'], 'hook <secret> is off'],
  [
    'no such webhook in services: hooktoken',
    ['https://h/services/webhook/hooktoken'],
    'no such webhook in services: <secret>',
  ],
  ['key s3cr3t of hunter2', ['https://h/x?key=s3cr3t&who=hunter2&v=1'], 'key <secret> of <secret>'],
  ['key a+b cde and a%2Bb%20cde', ['https://h/x?key=a%2Bb+cde'], 'key <secret> and <secret>'],
  ['in %2Fservices%2FT0%2FTOKENTOKEN.', ['https://h/services/T0/TOKENTOKEN'], 'in <secret>.'],
  ['in %2fservices%2fT0%2ftokentoken.', ['https://h/services/T0/tokentoken'], 'in <secret>.'],
  ['services%2FT0%2FTOKENTOKEN', ['https://h/services/T0/TOKENTOKEN'], 'services%2FT0%2F<secret>'],
  ['by tenant-guid for group-guid', ['https://h/hook/group-guid@tenant-guid/x'], 'by <secret> for <secret>'],
  ['token caf%C3%A9caf%C3%A9 or cafécafé', ['https://h/caf%C3%A9caf%C3%A9'], 'token <secret> or <secret>'],
  ['token%zz no more', ['https://h/token%zz?y=token%zz'], '<secret> no more'],
  ['v1 is old, and so is T0', ['https://h/v1/T0?x=T0'], 'v1 is old, and so is T0'],
])('withoutSecrets() of %j', (text, secrets, shown) => expect(withoutSecrets(text, secrets)).toBe(shown));
