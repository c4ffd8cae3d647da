/** Trades of one account in one symbol on one day; kept until they have settled. */
export interface DayTrades {
  readonly day: string;
  readonly settlementDay: string;
  bought: number;
  sold: number;
}
export interface Holding {
  quantity: number;
  /** Won paid for the shares still held, without commission. */
  purchaseAmount: number;
  trades: DayTrades[];
}
/** Won traded by one account on one day, for the totals of the balance. */
export interface DayTotals {
  readonly day: string;
  readonly settlementDay: string;
  bought: number;
  sold: number;
  feesAndTax: number;
}
export interface Account {
  readonly id: string;
  readonly environment: 'real' | 'paper';
  readonly accountNumber: string;
  readonly productCode: string;
  readonly htsId: string;
  readonly appKey: string;
  /** Won whose settlement is over (D). */
  settledCash: number;
  /** Won that move at a later settlement. */
  pending: { settlementDay: string; amount: number }[];
  holdings: Map<string, Holding>;
  totals: DayTotals[];
}

export interface BookedFill {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly price: number;
  readonly quantity: number;
  readonly fee: number;
  readonly tax: number;
  readonly day: string;
  readonly settlementDay: string;
}

interface Reservation {
  readonly accountId: string;
  readonly symbol: string;
  readonly cash: number;
  readonly shares: number;
}

/** Cash and shares of every account. Whole won and whole shares; the house (background traders) is unlimited and pays no fee. */
export class Ledger {
  readonly accounts = new Map<string, Account>();
  readonly house = { cash: 0, shares: new Map<string, number>() };
  /** Fees and tax taken out of accounts: what makes conservation exact. */
  feesAndTax = 0;
  readonly #reservations = new Map<number, Reservation>();
  readonly #byAccount = new Map<string, Map<number, Reservation>>();

  holding(account: Account, symbol: string): Holding {
    const holding = account.holdings.get(symbol) ?? { quantity: 0, purchaseAmount: 0, trades: [] };
    account.holdings.set(symbol, holding);
    return holding;
  }

  /** Cash that will be there once everything due by `day` has settled; without a day, D+2 and beyond: all of it. */
  cash(account: Account, day?: string): number {
    return account.pending.reduce(
      (cash, due) => (day === undefined || due.settlementDay <= day ? cash + due.amount : cash),
      account.settledCash,
    );
  }

  reserve(orderId: number, reservation: Reservation): void {
    if (reservation.cash === 0 && reservation.shares === 0) {
      this.release(orderId);
      return;
    }
    const own = this.#byAccount.get(reservation.accountId) ?? new Map<number, Reservation>();
    own.set(orderId, reservation);
    this.#byAccount.set(reservation.accountId, own);
    this.#reservations.set(orderId, reservation);
  }

  release(orderId: number): void {
    const held = this.#reservations.get(orderId);
    if (!held) return;
    this.#reservations.delete(orderId);
    this.#byAccount.get(held.accountId)!.delete(orderId);
  }

  reservedCash(account: Account): number {
    let total = 0;
    for (const held of this.#byAccount.get(account.id)?.values() ?? []) total += held.cash;
    return total;
  }

  reservedShares(account: Account, symbol: string): number {
    let total = 0;
    for (const held of this.#byAccount.get(account.id)?.values() ?? []) if (held.symbol === symbol) total += held.shares;
    return total;
  }

  /** Won that a new buy may use: sale proceeds count at once, open buys are taken off. */
  orderableCash(account: Account): number {
    return Math.max(0, this.cash(account) - this.reservedCash(account));
  }

  sellable(account: Account, symbol: string): number {
    return (account.holdings.get(symbol)?.quantity ?? 0) - this.reservedShares(account, symbol);
  }

  book(account: Account, fill: BookedFill): void {
    const amount = fill.price * fill.quantity;
    const sign = fill.side === 'buy' ? -1 : 1;
    account.pending.push({ settlementDay: fill.settlementDay, amount: sign * amount - fill.fee - fill.tax });
    this.feesAndTax += fill.fee + fill.tax;
    const holding = this.holding(account, fill.symbol);
    if (fill.side === 'buy') {
      holding.quantity += fill.quantity;
      holding.purchaseAmount += amount;
    } else {
      const cost = (BigInt(holding.purchaseAmount) * BigInt(fill.quantity)) / BigInt(holding.quantity);
      holding.purchaseAmount -= Number(cost);
      holding.quantity -= fill.quantity;
    }
    const trades = ofDay(holding.trades, fill, { bought: 0, sold: 0 });
    const totals = ofDay(account.totals, fill, { bought: 0, sold: 0, feesAndTax: 0 });
    const field = fill.side === 'buy' ? 'bought' : 'sold';
    trades[field] += fill.quantity;
    totals[field] += amount;
    totals.feesAndTax += fill.fee + fill.tax;
  }

  bookHouse(fill: Pick<BookedFill, 'symbol' | 'side' | 'price' | 'quantity'>): void {
    const sign = fill.side === 'buy' ? 1 : -1;
    this.house.cash -= sign * fill.price * fill.quantity;
    this.house.shares.set(fill.symbol, (this.house.shares.get(fill.symbol) ?? 0) + sign * fill.quantity);
  }

  /** Start of a trading day: due cash settles, rows of shares sold out long enough ago disappear. */
  startDay(day: string): void {
    for (const account of this.accounts.values()) {
      account.settledCash = this.cash(account, day);
      account.pending = account.pending.filter((due) => due.settlementDay > day);
      account.totals = account.totals.filter((totals) => totals.settlementDay >= day);
      for (const [symbol, holding] of account.holdings) {
        holding.trades = holding.trades.filter((trades) => trades.settlementDay >= day);
        if (holding.quantity === 0 && holding.trades.length === 0) account.holdings.delete(symbol);
      }
    }
  }
}

function ofDay<T extends { day: string; settlementDay: string }>(list: T[], fill: BookedFill, empty: Omit<T, 'day' | 'settlementDay'>): T {
  const known = list.find((candidate) => candidate.day === fill.day);
  if (known) return known;
  const entry = { day: fill.day, settlementDay: fill.settlementDay, ...empty } as T;
  list.push(entry);
  return entry;
}
