import type { JudgeView } from '#nas/venue/judge.ts';
import { playIntermission } from './intermission.ts';
import { judge } from './judge.ts';
import { playHalts } from './lane-halts.ts';
import { playKills } from './lane-kills.ts';
import { planSteps, type Step, venuePlan } from './plan.ts';
import { pause, playStep, type Stage } from './play.ts';
import { type Report, report } from './report.ts';
import { planHalts, planHeld, planKills, shareOut } from './script-lanes.ts';
import { openWorld, type WorldOptions } from './world.ts';

export interface ChaosOptions extends WorldOptions {
  readonly orders: number;
  /** Is handed the lines of which the event hash is taken. */
  onEvents(lines: readonly string[]): void;
}

/** One whole run, from an empty cluster to the verdict. */
export async function runChaos(options: ChaosOptions): Promise<Report> {
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 100) / 10;
  const tell = (line: string) => options.progress(`${seconds()} s: ${line}`);
  const plan = shareOut(options.orders, options.accounts);
  const world = await openWorld({ ...options, accounts: plan.load.length + plan.kill.length + plan.halt.length, progress: tell });
  const telling = setInterval(
    () =>
      tell(
        [...world.stage.doing]
          .slice(0, 5)
          .map((one) => one.join(': '))
          .join('; '),
      ),
    TELL_MS,
  );
  try {
    const { stage, fleet, venue, accounts, listedOf } = world;
    const { seed } = options;
    const accountOf = (index: number) => accounts[index]!;
    const load = planSteps({
      orders: plan.loadOrders,
      pairs: plan.pairs,
      ofOrders: options.orders,
      seed,
      accounts: plan.load.length,
      symbolsOf: listedOf,
    });
    const kills = planKills(plan, seed, listedOf);
    const halts = planHalts(plan, seed, listedOf);
    const held = planHeld(plan, seed, listedOf);
    const steps = [...load, ...kills.map(({ step }) => step), ...halts.flat(), ...held.flat()];
    const entries = steps.flatMap((step) => venuePlan(step, accountOf(step.account).venueId));
    for (let at = 0; at < entries.length; at += 500) await venue.ask('plan', entries.slice(at, at + 500));
    tell(`${accounts.length} accounts, ${steps.length} steps, ${plan.killRounds} kills, ${plan.haltRounds} halts`);

    const killed: Record<string, number> = {};
    const ends: string[] = [];
    const lane = { stage, fleet, recordDir: world.recordDir, accountOf, kills: killed, progress: tell };
    for (let chapter = 0; chapter < plan.chapters; chapter++) {
      await Promise.all([
        ...plan.load.map((index) =>
          playAll(
            stage,
            accountOf(index),
            part(
              load.filter((step) => step.account === index),
              chapter,
              plan.chapters,
            ),
          ),
        ),
        playKills(lane, part(kills, chapter, plan.chapters)),
        playHalts(stage, fleet, part(halts, chapter, plan.chapters), accountOf),
      ]);
      tell(`chapter ${chapter + 1} of ${plan.chapters}`);
      const between = held[chapter];
      if (between) ends.push(await playIntermission(stage, fleet, { chapter, steps: between, accountOf }));
    }
    await untilQuiet(stage);
    tell('quiet');
    const view = await venue.ask<JudgeView>('judge');
    const verdict = await judge(
      world.database,
      view,
      accounts,
      steps.flatMap((step) => step.orders),
    );
    options.onEvents(verdict.events);
    const struck = await venue.ask<Struck>('struck');
    return report({ options, plan, steps, verdict, killed, ends, ...struck, seconds: seconds() });
  } finally {
    clearInterval(telling);
    await world.end();
  }
}

const TELL_MS = 30_000;

interface Struck {
  readonly byKind: Readonly<Record<string, number>>;
  readonly orders: number;
}

async function playAll(stage: Stage, account: Parameters<typeof playStep>[1], steps: readonly Step[]): Promise<void> {
  for (const step of steps) await playStep(stage, account, step);
}

/** The n-th of so many equal parts. */
function part<T>(list: readonly T[], n: number, of: number): readonly T[] {
  return list.slice(Math.floor((list.length * n) / of), Math.floor((list.length * (n + 1)) / of));
}

/** Other clients' orders adopted and over, every order over, holdings read once more. */
async function untilQuiet({ database, venue, machineMs }: Stage): Promise<void> {
  const deadline = performance.now() + machineMs(180_000);
  while (performance.now() < deadline) {
    const foreign = await venue.ask<number>('foreign');
    const { rows } = await database.pool.query<{ adopted: number; open: number }>(
      `select (count(*) filter (where origin = 'external'))::int as adopted,
              (count(*) filter (where not private.is_final(order_status)))::int as open
         from public.real_orders where order_day is not null`,
    );
    if (rows[0]!.open === 0 && rows[0]!.adopted >= foreign) break;
    await pause(200);
  }
  await pause(machineMs(35_000));
}
