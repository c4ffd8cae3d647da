import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const whole = z.number().int();
const bar = z.object({
  day: z.string(),
  time: z.string().nullable(),
  open: whole,
  high: whole,
  low: whole,
  close: whole,
  volume: whole,
  value: whole,
});
const environment = z.enum(['real', 'paper']);
const order = z.object({
  id: whole,
  accountId: z.string(),
  environment,
  day: z.string(),
  orderNumber: z.string(),
  branch: z.string(),
  originalOrderNumber: z.string(),
  originalId: whole.default(0),
  action: z.enum(['new', 'modify', 'cancel']),
  symbol: z.string(),
  side: z.enum(['buy', 'sell']),
  orderType: z.string(),
  kind: z.enum(['limit', 'market', 'best', 'own_best']),
  timeInForce: z.enum(['day', 'ioc', 'fok']),
  quantity: whole,
  price: whole,
  time: z.string(),
  reservePrice: whole,
  channel: z.enum(['OpnAPI', 'Nsmart']),
  isForeign: z.boolean().default(false),
  occurrence: whole.default(0),
  status: z.enum(['working', 'filled', 'cancelled', 'replaced', 'expired', 'confirmed', 'rejected']),
  open: whole,
  filled: whole,
  filledAmount: whole,
  cancelled: whole,
  rejected: whole.default(0),
  fee: whole,
  tax: whole,
  resting: z.object({ price: whole.nullable(), sequence: whole }).nullable(),
  fills: z.array(z.object({ price: whole, quantity: whole, time: z.string(), fee: whole, tax: whole })),
});
const dayTrades = z.object({ day: z.string(), settlementDay: z.string(), bought: whole, sold: whole });
const account = z.object({
  id: z.string(),
  environment,
  accountNumber: z.string(),
  productCode: z.string(),
  htsId: z.string(),
  appKey: z.string(),
  settledCash: whole,
  pending: z.array(z.object({ settlementDay: z.string(), amount: whole })),
  holdings: z.array(z.tuple([z.string(), z.object({ quantity: whole, purchaseAmount: whole, trades: z.array(dayTrades) })])),
  totals: z.array(dayTrades.extend({ feesAndTax: whole })),
});

/** What a restart must still know. Background orders are not kept: traders quote again at once. */
export const snapshotSchema = z.object({
  version: z.literal(1),
  seed: whole,
  savedAt: whole,
  day: z.string(),
  feesAndTax: whole,
  house: z.object({ cash: whole, shares: z.array(z.tuple([z.string(), whole])) }),
  accounts: z.array(account),
  appKeys: z.array(z.object({ appKey: z.string(), appSecret: z.string(), environment })),
  tokens: z.array(z.object({ token: z.string(), appKey: z.string(), issuedAt: whole, expiresAt: whole })),
  approvals: z.array(z.tuple([z.string(), z.object({ appKey: z.string(), expiresAt: whole })])),
  orders: z.array(order),
  recorded: z.array(z.tuple([z.string(), z.array(bar)])),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

const FILE = 'venue-snapshot.json';

/**
 * Reads the last snapshot; null when there is none. A damaged one stops the start, because opening empty would silently lose
 * every position and order; only when asked (`startFresh`) is it moved aside and an empty venue opened.
 */
export async function readSnapshot(dir: string, options: { seed: number; startFresh: boolean; now: number }): Promise<Snapshot | null> {
  const path = join(dir, FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const fault = faultOf(text, options.seed);
  if (typeof fault !== 'string') return fault;
  if (!options.startFresh) {
    throw new Error(
      `거래소 시뮬레이터의 저장 파일 ${path}을(를) 쓸 수 없습니다. 계좌·보유·오늘의 주문이 들어 있어 지우지 않았습니다. 온전한 사본을 되돌리거나, 빈 채로 시작하려면 옮기세요: mv ${path} ${path}.broken\n` +
        `The venue's snapshot ${path} cannot be used: ${fault}. Accounts, holdings and today's orders are in it, so nothing was deleted. ` +
        'Put back an intact copy, or move it away to begin empty (a venue started by itself does so with VENUE_START_FRESH=true).',
    );
  }
  await rename(path, `${path}.damaged-${options.now}`);
  return null;
}

function faultOf(text: string, seed: number): Snapshot | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON (cut off or overwritten)';
  }
  const parsed = snapshotSchema.safeParse(value);
  if (!parsed.success) return `it is not a venue snapshot (${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message})`;
  if (parsed.data.seed !== seed) return `it belongs to market seed ${parsed.data.seed}, this venue was started with seed ${seed}`;
  return parsed.data;
}

/** Writes beside and renames, so that a reader sees the old or the new file and never half of one. Readable by its owner only: it holds app keys. */
export async function writeSnapshot(dir: string, snapshot: Snapshot): Promise<void> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, FILE);
  await writeFile(`${path}.new`, JSON.stringify(snapshot), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}
