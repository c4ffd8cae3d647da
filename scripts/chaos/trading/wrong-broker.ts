import type { Broker, NewBrokerOrder } from '#nas/brokers/port.ts';

let resends = false;

/** Mutant: an order without an answer is simply sent again. */
export function resendOnTimeout(): void {
  resends = true;
}

export function wrongBroker(broker: Broker): Broker {
  if (!resends) return broker;
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
