import { createHash } from 'node:crypto';
import { AppError } from '#lib/errors.ts';
import type { Log } from '#lib/log.ts';
import { type KisClock, parseSeoulTimestamp, sleep } from './clock.ts';
import { readEnvelope, TOKEN_TOO_SOON } from './errors.ts';
import { KIS_LIMITS } from './limits.ts';
import { approvalAnswer, tokenAnswer } from './schemas.ts';
import type { StoredToken, TokenStore } from './token-store.ts';
import { type KisEnvironment, PATHS } from './tr-ids.ts';
import { type HttpAnswer, postOnce, TransportError } from './transport.ts';

export interface KisCredentials {
  readonly appKey: string;
  readonly appSecret: string;
  /** CANO, eight digits. */
  readonly accountNumber: string;
  /** ACNT_PRDT_CD, `01` for stock accounts. */
  readonly productCode: string;
  /** Needed for order notices only. */
  readonly htsId?: string | undefined;
}

/** Names an app key without telling it; the key of the shared token and of the quota. */
export function appKeyTag(appKey: string): string {
  return createHash('sha256').update(`kis:${appKey}`).digest('hex').slice(0, 16);
}

export interface KisAuth {
  /**
   * A bearer token that should be good. Issues one only when the store has none. When KIS says "too soon" it waits up to
   * `maxWaitMs` for the next permitted issue, else throws AppError('broker_unavailable', detail {code, retryAfterMs}).
   */
  token(maxWaitMs: number): Promise<string>;
  /** KIS refused this token; the next `token()` takes a newer one from the store or issues one. */
  reject(token: string): void;
  /** The WebSocket key, good for 24 h. */
  approvalKey(): Promise<string>;
  rejectApprovalKey(): void;
}

/** Renewed this long before its end (or a tenth of a shorter life), so that no request carries a token that dies on the way. */
const EXPIRY_MARGIN_MS = 10 * 60_000;
/** KIS refuses a second issue within a minute of the last; a second more for the clocks. */
const ISSUE_SPACING_MS = (KIS_LIMITS.tokenSpacing.value + 1) * 1000;
/** An hour less than its life. */
const APPROVAL_LIFE_MS = (KIS_LIMITS.approvalHours.value - 1) * 3_600_000;

interface AuthOptions {
  readonly credentials: KisCredentials;
  readonly environment: KisEnvironment;
  readonly rest: URL;
  readonly store: TokenStore;
  readonly clock: KisClock;
  readonly log: Log;
  readonly limits: { connectMs: number; readMs: number };
}

