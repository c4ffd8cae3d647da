import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLog, type Log } from '#lib/log.ts';
import { realClock, type VenueClock } from './clock.ts';
import { handleControl } from './control.ts';
import { Exchange } from './exchange.ts';
import { FaultBook } from './faults/faults.ts';
import type { ScheduledState } from './interruptions.ts';
import { type JudgeView, judgeView } from './judge.ts';
import { KeyRing } from './kis/keys.ts';
import { handleKis } from './kis/rest.ts';
import { KisStream } from './kis/stream.ts';
import { type Instrument, SYNTHETIC_INSTRUMENTS } from './market/instruments.ts';
import { cutTo, krxRules } from './market/krx-rules.ts';
import { MarketLoop } from './market/market-loop.ts';
import type { Bar } from './market/market-state.ts';
import { type ProvisionInput, provision } from './provision.ts';
import { type MarketHours, sessions } from './sessions.ts';
import { readSnapshot, type Snapshot, writeSnapshot } from './snapshot.ts';
import { type TransferInput, transfer } from './transfer.ts';
import { DEFAULT_VARIANTS, lagMs, type Variants } from './variants.ts';
import type { Environment, OrderTicket, Outcome } from './venue-order.ts';

export interface VenueOptions {
  readonly seed?: number;
  readonly clock?: VenueClock;
  readonly marketHours?: MarketHours;
  readonly instruments?: readonly Instrument[];
  /** Steps of the background market a second and symbol; 0 leaves the book to the accounts. */
  readonly eventsPerSecond?: number;
  /** False: nothing was traded today before the start, so that every price is the base price whatever the hour. */
  readonly hasMorning?: boolean;
  /** 0 takes a free port. REST and WebSocket (`/tryitout`) share it, as KIS's do not: `paperWs` adds a port of its own for paper's WebSocket. */
  readonly ports?: { readonly paper?: number; readonly real?: number; readonly paperWs?: number };
  readonly host?: string;
  /** REST calls a second and app key; KIS allows 18 on real and 1 on paper. */
  readonly requestsPerSecond?: { readonly paper?: number; readonly real?: number };
  /** EGW00133 within a minute of a new token; off where tests issue tokens freely. */
  readonly tokenPause?: boolean;
  /** Readings of the reference other than the likelier ones. */
  readonly variants?: Partial<Variants>;
  /** VI: trades too far from the last one or from the last auction go into an auction of two minutes. */
  readonly volatilityInterruptions?: boolean;
  /** Halts and single-price trading of single instruments. */
  readonly schedule?: readonly ScheduledState[];
  /** Days that are closed beyond KRX's calendar, `YYYY-MM-DD`. */
  readonly closedDays?: readonly string[];
  /** Milliseconds of the machine's clock between heartbeats; KIS sends one about every 10 s. */
  readonly pingpongMs?: number;
  readonly controlToken?: string | null;
  /** Where the snapshot lives; without it nothing outlives the process. */
  readonly dataDir?: string | null;
  /** Moves a damaged snapshot aside and begins empty. */
  readonly startFresh?: boolean;
  readonly log?: Log;
}

export interface Venue {
  readonly restUrl: Readonly<Record<Environment, string>>;
  readonly wsUrl: Readonly<Record<Environment, string>>;
  readonly clock: VenueClock;
  readonly faults: FaultBook;
  readonly exchange: Exchange;
  provision(input: ProvisionInput): { accountId: string; isNew: boolean };
  /** An order of the same account from another client: HTS and MTS (`Nsmart`, unless told), or another program with its key (`OpnAPI`). */
  placeElsewhere(accountId: string, ticket: OrderTicket): Outcome;
  /** Cash and shares that come or leave without an order. */
  transfer(input: TransferInput): void;
  judge(): JudgeView;
  /** Daily bars, or minute bars of one day, as the KIS chart inquiries give them; oldest first. */
  history(symbol: string, range: { from: string; to: string }): readonly Bar[];
  minuteHistory(symbol: string, day: string): readonly Bar[];
  disturbSockets(what: 'silence' | 'cut', appKey?: string): void;
  /** Halts an instrument, lets it trade by single price, or lets it go again. */
  setState(symbol: string, state: 'normal' | 'halted' | 'single_price'): void;
  /** The broker's clock runs this far from the venue's from now on: Date headers, order times and notices show it. */
  skewClock(ms: number): void;
  stop(): Promise<void>;
}

const ENVIRONMENTS = ['paper', 'real'] as const satisfies readonly Environment[];
const PINGPONG_MS = 10_000;
const TICK_MS = 250;
const FASTEST_TICK_MS = 20;
const SAVE_EVERY_MS = 1_000;
const ORDERS_KEPT_DAYS = 7;
const KEEP_ALIVE_MS = 75_000;

