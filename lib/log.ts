import pino, { type Logger } from 'pino';

export type Log = Logger;

/** Field names whose values never reach a log line, wherever they sit. */
const SECRET_FIELDS = [
  'appKey',
  'appkey',
  'appSecret',
  'appsecret',
  'secretkey',
  'accessToken',
  'access_token',
  'approval_key',
  'authorization',
  'password',
  'token',
  'apiKey',
  'privateKey',
  'accountNumber',
  'CANO',
  'ACNT_NO',
  'htsId',
  'encrypted_credentials',
  'ct',
  'key',
  'iv',
] as const;

/**
 * A JSON logger for one service. Sentences are constant, all that varies is a field with its unit in its name.
 * Secrets and account numbers are redacted at the top level and up to two levels down.
 */
export function createLog(service: string, level: string = 'info', destination?: pino.DestinationStream): Log {
  const paths = SECRET_FIELDS.flatMap((f) => [f, `*.${f}`, `*.*.${f}`, `headers["${f}"]`, `err.${f}`]);
  return pino(
    { level, base: { service }, redact: { paths, censor: '[redacted]' }, timestamp: pino.stdTimeFunctions.isoTime },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}
