import { expect, test } from 'vitest';
import type { Symbol } from '#domain/order/order.ts';
import { createLog } from '#lib/log.ts';
import type { Clock } from '#nas/runtime/clock.ts';
import { createFeedWatch } from './feed-watch.ts';

const ACCOUNT = 'a';
const stopOn = (...symbols: string[]) => symbols.map((symbol) => ({ accountId: ACCOUNT, symbol: symbol as Symbol }));

/** A feed watch whose time passes by the second, when told. */
/** Its stream acknowledges registrations at once, unless told to be silent. */
function setUp(options: { slots?: number; isProving?: boolean; hasStream?: boolean; isSilent?: boolean } = {}) {
  let now = 0;
  let timers: { at: number; run: () => void }[] = [];
  const clock: Clock = {
    monotonic: () => now,
    wall: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
  };
  const state = { isAnswering: true };
  const asked: string[] = [];
  const told: string[] = [];
  const registered: string[] = [];
  const watch = createFeedWatch({
    clock,
    log: createLog('trading', 'fatal'),
    slots: options.slots ?? 40,
    isProving: () => options.isProving ?? true,
    async ask(_account, symbol) {
      asked.push(symbol);
      if (!state.isAnswering) throw new Error('broker away');
      return true;
    },
    register(_account, symbols) {
      if (options.hasStream === false) return false;
      registered.push(symbols.join());
      if (!options.isSilent) queueMicrotask(() => acknowledge(symbols));
      return true;
    },
    async tell(_account, _symbols, word) {
      told.push(word);
    },
  });
  const acknowledge = (symbols: readonly string[]) => {
    for (const symbol of symbols) watch.onRegistered(ACCOUNT, symbol as Symbol);
  };
  return {
    watch,
    acknowledge,
    asked,
    told,
    registered,
    state,
    async pass(seconds: number) {
      for (let i = 0; i < seconds; i += 1) {
        now += 1_000;
        const due = timers.filter((timer) => timer.at <= now);
        timers = timers.filter((timer) => timer.at > now);
        for (const timer of due) timer.run();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

test('a symbol with a slot is asked for when it is new and when its prints begin; one without every ten seconds', async () => {
  const { watch, asked, registered, pass, told } = setUp({ slots: 1 });
  watch.onStream(ACCOUNT, 'live');
  watch.want(stopOn('000001', '000002'), true);
  await pass(31);
  expect(registered).toEqual(['000001']);
  expect(asked.filter((symbol) => symbol === '000001')).toHaveLength(2);
  expect(asked.filter((symbol) => symbol === '000002').length).toBeGreaterThanOrEqual(3);
  expect(told).toEqual([]);
});

test('what was traded before the broker acknowledged the registration counts: until then the price is asked for, and once more then', async () => {
  const { watch, asked, pass, acknowledge } = setUp({ isSilent: true });
  watch.onStream(ACCOUNT, 'live');
  watch.want(stopOn('000001'), true);
  await pass(25);
  expect(asked).toHaveLength(3);
  acknowledge(['000001']);
  await pass(1);
  expect(asked).toHaveLength(4);
  acknowledge(['000001']);
  await pass(60);
  expect(asked).toHaveLength(4);
});

test('a stream that goes down: every symbol is asked for at once and then every ten seconds, and the owner hears once', async () => {
  const { watch, asked, pass, told, acknowledge } = setUp();
  watch.onStream(ACCOUNT, 'live');
  watch.want(stopOn('000001'), true);
  await pass(3);
  watch.onStream(ACCOUNT, 'down');
  await pass(1);
  expect(asked).toHaveLength(3);
  await pass(20);
  expect(asked).toHaveLength(5);
  expect(told).toEqual(['slow']);
  watch.onStream(ACCOUNT, 'connecting');
  acknowledge(['000001']);
  watch.onStream(ACCOUNT, 'live');
  await pass(20);
  expect(asked).toHaveLength(6);
  expect(told).toEqual(['slow', 'back']);
});

test.each([
  { why: 'without a stream', options: { hasStream: false } },
  { why: 'with one that stays live whatever happens', options: { isProving: false } },
])('no price at all is told after 25 seconds, also $why, and so is its return', async ({ options }) => {
  const { watch, pass, told, state } = setUp(options);
  watch.onStream(ACCOUNT, 'live');
  watch.want(stopOn('000001'), true);
  await pass(5);
  state.isAnswering = false;
  await pass(60);
  expect(told).toEqual(['stale']);
  state.isAnswering = true;
  await pass(12);
  expect(told).toEqual(['stale', 'back']);
});

test('outside the session nothing is asked and nothing is told; with the session everything is asked for once', async () => {
  const { watch, asked, pass, told } = setUp();
  watch.want(stopOn('000001'), false);
  await pass(120);
  expect(asked).toEqual([]);
  watch.onStream(ACCOUNT, 'live');
  watch.want(stopOn('000001'), true);
  await pass(3);
  expect(asked).toEqual(['000001']);
  watch.want(stopOn('000001'), false);
  await pass(120);
  watch.want(stopOn('000001'), true);
  await pass(3);
  expect(asked).toEqual(['000001', '000001']);
  expect(told).toEqual([]);
});

test('another stop on a symbol whose prints come meets its price too: it is asked for once more', async () => {
  const { watch, asked, pass } = setUp();
  watch.onStream(ACCOUNT, 'live');
  watch.want(stopOn('000001'), true);
  await pass(30);
  const before = asked.length;
  watch.askAgain(ACCOUNT, '000001');
  watch.want(stopOn('000001'), true);
  await pass(30);
  expect(asked).toHaveLength(before + 1);
});

test('without stops nothing is asked, and the registrations are given back', async () => {
  const { watch, asked, registered, pass } = setUp();
  watch.onStream(ACCOUNT, 'live');
  watch.want(stopOn('000001'), true);
  await pass(1);
  watch.want([], true);
  await pass(60);
  expect(asked).toEqual(['000001']);
  expect(registered).toEqual(['000001', '']);
});
