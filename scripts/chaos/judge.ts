import { withLedger } from '#lib/db/fleet/ledger.ts';
import { verifyLedger } from '#lib/use-cases/verify-ledger.ts';
import type { JudgeView } from '#nas/venue/judge.ts';
import type { ChaosAccount } from './accounts.ts';
import type { ChaosDatabase } from './database.ts';
import type { PlannedOrder } from './plan.ts';
import { SKEW_MS } from './time.ts';

export interface Verdict {
  readonly reachedVenue: number;
  readonly foreign: number;
  /** Orders at the venue that no intent of ours has a right to. */
  readonly duplicates: number;
  /** Intents whose order is at the venue and that do not know it, or were called absent while it was there. */
  readonly lost: number;
  readonly mismatchedFills: number;
  readonly mismatchedPositions: number;
  readonly illegalMoves: number;
  /** Orders that are not over. */
  readonly unresolved: number;
  readonly leakedReservations: number;
  readonly ambiguous: number;
  /** Broken links, and rows that a replay of their events does not give. */
  readonly brokenChains: number;
  /** Attempts begun by a process that did not own the account at that moment. */
  readonly attemptsWithoutLease: number;
  /** Orders that reached the venue after their sender had lost the account. */
  readonly sentWithoutLease: number;
  /** Orders that reached the venue while their account was halted. */
  readonly haltBreaches: number;
  /** What the seed decides, a line an intent; the run's hash is taken of them. */
  readonly events: readonly string[];
}

interface Row {
  readonly account: string;
  readonly intent: string;
  readonly status: string;
  readonly code: string | null;
  readonly number: string | null;
  readonly cum: number;
  readonly amount: number;
  readonly origin: string;
  readonly sent: boolean;
  readonly symbol: string;
  readonly side: string;
  readonly quantity: number;
  readonly price: number;
  readonly moves: readonly string[];
  readonly called_absent: boolean;
  /** Epoch milliseconds at which whoever sent it lost the account; null while it was kept. */
  readonly lost_ms: number | null;
}

/** Reads nothing but the venue's book and the database. */
export async function judge(
  database: ChaosDatabase,
  view: JudgeView,
  accounts: readonly ChaosAccount[],
  planned: readonly PlannedOrder[],
): Promise<Verdict> {
  const { pool } = database;
  const count = async (sql: string): Promise<number> =>
    Number((await pool.query<{ n: string }>(`select count(*) as n from ${sql} x`)).rows[0]!.n);
  const { rows } = await pool.query<Row>(ROWS);
  const venueIdOf = new Map(accounts.map((account) => [account.id, account.venueId]));
  const ours = rows.filter((row) => row.origin !== 'external');
  const book = view.accounts.flatMap(({ orders }) => orders).filter((order) => order.action !== 'cancel');
  const placed = book.filter((order) => !order.isForeign);
  const owners = new Map<string, Row[]>();
  for (const row of ours) {
    if (row.number === null) continue;
    const key = `${venueIdOf.get(row.account)}|${row.number}`;
    owners.set(key, [...(owners.get(key) ?? []), row]);
  }
  const ownersOf = (order: { accountId: string; orderNumber: string }) => owners.get(`${order.accountId}|${order.orderNumber}`) ?? [];

  const lookOf = (account: string | undefined, o: { symbol: string; side: string; quantity: number; price: number }) =>
    [account, o.symbol, o.side, o.quantity, o.price].join('|');
  const intents = tally(ours.filter((row) => row.sent).map((row) => lookOf(venueIdOf.get(row.account), row)));
  const arrived = tally(placed.map((order) => lookOf(order.accountId, order)));
  let duplicates = 0;
  for (const [look, n] of arrived) duplicates += Math.max(0, n - (intents.get(look) ?? 0));
  for (const sharing of owners.values()) duplicates += sharing.length - 1;

  const unowned = placed.filter((order) => ownersOf(order).length === 0).length;
  const falselyAbsent = ours.filter((row) => row.called_absent && row.number !== null).length;
  let mismatchedFills = 0;
  for (const order of book) {
    const [row] = order.isForeign ? rows.filter(() => false) : ownersOf(order);
    if (row && (Number(row.cum) !== order.filled || Number(row.amount) !== order.filledAmount)) mismatchedFills++;
  }
  const known = new Set(book.map((order) => `${order.accountId}|${order.orderNumber}`));
  for (const key of owners.keys()) if (!known.has(key)) mismatchedFills++;

  return {
    reachedVenue: placed.filter(({ action }) => action === 'new').length,
    foreign: book.length - placed.length,
    duplicates,
    lost: Math.max(0, unowned - duplicates) + falselyAbsent,
    mismatchedFills,
    mismatchedPositions: await mismatchedPositions(database, view, accounts),
    illegalMoves: await count(`(select 1 from public.order_events e where e.from_status <> e.to_status and not exists
      (select 1 from private.order_moves m where m.from_status = e.from_status and m.to_status = e.to_status))`),
    unresolved: rows.filter((row) => !FINAL.has(row.status)).length + missing(planned, ours),
    leakedReservations: await count('public.reservations'),
    ambiguous: await count(
      `(select distinct order_id from public.order_events where type = 'candidates' and jsonb_array_length(payload -> 'candidates') > 1)`,
    ),
    brokenChains: await ledgerFindings(database, accounts),
    attemptsWithoutLease: await count(`(select 1 from public.order_attempts a join public.real_orders o on o.id = a.order_id
      where not exists (select 1 from private.lease_log l where l.account_id = o.broker_account_id and l.token = a.lease_token
        and l.instance_id = a.instance_id and l.taken_at <= a.started_at and l.lost_at >= a.started_at))`),
    sentWithoutLease: placed.filter((order) =>
      ownersOf(order).some(({ lost_ms }) => lost_ms !== null && venueMs(order) >= lost_ms + TOLERANCE_MS),
    ).length,
    haltBreaches: await haltBreaches(database, view, accounts),
    events: eventsOf(ours),
  };
}

