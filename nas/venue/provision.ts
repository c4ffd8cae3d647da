import { z } from 'zod';
import type { Exchange } from './exchange.ts';
import type { KeyRing } from './kis/keys.ts';
import type { Account } from './ledger/ledger.ts';

/** An account to open. Calling it again with the same account changes nothing: money is never given twice. */
export const provisionInput = z.strictObject({
  environment: z.enum(['real', 'paper']),
  appKey: z.string().min(8).max(36),
  appSecret: z.string().min(8).max(180),
  accountNumber: z.string().regex(/^\d{8}$/),
  productCode: z
    .string()
    .regex(/^\d{2}$/)
    .default('01'),
  htsId: z.string().min(1).max(12),
  /** Won. */
  cash: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  holdings: z
    .array(z.strictObject({ symbol: z.string(), quantity: z.number().int().positive(), averagePrice: z.number().int().positive() }))
    .default([]),
});
export type ProvisionInput = z.input<typeof provisionInput>;

/** Opens an account, or confirms that it exists. An app key belongs to one environment and one secret. */
export function provision(exchange: Exchange, keys: KeyRing, input: ProvisionInput): { accountId: string; isNew: boolean } {
  const wanted = provisionInput.parse(input);
  const { environment, appKey, appSecret, accountNumber, productCode, htsId, cash } = wanted;
  const known = keys.appKeys.get(appKey);
  if (known && (known.environment !== environment || known.appSecret !== appSecret))
    throw new Error('This app key exists with another secret or environment.');
  const id = `${environment}:${accountNumber}-${productCode}`;
  const existing = exchange.ledger.accounts.get(id);
  if (existing && existing.appKey !== appKey) throw new Error('This account belongs to another app key.');
  for (const { symbol } of wanted.holdings) if (!exchange.markets.has(symbol)) throw new Error(`The venue lists no ${symbol}.`);
  keys.appKeys.set(appKey, { appKey, appSecret, environment });
  if (existing) return { accountId: id, isNew: false };
  const account: Account = {
    id,
    environment,
    accountNumber,
    productCode,
    htsId,
    appKey,
    settledCash: cash,
    pending: [],
    holdings: new Map(),
    totals: [],
  };
  for (const { symbol, quantity, averagePrice } of wanted.holdings) {
    account.holdings.set(symbol, { quantity, purchaseAmount: quantity * averagePrice, trades: [] });
  }
  exchange.ledger.accounts.set(id, account);
  exchange.touch();
  return { accountId: id, isNew: true };
}
