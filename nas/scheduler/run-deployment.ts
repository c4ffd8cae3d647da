import { type BarRow, columnsFromBars } from '#domain/backtest/columns-from-bars.ts';
import { evaluateLatest, type LiveEvaluation } from '#domain/backtest/evaluate-latest.ts';
import { compileStrategy, type Program } from '#domain/strategy/compile.ts';
import { liveFault } from '#domain/strategy/live-support.ts';
import { AppError } from '#lib/errors.ts';
import type { Log } from '#lib/log.ts';
import { dailyRows, minuteLabel, minuteRows, newest, weeklyRows } from './live-bars.ts';
import { livePosition } from './live-position.ts';
import { barMinutes, nextOrderEntry, type SessionRow, type Timeframe } from './phases.ts';
import type { Deployment, RecordedDecision, RunOutcome, RunPhase, SchedulerStore } from './scheduler-store.ts';

/** An intraday decision older than this is not acted upon: the price has moved on. */
const INTRADAY_LATEST_MS = 45_000;
/** Daily bars arrive after the close: until this long after the tick the job is tried again, then the day is given up. */
const DAILY_PATIENCE_MS = 8 * 60_000;
/** Reserved orders may leave this long after order entry begins: *prepare* has held them back by then when the way is not clean. */
const RELEASE_AFTER_MS = 60_000;
/** A feed that was heard within this time before the bar's end was there (ORDERS §5, data age). */
const FEED_SILENCE_MS = 15_000;
class NotYet extends Error {}

export interface RunDeps {
  readonly store: SchedulerStore;
  readonly log: Log;
  readonly now: () => Date;
}
export interface Tick {
  readonly deploymentId: string;
  readonly phase: RunPhase;
  readonly tick: Date;
}

interface Outcome {
  readonly outcome: RunOutcome;
  readonly reason: string;
  readonly decisions?: readonly RecordedDecision[];
}

/**
 * One tick of one deployment: claimed once by whoever comes first, decided by the back-test's own engine on the bars that have closed,
 * ordered through the gate like any other order, and recorded with its reason. Throws only before the claim, so that a retry cannot
 * decide twice.
 */
export async function runDeployment(deps: RunDeps, { deploymentId, phase, tick }: Tick, sessions: readonly SessionRow[]): Promise<void> {
  const { store, log } = deps;
  if (await store.hasRun(deploymentId, tick)) return;
  const deployment = await store.deployment(deploymentId);
  if (!deployment) return; // stopped meanwhile
  const compiled = compileStrategy(deployment.document, deployment.params);
  if (!compiled.ok) {
    await store.failDeployment(deploymentId, compiled.faults[0]?.ko ?? 'strategy_invalid');
    return;
  }
  const { program } = compiled;
  const unfit = liveFault(program.document);
  if (unfit) {
    await store.failDeployment(deploymentId, unfit.ko);
    return;
  }
  const work = phase === 'evaluate' ? await evaluation(deps, deployment, program, tick, sessions) : () => check(deps, deployment, phase);
  if (!(await store.claim(deploymentId, tick, phase))) return;
  const {
    outcome,
    reason,
    decisions = [],
  } = await work().catch((error: unknown): Outcome => {
    log.error({ err: error, deploymentId, phase }, 'run failed after its claim');
    return { outcome: 'failed', reason: error instanceof AppError ? error.code : 'internal' };
  });
  await store.finish(deploymentId, tick, outcome, reason, decisions);
  log.info({ deploymentId, phase, outcome, reason, decisions: decisions.length }, 'deployment ran');
}

/** Prepare: is the way free? If not, what was reserved for this session is held back. Clean-up: the session's leftovers are named. */
async function check({ store }: RunDeps, deployment: Deployment, phase: RunPhase): Promise<Outcome> {
  if (phase === 'clean_up') {
    const left = (await store.working(deployment.id)).length;
    return { outcome: 'skipped', reason: left === 0 ? 'clean' : 'orders_left' };
  }
  const fault = !(await store.isAutoEnabled()) ? 'auto_disabled' : !deployment.isAccountProved ? 'account_unverified' : null;
  if (!fault) return { outcome: 'skipped', reason: 'prepared' };
  await store.holdBack(deployment.id, fault);
  return { outcome: 'skipped', reason: fault };
}