/** Access tokens and approval keys of one app key. */
export function createAuth(options: AuthOptions): KisAuth {
  const { credentials, environment, rest, store, clock, log, limits } = options;
  const tag = appKeyTag(credentials.appKey);
  let current: StoredToken | null = null;
  let refused: string | null = null;
  let nextIssueAt = 0;
  let pending: Promise<StoredToken> | null = null;
  let approval: { key: string; until: number } | null = null;

  /** Not refused and good for at least `marginMs` more. */
  function lasts(token: StoredToken | null, marginMs: number): boolean {
    return token !== null && token.accessToken !== refused && token.expiresAt - clock.now() > marginMs;
  }
  const isGood = (token: StoredToken | null): boolean =>
    token !== null && lasts(token, Math.min(EXPIRY_MARGIN_MS, (token.expiresAt - token.issuedAt) / 10));

  async function post(path: string, body: Record<string, string>): Promise<HttpAnswer> {
    try {
      return await postOnce(new URL(path, rest), { 'content-type': 'application/json; charset=utf-8' }, JSON.stringify(body), limits);
    } catch (error) {
      const code = error instanceof TransportError ? error.code : 'NETWORK';
      throw new AppError('broker_unavailable', 'KIS sign-in did not answer', { detail: { path, code, retryAfterMs: 2_000 } });
    }
  }

  function refusal(path: string, answer: HttpAnswer, retryAfterMs: number): AppError {
    const code = readEnvelope(answer.body)?.code || `HTTP_${answer.status}`;
    return new AppError('broker_unavailable', 'KIS sign-in was refused', { detail: { path, code, retryAfterMs } });
  }

  async function issue(): Promise<StoredToken> {
    if (clock.now() < nextIssueAt) {
      throw new AppError('broker_unavailable', 'KIS issues one token a minute', {
        detail: { path: PATHS.token, code: TOKEN_TOO_SOON, retryAfterMs: nextIssueAt - clock.now() },
      });
    }
    const askedAt = clock.now();
    const { appKey, appSecret } = credentials;
    const answer = await post(PATHS.token, { grant_type: 'client_credentials', appkey: appKey, appsecret: appSecret });
    const envelope = readEnvelope(answer.body);
    if (envelope?.code === TOKEN_TOO_SOON) nextIssueAt = clock.now() + ISSUE_SPACING_MS;
    const parsed = tokenAnswer.safeParse(envelope ? null : safeJson(answer.body));
    if (answer.status !== 200 || !parsed.success)
      throw refusal(PATHS.token, answer, envelope?.code === TOKEN_TOO_SOON ? ISSUE_SPACING_MS : 5_000);
    nextIssueAt = clock.now() + ISSUE_SPACING_MS;
    const stated = parseSeoulTimestamp(parsed.data.access_token_token_expired);
    // A token that is new and already over means that the clocks disagree: then the stated life is all we have.
    const isStale = stated === null || stated <= askedAt;
    if (isStale) log.warn({ lifeS: parsed.data.expires_in }, 'kis token expiry contradicts our clock');
    const expiresAt = isStale ? askedAt + parsed.data.expires_in * 1000 : stated;
    return { accessToken: parsed.data.access_token, issuedAt: askedAt, expiresAt };
  }

  /** Under the lock: somebody else may have issued while we waited for it. */
  function refresh(): Promise<StoredToken> {
    pending ??= store
      .withLock(tag, environment, async () => {
        const stored = await store.load(tag, environment);
        if (stored && isGood(stored)) return stored;
        let fresh: StoredToken;
        try {
          fresh = await issue();
        } catch (error) {
          // In its last minutes a token still works: better than none while KIS says "too soon" or does not answer.
          if (stored && lasts(stored, 0)) return stored;
          throw error;
        }
        await store.save(tag, environment, fresh);
        log.info({ lifeMs: fresh.expiresAt - clock.now() }, 'kis token issued');
        refused = null; // within six hours KIS gives the same token again: then it vouches for it
        return fresh;
      })
      .catch((error: unknown) => {
        if (error instanceof AppError) throw error;
        throw new AppError('broker_unavailable', 'the shared token could not be read or kept', {
          cause: error,
          detail: { code: 'TOKEN_STORE' },
        });
      })
      .finally(() => {
        pending = null;
      });
    return pending;
  }

  return {
    async token(maxWaitMs) {
      if (current && isGood(current)) return current.accessToken;
      const deadline = clock.now() + maxWaitMs;
      for (;;) {
        try {
          current = await refresh();
          return current.accessToken;
        } catch (error) {
          const wait =
            error instanceof AppError && error.detail.code === TOKEN_TOO_SOON
              ? Number(error.detail.retryAfterMs)
              : Number.POSITIVE_INFINITY;
          if (clock.now() + wait > deadline) throw error;
          await sleep(clock, wait);
        }
      }
    },
    reject(token) {
      refused = token;
    },
    async approvalKey() {
      if (approval && approval.until > clock.now()) return approval.key;
      const { appKey, appSecret } = credentials;
      const answer = await post(PATHS.approval, { grant_type: 'client_credentials', appkey: appKey, secretkey: appSecret });
      const parsed = approvalAnswer.safeParse(safeJson(answer.body));
      if (answer.status !== 200 || !parsed.success) throw refusal(PATHS.approval, answer, 5_000);
      approval = { key: parsed.data.approval_key, until: clock.now() + APPROVAL_LIFE_MS };
      return approval.key;
    },
    rejectApprovalKey() {
      approval = null;
    },
  };
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
