import type { SubmitOutcome } from '#nas/brokers/port.ts';

/** A code that proves that nothing was done, the wait before a new attempt, and who says so. */
interface ProvedUntouched {
  readonly waitMs: number;
  readonly meaning: string;
  readonly source: string;
}
/**
 * "Definitely not processed": only these exact codes in a complete body allow another attempt of an order. Everything else is the
 * broker's no or unknown. A change raises the version, which stands in the log beside every use.
 */
export const NOT_PROCESSED_VERSION = 2; // 2026-11-22
export const NOT_PROCESSED: Readonly<Record<string, ProvedUntouched>> = {
  EGW00201: { waitMs: 1_000, meaning: 'calls a second of the key', source: 'KIS throughput notice of 2026-04-20: call again' },
  EGW00215: { waitMs: 1_000, meaning: 'calls a second of the ledger', source: 'API workbook, 주식잔고조회: call again' },
  EGW00121: { waitMs: 0, meaning: 'token not valid', source: 'KIS error table: refused before routing' },
  EGW00122: { waitMs: 0, meaning: 'token not found', source: 'KIS error table: refused before routing' },
  EGW00123: { waitMs: 0, meaning: 'token expired', source: 'KIS error table: refused before routing' },
};

/** The access token was refused: drop it, issue once. */
export const TOKEN_REFUSED: ReadonlySet<string> = new Set(['EGW00121', 'EGW00122', 'EGW00123']);
/** We were too fast for our key or for the ledger. */
export const TOO_FAST: ReadonlySet<string> = new Set(['EGW00201', 'EGW00215']);
/** The key's own rate; the other one is the ledger's, for all customers together. */
export const OWN_RATE = 'EGW00201';
/** tokenP was asked less than a minute ago. */
export const TOKEN_TOO_SOON = 'EGW00133';

/** The gateway gave up or lost its way: an order may have passed ("check the previous transaction"). Reads retry. */
const AMBIGUOUS = /^(EGW0000[12]|EGW0020[23]|EGW0030[012]|OPSQ00(0[1-9]|1[01])|OPSQ1002)$/;

/** The gateway refused the request for its form, key or rights: it was never routed, and repeating it changes nothing. */
const GATEWAY_REFUSAL =
  /^(EGW0000[34]|EGW00206|EGW001(0[1-9]|1[0-8])|EGW0013[12]|EGW00205|EGW00213|EGW0200[467]|EGW2004|EGW0030[34]|OPSQ200[012]|OPSQ999\d|IGW00002)$/;

/** Ledger refusals: four letters and digits on real (APBK0952, KIER3672), eight digits on paper (40250000) unless a success code. */
const LEDGER_REFUSAL = /^((?!EGW|IGW|OPS|APBK0013$)[A-Z]{4}\d{4}|(?!40(59|60|62|63)0000$)\d{8})$/;

export type RefusalClass = 'not_processed' | 'refused' | 'ambiguous';

/** What a body with rt_cd ≠ 0 means. A code nobody has documented is ambiguous. */
export function classifyRefusal(rtCd: string, code: string): RefusalClass {
  if (Object.hasOwn(NOT_PROCESSED, code)) return 'not_processed';
  if (AMBIGUOUS.test(code)) return 'ambiguous';
  if (GATEWAY_REFUSAL.test(code)) return 'refused';
  return /^[127]$/.test(rtCd) && LEDGER_REFUSAL.test(code) ? 'refused' : 'ambiguous';
}

/** True when a failed read with this code may be asked again (KIS reference §6.4). */
export function isReadRetryable(code: string): boolean {
  return TOO_FAST.has(code) || AMBIGUOUS.test(code);
}

export interface Envelope {
  readonly rtCd: string;
  readonly code: string;
  readonly message: string;
  readonly body: Record<string, unknown>;
}

/** The common envelope, or null when the text is not one. `error_code` is the shape of the OAuth endpoints. */
export function readEnvelope(text: string): Envelope | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
  const fields = body as Record<string, unknown>;
  const oauthCode = fields.error_code;
  if (typeof oauthCode === 'string') {
    return { rtCd: '', code: oauthCode.trim(), message: textOf(fields.error_description), body: fields };
  }
  if (typeof fields.rt_cd !== 'string') return null;
  return { rtCd: fields.rt_cd, code: textOf(fields.msg_cd), message: textOf(fields.msg1), body: fields };
}

/** `msg1` arrives padded with blanks. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** A field of `output` whatever its case: order-rvsecncl is documented in lower case and answers in upper case. */
function outputField(body: Record<string, unknown>, name: string): string | null {
  const holder = Array.isArray(body.output) && body.output.length === 1 ? body.output[0] : body.output;
  if (typeof holder !== 'object' || holder === null) return null;
  const fields = holder as Record<string, unknown>;
  const value = fields[name] ?? fields[name.toLowerCase()];
  return typeof value === 'string' ? value.trim() : null;
}

/** KIS order numbers (ODNO) are ten digits; older paper answers came unpadded. Ours are always padded, so they compare as text. */
export function orderNumber(text: string): string | null {
  return /^\d{1,10}$/.test(text) && Number(text) > 0 ? text.padStart(10, '0') : null;
}

/**
 * Judges the whole answer to an order POST: the body first, the status second.
 * Accepted needs a 2xx, rt_cd 0 and an order number; a refusal needs a known code and no order number; all else is unknown.
 */
export function judgeOrderAnswer(status: number, text: string): SubmitOutcome {
  const envelope = readEnvelope(text);
  if (!envelope) return { kind: 'unknown', cause: `HTTP ${status} without a readable body` };
  const { rtCd, code, message, body } = envelope;
  const number = orderNumber(outputField(body, 'ODNO') ?? '');
  if (rtCd === '0') {
    if (!number || status < 200 || status > 299)
      return { kind: 'unknown', cause: `HTTP ${status}, rt_cd 0, ${number ? 'with' : 'without'} order number` };
    const time = outputField(body, 'ORD_TMD');
    return {
      kind: 'accepted',
      brokerOrderId: number,
      branch: outputField(body, 'KRX_FWDG_ORD_ORGNO') ?? '',
      brokerTime: time && /^\d{6}$/.test(time) ? time : null,
    };
  }
  const kind = number ? 'ambiguous' : classifyRefusal(rtCd, code);
  if (kind === 'not_processed') return { kind, code, message, retryAfterMs: NOT_PROCESSED[code]!.waitMs };
  if (kind === 'refused') return { kind: 'rejected', code, message };
  return { kind: 'unknown', cause: `HTTP ${status}, rt_cd ${rtCd.slice(0, 4)}, ${code || 'no code'}` };
}