/** Reads and decides before the claim; the returned function places the orders after it. */
async function evaluation(
  deps: RunDeps,
  deployment: Deployment,
  program: Program,
  tick: Date,
  sessions: readonly SessionRow[],
): Promise<() => Promise<Outcome>> {
  const { store, now } = deps;
  const skip = (reason: string) => async (): Promise<Outcome> => ({ outcome: 'skipped', reason });
  if (!(await store.isAutoEnabled())) return skip('auto_disabled');
  if (!deployment.isAccountProved) return skip('account_unverified');

  const timeframe = program.document.timeframe as Timeframe;
  const minutes = barMinutes(timeframe);
  const session = sessions.findLast((s) => s.openAt <= tick);
  if (!session) return skip('no_session');
  if (minutes !== null && now().getTime() - tick.getTime() > INTRADAY_LATEST_MS) return skip('too_late');
  // An intraday decision of the last bar has no continuous session left to trade in.
  if (minutes !== null && tick.getTime() >= session.closeAt.getTime()) return skip('session_over');

  const held = await store.positions(deployment.id);
  const codes = [...new Set([...deployment.symbols, ...held.map((position) => position.code)])].sort();
  const firstEntry = held.reduce<Date | null>(
    (first, { enteredAt }) => (first && enteredAt && first < enteredAt ? first : enteredAt),
    null,
  );
  const wish: BarWish = { codes, count: program.historyBars, since: firstEntry };
  const rows =
    minutes === null
      ? await dailyBars(store, wish, session.day, timeframe === '1w')
      : await intradayBars(store, wish, minutes, tick, sessions);
  const wanted = minutes === null ? session.day : minuteLabel(Math.floor(tick.getTime() / 60_000) - minutes);
  const latest =
    rows
      .map((bar) => bar.time)
      .sort()
      .at(-1) ?? '';
  if (latest < wanted) {
    const age = now().getTime() - tick.getTime();
    if (minutes === null && age < DAILY_PATIENCE_MS)
      throw new NotYet(`daily bars of ${session.day} have not arrived (newest ${latest || 'none'})`);
    // Nothing traded in a bar that the feed heard: nothing to decide. A feed that was silent is another matter.
    if (minutes !== null && (await store.heardSince(codes, new Date(tick.getTime() - FEED_SILENCE_MS))))
      return async () => ({ outcome: 'no_signal', reason: 'no_trade' });
    return skip('stale_data');
  }

  const working = await store.working(deployment.id);
  const instruments = await store.instruments(codes);
  const known = new Set(instruments.map((instrument) => instrument.code));
  const columns = columnsFromBars({
    bars: rows.filter((bar) => known.has(bar.code)),
    symbols: instruments,
    isAdjusted: false,
    dataHash: 'live',
  });
  const spent = held.reduce((sum, position) => sum + position.purchaseAmount, 0);
  const reserved = working.reduce((sum, order) => sum + (order.side === 'buy' ? order.reserved : 0), 0);
  const cash = Math.max(0, deployment.capital + (await store.realized(deployment.id)) - spent - reserved);
  const evaluated = evaluateLatest({
    program,
    columns,
    cash,
    positions: held.map((position) => livePosition(position, rows, timeframe, working)),
    mask: { markets: deployment.markets, symbols: deployment.symbols, exclude: deployment.exclude },
  });
  // One order at a time for a symbol: what is already on its way is not asked for again.
  const busy = new Set(working.map((order) => `${order.side}|${order.code}`));
  const closes = new Map(rows.filter((bar) => bar.time === latest).map((bar) => [bar.code, bar.close]));
  const decisions = [...stopsHit(evaluated, held, closes), ...evaluated.decisions].filter(
    ({ side, code, quantity }) => quantity > 0 && !busy.has(`${side}|${code}`),
  );
  const nextEntry = minutes === null ? nextOrderEntry(session, sessions) : null;
  const sendAt = nextEntry && new Date(nextEntry.getTime() + RELEASE_AFTER_MS);
  if (decisions.length === 0)
    return async () => ({ outcome: 'no_signal', reason: evaluated.unknownCodes.length > 0 ? 'held_without_bars' : '' });
  if (minutes === null && !sendAt) return skip('next_session_unknown');

  return async () => {
    const recorded: RecordedDecision[] = [];
    for (const { side, code, quantity, reason, referencePrice, atr } of decisions) {
      const placed = await store.place(deployment.id, tick, { side, code, quantity, purpose: reason, sendAt });
      recorded.push({ side, code, quantity, reason, referencePrice, atr, ...placed });
    }
    return { outcome: 'ordered', reason: '', decisions: recorded };
  };
}

