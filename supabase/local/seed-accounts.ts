import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { z } from 'zod';
import { accountMask, sealCredentials } from '#lib/credentials/account-credentials.ts';
import { ensureSealingKey } from '#lib/db/fleet/sealing-key.ts';
import { readVenueEnv } from '#lib/env/venue.ts';
import { seoul } from '#nas/runtime/clock.ts';
import { generateDailyBars } from '#nas/venue/market/daily-bars.ts';
import { SYNTHETIC_INSTRUMENTS } from '#nas/venue/market/instruments.ts';
import { StackFault } from './fault.ts';
import type { DEMO_USERS, SeedContext } from './seed.ts';

interface DemoAccount {
  /** Names the account in the file of keys, so that a restart finds it again. */
  readonly name: string;
  readonly owner: keyof typeof DEMO_USERS;
  readonly label: string;
  /** Won. */
  readonly cash: number;
  readonly holdings: readonly (readonly [symbol: string, quantity: number])[];
  /** Brings the quotes of everybody; without an HTS id, so that its one WebSocket stays free for them. */
  readonly isFeed?: true;
}

const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  {
    name: 'trader1-main',
    owner: 'trader1',
    label: '모의투자 · 직접매매',
    cash: 100_000_000,
    holdings: [
      ['990010', 120],
      ['990050', 200],
      ['990030', 15],
    ],
  },
  { name: 'trader1-auto', owner: 'trader1', label: '모의투자 · 자동매매', cash: 50_000_000, holdings: [] },
  { name: 'trader2-main', owner: 'trader2', label: '모의투자 · 직접매매', cash: 80_000_000, holdings: [['990020', 60]] },
  { name: 'trader2-auto', owner: 'trader2', label: '모의투자 · 자동매매', cash: 50_000_000, holdings: [] },
  { name: 'feed', owner: 'admin', label: '시세 전용', cash: 1_000_000, holdings: [], isFeed: true },
];

const demoKeys = z.record(
  z.string(),
  z.strictObject({
    accountId: z.uuid(),
    appKey: z.string(),
    appSecret: z.string(),
    accountNumber: z.string(),
    productCode: z.string(),
    htsId: z.string(),
  }),
);
type DemoKeys = z.infer<typeof demoKeys>;

/** The demo's accounts: those at the venue first, because a person's oldest account is the one their screens begin with. */
export async function seedAccounts(pool: pg.Pool, context: SeedContext): Promise<void> {
  if (context.venue) await seedVenueAccounts(pool, context, context.venue);
  await seedPaperAccount(pool, context);
}

/**
 * Opens the demo's paper accounts at the running venue and stores their sealed credentials, as a person would on the accounts page.
 * The trading service then proves them like any others. Keys are made once and kept beside the sealing key.
 */
async function seedVenueAccounts(pool: pg.Pool, context: SeedContext, venue: NonNullable<SeedContext['venue']>): Promise<void> {
  const { users, credentialsDir, log } = context;
  const key = await ensureSealingKey(pool, credentialsDir);
  const keys = await loadKeys(credentialsDir);
  const prices = startPrices();
  for (const account of DEMO_ACCOUNTS) {
    const { accountId, ...credentials } = keys[account.name]!;
    const holdings = account.holdings.map(([symbol, quantity]) => ({ symbol, quantity, averagePrice: prices.get(symbol)! }));
    await openAtVenue(venue, { environment: 'paper', ...credentials, cash: account.cash, holdings });

    const userId = users[account.owner].id;
    const isThere = await pool.query('select 1 from public.broker_accounts where id = $1', [accountId]);
    if (isThere.rowCount) continue; // a person may have renamed or removed it since
    const { htsId, ...withoutHtsId } = credentials;
    const sealed = await sealCredentials(
      key.publicKey,
      { userId, accountId, brokerType: 'kis', isPaper: true, keyId: key.keyId },
      account.isFeed ? withoutHtsId : { ...withoutHtsId, htsId },
    );
    await pool.query(
      `insert into public.broker_accounts (id, user_id, broker_type, label, account_mask, is_paper_account, encrypted_credentials, key_id)
       values ($1, $2, 'kis', $3, $4, true, $5, $6)`,
      [
        accountId,
        userId,
        account.label,
        accountMask(credentials.accountNumber, credentials.productCode),
        JSON.stringify(sealed),
        key.keyId,
      ],
    );
    if (account.isFeed) await pool.query(`insert into public.market_feeds (broker_account_id, scope) values ($1, 'shared')`, [accountId]);
    log.info({ accountId, label: account.label }, 'demo account opened');
  }
}

