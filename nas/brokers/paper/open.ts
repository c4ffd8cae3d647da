import type pg from 'pg';
import type { Log } from '#lib/log.ts';
import type { Broker } from '#nas/brokers/port.ts';
import { type Clock, systemClock } from '#nas/runtime/clock.ts';
import { createPaperBroker } from './broker.ts';
import { fleetQuotes } from './quotes.ts';
import { paperStore } from './store.ts';

/** Opens paper accounts for one process; all of them hear the same quotes. `token` is the lease's: without one nothing guards a second process. */
export function paperOpener({ pool, log, clock = systemClock }: { pool: pg.Pool; log: Log; clock?: Clock | undefined }) {
  const quotes = fleetQuotes({ pool, clock, log });
  return ({ accountId, token }: { accountId: string; token?: number | undefined }): Broker =>
    createPaperBroker({
      accountId,
      store: paperStore(pool, accountId, token === undefined ? null : { token }),
      quotes,
      clock,
      log: log.child({ accountId }),
    });
}
