import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ListedSymbol } from '#nas/trading/testing/list-market.ts';
import { symbolsOf } from './accounts.ts';
import { KILL_SCRIPTS } from './kill-scripts.ts';
import { killScripts } from './lane-kills.ts';
import { planSteps, type Step, venuePlan, wantedShares } from './plan.ts';
import { shareOut } from './script-lanes.ts';
import { TROUBLES } from './troubles.ts';

const listed = (symbol: string): ListedSymbol => ({
  symbol,
  nameKo: symbol,
  nameEn: symbol,
  market: 'KOSPI',
  kind: 'stock',
  basePrice: 50_000,
  upperLimit: 65_000,
  lowerLimit: 35_000,
});
function planOf(orders: number, seed: number): { steps: Step[]; total: number } {
  const plan = shareOut(orders, 12);
  const steps = planSteps({
    orders: plan.loadOrders,
    pairs: plan.pairs,
    ofOrders: orders,
    seed,
    accounts: plan.load.length,
    symbolsOf: (index) => symbolsOf(index).map(listed),
  });
  return { steps, total: orders };
}
const runs = fc.record({ orders: fc.integer({ min: 150, max: 3_000 }), seed: fc.nat(1_000_000) });

describe('every plan, whatever its size and seed', () => {
  test('has a fifth of identical pairs, every misfortune for one order in two hundred, and a tenth at most that never arrives', () => {
    fc.assert(
      fc.property(runs, ({ orders, seed }) => {
        const { steps, total } = planOf(orders, seed);
        const all = steps.flatMap((step) => step.orders);
        expect(steps.filter((step) => step.orders.length === 2).length).toBeGreaterThanOrEqual(total * 0.2);
        const dealt = (name: string) => all.filter((order) => order.trouble?.name === name).length;
        for (const { name } of TROUBLES) expect(dealt(name), name).toBeGreaterThanOrEqual(total * 0.005);
        const gone = all.filter((order) => order.fate === 'deny' || order.trouble?.ends === 'absent').length;
        expect(gone).toBeLessThan(total * 0.1);
      }),
      { numRuns: 20 },
    );
  });

  test('names every order of an account by a look of its own, but for the two of a pair', () => {
    fc.assert(
      fc.property(runs, ({ orders, seed }) => {
        const { steps } = planOf(orders, seed);
        const looks = steps.map(({ account, orders: [order] }) => [account, order!.symbol, order!.side, order!.quantity].join('|'));
        expect(new Set(looks).size).toBe(looks.length);
        const keys = steps.flatMap((step) => step.orders.map(({ intentKey }) => intentKey));
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: 20 },
    );
  });

  test('tells the venue to fill what the script wants filled, and is the same again for the same seed', () => {
    fc.assert(
      fc.property(runs, ({ orders, seed }) => {
        const { steps } = planOf(orders, seed);
        expect(planOf(orders, seed).steps).toEqual(steps);
        for (const step of steps) {
          const entries = venuePlan(step, 'real:50000000-01');
          const filled = entries.flatMap(({ faults }) => faults).filter(({ kind }) => kind === 'fill' || kind === 'late_fill');
          const shares = filled.reduce((sum, { quantity }) => sum + (quantity ?? 0), 0);
          const wanted = step.orders.filter(({ fate }) => fate !== 'deny').reduce((sum, order) => sum + wantedShares(order), 0);
          expect(shares).toBe(wanted);
        }
      }),
      { numRuns: 20 },
    );
  });
});

test('a run of twenty thousand orders kills a process at every door', () => {
  const struck = new Set(killScripts(shareOut(20_000, 60).killRounds));
  expect(KILL_SCRIPTS.filter((script) => !struck.has(script)).map(({ door }) => door)).toEqual([]);
});
