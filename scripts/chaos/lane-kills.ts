import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ChaosAccount } from './accounts.ts';
import type { Fleet } from './fleet.ts';
import { FREEZE, KILL_SCRIPTS, type KillScript } from './kill-scripts.ts';
import type { PlannedOrder, Step } from './plan.ts';
import { pause, playStep, type Stage } from './play.ts';
import type { Part } from './rpc.ts';

export interface KillStep {
  readonly script: KillScript;
  readonly step: Step;
}

/** Long enough for the other process to have taken over. */
const FROZEN_MS = 30_000;

/** Doors in the order of the list, over and over; every fortieth round a frozen process instead of a killed one. */
export function killScripts(rounds: number): KillScript[] {
  return Array.from({ length: rounds }, (_, round) => (round % 40 === 7 ? FREEZE : KILL_SCRIPTS[(round * 7) % KILL_SCRIPTS.length]!));
}

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
  const keeperId = await ownerOfMost(stage);
  let [doomed] = fleet.serving().filter((part) => part !== fleet.keeper()) as [Part];
  for (const [round, { script, step }] of steps.entries()) {
    const account = lane.accountOf(step.account);
    await busy.get(step.account);
    fleet.warmSpare();
    await handOver(stage, account, await instanceOf(stage, keeperId));
    const [order] = step.orders as [PlannedOrder];
    const strike = { id: order.intentKey, accountId: account.id, door: script.door, what: script.what };
    const arm = () => doomed.ask('arm', strike);
    if (!script.isArmedLate) await arm();
    const over = playStep(stage, account, step, script.isArmedLate ? arm : undefined);
    busy.set(step.account, over);
    const hasStruck = () => existsSync(join(recordDir, strike.id));
    if (script.what === 'freeze') {
      await untilStruck(hasStruck, over);
      await pause(stage.machineMs(FROZEN_MS));
      doomed.child.kill('SIGCONT');
      await over;
      if (hasStruck()) kills.frozen = (kills.frozen ?? 0) + 1;
      continue;
    }
    const patience = over.then(() => pause(stage.machineMs(script.patienceMs)));
    await Promise.race([doomed.gone, patience]);
    if (hasStruck()) {
      await doomed.gone;
      kills[script.door] = (kills[script.door] ?? 0) + 1;
      doomed = await fleet.serve();
    } else {
      await doomed.ask('disarm', strike.id);
      lane.progress(`round ${round}: nobody passed ${script.door}`);
    }
  }
  await Promise.all(busy.values());
}

async function untilStruck(hasStruck: () => boolean, over: Promise<void>): Promise<void> {
  let isOver = false;
  void over.finally(() => {
    isOver = true;
  });
  while (!hasStruck() && !isOver) await pause(20);
}

async function ownerOfMost({ database }: Stage): Promise<string> {
  const { rows } = await database.pool.query<{ id: string }>(
    'select instance_id as id from public.account_leases group by 1 order by count(*) desc limit 1',
  );
  return rows[0]!.id;
}

/** The living instance that is not `other`, the youngest first. */
async function instanceOf({ database }: Stage, other: string): Promise<string> {
  for (;;) {
    const { rows } = await database.pool.query<{ id: string }>(
      'select id from public.trading_instances where expires_at > now() and id is distinct from $1 order by started_at desc limit 1',
      [other],
    );
    if (rows[0]) return rows[0].id;
    await pause(50);
  }
}

/** Gives an account to an instance as a take-over does, and waits until that one has read its balance. */
async function handOver(stage: Stage, account: ChaosAccount, instanceId: string): Promise<void> {
  const { pool } = stage.database;
  const { rows } = await pool.query<{ at: string }>(
    `update public.account_leases set instance_id = $2, token = token + 1, taken_at = clock_timestamp()
      where account_id = $1 and instance_id <> $2 returning taken_at::text as at`,
    [account.id, instanceId],
  );
  while (rows[0]) {
    const { rowCount } = await pool.query('select 1 from public.account_balances where broker_account_id = $1 and as_of > $2', [
      account.id,
      rows[0].at,
    ]);
    if (rowCount) return;
    await pause(20);
  }
}
