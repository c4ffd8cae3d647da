import { App } from '@supabase/lite';
import { createPostgresConnection } from '@supabase/lite/postgres';
import { type Mail, readMail } from './mail.ts';

export interface LiteOptions {
  /** Address for the role `lite`, which is no superuser. */
  readonly databaseUrl: string;
  readonly jwtSecret: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  /** Origin of the web app: where links in mails lead and redirects may go. */
  readonly webUrl: string;
  readonly onMail: (mail: Mail) => void;
}
export interface Lite {
  fetch(request: Request, peerAddress: string | null): Promise<Response>;
  close(): Promise<void>;
}

/** Access tokens live an hour, as on hosted: REST trusts a token until then even when its session is gone. */
const TOKEN_LIFE_S = 3600;

/** PostgREST and GoTrue as Supabase Lite speaks them, bent to hosted's behavior where they differ. */
export function startLite(options: LiteOptions): Lite {
  const connection = createPostgresConnection({
    url: options.databaseUrl,
    postgresOptions: { max: 10, onnotice() {}, types: hostedTypes },
  });
  // Lite would grant everything to everybody in each schema with RLS, and replace auth.uid(). The roles are ours to grant.
  Object.assign(connection, { ensureRlsContext: async () => true });
  const app = new App({
    connection,
    api: { schemas: ['public'] },
    auth: {
      enabled: true,
      jwt_secret: options.jwtSecret,
      jwt_expiry: TOKEN_LIFE_S,
      publishable_key: options.publishableKey,
      secret_key: options.secretKey,
      enable_refresh_token_rotation: true,
      refresh_token_reuse_interval: 10,
      minimum_password_length: 8,
      site_url: options.webUrl,
      additional_redirect_urls: [`${options.webUrl}/**`],
      email: { enable_confirmations: true },
    },
    options: { drivers: { email: { send: async (message) => options.onMail(readMail(message, options.webUrl)) } } },
  });
  return {
    fetch: (request, peerAddress) => app.fetch(request, { peerAddress }),
    close: () => connection.close(),
  };
}

/** Lite has turned JSON parameters into text already; encoding that text again would store a string instead of an object. */
const json = (oid: number) => ({
  to: oid,
  from: [oid],
  serialize: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
  parse: (text: string) => JSON.parse(text) as unknown,
});

/** Values as hosted PostgREST writes them: ISO instants, numerics as JSON numbers. */
const hostedTypes = {
  json: json(114),
  jsonb: json(3802),
  // PostgREST gives bytea in Postgres's own hex text (`\x…`).
  bytea: {
    to: 17,
    from: [17],
    serialize: (value: Uint8Array) => `\\x${Buffer.from(value).toString('hex')}`,
    parse: (text: string) => text,
  },
  numeric: { to: 1700, from: [1700], serialize: String, parse: Number },
  timestamptz: {
    to: 1184,
    from: [1184],
    serialize: (value: unknown) => (value instanceof Date ? value.toISOString() : String(value)),
    parse: (text: string) => text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'),
  },
};