/** The second trader also has an account without keys: it trades on the quotes everybody sees. */
async function seedPaperAccount(pool: pg.Pool, { users, log }: SeedContext): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    `with account as (
       insert into public.broker_accounts (user_id, broker_type, label, account_mask, is_paper_account, credential_state, verified_at, environment_verified_at)
       select $1, 'paper', '가상 계좌', '****DEMO', true, 'ok', now(), now()
        where not exists (select 1 from public.broker_accounts where user_id = $1 and broker_type = 'paper')
       returning id)
     insert into public.paper_accounts (broker_account_id, starting_cash, cash) select id, 100000000, 100000000 from account
     returning broker_account_id as id`,
    [users.trader2.id],
  );
  if (rows[0]) log.info({ accountId: rows[0].id }, 'demo paper account opened');
}

async function loadKeys(directory: string): Promise<DemoKeys> {
  const file = join(directory, 'demo-accounts.json');
  const stored = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  const keys = readKeys(file, stored);
  const missing = DEMO_ACCOUNTS.filter(({ name }) => !keys[name]);
  if (missing.length === 0) return keys;
  for (const { name } of missing) keys[name] = makeKeys();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  return keys;
}

function readKeys(file: string, text: string): DemoKeys {
  try {
    return demoKeys.parse(JSON.parse(text));
  } catch (cause) {
    throw new StackFault(
      `${file}을(를) 읽을 수 없습니다. 지우지 않았습니다. 백업을 되돌리거나, 파일을 옮기세요: mv ${file} ${file}.broken (새 모의 계좌가 열리고 있던 계좌는 그대로 남습니다.)`,
      `${file} cannot be read. Nothing was deleted. Restore a backup or move the file away: new demo accounts are opened, the old ones stay.`,
      { cause },
    );
  }
}

/** As long as KIS's own: 36 and 180 characters; a paper account number begins with 50. */
function makeKeys(): DemoKeys[string] {
  return {
    accountId: randomUUID(),
    appKey: `PS${randomBytes(17).toString('hex')}`,
    appSecret: randomBytes(135).toString('base64'),
    accountNumber: `50${String(randomInt(1_000_000)).padStart(6, '0')}`,
    productCode: '01',
    htsId: `demo${randomBytes(3).toString('hex')}`,
  };
}

/** What the demo's holdings were bought for: the close of about two months ago. */
function startPrices(): ReadonlyMap<string, number> {
  const seed = readVenueEnv({}).VENUE_SEED;
  const day = (ago: number) => seoul(Date.now() - ago * 86_400_000).day;
  const held = new Set(DEMO_ACCOUNTS.flatMap(({ holdings }) => holdings.map(([symbol]) => symbol)));
  return new Map(
    SYNTHETIC_INSTRUMENTS.filter(({ symbol }) => held.has(symbol)).map((instrument) => {
      const bars = generateDailyBars(seed, instrument, { from: day(70), to: day(60) });
      return [instrument.symbol, bars.at(-1)?.close ?? instrument.startPrice];
    }),
  );
}

async function openAtVenue(venue: NonNullable<SeedContext['venue']>, account: Record<string, unknown>): Promise<void> {
  const answer = await fetch(`${venue.restUrl}/_venue/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-venue-token': venue.controlToken },
    body: JSON.stringify(account),
  });
  if (!answer.ok) throw new Error(`The venue did not open a demo account: HTTP ${answer.status} ${(await answer.text()).slice(0, 200)}`);
}
