import { z } from 'zod';
import type { GatewayRepo, OrderAnswer } from '#lib/db/fleet/gateway.ts';
import { AppError } from '#lib/errors.ts';

export const executeInput = z.strictObject({ orderId: z.uuid(), userId: z.uuid().optional() });

/** How long the caller waits for the first broker answer, and how often we look. */
const PATIENCE_MS = 2_000;
const LOOK_EVERY_MS = 40;
/** States in which nobody has answered yet. */
const UNANSWERED = ['pending', 'submitting'];

export interface Executed {
  /** False: no answer within 2 s. The order goes on without us; nothing is sent twice. */
  readonly answered: boolean;
  readonly order: Omit<OrderAnswer, 'userId' | 'accountId'>;
}

/** Wakes the owner of the order's account and waits for what becomes of it. It never sends the order itself. */
export async function executeOrder(
  { repo, now }: { repo: GatewayRepo; now: () => number },
  { orderId, userId }: z.infer<typeof executeInput>,
): Promise<Executed> {
  const first = await repo.order(orderId);
  // Somebody else's order and none at all look the same from outside.
  if (!first || (userId !== undefined && first.userId !== userId))
    throw new AppError('not_found', 'no such order', { detail: { orderId } });
  let order: OrderAnswer = first;
  if (UNANSWERED.includes(order.status)) await repo.wake(order.accountId);
  const deadline = now() + PATIENCE_MS;
  while (UNANSWERED.includes(order.status) && now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    order = (await repo.order(orderId)) ?? order;
  }
  const { userId: _, accountId: __, ...answer } = order;
  return { answered: !UNANSWERED.includes(order.status), order: answer };
}
