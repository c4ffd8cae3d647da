import { describe, expect, test } from 'vitest';
import type { StrategyDraft } from '#domain/strategy/schema.ts';
import { bars, flat, NO_COSTS, pencilProgram, pencilRun } from '#lib/testing/pencil-run.ts';
import { columnsFromBars } from './columns-from-bars.ts';
import { endsSession, mayEnterAt } from './session-window.ts';

const columnsAt = (...times: string[]) =>
  columnsFromBars({
    bars: times.map((time) => ({ code: '000010', time, open: 1, high: 1, low: 1, close: 1, volume: 1 })),
    symbols: [{ code: '000010', market: 'KOSPI' }],
    isAdjusted: false,
    dataHash: '',
  });
const program = (timeframe: StrategyDraft['timeframe'], sessions: StrategyDraft['sessions']) => pencilProgram({ timeframe, sessions });

describe('exitAllBeforeClose sells on the last bar whose order meets the continuous market', () => {
  test.each([
    { timeframe: '1m', last: '2022-03-02T15:15', before: '2022-03-02T15:14', why: 'five minutes before the auction of 15:20' },
    { timeframe: '5m', last: '2022-03-02T15:10', before: '2022-03-02T15:05', why: 'ordered at 15:15; the next order would be at 15:20' },
    { timeframe: '10m', last: '2022-03-02T15:00', before: '2022-03-02T14:50', why: 'ordered at 15:10' },
    { timeframe: '30m', last: '2022-03-02T14:30', before: '2022-03-02T14:00', why: 'ordered at 15:00' },
    { timeframe: '60m', last: '2022-03-02T14:00', before: '2022-03-02T13:00', why: 'ordered at 15:00' },
    { timeframe: '60m', last: '2024-11-14T15:00', before: '2024-11-14T14:00', why: 'the day of the entrance exam ends an hour later' },
    { timeframe: '5m', last: '2016-07-29T14:40', before: '2016-07-29T14:35', why: 'until 2016-07-31 the session ended at 15:00' },
  ] as const)('$timeframe bars: $last ($why)', ({ timeframe, last, before }) => {
    const chosen = program(timeframe, { exitAllBeforeClose: true });
    const columns = columnsAt(before, last);
    expect([0, 1].map((index) => endsSession(chosen, columns, index))).toEqual([false, true]);
    // And nothing is bought when all is sold.
    expect([0, 1].map((index) => mayEnterAt(chosen, columns, index))).toEqual([true, false]);
  });

  test('a position of a 60-minute strategy leaves at 15:00 of the same day', () => {
    const hour = (clock: string, price: number) => flat(`2022-03-02T${clock}`, price);
    const output = pencilRun({
      program: pencilProgram({
        ...NO_COSTS,
        timeframe: '60m',
        exit: undefined,
        stops: { loss: 0.5 },
        sessions: { exitAllBeforeClose: true },
      }),
      bars: bars('000010', [
        hour('11:00', 10_000),
        hour('12:00', 10_000),
        hour('13:00', 10_100),
        hour('14:00', 10_200),
        hour('15:00', 10_300),
        flat('2022-03-03T09:00', 9_000),
      ]),
    });
    expect(output.trades).toEqual([
      expect.objectContaining({ entryDay: '2022-03-02T12:00', exitDay: '2022-03-02T15:00', exitPrice: 10_300, exitReason: 'session_end' }),
    ]);
  });
});

test.each([
  { timeframe: '60m', time: '09:00', may: true, why: 'its order goes out at 10:00' },
  { timeframe: '60m', time: '14:00', may: false, why: 'its order would go out at 15:00, which is no longer before it' },
  { timeframe: '1m', time: '09:03', may: false, why: 'ordered at 09:04' },
  { timeframe: '1m', time: '09:04', may: true, why: 'ordered at 09:05' },
  { timeframe: '1m', time: '14:58', may: true, why: 'ordered at 14:59' },
  { timeframe: '1m', time: '14:59', may: false, why: 'ordered at 15:00' },
] as const)('entries from 09:05 until 15:00: the $timeframe bar of $time, $why', ({ timeframe, time, may }) => {
  const chosen = program(timeframe, { entryFrom: '09:05', entryUntil: '15:00' });
  expect(mayEnterAt(chosen, columnsAt(`2022-03-02T${time}`), 0)).toBe(may);
});
