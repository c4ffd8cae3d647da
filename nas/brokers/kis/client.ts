import type { z } from 'zod';
import { AppError } from '#lib/errors.ts';
import type { Log } from '#lib/log.ts';
import type { SubmitOutcome } from '#nas/brokers/port.ts';
import type { KisAuth, KisCredentials } from './auth.ts';
import { type KisClock, sleep } from './clock.ts';
import { createClockOffset } from './clock-offset.ts';
import { isReadRetryable, judgeOrderAnswer, NOT_PROCESSED_VERSION, OWN_RATE, readEnvelope, TOKEN_REFUSED, TOO_FAST } from './errors.ts';
import type { Governor, Lane } from './governor.ts';
import { createGetter, createOrderLine, type HttpAnswer, postOnce, type Timeouts, TransportError } from './transport.ts';

export interface ReadCall<T extends z.ZodType> {
  readonly path: string;
  readonly trId: string;
  readonly query: Readonly<Record<string, string>>;
  readonly schema: T;
  readonly lane: Lane;
}
export interface OrderCall {
  readonly path: string;
  readonly trId: string;
  readonly body: Readonly<Record<string, string>>;
  readonly lane: Lane;
  /**
   * Longest wait for a token and a turn. An order must never be written long after it was asked for: whoever asked has begun to
   * look for it by then, and would find it absent. With the handshake the write happens within `maxWaitMs` + the connect limit.
   */
  readonly maxWaitMs: number;
  /** Asked in the same tick as the socket write; a reason calls the order off. */
  readonly mayWrite?: (() => string | null) | undefined;
}
export interface KisClient {
  read<T extends z.ZodType>(call: ReadCall<T>): Promise<z.output<T>>;
  /** Every page or an error: never a part. */
  readPages<T extends z.ZodType>(call: ReadCall<T>): Promise<z.output<T>[]>;
  /** Exactly one POST or none; never throws. */
  order(call: OrderCall): Promise<SubmitOutcome>;
  clockOffsetMs(): number | null;
  close(): void;
}

interface ClientOptions {
  readonly rest: URL;
  readonly credentials: KisCredentials;
  readonly auth: KisAuth;
  readonly governor: Governor;
  readonly clock: KisClock;
  readonly log: Log;
  readonly timeouts: Timeouts;
}

/** Attempts of one read (§6.4: up to three repeats) and the first wait; waits double and carry up to a quarter of jitter. */
const READ_ATTEMPTS = 4;
const FIRST_BACKOFF_MS = 1_000;
/** A read may wait for the next permitted token issue, an order may not. */
const READ_TOKEN_WAIT_MS = 70_000;
/** 200 pages are 3,000 orders of a paper day: more is a fault, not a day. */
const MAX_PAGES = 200;

type ReadFailure = { readonly code: string; readonly message: string; readonly mayRepeat: boolean };
type ReadResult = { readonly body: Record<string, unknown>; readonly trCont: string } | ReadFailure;

