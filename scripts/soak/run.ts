import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { growthOf, type HourOfService, type Usage } from './verdict.ts';
import { EXAM_DAY, HOLIDAY, openWorld, SERVICES, type SoakAccount, type SoakWorld } from './world.ts';

const HOUR_MS = 3_600_000;
/** A person looks at the market this often. */
const TURN_MS = 5 * 60_000;
/** After the last hour: what is still under way comes to its end. */
const SETTLES_MS = 10 * 60_000;
/** Hours at which the database ends every session of the fleet. */
const CUT_DATABASE_EVERY = 6;

/** The first closed minute after the exam day's opening at 10:00; a busy machine may miss one. */
const FIRST_EVALUATIONS = ['10:01:00', '10:02:00', '10:03:00'];

export interface SoakOptions {
  readonly hours: number;
  readonly factor: number;
  readonly logLevel: string;
  /** Ends the run early, with everything it started. */
  readonly signal: AbortSignal;
  progress(line: string): void;
}

type Disturbances = Record<'socketsCut' | 'socketsSilenced' | 'tokensRefused' | 'databaseCuts', number>;

/** Hours of the whole fleet in minutes, with all that a day brings; one object that says whether it held. */
export async function runSoak({ hours, factor, logLevel, signal, progress }: SoakOptions) {
  const startedAt = performance.now();
  const world = await openWorld({ factor, logLevel });
  try {
    const begin = world.now();
    const usage = new Map<string, HourOfService[]>(SERVICES.map((service) => [service, []]));
    const gone: string[] = [];
    for (const [service, part] of world.services) void part.gone.then(() => gone.push(service));
    const disturbed: Disturbances = { socketsCut: 0, socketsSilenced: 0, tokensRefused: 0, databaseCuts: 0 };
    let turns = 0;
    for (let hour = 1; hour <= hours; hour += 1) {
      await disturb(world, hour, disturbed);
      for (const until = begin + hour * HOUR_MS; world.now() < until; turns += 1) {
        await trade(world, turns);
        await sleepUntil(world, Math.min(until, begin + (turns + 1) * TURN_MS), signal);
      }
      if (gone.length > 0) throw new Error(`the ${gone.join(' and the ')} service ended by itself in hour ${hour}`);
      for (const [service, part] of world.services) {
        const { rss, handles } = await part.ask<Usage>('usage');
        usage.get(service)!.push({ hour, rss, handles });
      }
      progress(`${line(hour, usage)}, breaks ${(await breaksOpen(world)).length}`);
    }
    await sleepUntil(world, world.now() + SETTLES_MS, signal);
    return await report(world, { hours, factor, usage, disturbed, seconds: Math.round((performance.now() - startedAt) / 1_000) });
  } finally {
    await world.end();
  }
}

async function sleepUntil(world: SoakWorld, at: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const ms = (at - world.now()) / world.time.factor;
  if (ms > 0) await setTimeout(ms, undefined, { signal });
}

