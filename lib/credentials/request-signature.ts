import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Headers of a signed request to the gateway. */
export const SIGNATURE_HEADERS = { key: 'x-api-key', timestamp: 'x-timestamp', nonce: 'x-nonce', signature: 'x-signature' } as const;

/** What a signature covers: change any of it and it no longer fits. */
export interface SignedParts {
  readonly method: string;
  /** Path with its query, as sent. */
  readonly path: string;
  /** Milliseconds since the epoch, as text. */
  readonly timestamp: string;
  /** Random for each request, so that two equal ones have different signatures. */
  readonly nonce: string;
  /** The body's bytes as text; empty without one. */
  readonly body: string;
}

/** HMAC-SHA256 over method, path, time, nonce and body, in hex. */
export function signRequest(secret: string, { method, path, timestamp, nonce, body }: SignedParts): string {
  const digest = createHash('sha256').update(body).digest('hex');
  return createHmac('sha256', secret).update([timestamp, nonce, method.toUpperCase(), path, digest].join('\n')).digest('hex');
}

/** Compares without telling by its time where two texts differ. */
export function isSameText(given: string, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}
