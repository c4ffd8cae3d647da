import { DataFrame, type IDataFrame, type ISeries } from 'data-forge';
import { analyze, backtest, type IBar, type IStrategy } from 'grademark';
import type { Columns } from '#domain/backtest/columns.ts';
import { FAST, SLOW } from './engine-run.ts';

interface BarWithAverages extends IBar {
  readonly fast: number;
  readonly slow: number;
}

/** A mean over rolling windows: what the `sma` of data-forge-indicators, grademark's companion, is. */
function average(closes: ISeries<number, number>, period: number): ISeries<number, number> {
  return closes
    .rollingWindow(period)
    .select((window): [number, number] => [window.getIndex().last(), window.average()])
    .withIndex(([index]) => index)
    .select(([, mean]) => mean);
}

function withAverages(bars: IDataFrame<number, IBar>): IDataFrame<number, BarWithAverages> {
  const closes = bars.deflate((bar) => bar.close);
  return bars
    .withSeries<BarWithAverages>({ fast: average(closes, FAST), slow: average(closes, SLOW) })
    .skip(SLOW)
    .bake();
}

const rules: IStrategy<BarWithAverages> = {
  entryRule: (enterPosition, { bar }) => {
    if (bar.fast > bar.slow) enterPosition();
  },
  exitRule: (exitPosition, { bar }) => {
    if (bar.fast < bar.slow) exitPosition();
  },
};

const simulate = (bars: IDataFrame<number, BarWithAverages>) => analyze(1_000_000, backtest(rules, bars)).profitPct;

/**
 * The same cross in grademark, from the same bars to its analysis of the trades; and only the simulation and the analysis, with the
 * averages given. It knows neither ticks nor taxes nor cash.
 */
export function grademarkRuns({ times, open, high, low, close, volume }: Columns) {
  const bars = new DataFrame(
    times.map(
      (day, i): IBar => ({
        time: new Date(day),
        open: open[i]!,
        high: high[i]!,
        low: low[i]!,
        close: close[i]!,
        volume: volume[i]!,
      }),
    ),
  );
  const prepared = withAverages(bars);
  return { whole: () => simulate(withAverages(bars)), simulationOnly: () => simulate(prepared) };
}