/** Every hour something breaks: sockets are cut or fall silent, tokens are refused before their time, the database ends its sessions. */
async function disturb({ venue, database }: SoakWorld, hour: number, counts: Disturbances): Promise<void> {
  const isCut = hour % 2 === 0;
  await venue.ask('disturbSockets', isCut ? 'cut' : 'silence');
  counts[isCut ? 'socketsCut' : 'socketsSilenced'] += 1;
  await venue.ask('disturbRequests', { kind: 'token_expired', times: 1 });
  counts.tokensRefused += 1;
  if (hour % CUT_DATABASE_EVERY !== 0) return;
  await database.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename like 'narae\\_%'`);
  counts.databaseCuts += 1;
}

/** Buys, sells what was bought, and takes back what rests, in turns; the market's rules refuse what is out of season. */
async function trade(world: SoakWorld, turn: number): Promise<void> {
  const { database, accounts, symbols, venue } = world;
  const symbol = symbols[turn % symbols.length]!;
  const price = await venue.ask<number>('lastPrice', symbol);
  for (const account of accounts.filter(({ isManual }) => isManual)) {
    if (turn % 3 === 2) await takeBack(world, account);
    const { rows } = await database.pool.query<{ quantity: number }>(
      `select sellable_quantity::int as quantity from public.real_positions where broker_account_id = $1 and stock_code = $2 and sellable_quantity > 0`,
      [account.id, symbol],
    );
    const side = rows[0] ? 'sell' : 'buy';
    await database
      .asUser(account.userId, 'select public.place_order($1, $2, $3, $4, $5, $6, $7, $8, false) as value', [
        account.id,
        symbol,
        side,
        rows[0]?.quantity ?? 10,
        'limit',
        price,
        randomUUID(),
        `soak-${turn}`,
      ])
      .catch(refused);
  }
}

async function takeBack({ database }: SoakWorld, account: SoakAccount): Promise<void> {
  const { rows } = await database.pool.query<{ id: string }>(
    `select id from public.real_orders where broker_account_id = $1 and order_status in ('accepted', 'partially_filled')`,
    [account.id],
  );
  for (const { id } of rows) await database.asUser(account.userId, 'select public.cancel_order($1) as value', [id]).catch(refused);
}

/** A person is told no by name (`PGRST` or a class of ours); anything else is a fault of the run. */
function refused(error: { code?: string }): void {
  if (!error.code?.startsWith('P')) throw error;
}

function line(hour: number, usage: ReadonlyMap<string, readonly HourOfService[]>): string {
  const of = ([service, hours]: [string, readonly HourOfService[]]) =>
    `${service} ${Math.round(hours.at(-1)!.rss / 1_000_000)} MB ${hours.at(-1)!.handles}`;
  return `hour ${hour}: ${[...usage].map(of).join(', ')}`;
}

/** What the account and its broker still differ in. */
async function breaksOpen({ database }: SoakWorld): Promise<readonly object[]> {
  const { rows } = await database.pool.query<object>(
    `select kind, stock_code as symbol, ours, theirs, opened_at as "openedAt", broker_account_id as account
       from public.reconciliation_breaks where closed_at is null order by opened_at`,
  );
  return rows;
}

const COUNTS = `
select (select count(*)::int from public.real_orders where denial_code is null) as orders,
       (select count(*)::int from public.executions) as fills,
       (select count(*)::int from public.real_orders where order_status = 'unknown') as unknown,
       (select count(*)::int from public.real_orders where not private.is_final(order_status)) as unfinished,
       (select jsonb_object_agg(outcome, n) from (select outcome, count(*) as n from public.strategy_runs group by outcome) r) as runs,
       (select count(*)::int from public.strategy_runs where (tick at time zone 'Asia/Seoul')::date = $2) as "runsOnHoliday",
       (select count(*)::int from public.real_orders where order_day = $2 and denial_code is null) as "ordersOnHoliday",
       (select min(tick at time zone 'Asia/Seoul')::time::text from public.strategy_runs where phase = 'evaluate'
          and (tick at time zone 'Asia/Seoul')::date = $1) as "firstEvaluationOnExamDay",
       (select count(*)::int from public.paper_fills) as "paperFills",
       exists (select 1 from public.service_heartbeats where service = 'market' and detail ->> 'feed' = 'live') as "isFeedLive"`;

interface Counts {
  readonly unknown: number;
  readonly unfinished: number;
  readonly runsOnHoliday: number;
  readonly ordersOnHoliday: number;
  readonly isFeedLive: boolean;
  readonly firstEvaluationOnExamDay: string | null;
}

async function report(
  world: SoakWorld,
  run: { hours: number; factor: number; seconds: number; disturbed: Disturbances; usage: ReadonlyMap<string, readonly HourOfService[]> },
) {
  const { hours, factor, seconds, disturbed } = run;
  const { rows } = await world.database.pool.query<Counts & Record<string, unknown>>(COUNTS, [EXAM_DAY, HOLIDAY]);
  const counts = rows[0]!;
  const breaks = await breaksOpen(world);
  const growth = Object.fromEntries([...run.usage].map(([service, list]) => [service, growthOf(list)]));
  const usage = Object.fromEntries(
    [...run.usage].map(([service, list]) => [
      service,
      { rssMb: list.map(({ rss }) => Math.round(rss / 100_000) / 10), handles: list.map(({ handles }) => handles) },
    ]),
  );
  const leftOver = counts.unknown + counts.unfinished + breaks.length + counts.runsOnHoliday + counts.ordersOnHoliday;
  const keepsExamHours = FIRST_EVALUATIONS.includes(counts.firstEvaluationOnExamDay ?? '');
  const isPassed = leftOver === 0 && counts.isFeedLive && keepsExamHours && Object.values(growth).every((one) => one?.isSteady === true);
  return { isPassed, hours, factor, seconds, ...counts, breaks, disturbed, growth, usage };
}
