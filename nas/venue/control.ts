import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { noticeFault, requestFault, seededFaults } from './faults/faults.ts';
import { planEntry, planLots } from './faults/plan.ts';
import { parseJson, readBody } from './kis/rest.ts';
import { provisionInput } from './provision.ts';
import { transferInput } from './transfer.ts';
import type { Venue } from './venue.ts';

const LOOPBACK = ['127.0.0.1', '::1', '::ffff:127.0.0.1'];
/** A plan names thousands of orders. */
const MAX_CONTROL_BYTES = 32 * 1024 * 1024;
const clockInput = z.strictObject({ advanceMs: z.number().int().nonnegative() });
const disturbInput = z.strictObject({ what: z.enum(['silence', 'cut']), appKey: z.string().optional() });
const orderInput = z.strictObject({
  accountId: z.string(),
  symbol: z.string(),
  side: z.enum(['buy', 'sell']),
  /** KIS ORD_DVSN: 00 limit, 01 market. */
  orderType: z.string().default('00'),
  quantity: z.number().int().positive(),
  price: z.number().int().nonnegative().default(0),
  channel: z.enum(['OpnAPI', 'Nsmart']).default('Nsmart'),
});
const planInput = z.strictObject({ orders: z.array(planEntry).max(5_000).default([]), lots: planLots.optional() });
const stateInput = z.strictObject({ symbol: z.string(), state: z.enum(['normal', 'halted', 'single_price']) });
const skewInput = z.strictObject({ ms: z.number().int() });
const faultInput = z.strictObject({
  request: z.array(requestFault).default([]),
  notice: z.array(noticeFault).default([]),
  seeded: seededFaults.optional(),
});

/** `/_venue/…`: provisioning, faults, clock and the judge's view, for tests, chaos runs and demo seeding. Loopback and the start's own token only. */
export async function handleControl(venue: Venue, token: string | null, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(body));
  };
  const path = new URL(request.url ?? '/', 'http://venue').pathname.slice('/_venue'.length);
  if (!LOOPBACK.includes(request.socket.remoteAddress ?? '')) return answer(403, { error: 'The control face answers on loopback only.' });
  if (path === '/health') return answer(200, { ok: true, now: venue.clock.now(), phase: venue.exchange.phase, day: venue.exchange.day });
  if (token === null) return answer(404, { error: 'This venue was started without a control token, so it has no control face.' });
  if (!isSame(String(request.headers['x-venue-token'] ?? ''), token))
    return answer(401, { error: 'Wrong control token (header x-venue-token).' });

  const text = await readBody(request, MAX_CONTROL_BYTES);
  const body = text === '' ? {} : parseJson(text);
  if (!body) return answer(400, { error: 'The body is not a JSON object.' });
  try {
    answer(200, act(venue, `${request.method} ${path}`, body) ?? { ok: true });
  } catch (error) {
    const isInput = error instanceof z.ZodError;
    answer(isInput ? 422 : 400, { error: isInput ? z.prettifyError(error) : (error as Error).message });
  }
}

function act(venue: Venue, call: string, body: Record<string, unknown>): unknown {
  switch (call) {
    case 'POST /accounts':
      return venue.provision(provisionInput.parse(body));
    case 'POST /orders': {
      const { accountId, ...ticket } = orderInput.parse(body);
      return venue.placeElsewhere(accountId, ticket);
    }
    case 'POST /transfers':
      return venue.transfer(transferInput.parse(body));
    case 'POST /faults': {
      const { request, notice, seeded } = faultInput.parse(body);
      for (const fault of request) venue.faults.onRequest(fault);
      for (const fault of notice) venue.faults.onNotice(fault);
      if (seeded) venue.faults.bySeed(seeded);
      return undefined;
    }
    case 'POST /plan': {
      const { orders, lots } = planInput.parse(body);
      for (const entry of orders) venue.faults.plan.add(entry);
      if (lots) venue.faults.plan.byLots(lots);
      return undefined;
    }
    case 'DELETE /faults':
      return venue.faults.clear();
    case 'POST /sockets': {
      const { what, appKey } = disturbInput.parse(body);
      return venue.disturbSockets(what, appKey);
    }
    case 'POST /clock':
      return venue.clock.advance(clockInput.parse(body).advanceMs);
    case 'POST /market': {
      const { symbol, state } = stateInput.parse(body);
      return venue.setState(symbol, state);
    }
    case 'POST /skew':
      return venue.skewClock(skewInput.parse(body).ms);
    case 'GET /judge':
      return venue.judge();
    default:
      throw new Error(`The control face has no "${call}".`);
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
