import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stepTicks, tickTable } from '#domain/market/ticks.ts';
import { marketStore, type QuoteRow } from '#nas/market/store.ts';
import { seoul } from '#nas/runtime/clock.ts';
import { type Desk, type DeskAccount, openDesk, until } from './testing/desk.ts';

const CASH = 1_000_000_000;
const KILLS = 4;
const ORDERS_A_ROUND = 6;
let desk: Desk;
let account: DeskAccount;
let symbols: readonly string[] = [];
let volume = 1_000;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  desk = await openDesk();
  const id = randomUUID();
  await desk.database.asUser(desk.userId, (client) => client.query('select public.open_paper_account($1, $2, $3)', [id, '가상', CASH]));
  account = { ...desk.account, id };
  symbols = [...desk.venue.exchange.markets.keys()].slice(0, KILLS * ORDERS_A_ROUND);
  await printAll(0, 0);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await desk?.stop();
});

/** The service as the container runs it; a killed one is followed by a new one. */
async function spawnTrading(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./main.ts', import.meta.url))], {
    env: Object.fromEntries(Object.entries(desk.env).map(([name, value]) => [name, String(value)])) as NodeJS.ProcessEnv,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  await new Promise<void>((resolve, reject) => {
    child.on('message', (message: { type: string; reason?: string }) =>
      message.type === 'ready' ? resolve() : reject(new Error(message.reason)),
    );
    child.once('exit', (code) => reject(new Error(`trading ended with ${code}`)));
  });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** Others trade every symbol at its base price less some ticks, with a thin book around it. */
async function printAll(ticksBelow: number, quantity: number): Promise<void> {
  volume += quantity;
  const now = new Date().toISOString();
  const quotes = symbols.map((stockCode): QuoteRow => {
    const last = priceOf(stockCode, -ticksBelow);
    const [ask, bid] = [priceOf(stockCode, 1 - ticksBelow), priceOf(stockCode, -1 - ticksBelow)];
    const book = { asks: [{ price: ask, quantity: 3 }], bids: [{ price: bid, quantity: 3 }], expectedPrice: 0, expectedVolume: 0 };
    const figures = { last, change: 0, open: last, high: last, low: last, volume, value: volume * last, bestAsk: ask, bestBid: bid };
    return { stockCode, ...figures, book, phase: 'continuous', isHalted: false, tradedAt: now, heardAt: now };
  });
  await marketStore(desk.database.pool).writeQuotes(quotes);
}
function priceOf(symbol: string, ticks: number): number {
  const { instrument, basePrice } = desk.venue.exchange.markets.get(symbol)!;
  return stepTicks(basePrice, ticks, tickTable({ day: seoul(Date.now()).day, kind: instrument.kind, market: instrument.market }));
}
const rows = async <T>(sql: string): Promise<T[]> => (await desk.database.pool.query(sql, [account.id])).rows as T[];

test('however often the service is killed while orders come and fill: none is lost, none is doubled, money and shares add up', async () => {
  let [keeper, spare] = [await spawnTrading(), await spawnTrading()];
  await desk.untilReady(account);
  let isOver = false;
  const market = (async () => {
    for (let turn = 0; !isOver; turn += 1) {
      await printAll(turn % 3, 40);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  })();
  for (let round = 0; round < KILLS; round += 1) {
    // Each its own symbol: an order of unknown outcome holds back entries beside it.
    const own = symbols.slice(round * ORDERS_A_ROUND, (round + 1) * ORDERS_A_ROUND);
    for (const symbol of own) await desk.place({ account, symbol, quantity: 11 });
    await new Promise((resolve) => setTimeout(resolve, 40 + 160 * round)); // another moment each time
    await kill(keeper);
    [keeper, spare] = [spare, await spawnTrading()];
  }
  // The last owner has everything in hand: what is at the broker has its number, what never arrived says that nobody knows.
  const unsettled = () =>
    rows(`select o.stock_code, o.order_status from public.real_orders o where o.broker_account_id = $1
            and o.order_status in ('pending', 'submitting', 'unknown')
            and (o.order_status <> 'unknown' or exists (select 1 from public.paper_orders p
                  where p.broker_account_id = o.broker_account_id and p.stock_code = o.stock_code))`);
  await until('settled', unsettled, (left) => left.length === 0, 60_000);
  isOver = true;
  await market;

  const agreed = () =>
    rows(`select o.stock_code from public.real_orders o join public.paper_orders p
            on p.broker_account_id = o.broker_account_id and p.order_number = o.broker_order_id
           where o.broker_account_id = $1 and (o.cum_quantity, o.cum_amount) is distinct from (p.cum_quantity, p.cum_amount)`);
  await until('every fill booked', agreed, (differing) => differing.length === 0, 30_000);
  const [orders] = await rows<Record<string, number>>(
    `select (select count(*)::int from public.paper_orders where broker_account_id = $1) as theirs,
            (select count(distinct broker_order_id)::int from public.real_orders where broker_account_id = $1) as ours,
            (select count(*)::int from public.paper_orders p where broker_account_id = $1 and cum_quantity <>
               (select coalesce(sum(f.quantity), 0) from public.paper_fills f where f.broker_account_id = $1 and f.order_number = p.order_number)) as torn`,
  );
  expect(orders).toMatchObject({ ours: orders!.theirs, torn: 0 });
  expect(orders!.theirs).toBeGreaterThanOrEqual(KILLS * (ORDERS_A_ROUND - 1));
  const [money] = await rows<Record<string, unknown>>(
    `select (select sum(quantity)::int from public.paper_fills where broker_account_id = $1) as filled,
            (select sum(quantity)::int from public.paper_holdings where broker_account_id = $1) as held,
            (select (cash + (select sum(amount + commission) from public.paper_fills where broker_account_id = $1))::text
               from public.paper_accounts where broker_account_id = $1) as cash`,
  );
  expect(money).toEqual({ filled: money!.held, held: expect.any(Number), cash: `${CASH}.00` });
  const position = () =>
    rows<{ quantity: number }>('select sum(quantity)::int as quantity from public.real_positions where broker_account_id = $1');
  await until('position', position, ([row]) => row?.quantity === money!.held, 60_000);
  await kill(spare);
}, 180_000);
