import type { ChaosAccount } from './accounts.ts';
import type { Fleet } from './fleet.ts';
import type { Step } from './plan.ts';
import { pause, playStep, type Stage, untilSo } from './play.ts';

/** One press: the first order is between its attempt and its write when the halt comes, the others wait behind it. */
export type HaltRound = readonly Step[];

/** Shorter than the 3 s after which an order would be unknown: it is stopped in the tick of the write, and sent after the halt is lifted. */
const STALL_MS = 2_600;
const HALTED_MS = 8_000;

/** Presses the kill switch of an account while its sender is about to write. The judge looks for bytes that came after it. */
export async function playHalts(
  stage: Stage,
  fleet: Fleet,
  rounds: readonly HaltRound[],
  accountOf: (index: number) => ChaosAccount,
): Promise<number> {
  for (const steps of rounds) {
    const account = accountOf(steps[0]!.account);
    const { intentKey } = steps[0]!.orders[0]!;
    const strike = { id: `stall-${intentKey}`, accountId: account.id, door: 'broker.submit:before', what: 'stall', ms: STALL_MS };
    for (const part of fleet.serving()) await part.ask('arm', strike);
    const over = Promise.all(steps.map((step) => playStep(stage, account, step)));
    await untilBegun(stage, account, intentKey);
    await setHalt(stage, account, 'halt');
    await pause(stage.machineMs(HALTED_MS));
    await lift(stage, account);
    await over;
    for (const part of fleet.serving()) await part.ask('disarm', strike.id);
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

async function setHalt({ database }: Stage, account: ChaosAccount, level: string): Promise<void> {
  await database.asUser(account.userId, `select public.set_halt('account', $1, $2, 'chaos') as value`, [account.id, level]);
}

/** Lifting is refused until the account is read back and nothing is unknown. */
function lift(stage: Stage, account: ChaosAccount): Promise<void> {
  return untilSo(stage, `halt of account ${account.index} lifted`, async () => {
    await setHalt(stage, account, 'none');
    return true;
  });
}
