import 'server-only';
import { createHmac } from 'node:crypto';
import { webEnv } from '#lib/env/web.ts';

/** How long we wait for the first broker answer (DESIGN §5). */
const PATIENCE_MS = 2_500;

/** Asks the gateway on the private path to wake an account; false when there is none or it did not answer. It never sends an order itself. */
export async function wakeByGateway(body: { orderId: string; userId: string }): Promise<boolean> {
  const env = webEnv();
  if (!env.NAS_API_URL || !env.NAS_API_KEY) return false;
  const text = JSON.stringify(body);
  const timestamp = String(Date.now());
  const signature = createHmac('sha256', env.NAS_API_KEY).update(`${timestamp}.${text}`).digest('hex');
  try {
    const answer = await fetch(new URL('/api/trading/execute', env.NAS_API_URL), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': env.NAS_API_KEY, 'x-timestamp': timestamp, 'x-signature': signature },
      body: text,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return answer.ok;
  } catch {
    return false; // The row is the work: the fleet finds it without being woken.
  }
}
