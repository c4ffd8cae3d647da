import 'server-only';
import { randomUUID } from 'node:crypto';
import { SIGNATURE_HEADERS, signRequest } from '#lib/credentials/request-signature.ts';
import { webEnv } from '#lib/env/web.ts';

/** How long we wait for the first broker answer (DESIGN §5). */
const PATIENCE_MS = 2_500;
const EXECUTE_PATH = '/trading/execute';

/** Asks the gateway on the private path to wake an account; false when there is none or it did not answer. It never sends an order itself. */
export async function wakeByGateway(body: { orderId: string; userId: string }): Promise<boolean> {
  const env = webEnv();
  if (!env.NAS_API_URL || !env.NAS_API_KEY || !env.NAS_API_SECRET) return false;
  const text = JSON.stringify(body);
  const timestamp = String(Date.now());
  const nonce = randomUUID();
  const signature = signRequest(env.NAS_API_SECRET, { method: 'POST', path: EXECUTE_PATH, timestamp, nonce, body: text });
  try {
    const answer = await fetch(new URL(EXECUTE_PATH, env.NAS_API_URL), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [SIGNATURE_HEADERS.key]: env.NAS_API_KEY,
        [SIGNATURE_HEADERS.timestamp]: timestamp,
        [SIGNATURE_HEADERS.nonce]: nonce,
        [SIGNATURE_HEADERS.signature]: signature,
      },
      body: text,
      redirect: 'error', // our key goes to the gateway and nowhere else
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return answer.ok;
  } catch {
    return false; // The row is the work: the fleet finds it without being woken.
  }
}