/** Speaks KIS's REST: headers, quota, repeats for reads, pages, and the single shot of an order. */
export function createClient(options: ClientOptions): KisClient {
  const { rest, credentials, auth, governor, clock, log, timeouts } = options;
  const getter = createGetter(rest, { connectMs: timeouts.connectMs, readMs: timeouts.readMs });
  const line = createOrderLine(rest, timeouts.connectMs);
  /** Instants by the clock we were given, which is also what the offset is used with. */
  const noteOffset = (answer: HttpAnswer): void => {
    const receivedAt = clock.now();
    offset.note(answer.headers.date, receivedAt - (answer.receivedAt - answer.sentAt), receivedAt);
  };
  const offset = createClockOffset();
  const secrets = [credentials.appSecret, credentials.appKey, credentials.accountNumber, credentials.htsId ?? ''].filter(
    (s) => s.length > 3,
  );

  /** What a server writes must not carry our secrets into errors, logs or rows. Cut only afterwards: half a secret is one too. */
  const scrub = (words: string, token: string): string =>
    [...secrets, token].reduce((text, secret) => text.replaceAll(secret, '[redacted]'), words).slice(0, 200);

  function scrubbed(outcome: SubmitOutcome, token: string): SubmitOutcome {
    if (outcome.kind === 'accepted') return outcome;
    if (outcome.kind === 'unknown') return { ...outcome, cause: scrub(outcome.cause, token) };
    return { ...outcome, code: scrub(outcome.code, token), message: scrub(outcome.message, token) };
  }

  const headersFor = (token: string, trId: string, trCont: '' | 'N'): Record<string, string> => ({
    'content-type': 'application/json; charset=utf-8',
    authorization: `Bearer ${token}`,
    appkey: credentials.appKey,
    appsecret: credentials.appSecret,
    tr_id: trId,
    tr_cont: trCont,
    custtype: 'P',
  });

  async function getOnce(call: ReadCall<z.ZodType>, query: Record<string, string>, trCont: '' | 'N'): Promise<ReadResult> {
    const token = await auth.token(READ_TOKEN_WAIT_MS);
    await governor.take(call.lane);
    const url = new URL(call.path, rest);
    // URLSearchParams would write blanks as `+`; KIS's padded cursors go out as %20.
    url.search = Object.entries(query)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&');
    let answer: HttpAnswer;
    try {
      answer = await getter.get(url, headersFor(token, call.trId, trCont));
    } catch (error) {
      return { code: error instanceof TransportError ? error.code : 'NETWORK', message: '', mayRepeat: true };
    }
    noteOffset(answer);
    const envelope = readEnvelope(answer.body);
    if (!envelope)
      return { code: `HTTP_${answer.status}`, message: 'unreadable body', mayRepeat: answer.status < 300 || answer.status >= 500 };
    if (envelope.rtCd === '0' && answer.status >= 200 && answer.status < 300) {
      return { body: envelope.body, trCont: String(answer.headers.tr_cont ?? '').trim() };
    }
    if (TOKEN_REFUSED.has(envelope.code)) auth.reject(token);
    if (TOO_FAST.has(envelope.code)) governor.slow(FIRST_BACKOFF_MS, envelope.code === OWN_RATE);
    const isServerFault = envelope.code === '' && answer.status >= 500;
    return {
      code: scrub(envelope.code, token) || `HTTP_${answer.status}`,
      message: scrub(envelope.message, token),
      mayRepeat: isServerFault || isReadRetryable(envelope.code),
    };
  }

  async function get(call: ReadCall<z.ZodType>, query: Record<string, string>, trCont: '' | 'N') {
    let hasNewToken = false;
    for (let attempt = 1; ; attempt++) {
      const result = await getOnce(call, query, trCont);
      if ('body' in result) return result;
      const isTokenFault = TOKEN_REFUSED.has(result.code) && !hasNewToken;
      if (isTokenFault) hasNewToken = true;
      else if (!result.mayRepeat || attempt >= READ_ATTEMPTS) throw unavailable(call, result.code, result.message);
      else await sleep(clock, FIRST_BACKOFF_MS * 2 ** (attempt - 1) * (1 + Math.random() / 4));
    }
  }

  function unavailable(call: ReadCall<z.ZodType>, code: string, message: string): AppError {
    return new AppError('broker_unavailable', 'KIS did not answer a read', { detail: { path: call.path, trId: call.trId, code, message } });
  }

  function parse<T extends z.ZodType>(call: ReadCall<T>, body: Record<string, unknown>): z.output<T> {
    const parsed = call.schema.safeParse(body);
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.')}: ${issue.code}`);
    throw unavailable(call, 'UNREADABLE', where.join('; '));
  }

  return {
    async read(call) {
      return parse(call, (await get(call, { ...call.query }, '')).body);
    },

    async readPages(call) {
      const pages: z.output<typeof call.schema>[] = [];
      const seen = new Set<string>();
      let cursor = { CTX_AREA_FK100: '', CTX_AREA_NK100: '' };
      for (let page = 1; page <= MAX_PAGES; page++) {
        const { body, trCont } = await get(call, { ...call.query, ...cursor }, page === 1 ? '' : 'N');
        pages.push(parse(call, body));
        // The header decides; the cursor may be filled on the last page. Anything else is "incomplete", not "finished".
        if (trCont === 'D' || trCont === 'E') return pages;
        if (trCont !== 'F' && trCont !== 'M') throw unavailable(call, 'PAGE_HEADER', `tr_cont ${trCont.slice(0, 4) || 'missing'}`);
        cursor = { CTX_AREA_FK100: cursorText(body.ctx_area_fk100), CTX_AREA_NK100: cursorText(body.ctx_area_nk100) };
        const key = JSON.stringify(cursor);
        if (seen.has(key)) throw unavailable(call, 'PAGE_CURSOR', 'the cursor repeats');
        seen.add(key);
      }
      throw unavailable(call, 'PAGE_CAP', `more than ${MAX_PAGES} pages`);
    },

    async order(call) {
      line.warm(); // the handshake runs while we wait for token and turn
      const turnBy = clock.now() + call.maxWaitMs;
      const writeBy = turnBy + timeouts.connectMs;
      let token: string;
      try {
        token = await within(clock, call.maxWaitMs, auth.token(0));
        await governor.take(call.lane, Math.max(0, turnBy - clock.now()));
      } catch (error) {
        return notWritten(error);
      }
      const mayWrite = () => (clock.now() > writeBy ? 'LOCAL_TOO_LATE' : (call.mayWrite?.() ?? null));
      const startedAt = performance.now();
      let answer: HttpAnswer;
      try {
        const limits = { connectMs: timeouts.connectMs, readMs: timeouts.orderReadMs };
        answer = await postOnce(new URL(call.path, rest), headersFor(token, call.trId, ''), JSON.stringify(call.body), limits, {
          mayWrite,
          line,
        });
      } catch (error) {
        const fault = error instanceof TransportError ? error : new TransportError('after_write', 'NETWORK');
        log.warn({ trId: call.trId, code: fault.code, phase: fault.phase }, 'kis order exchange failed');
        if (fault.phase === 'after_write') return { kind: 'unknown', cause: fault.code };
        return { kind: 'not_processed', code: fault.code, message: 'no byte was written', retryAfterMs: 1_000 };
      }
      noteOffset(answer);
      const outcome = judgeOrderAnswer(answer.status, answer.body);
      log.info(
        { trId: call.trId, status: answer.status, outcome: outcome.kind, latencyMs: performance.now() - startedAt },
        'kis order answered',
      );
      if (outcome.kind === 'not_processed') {
        log.warn({ trId: call.trId, code: scrub(outcome.code, token), listVersion: NOT_PROCESSED_VERSION }, 'kis did not process an order');
        if (TOKEN_REFUSED.has(outcome.code)) auth.reject(token);
        if (TOO_FAST.has(outcome.code)) governor.slow(outcome.retryAfterMs, outcome.code === OWN_RATE);
      }
      return scrubbed(outcome, token);
    },

    clockOffsetMs: () => offset.median(),
    close() {
      getter.close();
      line.close();
    },
  };
}

/** The promise goes on (a token serves the next order), this order does not. */
function within<T>(clock: KisClock, ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const callOff = clock.after(ms, () =>
      reject(new AppError('broker_unavailable', 'sign-in took too long', { detail: { code: 'LOCAL_SIGN_IN' } })),
    );
    promise.then(resolve, reject).finally(callOff);
  });
}

function cursorText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Sign-in or quota failed before anything was written. */
function notWritten(error: unknown): SubmitOutcome {
  const detail = error instanceof AppError ? error.detail : {};
  const code = error instanceof AppError && error.code === 'rate_limited' ? 'LOCAL_QUOTA' : String(detail.code ?? 'SIGN_IN');
  const message = error instanceof AppError ? error.message : 'sign-in failed';
  return { kind: 'not_processed', code, message, retryAfterMs: Number(detail.retryAfterMs ?? 1_000) };
}
