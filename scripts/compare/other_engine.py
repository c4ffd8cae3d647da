"""Answers the runs of main.ts with backtesting.py (https://github.com/kernc/backtesting.py), which is fetched beside the project.

    python3 other_engine.py <folder that holds the package `backtesting`> < runs.json > trades.json

Needs numpy and pandas (Debian: python3-numpy, python3-pandas). Signals are worked out here from the templates' words, not taken from us.
Aligned with our rules through the package's own doors: commission and its cut to the won by a callable, sizes named at the close that
decides, stops and targets as bracket orders at whole won of the entry price.
"""
import json
import math
import sys
import types
import warnings

plots = types.ModuleType('backtesting._plotting')  # the charts need bokeh; nothing is drawn here
plots.plot = plots.plot_heatmaps = plots.set_bokeh_output = lambda *_, **__: None
sys.modules['backtesting._plotting'] = plots
sys.path.insert(0, sys.argv[1])
warnings.filterwarnings('ignore')

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from backtesting import Backtest, Strategy  # noqa: E402
from backtesting.backtesting import _Broker  # noqa: E402


def mean(values, period):
    out = np.full(len(values), np.nan)
    for i in range(period - 1, len(values)):
        out[i] = math.fsum(values[i - period + 1:i + 1]) / period
    return out


def ema(values, period):
    """k = 2 / (period + 1), seeded with the mean of the first `period` values that are there."""
    out, known = np.full(len(values), np.nan), np.flatnonzero(~np.isnan(values))
    if len(known) < period:
        return out
    at = known[0] + period - 1
    out[at] = sum(values[known[0]:at + 1]) / period
    for i in range(at + 1, len(values)):
        out[i] = out[i - 1] + 2 / (period + 1) * (values[i] - out[i - 1])
    return out


def rsi(close, period):
    """Wilder's: gains and losses averaged with k = 1 / period."""
    change, out = np.diff(close), np.full(len(close), np.nan)
    gain, loss = np.maximum(change, 0), np.maximum(-change, 0)
    up, down = sum(gain[:period]) / period, sum(loss[:period]) / period
    for i in range(period, len(close)):
        if i > period:
            up, down = up + (gain[i - 1] - up) / period, down + (loss[i - 1] - down) / period
        out[i] = 50 if up + down == 0 else 100 * up / (up + down)
    return out


def before(values):
    return np.concatenate(([np.nan], values[:-1]))


def crosses_above(a, b):
    return (a > b) & (before(a) <= before(b))


def crosses_below(a, b):
    return (a < b) & (before(a) >= before(b))


def best_of(values, period, pick):
    out = np.full(len(values), np.nan)
    for i in range(period, len(values)):
        out[i] = pick(values[i - period:i])  # the bars before this one
    return out


def signals(template, p, bars):
    """Entry and exit of each close, by the words of the template's description."""
    close, high, low = bars['Close'].to_numpy(), bars['High'].to_numpy(), bars['Low'].to_numpy()
    if template == 'golden-cross':
        fast, slow = mean(close, p['fast']), mean(close, p['slow'])
        return crosses_above(fast, slow), crosses_below(fast, slow)
    if template == 'rsi-reversal':
        line = rsi(close, 14)
        return crosses_above(line, np.full(len(line), p['oversold'])) & (close > mean(close, 200)), line > p['recovered']
    if template == 'bollinger-reversion':
        middle = mean(close, p['period'])
        spread = np.array([np.nan if i < p['period'] - 1 else np.std(close[i - p['period'] + 1:i + 1]) for i in range(len(close))])
        return crosses_above(close, middle - p['width'] * spread), close >= middle
    if template == 'fifty-two-week-high':
        return close > best_of(high, p['days'], max), close < best_of(low, p['exitDays'], min)
    if template == 'macd-cross':
        line = ema(close, p['fast']) - ema(close, p['slow'])
        slow = ema(line, 9)
        return crosses_above(line, slow) & (line > 0), crosses_below(line, slow)
    if template == 'aligned-averages':
        five, twenty, sixty, most = (mean(close, n) for n in (5, 20, 60, 120))
        one = before(sixty)
        rising = (sixty > one) & (one > before(one)) & (before(one) > before(before(one)))
        return (five > twenty) & (twenty > sixty) & (sixty > most) & rising, five < twenty
    raise ValueError(f'no words for {template}')


def share(amount, rate):
    return int(round(amount)) * round(rate * 1e9) // 10**9


open_trade = _Broker._open_trade


def open_with_brackets(self, price, size, sl, tp, *rest):
    """A bracket's distance is known only with the fill; the order carries a stand-in until then."""
    stops = self.stops
    sl = sl and math.floor(price * (1 - stops['loss']))
    tp = tp and math.ceil(price * (1 + stops['profit']))
    return open_trade(self, price, size, sl, tp, *rest)


_Broker._open_trade = open_with_brackets


def run(task):
    bars = pd.DataFrame(task['bars'], columns=['Open', 'High', 'Low', 'Close', 'Volume'], index=pd.to_datetime(task['days'])).astype(float)
    entry, leave = signals(task['template'], task['params'], bars)
    start, rate, stops, sizing = task['start'], task['commissionRate'], task['stops'], task['sizing']
    _Broker.stops = stops

    class Drawn(Strategy):
        def init(self):
            pass

        def next(self):
            i = len(self.data) - 1
            if i < start:
                return
            if self.trades:
                trade = self.trades[0]
                if leave[i] or i - trade.entry_bar >= stops.get('maxBars', math.inf):
                    trade.sl = trade.tp = None  # what leaves at the open is not stopped after it
                    trade.close()
            elif entry[i]:
                close = self.data.Close[-1]
                amount = sizing['amount'] if sizing['kind'] == 'fixed_amount' else math.floor(self.equity * sizing['percent'])
                size = math.floor(min(amount, self.equity) / (close * (1 + rate)))
                if size > 0:
                    self.buy(size=size, sl=0.5 if 'loss' in stops else None, tp=1e12 if 'profit' in stops else None)

    test = Backtest(bars, Drawn, cash=task['capital'], commission=lambda size, price: share(abs(size) * price, rate))
    trades = test.run()['_trades']
    return [
        {
            'entryDay': task['days'][t.EntryBar], 'entryPrice': t.EntryPrice, 'quantity': int(t.Size),
            'exitDay': task['days'][t.ExitBar], 'exitPrice': t.ExitPrice,
            # Their trade does not know the sales tax; it is taken off here and stays out of the cash that sizes the next one.
            'pnl': round(t.Size * (t.ExitPrice - t.EntryPrice)) - share(t.Size * t.EntryPrice, rate)
                   - share(t.Size * t.ExitPrice, rate) - share(t.Size * t.ExitPrice, task['taxRate']),
        }
        for t in trades.itertuples()
    ]


json.dump([run(task) for task in json.load(sys.stdin)], sys.stdout)
