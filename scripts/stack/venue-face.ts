import { z } from 'zod';
import type { FaultBook } from '#nas/venue/faults/faults.ts';
import type { StackAddresses } from './start-stack.ts';

const judged = z.object({
  accounts: z.array(
    z.object({
      /** `paper:<account number>-<product code>`. */
      id: z.string(),
      orders: z.array(z.object({ symbol: z.string(), quantity: z.number(), action: z.string(), orderNumber: z.string() })),
    }),
  ),
});
export interface VenueOrder {
  readonly accountId: string;
  readonly symbol: string;
  readonly quantity: number;
  readonly orderNumber: string;
}

/** Asks the running venue's control face. */
async function ask(stack: StackAddresses, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${stack.venueRestUrl}/_venue${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'x-venue-token': stack.venueControlToken },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} /_venue${path}: HTTP ${answer.status} ${(await answer.text()).slice(0, 200)}`);
  return answer.json();
}

/** New orders in the books of every account, as the venue itself knows them; cancels and changes are left out. */
export async function venueOrders(stack: StackAddresses): Promise<VenueOrder[]> {
  const { accounts } = judged.parse(await ask(stack, 'GET', '/judge'));
  return accounts.flatMap(({ id, orders }) =>
    orders.filter(({ action }) => action === 'new').map(({ action: _, ...order }) => ({ ...order, accountId: id })),
  );
}

/** What is to go wrong with the next matching requests. */
export async function disturbVenue(stack: StackAddresses, ...request: Parameters<FaultBook['onRequest']>[0][]): Promise<void> {
  await ask(stack, 'POST', '/faults', { request });
}

export async function calmVenue(stack: StackAddresses): Promise<void> {
  await ask(stack, 'DELETE', '/faults');
}
