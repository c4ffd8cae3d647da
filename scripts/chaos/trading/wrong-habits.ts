import type { Broker, NewBrokerOrder } from '#nas/brokers/port.ts';
import type { Mutant } from './replace-modules.ts';

let habit: Mutant | null = null;

/** What a mutant does at the doors; the other mutants are modules of their own. */
export function takeHabit(mutant: Mutant | null): void {
  habit = mutant;
}

export const areNoticesAdded = (): boolean => habit === 'notices-added';

/** Mutant: an order without an answer is simply sent again. */
export function wrongBroker(broker: Broker): Broker {
  if (habit !== 'resend-on-timeout') return broker;
  const submit = async (order: NewBrokerOrder, mayWrite?: () => string | null) => {
    const outcome = await broker.submit(order, mayWrite);
    return outcome.kind === 'unknown' ? broker.submit(order, mayWrite) : outcome;
  };
  return new Proxy(broker, { get: (target, key) => (key === 'submit' ? submit : bound(target, key)) });
}

function bound(target: Broker, key: string | symbol): unknown {
  const value = Reflect.get(target, key) as unknown;
  return typeof value === 'function' ? value.bind(target) : value;
}
