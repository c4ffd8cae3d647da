import { z } from 'zod';
import type { Exchange } from './exchange.ts';

/** Cash or shares that come to an account (or leave it, negative) without an order: 입출금, 입출고. */
export const transferInput = z.strictObject({
  accountId: z.string(),
  /** Won. */
  cash: z.number().int().default(0),
  holdings: z
    .array(z.strictObject({ symbol: z.string(), quantity: z.number().int(), averagePrice: z.number().int().nonnegative().default(0) }))
    .default([]),
});
export type TransferInput = z.input<typeof transferInput>;

/** Moves them at once. What is not there cannot leave, and then nothing moves. */
export function transfer(exchange: Exchange, input: TransferInput): void {
  const { accountId, cash, holdings } = transferInput.parse(input);
  const { ledger, markets } = exchange;
  const account = ledger.accounts.get(accountId);
  if (!account) throw new Error(`The venue has no account ${accountId}.`);
  if (-cash > ledger.orderableCash(account)) throw new Error('That much cash is not free to leave.');
  for (const { symbol, quantity } of holdings) {
    if (!markets.has(symbol)) throw new Error(`The venue lists no ${symbol}.`);
    if (-quantity > ledger.sellable(account, symbol)) throw new Error(`That many shares of ${symbol} are not free to leave.`);
  }
  account.settledCash += cash;
  for (const { symbol, quantity, averagePrice } of holdings) {
    const holding = ledger.holding(account, symbol);
    const price = quantity < 0 ? holding.purchaseAmount / holding.quantity : averagePrice;
    holding.purchaseAmount += Math.round(quantity * price);
    holding.quantity += quantity;
  }
  exchange.touch();
}
