import { type BarRow, columnsFromBars } from '#domain/backtest/columns-from-bars.ts';
import { evaluateLatest, type LivePosition } from '#domain/backtest/evaluate-latest.ts';
import { compileStrategy, type Program } from '#domain/strategy/compile.ts';
import { AppError } from '#lib/errors.ts';
import type { Log } from '#lib/log.ts';
import { dailyRows, minuteLabel, minuteRows, newest } from './live-bars.ts';
import { barMinutes, nextOrderEntry, type SessionRow, type Timeframe } from './phases.ts';
import type { Deployment, RecordedDecision, RunOutcome, RunPhase, SchedulerStore } from './scheduler-store.ts';

/** An intraday decision older than this is not acted upon: the price has moved on. */
const INTRADAY_LATEST_MS = 45_000;
/** Daily bars arrive after the close; the job is tried again until they are complete (job queue, five attempts). */
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
  const deployment = await store.deployment(deploymentId);
  if (!deployment) return; // stopped meanwhile
  const compiled = compileStrategy(deployment.document, deployment.params);
  if (!compiled.ok) {
    await store.failDeployment(deploymentId, compiled.faults[0]?.ko ?? 'strategy_invalid');
    return;
  }
  const { program } = compiled;
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
  const rows =
    minutes === null
      ? await dailyBars(store, codes, session.day, program.historyBars)
      : await intradayBars(store, codes, minutes, tick, sessions, program.historyBars);
  const wanted = minutes === null ? session.day : minuteLabel(Math.floor(tick.getTime() / 60_000) - minutes);
  const latest =
    rows
      .map((bar) => bar.time)
      .sort()
      .at(-1) ?? '';
  if (latest < wanted) {
    if (minutes === null) throw new NotYet(`daily bars of ${session.day} have not arrived (newest ${latest || 'none'})`);
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
    positions: held.map((position): LivePosition => livePosition(position, rows, minutes, working)),
    mask: { markets: deployment.markets, symbols: deployment.symbols, exclude: deployment.exclude },
  });
  // One order at a time for a symbol: what is already on its way is not asked for again.
  const busy = new Set(working.map((order) => `${order.side}|${order.code}`));
  const decisions = evaluated.decisions.filter((decision) => decision.quantity > 0 && !busy.has(`${decision.side}|${decision.code}`));
  const sendAt = minutes === null ? nextOrderEntry(session, sessions) : null;
  if (decisions.length === 0)
    return async () => ({ outcome: 'no_signal', reason: evaluated.unknownCodes.length > 0 ? 'held_without_bars' : '' });
  if (minutes === null && !sendAt) return skip('next_session_unknown');

  return async () => {
    const recorded: RecordedDecision[] = [];
    for (const { side, code, quantity, reason, referencePrice } of decisions) {
      const placed = await store.place(deployment.id, tick, { side, code, quantity, purpose: reason, sendAt });
      recorded.push({ side, code, quantity, reason, referencePrice, ...placed });
    }
    return { outcome: 'ordered', reason: '', decisions: recorded };
  };
}

/** Years of daily chunks to read for a number of bars; about 240 sessions a year. */
const yearsFor = (bars: number): number => Math.ceil(bars / 240) + 1;

async function dailyBars(store: SchedulerStore, codes: readonly string[], lastDay: string, count: number): Promise<BarRow[]> {
  const chunks = await store.chunks(codes, '1d', yearsFor(count));
  return codes.flatMap((code) =>
    newest(
      chunks.filter((c) => c.code === code).flatMap((c) => dailyRows(code, c.bars, lastDay)),
      count,
    ),
  );
}

async function intradayBars(
  store: SchedulerStore,
  codes: readonly string[],
  size: number,
  tick: Date,
  sessions: readonly SessionRow[],
  count: number,
): Promise<BarRow[]> {
  const spans = sessions.map((s) => ({ open: s.openAt.getTime() / 60_000, close: s.closeAt.getTime() / 60_000 }));
  const openOf = (minute: number): number | null => spans.find((span) => minute >= span.open && minute < span.close)?.open ?? null;
  // A session has 380 minutes or more: as many as the count needs, and one more that may have just begun.
  const chunks = await store.chunks(codes, '1m', Math.ceil((count * size) / 380) + 1);
  const at = { size, tick: Math.floor(tick.getTime() / 60_000), openOf };
  return codes.flatMap((code) =>
    newest(
      chunks.filter((c) => c.code === code).flatMap((c) => minuteRows(code, c.bars, at)),
      count,
    ),
  );
}

/** A sub-ledger position as the engine sees it: bars that closed after the one it was filled in, the highest price since. */
function livePosition(
  position: { readonly code: string; readonly quantity: number; readonly purchaseAmount: number; readonly enteredAt: Date | null },
  rows: readonly BarRow[],
  minutes: number | null,
  working: readonly { readonly side: string; readonly code: string }[],
): LivePosition {
  const entryPrice = position.purchaseAmount / position.quantity;
  const entered = position.enteredAt ? minuteLabel(Math.floor(position.enteredAt.getTime() / 60_000)) : '';
  const since = rows.filter(
    (bar) => bar.code === position.code && (minutes === null ? bar.time >= entered.slice(0, 10) : bar.time >= entered),
  );
  // The bar of the fill itself counts 0: for minutes its label lies at or before the fill, for days it is the fill's own day.
  const barsHeld = minutes === null ? since.filter((bar) => bar.time > entered.slice(0, 10)).length : since.length;
  return {
    code: position.code,
    quantity: position.quantity,
    entryPrice,
    barsHeld,
    highWater: since.reduce((high, bar) => Math.max(high, bar.high), entryPrice),
    isExiting: working.some((order) => order.side === 'sell' && order.code === position.code),
  };
}
