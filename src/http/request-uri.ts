// Whether a generatorURL is one, by the rules of Go's request URIs: absolute or rooted, a well-formed authority,
// valid percent escapes in the path. Anything may follow a `#` or stand in a query.

export function isRequestUri(text: string): boolean {
  if (USUAL.test(text)) return true;
  const uri = text.split('#', 1)[0]!;
  if (uri === '' || CONTROL.test(uri)) return false;
  if (uri === '*') return true;
  if (uri.startsWith(':')) return false;
  const scheme = SCHEME.exec(uri)?.[0] ?? '';
  const rest = uri.slice(scheme.length).split('?', 1)[0]!;
  if (!rest.startsWith('/')) return scheme !== '';
  if (scheme === '' || !rest.startsWith('//')) return hasValidEscapes(rest);
  const end = rest.indexOf('/', 2);
  const authority = rest.slice(2, end === -1 ? rest.length : end);
  return isAuthority(authority) && (end === -1 || hasValidEscapes(rest.slice(end)));
}

const USUAL = /^https?:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[!-$&->@-~]*)?(\?[!-~]*)?$/;
const CONTROL = /[\u0000-\u001f\u007f]/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const USER = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;
// Escapes in a host stand for bytes beyond ASCII only.
const HOST = /^(?:[A-Za-z0-9\-_.~!$&'()*+,;=:<>"[\]\u0080-\u{10ffff}]|%[89A-Fa-f][0-9A-Fa-f])*$/u;
const PORT = /^(:\d*)?$/;

const hasValidEscapes = (text: string): boolean => !/%(?![0-9A-Fa-f]{2})/.test(text);

function isAuthority(authority: string): boolean {
  const at = authority.lastIndexOf('@');
  if (at !== -1 && !(USER.test(authority.slice(0, at)) && hasValidEscapes(authority.slice(0, at)))) return false;
  const host = authority.slice(at + 1);
  if (host.startsWith('[')) {
    const close = host.lastIndexOf(']');
    return close !== -1 && PORT.test(host.slice(close + 1)) && HOST.test(host.slice(1, close).replace(/%25.*$/, ''));
  }
  const colon = host.lastIndexOf(':');
  return (colon === -1 || PORT.test(host.slice(colon))) && HOST.test(host);
}
