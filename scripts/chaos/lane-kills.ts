import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ChaosAccount } from './accounts.ts';
import type { Fleet } from './fleet.ts';
import { FREEZE, KILL_SCRIPTS, type KillScript, OUTLIVE } from './kill-scripts.ts';
import { lift } from './lane-halts.ts';
import { rolesOf } from './owner.ts';
import type { PlannedOrder, Step } from './plan.ts';
import { pause, playStep, type Stage, untilSo } from './play.ts';
import type { Part } from './rpc.ts';

export interface KillStep {
  readonly script: KillScript;
  readonly step: Step;
}

/** Long enough for the other process to have taken over. */
const FROZEN_MS = 30_000;

/** A baseline may be 5 s old. */
const LIST_OLD_MS = 7_000;

/** Every door once before any is met again, far apart in the list; in every forty rounds one process is frozen and one outlives its lease. */
export function killScripts(rounds: number): KillScript[] {
  let kills = 0;
  return Array.from({ length: rounds }, (_, round) => {
    if (round % 40 === 7) return FREEZE;
    if (round % 40 === 3) return OUTLIVE;
    kills += 1;
    return KILL_SCRIPTS[(kills * STRIDE) % KILL_SCRIPTS.length]!;
  });
}
/** Without a common divisor with the number of doors. */
const STRIDE = 20;

export interface KillLane {
  readonly stage: Stage;
  readonly fleet: Fleet;
  readonly recordDir: string;
  accountOf(index: number): ChaosAccount;
  /** Counted by door. */
  readonly kills: Record<string, number>;
  progress(line: string): void;
}

/**
 * Rounds of one doomed process each. The process owns nothing but the accounts of the round, so nobody else's order is in flight where
 * it dies, and what becomes of the order is decided by the door alone. Everything else goes on at the other process, which takes over.
 */
export async function playKills(lane: KillLane, steps: readonly KillStep[]): Promise<void> {
  const { stage, fleet, recordDir } = lane;
  const { kills } = lane;
  const busy = new Map<number, Promise<void>>();
  const { keeper, other } = await rolesOf(stage, fleet);
  const keeperId = await instanceOf(stage, keeper);
  let doomed = other;
  for (const [round, { script, step }] of steps.entries()) {
    const account = lane.accountOf(step.account);
    stage.doing.set('kills', `${round}: ${script.what} at ${script.door}`);
    await busy.get(step.account);
    fleet.warmSpare();
    const doomedId = await instanceOf(stage, doomed);
    await clear(stage, keeperId, doomedId);
    await handOver(stage, account, doomedId);
    await resume(stage, account);
    if (script.isListOld) await pause(stage.machineMs(LIST_OLD_MS));
    const [order] = step.orders as [PlannedOrder];
    const strike = { id: order.intentKey, accountId: account.id, door: script.door, what: script.what };
    const arm = () => doomed.ask('arm', strike).catch(() => {}); // it may have ended by itself: then nobody passes
    if (!script.isArmedLate) await arm();
    const over = playStep(stage, account, step, script.isArmedLate ? arm : undefined);
    busy.set(step.account, over);
    const hasStruck = () => existsSync(join(recordDir, strike.id));
    if (script.what !== 'kill') {
      await untilStruck(hasStruck, over);
      if (script.what === 'freeze') await thawLate(stage, doomed);
      else await outlive(stage, doomed, strike);
      await over;
      const name = script.what === 'freeze' ? 'frozen' : 'outlived';
      if (hasStruck()) kills[name] = (kills[name] ?? 0) + 1;
      continue;
    }
    const patience = over.then(() => pause(stage.machineMs(script.patienceMs)));
    await Promise.race([doomed.gone, patience]);
    if (hasStruck()) {
      await doomed.gone;
      kills[script.door] = (kills[script.door] ?? 0) + 1;
      doomed = await fleet.serve();
    } else {
      await doomed.ask('disarm', strike.id).catch(() => {});
      lane.progress(`round ${round}: nobody passed ${script.door}`);
    }
  }
  stage.doing.set('kills', 'last orders');
  await Promise.all(busy.values());
  stage.doing.delete('kills');
}

