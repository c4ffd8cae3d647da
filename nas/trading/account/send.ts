import type { AttemptKind, AttemptResult } from '#lib/db/fleet/trading.ts';
import { AppError } from '#lib/errors.ts';
import type { SubmitOutcome } from '#nas/brokers/port.ts';
import { TIMING } from '../timing.ts';
import { type AccountContext, persist } from './context.ts';

/** One call to the broker that may move money. */
export interface Sending {
  readonly orderId: string;
  readonly kind: AttemptKind;
  readonly baseline: readonly string[];
  /** The part a cancel names; null for everything else. */
  readonly quantity: number | null;
  /** Asked in memory before the call; a reason stops it. */
  stopReason(): string | null;
  /** `mayWrite` is to be asked again in the tick of the socket write. */
  call(mayWrite: () => string | null): Promise<SubmitOutcome>;
  /** Runs when the outcome has been written, also for an answer that came after `late` was reported. */
  onSettled(outcome: SubmitOutcome): void;
}

/** `late`: nobody answered within 3 s; the socket stays open and `onSettled` still comes. */
export type SendReport =
  | { readonly kind: 'not_ours' }
  | { readonly kind: 'stopped'; readonly reason: string }
  | { readonly kind: 'answered'; readonly outcome: SubmitOutcome }
  | { readonly kind: 'late' };

/**
 * Writes the attempt, then calls the broker exactly once (ORDERS §1.2). Whatever happens after the attempt is written, this
 * order is never called again unless the broker proved that nothing was done.
 */
export async function sendOnce(context: AccountContext, sending: Sending): Promise<SendReport> {
  const { repo, instance, clock, log, metrics } = context;
  const { orderId, kind } = sending;
  if (!instance.isAlive()) return { kind: 'stopped', reason: 'lease_expired' };
  const { baseline, quantity } = sending;
  const attemptId = await repo.beginAttempt({ orderId, kind, instanceId: instance.id, token: context.token, baseline, quantity });
  if (attemptId === null) return { kind: 'not_ours' };

  const mayWrite = () => (instance.isAlive() ? sending.stopReason() : 'lease_expired');
  const stop = mayWrite();
  if (stop !== null) {
    await persist(context, 'stopped before the send', () => repo.finishAttempt(attemptId, { outcome: 'not_processed', code: stop }));
    return { kind: 'stopped', reason: stop };
  }

  const startedAt = clock.monotonic();
  const answer = sending.call(mayWrite).catch((error): SubmitOutcome => {
    log.error({ err: error, orderId, kind }, 'broker call threw');
    // By the port's contract an adapter says so before anything else; after any other fault bytes may have left.
    if (error instanceof AppError && error.code === 'invalid_input')
      return { kind: 'rejected', code: 'INVALID_INPUT', message: NOT_SENDABLE };
    return { kind: 'unknown', cause: 'the adapter failed' };
  });
  let isAnswered = false;
  let marking: Promise<unknown> = Promise.resolve();
  const settled = answer.then(async (outcome) => {
    isAnswered = true;
    await marking.catch(() => {}); // reported by whoever started it; the answer is worth more
    metrics.sends.inc({ kind, outcome: outcome.kind });
    metrics.sendMs.observe({ kind }, clock.monotonic() - startedAt);
    await persist(context, 'broker answer', () => repo.finishAttempt(attemptId, resultOf(outcome)));
    log.info(
      { orderId, kind, outcome: outcome.kind, latencyMs: Math.round(clock.monotonic() - startedAt), ...factsOf(outcome) },
      'broker answered',
    );
    sending.onSettled(outcome);
    return outcome;
  });

  context.life.calls.add(settled);
  const forget = () => void context.life.calls.delete(settled);
  settled.then(forget, forget);

  let callOff = () => {};
  const late = new Promise<'late'>((resolve) => {
    callOff = clock.after(TIMING.answerMs, () => resolve('late'));
  });
  const first = await Promise.race([settled, late]).finally(() => callOff());
  if (first !== 'late') return { kind: 'answered', outcome: first };
  if (isAnswered) return { kind: 'answered', outcome: await settled };

  log.warn({ orderId, kind }, 'no answer from the broker yet');
  settled.catch((error) => log.error({ err: error, orderId, kind }, 'late answer could not be written'));
  if (kind !== 'cancel') {
    marking = persist(context, 'mark unknown', () => repo.markUnknown(orderId, 'no answer within 3 s'));
    await marking;
  }
  return { kind: 'late' };
}

const NOT_SENDABLE = '이 증권사로 보낼 수 없는 주문이라 보내지 않았습니다. (Not sent: this broker cannot take such an order.)';

function resultOf(outcome: SubmitOutcome): AttemptResult {
  switch (outcome.kind) {
    case 'accepted':
      return { outcome: 'accepted', brokerOrderId: outcome.brokerOrderId, branch: outcome.branch };
    case 'rejected':
    case 'not_processed':
      return { outcome: outcome.kind, code: outcome.code, message: outcome.message };
    case 'unknown':
      return { outcome: 'unknown', message: outcome.cause };
  }
}

function factsOf(outcome: SubmitOutcome): Record<string, unknown> {
  if (outcome.kind === 'accepted') return { brokerOrderId: outcome.brokerOrderId };
  return outcome.kind === 'unknown' ? { cause: outcome.cause } : { code: outcome.code };
}
