// Signature Version 4 of AWS: the request in one canonical spelling, signed with a key made of the day, the region and
// the service.
import { createHmac, hash } from 'node:crypto';
import { compareUtf8 } from '../../model/order.ts';
import { printMillis } from '../../model/rfc3339.ts';
import type { Instant } from '../../model/time.ts';
import { percentEncoded } from '../http/percent.ts';
import type { Wire } from '../http/request.ts';

export interface Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Of a role; '' without one. */
  readonly sessionToken: string;
}

export interface Scope {
  readonly region: string;
  readonly service: string;
  readonly at: Instant;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The same request with the headers that say who asks. */
export function signed(wire: Wire, { accessKey, secretKey, sessionToken }: Credentials, scope: Scope): Wire {
  const time = `${printMillis(scope.at).slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  const day = time.slice(0, 8);
  const headers = {
    ...wire.headers,
    'X-Amz-Date': time,
    ...(sessionToken === '' ? {} : { 'X-Amz-Security-Token': sessionToken }),
  };
  const { text, names } = canonical({ ...wire, headers });
  const path = `${day}/${scope.region}/${scope.service}/aws4_request`;
  const toSign = [ALGORITHM, time, path, hash('sha256', text, 'hex')].join('\n');
  const key = [day, scope.region, scope.service, 'aws4_request'].reduce(
    (last: string | Buffer, part) => createHmac('sha256', last).update(part).digest(),
    `AWS4${secretKey}`,
  );
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  return {
    ...wire,
    headers: {
      ...headers,
      Authorization: `${ALGORITHM} Credential=${accessKey}/${path}, SignedHeaders=${names}, Signature=${signature}`,
    },
  };
}

function canonical({ method, url, headers, body }: Wire): { readonly text: string; readonly names: string } {
  const { host, pathname, searchParams } = new URL(url);
  const all = [...Object.entries(headers), ['Host', host] as const]
    .map(([name, value]) => [name.toLowerCase(), value.trim().replaceAll(/ +/g, ' ')] as const)
    .sort(([a], [b]) => compareUtf8(a, b));
  const names = all.map(([name]) => name).join(';');
  const query = [...searchParams]
    .map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(value)}`)
    .sort(compareUtf8)
    .join('&');
  // Of a path that is encoded already, as all services but S3 have it.
  const path = pathname.split('/').map(percentEncoded).join('/');
  const lines = all.map(([name, value]) => `${name}:${value}\n`).join('');
  return { text: [method, path, query, lines, names, hash('sha256', body, 'hex')].join('\n'), names };
}
