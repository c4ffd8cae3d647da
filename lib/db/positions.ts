import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { decimal, instant, rowId, whole } from './columns.ts';
import { must } from './fault.ts';

/** Net shares in one account. Profit and loss are reckoned on the screen from the live quote. */
export const positionRow = z
  .object({
    id: rowId,
    broker_account_id: rowId.nullable(),
    stock_code: z.string(),
    stock_name: z.string().nullable(),
    quantity: whole,
    sellable_quantity: whole,
    reserved_quantity: whole,
    bought_today: whole,
    sold_today: whole,
    purchase_amount: decimal,
    current_price: decimal.nullable(),
    realized_pnl: decimal,
    updated_at: instant,
    version: whole,
  })
  .transform((row) => ({
    id: row.id,
    accountId: row.broker_account_id,
    symbol: row.stock_code,
    name: row.stock_name ?? row.stock_code,
    quantity: row.quantity,
    sellable: row.sellable_quantity,
    reserved: row.reserved_quantity,
    boughtToday: row.bought_today,
    soldToday: row.sold_today,
    purchaseAmount: row.purchase_amount,
    averagePrice: row.quantity > 0 ? row.purchase_amount / row.quantity : null,
    lastPrice: row.current_price,
    realizedPnl: row.realized_pnl,
    updatedAt: row.updated_at,
    version: row.version,
  }));
export type PositionView = z.infer<typeof positionRow>;

const COLUMNS =
  'id,broker_account_id,stock_code,stock_name,quantity,sellable_quantity,reserved_quantity,bought_today,sold_today,purchase_amount,current_price,realized_pnl,updated_at,version';

export const positionRepo = (db: SupabaseClient) => ({
  async list(): Promise<PositionView[]> {
    return z.array(positionRow).parse(must(await db.from('real_positions').select(COLUMNS).order('stock_code'), 'positions.list'));
  },
});
