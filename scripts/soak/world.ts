import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileStrategy } from '#domain/strategy/compile.ts';
import { minuteMomentum } from '#domain/strategy/templates/minute-momentum.ts';
import { sealCredentials } from '#lib/credentials/account-credentials.ts';
import { publishKrxCalendar, publishTickBands } from '#lib/db/fleet/rule-book.ts';
import { ensureSealingKey } from '#lib/db/fleet/sealing-key.ts';
import { createTestUser } from '#lib/testing/database.ts';
import { type ListedSymbol, listMarket } from '#nas/trading/testing/list-market.ts';
import { type ChaosDatabase, openDatabase } from '#scripts/chaos/database.ts';
import { type Part, startPart } from '#scripts/chaos/rpc.ts';
import { beginTime, type ScaledTime, worldTime } from '#scripts/chaos/time.ts';
import type { ServiceConfig } from './service/process.ts';

/**
 * The day of the entrance exam in 2026, when every hour is one later, and a next day that the run declares a holiday (임시휴장): 24
 * hours from here hold the exam day's sessions, the change of day and a weekday on which nothing may trade.
 */
const STARTS_AT = Date.parse('2026-11-19T08:50:00+09:00');
export const EXAM_DAY = '2026-11-19';
export const HOLIDAY = '2026-11-20';

const START_TRIES = 5;
/** Milliseconds of the machine. */
const READY_MS = 120_000;
/** What the strategy trades; the rest is left to the person. */
const STRATEGY_SYMBOLS = 3;

export const SERVICES = ['trading', 'market', 'scheduler'] as const satisfies readonly ServiceConfig['service'][];

export interface SoakAccount {
  readonly id: string;
  readonly userId: string;
  /** What the person does by hand; the strategy's account is left to the strategy. */
  readonly isManual: boolean;
}
export interface SoakWorld {
  readonly time: ScaledTime;
  readonly database: ChaosDatabase;
  readonly venue: Part;
  readonly services: ReadonlyMap<ServiceConfig['service'], Part>;
  readonly accounts: readonly SoakAccount[];
  readonly symbols: readonly string[];
  /** Epoch milliseconds of the world. */
  now(): number;
  end(): Promise<void>;
}

