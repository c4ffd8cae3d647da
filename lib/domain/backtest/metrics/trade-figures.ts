import type { Trade } from '../position.ts';

/** How the round trips ended. Not finite where there is nothing to divide by. */
export function tradeResults(trades: readonly Trade[]) {
  let [wins, losses, won, lost] = [0, 0, 0, 0];
  for (let i = 0; i < trades.length; i += 1) {
    const { pnl } = trades[i]!;
    if (pnl > 0) {
      wins += 1;
      won += pnl;
    } else if (pnl < 0) {
      losses += 1;
      lost -= pnl;
    }
  }
  return { winRate: wins / trades.length, payoff: won / wins / (lost / losses), profitFactor: won / lost };
}

/** What the round trips say, in order of exit. Not finite where there is nothing to divide by. */
export function tradeFigures(trades: readonly Trade[]) {
  const count = trades.length;
  let [pnl, returns, bars, mae, mfe] = [0, 0, 0, 0, 0];
  let [best, worst] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const trade of trades) {
    pnl += trade.pnl;
    returns += trade.returnRate;
    bars += trade.barsHeld;
    mae += trade.mae;
    mfe += trade.mfe;
    best = Math.max(best, trade.returnRate);
    worst = Math.min(worst, trade.returnRate);
  }
  const mean = pnl / count;
  return {
    trades: count,
    ...tradeResults(trades),
    expectancy: mean,
    sqn: (Math.sqrt(count) * mean) / pnlDeviation(trades, mean),
    averageTrade: returns / count,
    bestTrade: best,
    worstTrade: worst,
    averageBarsHeld: bars / count,
    ...longestStreaks(trades),
    averageMae: mae / count,
    averageMfe: mfe / count,
  };
}

function pnlDeviation(trades: readonly Trade[], mean: number): number {
  let squares = 0;
  for (const { pnl } of trades) squares += (pnl - mean) * (pnl - mean);
  return Math.sqrt(squares / (trades.length - 1));
}

function longestStreaks(trades: readonly Trade[]) {
  let [wins, losses, longestWinStreak, longestLossStreak] = [0, 0, 0, 0];
  for (const { pnl } of trades) {
    wins = pnl > 0 ? wins + 1 : 0;
    losses = pnl < 0 ? losses + 1 : 0;
    longestWinStreak = Math.max(longestWinStreak, wins);
    longestLossStreak = Math.max(longestLossStreak, losses);
  }
  return { longestWinStreak, longestLossStreak };
}