async function thawLate(stage: Stage, part: Part): Promise<void> {
  await pause(stage.machineMs(FROZEN_MS));
  part.child.kill('SIGCONT');
}

/** Its write hangs already; now its renewals hang too, until the other process has taken the account over. Then the write goes on. */
async function outlive(stage: Stage, part: Part, write: { id: string; accountId: string }): Promise<void> {
  const renewal = { ...write, id: `renewal-${write.id}`, door: 'repo.renewInstance:before', what: 'stall' };
  await part.ask('arm', renewal);
  await pause(stage.machineMs(FROZEN_MS));
  await part.ask('release', write.id);
  await pause(stage.machineMs(2_000));
  await part.ask('release', renewal.id);
}

async function untilStruck(hasStruck: () => boolean, over: Promise<void>): Promise<void> {
  let isOver = false;
  void over.finally(() => {
    isOver = true;
  });
  while (!hasStruck() && !isOver) await pause(20);
}

/** The living instance of a process; its heartbeat names both. One that died a moment ago still looks alive in its lease. */
async function instanceOf(stage: Stage, { child }: Part): Promise<string> {
  let id = '';
  await untilSo(stage, `process ${child.pid} registered`, async () => {
    const { rows } = await stage.database.pool.query<{ id: string }>(
      `select i.id from public.trading_instances i
         join public.service_heartbeats h on h.service = 'trading' and h.instance like '%-' || $1::text || '-' || left(i.id::text, 8)
        where i.expires_at > now() order by i.started_at desc limit 1`,
      [child.pid],
    );
    id = rows[0]?.id ?? '';
    return id !== '';
  });
  return id;
}

/** What the last dead process left goes to the keeper, whoever took it, and the doomed one has nothing on its way to the venue. */
async function clear(stage: Stage, keeperId: string, doomedId: string): Promise<void> {
  const { pool } = stage.database;
  await untilSo(stage, 'nothing left of the dead', async () => {
    const { rows } = await pool.query('select 1 from public.account_leases where instance_id <> all($1)', [[keeperId, doomedId]]);
    return rows.length === 0;
  });
  await pool.query(
    'update public.account_leases set instance_id = $1, token = token + 1, taken_at = clock_timestamp() where instance_id = $2',
    [keeperId, doomedId],
  );
  await untilSo(stage, 'nothing on its way', async () => {
    const { rows } = await pool.query(
      `select 1 from public.order_attempts t join public.real_orders o on o.id = t.order_id
        where t.instance_id = $1 and t.finished_at is null and o.order_status = 'submitting'`,
      [doomedId],
    );
    return rows.length === 0;
  });
}

/** The person's part after an automatic halt, for which a round before may have been reason enough. */
async function resume(stage: Stage, account: ChaosAccount): Promise<void> {
  const { rowCount } = await stage.database.pool.query(
    `select 1 from public.trading_halts where scope = 'account' and scope_id = $1 and level <> 'none'`,
    [account.id],
  );
  if (rowCount) await lift(stage, account);
}

/** Gives an account to an instance as a take-over does, and waits until that one has read its balance. */
async function handOver(stage: Stage, account: ChaosAccount, instanceId: string): Promise<void> {
  const { pool } = stage.database;
  const { rows } = await pool.query<{ at: string }>(
    `update public.account_leases set instance_id = $2, token = token + 1, taken_at = clock_timestamp()
      where account_id = $1 and instance_id <> $2 returning taken_at::text as at`,
    [account.id, instanceId],
  );
  if (!rows[0]) return;
  await untilSo(stage, `account ${account.index} taken`, async () => {
    const { rowCount } = await pool.query('select 1 from public.account_balances where broker_account_id = $1 and as_of > $2', [
      account.id,
      rows[0]!.at,
    ]);
    return rowCount === 1;
  });
}
