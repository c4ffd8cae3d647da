import type { FastifyRequest } from 'fastify';
import { isSameText, SIGNATURE_HEADERS, signRequest } from '#lib/credentials/request-signature.ts';
import { AppError } from '#lib/errors.ts';

/** Clocks of web and NAS may differ by this much; older requests are refused, and no nonce is remembered for longer. */
const WINDOW_MS = 60_000;
const MAX_REMEMBERED = 100_000;

export interface GatewayAuth {
  /** Throws AppError('unauthenticated') with the reason for our logs; the caller is told no more than that. */
  check(request: Pick<FastifyRequest, 'method' | 'url' | 'headers'>, body: string): void;
}

/** X-API-Key in constant time, then a signature over the whole request, each usable once (DESIGN §8). */
export function createGatewayAuth(options: { apiKey: string; secret: string; now(): number }): GatewayAuth {
  const { apiKey, secret, now } = options;
  /** Signatures seen, oldest first. */
  const seen = new Map<string, number>();

  function forgetOld(): void {
    for (const [signature, at] of seen) {
      if (now() - at <= 2 * WINDOW_MS && seen.size <= MAX_REMEMBERED) return;
      seen.delete(signature);
    }
  }

  return {
    check(request, body) {
      const header = (name: string): string => {
        const value = request.headers[name];
        return typeof value === 'string' ? value : '';
      };
      const [timestamp, nonce, signature] = [
        header(SIGNATURE_HEADERS.timestamp),
        header(SIGNATURE_HEADERS.nonce),
        header(SIGNATURE_HEADERS.signature),
      ];
      if (!isSameText(header(SIGNATURE_HEADERS.key), apiKey)) throw refusal('api key');
      if (!/^\d{13}$/.test(timestamp) || Math.abs(now() - Number(timestamp)) > WINDOW_MS) throw refusal('timestamp');
      if (!/^[\w-]{16,64}$/.test(nonce)) throw refusal('nonce');
      const expected = signRequest(secret, { method: request.method, path: request.url, timestamp, nonce, body });
      if (!isSameText(signature, expected)) throw refusal('signature');
      forgetOld();
      if (seen.has(expected)) throw refusal('replay');
      seen.set(expected, now());
    },
  };
}

function refusal(fault: string): AppError {
  return new AppError('unauthenticated', 'request is not signed for this gateway', { detail: { fault } });
}