/** Starts the exchange simulator: one market, two KIS hosts (real and paper) on their own ports. */
export async function startVenue(options: VenueOptions = {}): Promise<Venue> {
  const seed = options.seed ?? 1;
  const clock = options.clock ?? realClock();
  const log = options.log ?? createLog('venue', 'warn');
  const dataDir = options.dataDir ?? null;
  const faults = new FaultBook();
  const variants = { ...DEFAULT_VARIANTS, ...options.variants };
  const inquiryLag = lagMs(variants.inquiryLag);
  const balanceLag = lagMs(variants.balanceLag);
  const keys = new KeyRing({ tokenPause: options.tokenPause ?? true, variants });
  const streams = new Map<Environment, KisStream>();
  const exchange = new Exchange({
    sessions: sessions(options.marketHours ?? 'krx', { ordersFrom: variants.ordersFrom, closedDays: options.closedDays ?? [] }),
    rules: cutTo(Number(variants.feeUnit), krxRules),
    variants,
    interruptions: { volatility: options.volatilityInterruptions ?? false, seed, schedule: options.schedule ?? [] },
    instruments: options.instruments ?? SYNTHETIC_INSTRUMENTS,
    listeners: {
      beforeFill: (order, now) => faults.disguise.beforeFill(order, exchange.ledger.accounts.get(order.accountId)!, now, balanceLag),
      onOrder: (event) => {
        const request = 'by' in event && event.by ? event.by : event.order;
        if (inquiryLag > 0 && (event.type === 'accepted' || request !== event.order))
          faults.disguise.hide(request, clock.now() + inquiryLag);
        const account = exchange.ledger.accounts.get(event.order.accountId);
        if (account) streams.get(account.environment)?.onOrder(account, event);
      },
      onPrint: (market, print) => {
        for (const stream of streams.values()) stream.onPrint(market, print);
      },
      onState: (market) => {
        for (const stream of streams.values()) stream.onState(market);
      },
      onBook: (market) => {
        for (const stream of streams.values()) stream.onBook(market);
      },
    },
  });
  const { eventsPerSecond = 0.5, hasMorning = true } = options;
  const loop = new MarketLoop(exchange, { seed, eventsPerSecond, hasMorning });
  const snapshot =
    dataDir === null ? null : await readSnapshot(dataDir, { seed, startFresh: options.startFresh ?? false, now: clock.now() });
  if (snapshot) restoreBeforeStart(snapshot, exchange, loop, keys);
  loop.start(clock.now());
  for (const order of snapshot?.orders ?? []) exchange.restore(order);

  for (const environment of ENVIRONMENTS) {
    streams.set(
      environment,
      new KisStream(environment, {
        exchange,
        keys,
        faults,
        agenda: exchange.agenda,
        now: () => clock.now(),
        variants,
        pingpongMs: options.pingpongMs ?? PINGPONG_MS,
      }),
    );
  }
  const disturbSockets = (what: 'silence' | 'cut', appKey?: string): void => {
    for (const stream of streams.values()) stream.disturb(what, appKey);
  };
  const settle = (): void => {
    const now = clock.now();
    loop.advance(now);
    for (const stream of streams.values()) stream.flush();
  };
  clock.onAdvance(settle);
  const heartbeat = setInterval(settle, Math.max(FASTEST_TICK_MS, TICK_MS / clock.factor));

  const save = saver(
    dataDir,
    () => exchange.changes + keys.changes,
    () => takeSnapshot(exchange, loop, keys, seed, clock.now()),
    log,
  );
  const saving = setInterval(() => void save(), SAVE_EVERY_MS);

  const host = options.host ?? '127.0.0.1';
  const servers = new Map<Environment, Server>();
  const wsServer = options.ports?.paperWs === undefined ? null : createServer((_, response) => response.writeHead(426).end());
  wsServer?.on('upgrade', (request, socket, head) => streams.get('paper')!.accept(request, socket, head));
  const closeServers = (): Promise<unknown> =>
    Promise.all([...servers.values(), ...(wsServer ? [wsServer] : [])].filter((server) => server.listening).map(close));
  const perSecond = { real: options.requestsPerSecond?.real ?? 18, paper: options.requestsPerSecond?.paper ?? 1 };
  const stop = async (): Promise<void> => {
    clearInterval(heartbeat);
    clearInterval(saving);
    for (const stream of streams.values()) stream.stop();
    await closeServers();
    await save('now');
  };
  const addressOf = (server: Server): string => `${host}:${(server.address() as AddressInfo).port}`;
  const address = (environment: Environment): string => addressOf(servers.get(environment)!);

  try {
    for (const environment of ENVIRONMENTS) {
      const deps = {
        environment,
        exchange,
        loop,
        keys,
        variants,
        faults,
        now: () => clock.now(),
        requestsPerSecond: perSecond[environment],
        settle,
        agenda: exchange.agenda,
        disturbSockets,
        log,
      };
      const server = createServer((request, response) => {
        const handled = request.url?.startsWith('/_venue/')
          ? handleControl(venue, options.controlToken ?? null, request, response)
          : handleKis(deps, request, response);
        handled.catch((error: unknown) => {
          log.error({ err: error }, 'request failed');
          response.destroy();
        });
      });
      server.on('upgrade', (request, socket, head) => streams.get(environment)!.accept(request, socket, head));
      // Longer than any client keeps an idle connection, so that a reused one is never closed under a request.
      server.keepAliveTimeout = KEEP_ALIVE_MS;
      servers.set(environment, server);
      await listen(server, options.ports?.[environment] ?? 0, host);
    }
    if (wsServer && options.ports?.paperWs !== undefined) await listen(wsServer, options.ports.paperWs, host);
  } catch (error) {
    clearInterval(heartbeat);
    clearInterval(saving);
    for (const stream of streams.values()) stream.stop();
    await closeServers();
    throw error;
  }

  const venue: Venue = {
    restUrl: { real: `http://${address('real')}`, paper: `http://${address('paper')}` },
    wsUrl: { real: `ws://${address('real')}/tryitout`, paper: `ws://${wsServer ? addressOf(wsServer) : address('paper')}/tryitout` },
    clock,
    faults,
    exchange,
    provision: (input) => provision(exchange, keys, input),
    placeElsewhere: (accountId, ticket) => {
      const account = exchange.ledger.accounts.get(accountId);
      if (!account) throw new Error(`The venue has no account ${accountId}.`);
      settle();
      const outcome = exchange.submit(account, { channel: 'Nsmart', ...ticket, isForeign: true }, clock.now());
      settle();
      return outcome;
    },
    transfer: (input) => transfer(exchange, input),
    judge: () => judgeView(exchange, faults),
    history: (symbol, range) => loop.dailyBars(symbol, range),
    minuteHistory: (symbol, day) => loop.minuteBars(symbol, day),
    disturbSockets,
    setState: (symbol, state) => {
      const market = exchange.markets.get(symbol);
      if (!market) throw new Error(`The venue lists no ${symbol}.`);
      settle();
      exchange.interruptions.set(market, state, clock.now());
      settle();
    },
    skewClock: (ms) => {
      exchange.skewMs = ms;
    },
    stop,
  };
  return venue;
}

