import type { ListedSymbol } from '#nas/trading/testing/list-market.ts';
import type { HaltRound } from './lane-halts.ts';
import { type KillStep, killScripts } from './lane-kills.ts';
import { planSingle, type Step } from './plan.ts';
import { troubleNamed } from './troubles.ts';

export interface RunPlan {
  /** Accounts by what they are for; each number is an account's index. */
  readonly load: readonly number[];
  readonly kill: readonly number[];
  readonly halt: readonly number[];
  readonly killRounds: number;
  readonly haltRounds: number;
  /** Between two chapters everybody rests but the held orders, and the database or the sender of all accounts dies. */
  readonly chapters: number;
  /** Orders that are left for the load. */
  readonly loadOrders: number;
  readonly pairs: number;
}

/** How a run of so many orders is shared out. A hundred kills belong to twenty thousand orders; smaller runs have fewer. */
export function shareOut(orders: number, accounts: number): RunPlan {
  const killRounds = Math.max(8, Math.ceil(orders / 150));
  const haltRounds = Math.max(2, Math.ceil(orders / 800));
  const killAccounts = Math.min(16, Math.max(4, Math.ceil(killRounds / 8)));
  const chapters = orders < 10_000 ? 3 : 4;
  const held = (chapters - 1) * Math.min(HELD_A_CHAPTER, accounts);
  const range = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at);
  return {
    pairs: Math.ceil(orders * 0.21),
    load: range(0, accounts),
    kill: range(accounts, killAccounts),
    halt: range(accounts + killAccounts, 2),
    killRounds,
    haltRounds,
    chapters,
    loadOrders: Math.max(0, orders - killRounds - haltRounds * ORDERS_A_HALT - held),
  };
}

/** Numbers of the scripted orders, far from those of the load. */
const KILLS_FROM = 0x1000000;
const HALTS_FROM = 0x2000000;
const HELD_FROM = 0x3000000;
const ORDERS_A_HALT = 2;
const HELD_A_CHAPTER = 10;

export function planKills(plan: RunPlan, seed: number, listedOf: (index: number) => readonly ListedSymbol[]): KillStep[] {
  return killScripts(plan.killRounds).map((script, round) => {
    const account = plan.kill[round % plan.kill.length]!;
    const { fate, trouble, isBuy = false } = script;
    const step = planSingle({
      seed,
      count: KILLS_FROM + round,
      account,
      listed: listedOf(account)[0]!,
      quantity: 10 + round,
      fate,
      trouble,
      isBuy,
    });
    return { script, step };
  });
}

export function planHalts(plan: RunPlan, seed: number, listedOf: (index: number) => readonly ListedSymbol[]): HaltRound[] {
  return Array.from({ length: plan.haltRounds }, (_, round) => {
    const account = plan.halt[round % plan.halt.length]!;
    return Array.from({ length: ORDERS_A_HALT }, (_, at) => {
      const count = HALTS_FROM + round * ORDERS_A_HALT + at;
      const quantity = 10 + round * ORDERS_A_HALT + at;
      return planSingle({ seed, count, account, listed: listedOf(account)[0]!, quantity, fate: 'fill', trouble: null });
    });
  });
}

/** Orders whose answer is under way when the database crashes or the sender of all accounts is killed, one an account. */
export function planHeld(plan: RunPlan, seed: number, listedOf: (index: number) => readonly ListedSymbol[]): Step[][] {
  return Array.from({ length: plan.chapters - 1 }, (_, chapter) =>
    plan.load.slice(0, HELD_A_CHAPTER).map((account, at) => {
      const count = HELD_FROM + chapter * HELD_A_CHAPTER + at;
      const trouble = troubleNamed('delay_long');
      // Quantities that no step of the load reaches.
      const quantity = 100_000 + chapter;
      return planSingle({ seed, count, account, listed: listedOf(account)[0]!, quantity, fate: 'fill', trouble });
    }),
  );
}
