import { randomUUID } from 'node:crypto';
import { seoulStamp } from '../seoul-time.ts';
import type { Variants } from '../variants.ts';
import type { Environment } from '../venue-order.ts';
import { type Answer, GATEWAY, oauthError } from './codes.ts';

const HOUR_MS = 3_600_000;
/** A token lives 24 h; asked for again within 6 h the same one comes back (in force since 2023-04-28). */
const TOKEN_LIFE_MS = 24 * HOUR_MS;
const SAME_TOKEN_MS = 6 * HOUR_MS;
const REISSUE_PAUSE_MS = 60_000;

export interface AppKey {
  readonly appKey: string;
  readonly appSecret: string;
  readonly environment: Environment;
}
export interface Token {
  readonly token: string;
  readonly appKey: string;
  readonly issuedAt: number;
  expiresAt: number;
}

/** App keys, access tokens and WebSocket approval keys of one venue. Times are the venue clock's. */
export class KeyRing {
  readonly appKeys = new Map<string, AppKey>();
  readonly tokens = new Map<string, Token>();
  /** WebSocket approval keys. */
  readonly approvals = new Map<string, { appKey: string; expiresAt: number }>();
  /** Counts what a snapshot must keep. */
  changes = 0;
  readonly #requests = new Map<string, number[]>();
  readonly #tokenPause: boolean;
  readonly #variants: Pick<Variants, 'olderToken' | 'revoke'>;

  constructor(options: { tokenPause: boolean; variants: Pick<Variants, 'olderToken' | 'revoke'> }) {
    this.#tokenPause = options.tokenPause;
    this.#variants = options.variants;
  }

  /** tokenP. A request within a minute of a *new* issue is refused; later ones inside six hours get the same token. */
  issueToken(environment: Environment, body: Record<string, unknown>, now: number): Answer {
    const key = this.#oauthKey(environment, body, 'appsecret');
    if ('status' in key) return key;
    const latest = [...this.tokens.values()].findLast((token) => token.appKey === key.appKey);
    const age = latest ? now - latest.issuedAt : Number.POSITIVE_INFINITY;
    if (this.#tokenPause && age < REISSUE_PAUSE_MS) return oauthError(403, 'EGW00133', '접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)');
    const isReusable = latest && age < SAME_TOKEN_MS && now < latest.expiresAt;
    const token = isReusable
      ? latest
      : { token: `venue.${randomUUID()}.${randomUUID()}`, appKey: key.appKey, issuedAt: now, expiresAt: now + TOKEN_LIFE_MS };
    if (!isReusable && this.#variants.olderToken === 'dies') this.#forgetTokens(key.appKey);
    this.tokens.set(token.token, token);
    this.changes++;
    return {
      status: 200,
      body: {
        access_token: token.token,
        access_token_token_expired: seoulStamp(token.expiresAt),
        token_type: 'Bearer',
        expires_in: Math.floor((token.expiresAt - now) / 1_000),
      },
    };
  }

  revokeToken(environment: Environment, body: Record<string, unknown>): Answer {
    const key = this.#oauthKey(environment, body, 'appsecret');
    if ('status' in key) return key;
    if (this.#variants.revoke === 'all') this.#forgetTokens(key.appKey);
    else this.tokens.delete(String(body.token));
    this.changes++;
    return { status: 200, body: { code: 200, message: '접근토큰 폐기에 성공하였습니다' } };
  }

  approve(environment: Environment, body: Record<string, unknown>, now: number): Answer {
    const key = this.#oauthKey(environment, body, 'secretkey');
    if ('status' in key) return key;
    const approval_key = randomUUID();
    this.approvals.set(approval_key, { appKey: key.appKey, expiresAt: now + TOKEN_LIFE_MS });
    this.changes++;
    return { status: 200, body: { approval_key } };
  }

  /** The app key behind an approval key on this host, or null. */
  approvedKey(environment: Environment, approvalKey: string, now: number): AppKey | null {
    const approval = this.approvals.get(approvalKey);
    const key = approval && approval.expiresAt > now ? this.appKeys.get(approval.appKey) : undefined;
    return key?.environment === environment ? key : null;
  }

  /** Checks the headers of a `/uapi` call. */
  check(environment: Environment, headers: { appkey?: string; appsecret?: string; authorization?: string }, now: number): AppKey | Answer {
    const key = this.appKeys.get(headers.appkey ?? '');
    if (!key) return GATEWAY.invalidAppKey;
    if (key.appSecret !== headers.appsecret) return GATEWAY.invalidSecret;
    if (key.environment !== environment) return environment === 'real' ? GATEWAY.paperKeyOnReal : GATEWAY.realKeyOnPaper;
    if (!headers.authorization?.startsWith('Bearer ')) return GATEWAY.notBearer;
    const token = this.tokens.get(headers.authorization.slice('Bearer '.length));
    if (!token || token.appKey !== key.appKey) return GATEWAY.invalidToken;
    return token.expiresAt <= now ? GATEWAY.expiredToken : key;
  }

  /** True when the key has spent its requests of the last second; otherwise counts this one. */
  isOverRate(appKey: string, perSecond: number, now: number): boolean {
    const recent = (this.#requests.get(appKey) ?? []).filter((at) => at > now - 1_000);
    const isOver = recent.length >= perSecond;
    if (!isOver) recent.push(now);
    this.#requests.set(appKey, recent);
    return isOver;
  }

  /** Fault: every token of a key stops working before its stated expiry. */
  expireTokens(appKey: string, now: number): void {
    for (const token of this.tokens.values()) if (token.appKey === appKey) token.expiresAt = Math.min(token.expiresAt, now);
  }

  #forgetTokens(appKey: string): void {
    for (const token of [...this.tokens.values()]) if (token.appKey === appKey) this.tokens.delete(token.token);
  }

  #oauthKey(environment: Environment, body: Record<string, unknown>, secretField: 'appsecret' | 'secretkey'): AppKey | Answer {
    if (body.grant_type !== undefined && body.grant_type !== 'client_credentials')
      return oauthError(403, 'EGW00108', '유효하지 않은 grant_type 입니다.');
    const key = this.appKeys.get(String(body.appkey));
    if (!key) return oauthError(403, 'EGW00103', '유효하지 않은 AppKey입니다.');
    if (key.appSecret !== body[secretField]) return oauthError(403, 'EGW00105', '유효하지 않은 AppSecret입니다.');
    if (key.environment === environment) return key;
    return environment === 'real'
      ? oauthError(500, 'EGW02004', '실전투자 도메인은 모의투자 앱키로 호출하실 수 없습니다.')
      : oauthError(500, 'EGW02007', '해당 앱키는 모의투자용 앱키가 아닙니다');
  }
}
