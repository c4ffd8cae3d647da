import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import type { TradingRepo } from '#lib/db/fleet/trading.ts';
import type { Log } from '#lib/log.ts';
import type { Broker } from '#nas/brokers/port.ts';
import type { Clock } from '#nas/runtime/clock.ts';
import type { TradingMetrics } from '../metrics.ts';

/** Why an order may not leave the house right now. `wait` keeps it pending, `denied` ends it. */
export type GateVerdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'wait'; readonly reason: string; readonly afterMs?: number }
  | { readonly kind: 'denied'; readonly code: string; readonly numbers: Record<string, unknown> };

/** What the parts of one account's sender share. */
export interface AccountContext {
  readonly accountId: string;
  readonly userId: string;
  /** The lease's token: raised at each take-over, named in every attempt. */
  readonly token: number;
  readonly instance: { readonly id: string; isAlive(): boolean };
  readonly broker: Broker;
  readonly repo: TradingRepo;
  /** Quotes, instruments and holdings against the order; may ask the database, never the broker. */
  gate(order: OrderRow): Promise<GateVerdict>;
  /** The halt flags in memory; asked directly before the socket write. */
  haltReason(order: OrderRow): string | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: TradingMetrics;
  /** Broker calls whose outcome is not written yet, and whether we have stopped waiting for them. */
  readonly life: { isOver: boolean; readonly calls: Set<Promise<unknown>> };
}

/** Writes down a fact that must not be lost: connection faults are tried again for as long as we live. */
export async function persist<T>(context: AccountContext, what: string, write: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (context.life.isOver || !isConnectionFault(error)) throw error;
      context.log.error({ err: error, what, tries }, 'fact not written yet');
      await new Promise<void>((resolve) => context.clock.after(Math.min(2_000, 100 * 2 ** tries), resolve));
    }
  }
}

/** SQLSTATE classes 08 (connection), 53 (resources), 57 (operator) and errors without any: the statement may be repeated. */
function isConnectionFault(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code !== 'string' || code.length !== 5 || /^(08|53|57|40)/.test(code) || code === 'EPIPE';
}