/** Orders and changes of the script that never became a row. */
function missing(planned: readonly PlannedOrder[], rows: readonly Row[]): number {
  const known = new Set(rows.map(({ intent }) => intent));
  return planned.flatMap((order) => [order.intentKey, ...(order.change ? [order.change.intentKey] : [])]).filter((key) => !known.has(key))
    .length;
}

const FINAL = new Set(['executed', 'cancelled', 'replaced', 'rejected', 'denied', 'expired']);

const ROWS = `
  select o.broker_account_id as account, o.intent_key as intent, o.order_status as status, coalesce(o.denial_code, o.broker_code) as code,
    o.broker_order_id as number, o.cum_quantity::float8 as cum, o.cum_amount::float8 as amount, o.origin, o.stock_code as symbol,
    o.order_type as side, o.quantity::float8 as quantity, coalesce(o.price, 0)::float8 as price,
    exists (select 1 from public.order_attempts a where a.order_id = o.id and a.kind in ('submit', 'replace') and a.outcome is distinct from 'not_processed') as sent,
    array(select e.to_status from public.order_events e where e.order_id = o.id and e.from_status is distinct from e.to_status order by e.seq) as moves,
    exists (select 1 from public.order_events e where e.order_id = o.id and e.type = 'not_found') as called_absent,
    (select extract(epoch from l.lost_at)::float8 * 1000 from public.order_attempts a join private.lease_log l
        on l.account_id = o.broker_account_id and l.token = a.lease_token and l.instance_id = a.instance_id
      where a.order_id = o.id and a.kind in ('submit', 'replace') and isfinite(l.lost_at) order by a.attempt_no desc limit 1) as lost_ms
  from public.real_orders o where o.order_day is not null`;

/** Faults of the hash chains, and rows that are not what their events say. */
async function ledgerFindings({ pool }: ChaosDatabase, accounts: readonly ChaosAccount[]): Promise<number> {
  let findings = 0;
  for (const { id } of accounts) findings += (await withLedger(pool, id, verifyLedger)).findings.length;
  return findings;
}

/** Between the last look at a flag and the venue's clock; the venue tells whole seconds. */
const TOLERANCE_MS = 1_000;

/** When the venue took an order, by our clock, to its whole second. */
function venueMs({ day, time }: { day: string; time: string }): number {
  return Date.parse(`${day}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}+09:00`) - SKEW_MS;
}

async function haltBreaches({ pool }: ChaosDatabase, view: JudgeView, accounts: readonly ChaosAccount[]): Promise<number> {
  const { rows } = await pool.query<{ scope_id: string; from_ms: string; lifted_ms: string }>(
    `select scope_id, extract(epoch from from_at) * 1000 as from_ms, extract(epoch from least(lifted_at, now())) * 1000 as lifted_ms from private.halt_log`,
  );
  return rows.reduce((sum, { scope_id, from_ms, lifted_ms }) => {
    const venueId = accounts.find(({ id }) => id === scope_id)?.venueId;
    const book = view.accounts.find(({ id }) => id === venueId)?.orders ?? [];
    const isInside = (at: number) => at >= Number(from_ms) + TOLERANCE_MS && at + 1_000 <= Number(lifted_ms);
    return sum + book.filter((order) => order.action !== 'cancel' && !order.isForeign && isInside(venueMs(order))).length;
  }, 0);
}

/** Shares, to the last one: the venue's holdings against ours, for every symbol that either side knows. */
async function mismatchedPositions({ pool }: ChaosDatabase, view: JudgeView, accounts: readonly ChaosAccount[]): Promise<number> {
  const { rows } = await pool.query<{ account: string; symbol: string; quantity: number }>(
    'select broker_account_id as account, stock_code as symbol, quantity::float8 as quantity from public.real_positions',
  );
  const ours = new Map(rows.map((row) => [`${row.account}|${row.symbol}`, Number(row.quantity)]));
  const theirs = new Map<string, number>();
  for (const { id, venueId } of accounts) {
    for (const { symbol, quantity } of view.accounts.find((account) => account.id === venueId)?.holdings ?? [])
      theirs.set(`${id}|${symbol}`, quantity);
  }
  return [...new Set([...ours.keys(), ...theirs.keys()])].filter((key) => (ours.get(key) ?? 0) !== (theirs.get(key) ?? 0)).length;
}

/**
 * What the seed decides: of every intent its end (with the code of a refusal), its shares and won, and the path of its moves without the
 * stations that depend on how long an answer took. Left out, because two runs of the same seed differ there by nature: ids and broker
 * numbers (numbers are given in the order of arrival over all accounts), instants and the hashes of the chain that cover them, the
 * stations submitting, unknown, accepted, partially_filled and *_pending (a slow machine sees an answer after 3 s that a fast one sees
 * before, and two fills in one read or in two), the rows of other clients' orders, and which orders needed the operator.
 */
function eventsOf(rows: readonly Row[]): string[] {
  const TIMING = new Set(['submitting', 'unknown', 'accepted', 'partially_filled', 'cancel_pending', 'replace_pending']);
  return rows
    .map(({ intent, status, code, cum, amount, moves }) => {
      const path = moves.filter((move) => !TIMING.has(move)).join('>');
      return [intent, status, status === 'denied' || status === 'rejected' ? code : '', cum, amount, path].join('|');
    })
    .sort();
}

function tally(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