type Wish = Pick<RecordedDecision, 'side' | 'code' | 'quantity' | 'reason' | 'referencePrice' | 'atr'>;

/**
 * Protective levels that the bar's close has crossed, as sells. Live looks at them once a bar; a back-test also sees the range
 * within it. A position that leaves for another reason leaves for that one.
 */
function stopsHit(
  { levels, decisions }: LiveEvaluation,
  held: readonly { readonly code: string; readonly quantity: number }[],
  closes: ReadonlyMap<string, number>,
): Wish[] {
  return levels.flatMap(({ code, stop, target }): Wish[] => {
    const close = closes.get(code);
    const quantity = held.find((position) => position.code === code)?.quantity ?? 0;
    if (close === undefined || decisions.some((decision) => decision.side === 'sell' && decision.code === code)) return [];
    const reason = stop && close <= stop.price ? stop.reason : target !== null && close >= target ? 'take_profit' : null;
    return reason ? [{ side: 'sell', code, quantity, reason, referencePrice: close, atr: null }] : [];
  });
}

/** Bars a decision needs: `count` of each code, and all since the oldest position was entered. */
interface BarWish {
  readonly codes: readonly string[];
  readonly count: number;
  readonly since: Date | null;
}

const SESSIONS_A_YEAR = 240;
const DAY_MS = 86_400_000;

/** The newest `count` bars of a code, and every one since `from`. */
function wanted(rows: readonly BarRow[], count: number, from: string | null): BarRow[] {
  const firstHeld = from === null ? -1 : rows.findIndex((bar) => bar.time >= from);
  return newest(rows, firstHeld < 0 ? count : Math.max(count, rows.length - firstHeld + 1));
}

async function dailyBars(store: SchedulerStore, { codes, count, since }: BarWish, lastDay: string, isWeekly: boolean): Promise<BarRow[]> {
  const days = isWeekly ? count * 5 : count;
  const heldYears = since ? Math.ceil((Date.parse(lastDay) - since.getTime()) / DAY_MS / 365) : 0;
  const chunks = await store.chunks(codes, '1d', Math.max(Math.ceil(days / SESSIONS_A_YEAR), heldYears) + 1);
  const from = since && minuteLabel(Math.floor(since.getTime() / 60_000)).slice(0, 10);
  return codes.flatMap((code) => {
    const rows = chunks.filter((c) => c.code === code).flatMap((c) => dailyRows(code, c.bars, lastDay));
    return wanted(isWeekly ? weeklyRows(rows) : rows, count, from);
  });
}

async function intradayBars(
  store: SchedulerStore,
  { codes, count, since }: BarWish,
  size: number,
  tick: Date,
  sessions: readonly SessionRow[],
): Promise<BarRow[]> {
  const spans = sessions.map((s) => ({ open: s.openAt.getTime() / 60_000, close: s.closeAt.getTime() / 60_000 }));
  const openOf = (minute: number): number | null => spans.find((span) => minute >= span.open && minute < span.close)?.open ?? null;
  // A session has 380 minutes or more: as many as the count needs, and one more that may have just begun.
  const heldDays = since ? Math.ceil((tick.getTime() - since.getTime()) / DAY_MS) : 0;
  const chunks = await store.chunks(codes, '1m', Math.max(Math.ceil((count * size) / 380), heldDays) + 1);
  const at = { size, tick: Math.floor(tick.getTime() / 60_000), openOf };
  const from = since && minuteLabel(Math.floor(since.getTime() / 60_000) - size);
  return codes.flatMap((code) =>
    wanted(
      chunks.filter((c) => c.code === code).flatMap((c) => minuteRows(code, c.bars, at)),
      count,
      from,
    ),
  );
}
