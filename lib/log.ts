import pino, { type Logger } from 'pino';

export type Log = Logger;

/** Fields whose values never reach a log line, wherever they sit; compared without case, `_` and `-`. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'appkey',
  'appsecret',
  'secret',
  'secretkey',
  'accesstoken',
  'refreshtoken',
  'token',
  'approvalkey',
  'authorization',
  'cookie',
  'setcookie',
  'password',
  'apikey',
  'xapikey',
  'privatekey',
  'privatejwk',
  'jwtsecret',
  'accountnumber',
  'cano',
  'acntno',
  'htsid',
  'encryptedcredentials',
  'ct',
  'key',
  'iv',
]);
const CENSOR = '[redacted]';
/** Deeper or longer things are no facts for a log. */
const MAX_DEPTH = 8;
const MAX_ITEMS = 100;

/**
 * A JSON logger for one service. Sentences are constant, all that varies is a field with its unit in its name. Secrets and account
 * numbers are redacted at every depth: in objects, lists, errors, their details and their causes.
 */
export function createLog(service: string, level: string = 'info', destination?: pino.DestinationStream): Log {
  return pino(
    {
      level,
      base: { service },
      formatters: { log: redacted, bindings: redacted },
      serializers: { err: (value: unknown) => value }, // already written out below
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

const redacted = (fields: object) => withoutSecrets(fields) as Record<string, unknown>;

/** `around`: the objects this one sits in, so that a circle ends. */
function withoutSecrets(value: unknown, around: readonly unknown[] = []): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof URL) return value;
  if (around.length >= MAX_DEPTH || around.includes(value)) return '[…]';
  const inside = [...around, value];
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => withoutSecrets(item, inside));
  const isError = value instanceof Error;
  const kind = Object.getPrototypeOf(value)?.constructor as { name: string } | undefined;
  // Sockets, requests, pools, bytes: their insides are no facts. Fastify has serializers of its own for `req` and `res`.
  if (!isError && kind && kind !== Object) return around.length === 1 ? value : `[${kind.name}]`;
  // What an error is made of cannot be enumerated; the rest of its fields (code, detail) can.
  const told = isError ? { type: kind?.name, message: value.message, stack: value.stack } : {};
  const cause = isError && value.cause !== undefined ? { cause: value.cause } : {};
  return Object.fromEntries(
    Object.entries({ ...told, ...value, ...cause }).map(([name, inner]) => [
      name,
      SECRET_FIELDS.has(name.toLowerCase().replaceAll(/[-_]/g, '')) ? CENSOR : withoutSecrets(inner, inside),
    ]),
  );
}
