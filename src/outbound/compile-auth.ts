// How we say who we are: basic_auth, authorization, oauth2, and the older bearer_token keys, which become an
// authorization here and are gone afterwards. At most one of them.
import { compileProxy } from './compile-proxy.ts';
import { compileTls, refuseReference } from './compile-tls.ts';
import type { HttpAuth } from './http-config.ts';
import type { Section } from './section.ts';
import { httpUrlFault } from './url.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

export function compileAuth(http: Section): HttpAuth | null {
  const basic = http.section('basic_auth');
  const authorization = http.section('authorization');
  const oauth2 = http.section('oauth2');
  refuseCombinations(http);
  const compiled = {
    basic: basic === null ? null : compileBasic(basic),
    authorization: authorization === null ? null : compileAuthorization(authorization),
    oauth2: oauth2 === null ? null : compileOAuth2(oauth2),
    bearer: compileBearer(http),
  };
  return compiled.basic ?? compiled.authorization ?? compiled.oauth2 ?? compiled.bearer;
}

/** One message for one mistake: the first rule that is broken speaks. */
function refuseCombinations(http: Section): void {
  const bearer = ['bearer_token', 'bearer_token_file'].filter((key) => http.text(key) !== '');
  const sections = ['basic_auth', 'authorization', 'oauth2'].filter((key) => http.section(key) !== null);
  const refuse = (key: string, message: string): void => http.refuse(key, 'config/exclusive-keys', message);
  if (bearer.length > 1) {
    refuse('bearer_token_file', 'at most one of bearer_token & bearer_token_file must be configured');
  } else if (bearer.length > 0 && (sections.includes('basic_auth') || sections.includes('oauth2'))) {
    refuse(bearer[0]!, 'at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured');
  } else if (bearer.length > 0 && sections.length > 0) {
    refuse(bearer[0]!, 'authorization is not compatible with bearer_token & bearer_token_file');
  } else if (sections.length > 1) {
    refuse(sections.at(-1)!, 'at most one of basic_auth, oauth2 & authorization must be configured');
  }
}

function compileBasic(basic: Section): HttpAuth {
  for (const part of ['username', 'password']) {
    refuseReference(basic, part);
    basic.atMostOne(
      [part, `${part}_file`, `${part}_ref`],
      `at most one of basic_auth ${part}, ${part}_file & ${part}_ref must be configured`,
    );
  }
  return {
    kind: 'basic',
    username: basic.textSource('username', 'username_file') ?? { kind: 'inline', text: '' },
    password: basic.secret('password', 'password_file'),
  };
}

function compileAuthorization(authorization: Section): HttpAuth {
  refuseReference(authorization, 'credentials');
  authorization.atMostOne(
    ['credentials', 'credentials_file', 'credentials_ref'],
    'at most one of authorization credentials & credentials_file must be configured',
  );
  const type = authorization.text('type').trim() || 'Bearer';
  if (type.toLowerCase() === 'basic') {
    const message = 'authorization type cannot be set to "basic", use "basic_auth" instead';
    authorization.refuseValue('type', 'config/bad-value', message);
  }
  return { kind: 'authorization', type, credentials: authorization.secret('credentials', 'credentials_file') };
}

function compileBearer(http: Section): HttpAuth | null {
  const credentials = http.secret('bearer_token', 'bearer_token_file');
  return credentials === null ? null : { kind: 'authorization', type: 'Bearer', credentials };
}

function compileOAuth2(oauth2: Section): HttpAuth {
  refuseReference(oauth2, 'client_secret');
  const tokenUrl = oauth2.text('token_url');
  if (oauth2.text('client_id') === '') {
    oauth2.refuse('client_id', 'config/required', 'oauth2 client_id must be configured');
  }
  const fault = tokenUrl === '' ? null : httpUrlFault(tokenUrl);
  if (tokenUrl === '') oauth2.refuse('token_url', 'config/required', 'oauth2 token_url must be configured');
  if (fault !== null) oauth2.refuseValue('token_url', 'config/bad-url', `invalid token_url: ${fault}`);
  if (oauth2.text('grant_type') === JWT_BEARER) {
    const message = 'grant_type jwt-bearer is not supported';
    oauth2.refuseValue('grant_type', 'config/unsupported', message, 'client_credentials is');
  }
  oauth2.atMostOne(
    ['client_secret', 'client_secret_file', 'client_secret_ref'],
    'at most one of oauth2 client_secret, client_secret_file & client_secret_ref must be configured using grant-type=client_credentials',
  );
  const params = oauth2.section('endpoint_params');
  return {
    kind: 'oauth2',
    clientId: oauth2.text('client_id'),
    clientSecret: oauth2.secret('client_secret', 'client_secret_file'),
    scopes: oauth2.list('scopes'),
    tokenUrl,
    endpointParams: params === null ? [] : [...params.keys()].map((name) => [name, params.text(name)] as const),
    tls: compileTls(oauth2.section('tls_config')),
    proxy: compileProxy(oauth2),
  };
}