/** A cluster, the venue and one process of each service, with a person who trades by hand, one whose strategy trades, and a shared feed. */
export async function openWorld(options: { factor: number; logLevel: string }): Promise<SoakWorld> {
  const { factor, logLevel } = options;
  const home = mkdtempSync(join(tmpdir(), `narae-soak-${process.pid}-`));
  const credentialsDir = join(home, 'credentials');
  mkdirSync(credentialsDir);
  const stops: (() => Promise<unknown>)[] = [];
  const end = async (): Promise<void> => {
    for (const stop of stops.reverse()) await stop().catch((error) => process.stderr.write(`${error}\n`));
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const time = beginTime(factor, STARTS_AT);
    const database = await openDatabase(join(home, 'postgres'), time);
    stops.push(() => database.stop());
    const venue = await startPart('../soak/venue/process.ts', { time, closedDays: [HOLIDAY] });
    stops.push(async () => venue.child.kill('SIGKILL'));
    const listed = await venue.ask<ListedSymbol[]>('listed');
    await openMarket(database, listed);
    const symbols = listed.map(({ symbol }) => symbol);
    const accounts = await openPeople(database, venue, credentialsDir, symbols.slice(0, STRATEGY_SYMBOLS));

    const { rest, ws } = await venue.ask<Record<'rest' | 'ws', Record<'real' | 'paper', string>>>('addresses');
    const services = new Map<ServiceConfig['service'], Part>();
    for (const service of SERVICES) {
      const env = {
        DATABASE_URL: database.url(`narae_${service}`),
        CREDENTIALS_DIR: credentialsDir,
        MARKET_DATA_DIR: credentialsDir,
        KIS_PAPER_REST_URL: rest.paper,
        KIS_PAPER_WS_URL: ws.paper,
        KIS_REAL_REST_URL: rest.real,
        KIS_REAL_WS_URL: ws.real,
        KIS_REQUESTS_PER_SECOND: '15',
      };
      const part = await startService({ time, service, env, logLevel });
      services.set(service, part);
      stops.push(() => stopPart(part));
    }
    await untilReady(database);
    return {
      time,
      database,
      venue,
      services,
      accounts,
      symbols,
      now: () => worldTime(time, Date.now()),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Accounts proved and the feed heard, before anything is disturbed. */
async function untilReady({ pool }: ChaosDatabase): Promise<void> {
  for (const deadline = performance.now() + READY_MS; performance.now() < deadline; ) {
    const { rows } = await pool.query<{ isReady: boolean }>(
      `select not exists (select 1 from public.broker_accounts where credential_state <> 'ok')
              and exists (select 1 from public.service_heartbeats where service = 'market' and detail ->> 'feed' = 'live') as "isReady"`,
    );
    if (rows[0]?.isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('accounts and feed were not ready within two minutes');
}

/** As the container's restart policy does: a start that failed, on a machine that was busy for a moment, is tried again. */
async function startService(config: ServiceConfig): Promise<Part> {
  for (let tries = 1; ; tries += 1) {
    const part = await startPart('../soak/service/process.ts', config);
    try {
      await part.ask('start');
      return part;
    } catch (error) {
      await stopPart(part);
      if (tries === START_TRIES) throw error;
    }
  }
}

async function stopPart(part: Part): Promise<void> {
  await part.ask('stop').catch(() => {}); // it may be gone already
  part.child.kill('SIGKILL');
  await part.gone;
}

async function openMarket({ pool }: ChaosDatabase, listed: readonly ListedSymbol[]): Promise<void> {
  await pool.query('update public.platform_settings set orders_enabled = true, auto_enabled = true');
  await publishTickBands(pool);
  await publishKrxCalendar(pool);
  await listMarket(pool, listed, EXAM_DAY);
  await pool.query(`delete from public.market_calendar where day = $1`, [HOLIDAY]);
  await pool.query(
    `insert into public.market_calendar (market, day, session, is_open, source) values ('KRX', $1, 'closed', false, 'operator')`,
    [HOLIDAY],
  );
  await pool.query(
    `insert into public.quotes (feed, stock_code, last_price, heard_at) select 'shared', stock_code, base_price, 'epoch' from public.instruments
     on conflict do nothing`,
  );
}

async function openPeople(
  database: ChaosDatabase,
  venue: Part,
  credentialsDir: string,
  strategySymbols: readonly string[],
): Promise<SoakAccount[]> {
  const { pool } = database;
  const key = await ensureSealingKey(pool, credentialsDir);
  const aPerson = async (): Promise<string> => {
    const userId = await createTestUser(pool as never);
    await pool.query(
      `insert into public.trading_permissions (user_id, can_paper_trade, daily_trade_limit, max_position_size, daily_order_limit)
       values ($1, true, 9e13, 9e13, 1000000) on conflict (user_id) do update set can_paper_trade = true,
         daily_trade_limit = excluded.daily_trade_limit, max_position_size = excluded.max_position_size,
         daily_order_limit = excluded.daily_order_limit`,
      [userId],
    );
    return userId;
  };
  const atKis = async (userId: string, number: number, label: string, hasNotices: boolean): Promise<string> => {
    const id = randomUUID();
    const keys = {
      appKey: `PS${randomBytes(17).toString('hex')}`,
      appSecret: randomBytes(60).toString('base64'),
      accountNumber: String(50_000_000 + number),
      productCode: '01',
    };
    const htsId = `soak${number}`;
    await venue.ask('provision', { ...keys, htsId, environment: 'paper', cash: 1_000_000_000, holdings: [] });
    const context = { userId, accountId: id, brokerType: 'kis', isPaper: true, keyId: key.keyId };
    const sealed = await sealCredentials(key.publicKey, context, hasNotices ? { ...keys, htsId } : keys);
    await pool.query(
      `insert into public.broker_accounts (id, user_id, broker_type, is_paper_account, encrypted_credentials, key_id, label)
       values ($1, $2, 'kis', true, $3, $4, $5)`,
      [id, userId, JSON.stringify(sealed), key.keyId, label],
    );
    return id;
  };
  const [byHand, byStrategy, operator] = [await aPerson(), await aPerson(), await aPerson()];
  const manual = await atKis(byHand, 1, 'by hand', true);
  const auto = await atKis(byStrategy, 2, 'by strategy', true);
  const feed = await atKis(operator, 3, 'feed', false);
  await pool.query(`insert into public.market_feeds (broker_account_id, scope) values ($1, 'shared')`, [feed]);
  const paper = randomUUID();
  await database.asUser(byHand, 'select public.open_paper_account($1, $2, $3) as value', [paper, 'paper', 1_000_000_000]);
  await deploy(database, byStrategy, auto, strategySymbols);
  return [
    { id: manual, userId: byHand, isManual: true },
    { id: paper, userId: byHand, isManual: true },
    { id: auto, userId: byStrategy, isManual: false },
  ];
}

/** The demonstration strategy, which decides every minute. */
async function deploy({ pool }: ChaosDatabase, userId: string, accountId: string, symbols: readonly string[]): Promise<void> {
  const compiled = compileStrategy(minuteMomentum.document);
  if (!compiled.ok) throw new Error('the template does not compile');
  await pool.query(
    `with s as (insert into public.strategies (user_id, name, latest_version) values ($1, 'soak', 1) returning id),
          v as (insert into public.strategy_versions (strategy_id, version, user_id, document, hash) select id, 1, $1, $2, $3 from s returning strategy_id)
     insert into public.strategy_deployments (user_id, strategy_id, version, broker_account_id, symbols, capital)
     select $1, strategy_id, 1, $4, $5, 10000000 from v`,
    [userId, JSON.stringify(compiled.program.document), compiled.program.strategyHash, accountId, symbols],
  );
}
