import { reservePrice } from './entry-rules.ts';
import type { Exchange } from './exchange.ts';
import type { Account } from './ledger/ledger.ts';
import { seoulTime } from './seoul-time.ts';
import { ORDER_TYPES, type OrderTicket, type VenueOrder } from './venue-order.ts';

/** Branch that takes API orders: measured on paper, an example on real. */
const BRANCH = { paper: '00950', real: '06010' } as const;

/** What the broker writes down of a request it takes: a new order or a change of `original`, under the next number. */
export function orderRecord(
  exchange: Exchange,
  account: Account,
  ticket: OrderTicket,
  request: { readonly action: VenueOrder['action']; readonly original?: VenueOrder },
  now: number,
): VenueOrder {
  const { store, markets, day, skewMs } = exchange;
  const { action, original } = request;
  const { environment } = account;
  const type = ORDER_TYPES[ticket.orderType]!;
  const isCancel = action === 'cancel';
  return {
    id: store.newId(),
    accountId: account.id,
    environment,
    day,
    orderNumber: store.newNumber(environment),
    branch: BRANCH[environment],
    action,
    originalOrderNumber: original?.orderNumber ?? '',
    originalId: original?.id ?? 0,
    symbol: ticket.symbol,
    side: ticket.side,
    orderType: ticket.orderType,
    kind: type.kind,
    timeInForce: type.timeInForce,
    quantity: ticket.quantity,
    price: type.kind === 'limit' ? ticket.price : 0,
    time: seoulTime(now + skewMs),
    reservePrice: reservePrice(markets.get(ticket.symbol)!, ticket),
    channel: ticket.channel ?? 'OpnAPI',
    isForeign: ticket.isForeign ?? false,
    occurrence: ticket.occurrence ?? 0,
    status: isCancel ? 'confirmed' : 'working',
    open: isCancel ? 0 : ticket.quantity,
    filled: 0,
    filledAmount: 0,
    cancelled: 0,
    rejected: 0,
    fee: 0,
    tax: 0,
    resting: null,
    fills: [],
  };
}
