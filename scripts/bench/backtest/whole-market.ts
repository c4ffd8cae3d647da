/** A process of its own, so that its peak memory is its own. Prints its figure as JSON. */
import { checkLookAhead } from '#domain/backtest/look-ahead.ts';
import type { Figure } from '../main.ts';
import { contest, median, ratio } from './contest.ts';
import { crossProgram, runOnce, type Spent } from './engine-run.ts';
import { BARS, syntheticMarket } from './market.ts';
import { naiveLoop } from './naive-loop.ts';

const SYMBOLS = 2600;
const POSITIONS = 20;
const ROUNDS = 5;
const LOOK_AHEAD_POINTS = 8;

const begun = performance.now();
const columns = syntheticMarket(SYMBOLS);
const madeIn = (performance.now() - begun) / 1000;
const program = crossProgram(POSITIONS);
const spent: Spent = { signals: 0, loop: 0, metrics: 0 };
const seconds = contest({ naive: () => naiveLoop(columns), engine: () => runOnce(program, columns, spent) }, ROUNDS);
const peak = process.resourceUsage().maxRSS / 1024; // before the look-ahead check, which has figures of its own
const check = contest({ lookAhead: () => checkLookAhead(program, columns, LOOK_AHEAD_POINTS, 1).checked }, 3);
const total = spent.signals + spent.loop + spent.metrics;

const figure: Figure = {
  name: `backtest.whole_market (${SYMBOLS} × ${BARS} daily bars, one purse of ${POSITIONS} positions, ranked entries)`,
  value: median(seconds.engine),
  unit: 's',
  baseline: { name: 'naive typed-array SMA cross over the same bars', value: median(seconds.naive) },
  details: {
    times_naive: ratio(seconds.engine, seconds.naive),
    times_naive_allowed: 20,
    peak_rss_mb: peak,
    peak_rss_mb_allowed: 1536,
    million_bars_per_second: (SYMBOLS * BARS) / median(seconds.engine) / 1e6,
    bars_made_in_s: madeIn,
    look_ahead_check_s: median(check.lookAhead),
    share_of_signals: spent.signals / total,
    share_of_loop: spent.loop / total,
    share_of_metrics: spent.metrics / total,
  },
};
process.stdout.write(JSON.stringify(figure));
