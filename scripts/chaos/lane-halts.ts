import type { ChaosAccount } from './accounts.ts';
import type { Fleet } from './fleet.ts';
import type { Step } from './plan.ts';
import { pause, playStep, type Stage, untilSo } from './play.ts';

/** One press: the first order is between its attempt and its write when the halt comes, the other waits behind it. */
export type HaltRound = readonly Step[];

/** The kill switch's target: from the commit to the last byte (ORDERS §6). Milliseconds of the machine. */
const HEARD_MS = 250;
/** The venue tells whole seconds: what leaves later than this is seen to be late. Milliseconds of the world. */
const SHOWN_MS = 2_100;
const HALTED_MS = 8_000;
const LONGEST_HALT_MS = 40_000;

/** Presses the kill switch of an account while its sender is about to write: nothing of the round may leave. The judge looks for bytes that did. */
export async function playHalts(
  stage: Stage,
  fleet: Fleet,
  rounds: readonly HaltRound[],
  accountOf: (index: number) => ChaosAccount,
): Promise<number> {
  for (const steps of rounds) {
    const account = accountOf(steps[0]!.account);
    const { intentKey } = steps[0]!.orders[0]!;
    const strike = { id: `stall-${intentKey}`, accountId: account.id, door: 'broker.submit:before', what: 'stall' };
    await fleet.tell('arm', strike);
    const [first, ...behind] = steps as [Step, ...Step[]];
    const stalled = playStep(stage, account, first);
    await untilBegun(stage, account, intentKey);
    const over = Promise.all([stalled, ...behind.map((step) => playStep(stage, account, step))]);
    for (const step of behind) await untilPlaced(stage, account, step.orders[0]!.intentKey);
    await setHalt(stage, account, 'halt');
    await pause(Math.max(HEARD_MS, stage.machineMs(SHOWN_MS)));
    await fleet.tell('release', strike.id);
    // Not lifted before the sender has said what became of them, or it could still send the stalled one as if nothing had been.
    await Promise.all([pause(stage.machineMs(HALTED_MS)), Promise.race([over, pause(stage.machineMs(LONGEST_HALT_MS))])]);
    await lift(stage, account);
    await over;
    await fleet.tell('disarm', strike.id);
  }
  return rounds.length;
}

function untilBegun(stage: Stage, account: ChaosAccount, intentKey: string): Promise<void> {
  return untilSo(stage, `${intentKey} begun`, async () => {
    const { rowCount } = await stage.database.pool.query(
      `select 1 from public.real_orders where broker_account_id = $1 and intent_key = $2 and order_status <> 'pending'`,
      [account.id, intentKey],
    );
    return rowCount === 1;
  });
}

function untilPlaced(stage: Stage, account: ChaosAccount, intentKey: string): Promise<void> {
  return untilSo(stage, `${intentKey} placed`, async () => {
    const { rowCount } = await stage.database.pool.query(
      'select 1 from public.real_orders where broker_account_id = $1 and intent_key = $2',
      [account.id, intentKey],
    );
    return rowCount === 1;
  });
}

async function setHalt({ database }: Stage, account: ChaosAccount, level: string): Promise<void> {
  await database.asUser(account.userId, `select public.set_halt('account', $1, $2, 'chaos') as value`, [account.id, level]);
}

/** Lifting is refused until the account is read back and nothing is unknown. */
export function lift(stage: Stage, account: ChaosAccount): Promise<void> {
  return untilSo(stage, `halt of account ${account.index} lifted`, async () => {
    await setHalt(stage, account, 'none');
    return true;
  });
}
