import { AppError } from '#lib/errors.ts';
import type { KisEnvironment } from './tr-ids.ts';

export interface KisEndpoints {
  /** Origin of the REST gateway, e.g. `https://openapi.koreainvestment.com:9443`. */
  readonly restUrl: string;
  /** Whole address of the WebSocket, path included. */
  readonly wsUrl: string;
}

/** KIS's own hosts. The host decides whether money is real, so there is one table and no configuration row. */
export const KIS_ENDPOINTS: Record<KisEnvironment, KisEndpoints> = {
  real: { restUrl: 'https://openapi.koreainvestment.com:9443', wsUrl: 'ws://ops.koreainvestment.com:21000/tryitout' },
  paper: { restUrl: 'https://openapivts.koreainvestment.com:29443', wsUrl: 'ws://ops.koreainvestment.com:31000/tryitout' },
};

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const KIS_HOST = /(^|\.)koreainvestment\.com$/i;

/**
 * Refuses endpoints that could move money by accident: a KIS host of the other environment, or plain HTTP to anything that
 * is neither this machine nor a single-word host of a private network (the venue container).
 */
export function checkEndpoints(environment: KisEnvironment, endpoints: KisEndpoints): { rest: URL; ws: URL } {
  const rest = new URL(endpoints.restUrl);
  const ws = new URL(endpoints.wsUrl);
  const own = KIS_ENDPOINTS[environment];
  if (KIS_HOST.test(rest.hostname) && rest.origin !== new URL(own.restUrl).origin) {
    throw new AppError('invalid_input', 'KIS REST host does not belong to this environment', { detail: { environment, host: rest.host } });
  }
  if (KIS_HOST.test(ws.hostname) && ws.host !== new URL(own.wsUrl).host) {
    throw new AppError('invalid_input', 'KIS WebSocket host does not belong to this environment', {
      detail: { environment, host: ws.host },
    });
  }
  const isPrivate = LOOPBACK.test(rest.hostname) || !rest.hostname.includes('.');
  if (rest.protocol !== 'https:' && !(rest.protocol === 'http:' && isPrivate)) {
    throw new AppError('invalid_input', 'KIS REST needs https', { detail: { environment, host: rest.host } });
  }
  return { rest, ws };
}
