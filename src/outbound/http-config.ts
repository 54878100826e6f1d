// http_config, whole: how we speak HTTP to someone. Compiled from YAML here; carried out by adapters/http-client.ts.
// Files (secrets, keys, CAs) are named here and read at each use, so that rotating one needs no reload.
import type { Secret } from '../input/secret.ts';

export type SecretSource =
  | { readonly kind: 'inline'; readonly secret: Secret }
  | { readonly kind: 'file'; readonly path: string };

export type TextSource =
  | { readonly kind: 'inline'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string };

export type HttpAuth =
  | { readonly kind: 'basic'; readonly username: TextSource; readonly password: SecretSource | null }
  | { readonly kind: 'authorization'; readonly type: string; readonly credentials: SecretSource | null }
  | {
      readonly kind: 'oauth2';
      readonly clientId: string;
      readonly clientSecret: SecretSource | null;
      readonly scopes: readonly string[];
      readonly tokenUrl: string;
      readonly endpointParams: readonly (readonly [string, string])[];
      readonly tls: TlsConfig;
      readonly proxy: ProxyConfig;
    };

export type TlsVersion = 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13';

export interface TlsConfig {
  readonly ca: TextSource | null;
  readonly cert: TextSource | null;
  readonly key: SecretSource | null;
  readonly serverName: string | null;
  readonly insecureSkipVerify: boolean;
  readonly minVersion: TlsVersion | null;
  readonly maxVersion: TlsVersion | null;
}

export interface ProxyConfig {
  /** May carry a user and password. */
  readonly url: Secret | null;
  readonly noProxy: string;
  readonly fromEnvironment: boolean;
  readonly connectHeaders: readonly (readonly [string, Secret])[];
}

export interface HttpConfig {
  readonly auth: HttpAuth | null;
  readonly tls: TlsConfig;
  readonly proxy: ProxyConfig;
  readonly followRedirects: boolean;
  readonly enableHttp2: boolean;
  readonly headers: readonly {
    readonly name: string;
    readonly values: readonly string[];
    readonly secrets: readonly Secret[];
    readonly files: readonly string[];
  }[];
}
