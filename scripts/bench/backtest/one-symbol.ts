import { checkLookAhead } from '#domain/backtest/look-ahead.ts';
import type { Figure } from '../main.ts';
import { contest, median, ratio } from './contest.ts';
import { crossProgram, runOnce, type Spent, sweptRun } from './engine-run.ts';
import { grademarkRuns } from './grademark-run.ts';
import { BARS, syntheticMarket } from './market.ts';
import { naiveLoop } from './naive-loop.ts';

const ROUNDS = 9;
/** As in every run of the product; reported apart, for the others check nothing. */
const LOOK_AHEAD_POINTS = 8;

/** One symbol over ten years, again and again, by the event path and by the sweep path: runs a second of CPU, beside grademark and the naive loop. */
export function oneSymbol(): Figure {
  const columns = syntheticMarket(1);
  const program = crossProgram(1);
  const spent: Spent = { signals: 0, loop: 0, metrics: 0 };
  const engine = () => runOnce(program, columns, spent);
  const swept = sweptRun(program, columns);
  if (!Object.is(swept(), engine())) throw new Error('the two paths differ');
  const lookAhead = () => checkLookAhead(program, columns, LOOK_AHEAD_POINTS, 1).checked;
  // In pairs: what one leaves behind (garbage, code made for other shapes of data) is paid by all that play with it.
  const seconds = contest({ naive: () => naiveLoop(columns), engine }, ROUNDS);
  const sweeps = contest({ naive: () => naiveLoop(columns), swept }, ROUNDS);
  const checks = contest({ engine, lookAhead }, ROUNDS);
  const grademark = grademarkRuns(columns);
  const second = contest({ engine, grademark: grademark.whole, simulation: grademark.simulationOnly }, ROUNDS);
  const total = spent.signals + spent.loop + spent.metrics;
  return {
    name: `backtest.one_symbol (1 × ${BARS} daily bars, SMA cross)`,
    value: 1 / median(seconds.engine),
    unit: 'runs/s/core',
    baseline: { name: 'grademark 0.3.0, the same cross over the same bars', value: 1 / median(second.grademark) },
    details: {
      times_grademark: ratio(second.grademark, second.engine),
      times_grademark_wanted: 30,
      times_grademark_given_its_averages: ratio(second.simulation, second.engine),
      sweep_path_runs_per_second: 1 / median(sweeps.swept),
      sweep_path_of_naive_speed: ratio(sweeps.naive, sweeps.swept),
      of_naive_speed_wanted: 0.15,
      event_path_of_naive_speed: ratio(seconds.naive, seconds.engine),
      naive_runs_per_second: 1 / median(seconds.naive),
      look_ahead_check_ms: 1000 * median(checks.lookAhead),
      look_ahead_check_in_runs: ratio(checks.lookAhead, checks.engine),
      share_of_signals: spent.signals / total,
      share_of_loop: spent.loop / total,
      share_of_metrics: spent.metrics / total,
    },
  };
}
