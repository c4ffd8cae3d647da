import { accountOpener as original } from '#nas/brokers/open-account.ts';
import type { Broker } from '#nas/brokers/port.ts';
import { passAtOnce, passWritten, withDoors } from '../doors.ts';
import { wrongBroker } from '../wrong-habits.ts';

export * from '#nas/brokers/open-account.ts';

/** Accounts whose broker has a door before and behind each call, and two in the tick of the socket write. */
export function accountOpener(deps: Parameters<typeof original>[0]): ReturnType<typeof original> {
  const open = original(deps);
  return async (account) => {
    const opened = await open(account);
    return { ...opened, broker: withDoors('broker', writing(account.accountId, wrongBroker(opened.broker)), () => account.accountId) };
  };
}

/** `mayWrite` is asked in the tick of the write: what strikes before it strikes before the first byte, what strikes behind it after the last. */
function writing(accountId: string, broker: Broker): Broker {
  const guarded = (door: string, mayWrite?: () => string | null) => () => {
    passAtOnce(`${door}:unwritten`, accountId);
    const reason = mayWrite?.() ?? null;
    if (reason === null) passWritten(`${door}:written`, accountId);
    return reason;
  };
  return new Proxy(broker, {
    get(target, key) {
      const value = Reflect.get(target, key) as unknown;
      if (key === 'submit' || key === 'replace')
        return (order: never, mayWrite?: () => string | null) => target[key](order, guarded(`broker.${key}`, mayWrite));
      if (key === 'cancel')
        return (order: never) => {
          passWritten('broker.cancel:written', accountId);
          return target.cancel(order);
        };
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