function takeSnapshot(exchange: Exchange, loop: MarketLoop, keys: KeyRing, seed: number, now: number): Snapshot {
  exchange.markResting();
  const { ledger } = exchange;
  const oldest = now - ORDERS_KEPT_DAYS * 86_400_000;
  return {
    version: 1,
    seed,
    savedAt: now,
    day: exchange.day,
    feesAndTax: ledger.feesAndTax,
    house: { cash: ledger.house.cash, shares: [...ledger.house.shares] },
    accounts: [...ledger.accounts.values()].map((account) => ({ ...account, holdings: [...account.holdings] })),
    appKeys: [...keys.appKeys.values()],
    tokens: [...keys.tokens.values()].filter((token) => token.expiresAt > now),
    approvals: [...keys.approvals].filter(([, approval]) => approval.expiresAt > now),
    orders: exchange.orders.filter((order) => Date.parse(order.day) >= oldest),
    recorded: [...loop.recorded],
  };
}

function restoreBeforeStart(snapshot: Snapshot, exchange: Exchange, loop: MarketLoop, keys: KeyRing): void {
  const { ledger } = exchange;
  ledger.feesAndTax = snapshot.feesAndTax;
  ledger.house.cash = snapshot.house.cash;
  for (const [symbol, shares] of snapshot.house.shares) ledger.house.shares.set(symbol, shares);
  for (const account of snapshot.accounts) ledger.accounts.set(account.id, { ...account, holdings: new Map(account.holdings) });
  for (const key of snapshot.appKeys) keys.appKeys.set(key.appKey, key);
  for (const token of snapshot.tokens) keys.tokens.set(token.token, token);
  for (const [approvalKey, approval] of snapshot.approvals) keys.approvals.set(approvalKey, approval);
  for (const [symbol, bars] of snapshot.recorded) loop.recorded.set(symbol, bars);
}

/**
 * Writes when something has changed since the last time; one write at a time, and never more than a tenth of the time: with many
 * orders a snapshot is large. `now` (the stop) waits for nothing.
 */
function saver(dataDir: string | null, changesNow: () => number, take: () => Snapshot, log: Log): (now?: 'now') => Promise<void> {
  let saved = -1;
  let notBefore = 0;
  let running: Promise<void> = Promise.resolve();
  return (now) => {
    running = running.then(async () => {
      const changes = changesNow();
      const startedAt = performance.now();
      if (dataDir === null || changes === saved || (now === undefined && startedAt < notBefore)) return;
      try {
        await writeSnapshot(dataDir, take());
        saved = changes;
      } catch (error) {
        log.error({ err: error }, 'snapshot not written');
      }
      notBefore = performance.now() + 9 * (performance.now() - startedAt);
    });
    return running;
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} is taken by another program, so the venue cannot listen there. Free it or choose another port.`)
          : error,
      );
    });
    server.listen(port, host, () => resolve());
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
