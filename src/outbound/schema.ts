// The shape of http_config and its parts as JSON Schema: which keys exist, and of which form. Every YAML leaf
// arrives as a string; `format` says what its text must spell. What keys mean together is compile.ts.

type Schema = { readonly [keyword: string]: unknown };

const text: Schema = { type: ['string', 'null'] };
const secret: Schema = { ...text, format: 'secret' };
const bool: Schema = { type: ['string', 'null'], format: 'bool' };
const texts: Schema = { type: ['array', 'null'], items: text };
const secrets: Schema = { type: ['array', 'null'], items: secret };

function mapping(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: ['object', 'null'], properties, additionalProperties: false };
}

/** A mapping with names of the user's own choice. */
function dictionary(values: Schema): Schema {
  return { type: ['object', 'null'], additionalProperties: values };
}

const proxyKeys = {
  proxy_url: { ...text, format: 'open-url' },
  no_proxy: text,
  proxy_from_environment: bool,
  proxy_connect_header: dictionary(secrets),
};

export const tlsConfigSchema: Schema = mapping({
  ca: text,
  ca_file: text,
  ca_ref: text,
  cert: text,
  cert_file: text,
  cert_ref: text,
  key: secret,
  key_file: text,
  key_ref: text,
  server_name: text,
  insecure_skip_verify: bool,
  min_version: text,
  max_version: text,
});

const oauth2Schema: Schema = mapping({
  client_id: text,
  client_secret: secret,
  client_secret_file: text,
  client_secret_ref: text,
  client_certificate_key_id: text,
  client_certificate_key: secret,
  client_certificate_key_file: text,
  client_certificate_key_ref: text,
  grant_type: text,
  signature_algorithm: text,
  iss: text,
  audience: text,
  claims: { type: ['object', 'null'], format: 'secret' },
  scopes: texts,
  token_url: { ...text, format: 'open-url' },
  endpoint_params: dictionary(secret),
  tls_config: tlsConfigSchema,
  ...proxyKeys,
});

/** Headers by name. */
export const headerListsSchema: Schema = dictionary(mapping({ values: texts, secrets, files: texts }));

/** The keys of http_config, for mappings where they stand beside others. */
export const httpConfigKeys: Readonly<Record<string, Schema>> = {
  basic_auth: mapping({
    username: text,
    username_file: text,
    username_ref: text,
    password: secret,
    password_file: text,
    password_ref: text,
  }),
  authorization: mapping({ type: text, credentials: secret, credentials_file: text, credentials_ref: text }),
  oauth2: oauth2Schema,
  bearer_token: secret,
  bearer_token_file: text,
  tls_config: tlsConfigSchema,
  follow_redirects: bool,
  enable_http2: bool,
  http_headers: headerListsSchema,
  ...proxyKeys,
};

export const httpConfigSchema: Schema = mapping(httpConfigKeys);
