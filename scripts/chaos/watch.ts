import type { ChaosDatabase } from './database.ts';

/** An order as its owner sees it. */
export interface SeenOrder {
  readonly id: string;
  readonly status: string;
  readonly cum: number;
  readonly isCancelWanted: boolean;
  readonly candidates: number;
}

const LOOK_EVERY_MS = 50;
const FINAL = new Set(['executed', 'cancelled', 'replaced', 'rejected', 'denied', 'expired']);
export const isFinal = (order: SeenOrder): boolean => FINAL.has(order.status);

/** Looks at the watched orders again and again with one query for all; a database that is down is asked again. */
export function startWatch(database: ChaosDatabase) {
  const watched = new Map<string, (order: SeenOrder) => void>();
  const last = new Map<string, string>();
  let stopped = false;

  async function look(): Promise<void> {
    const { rows } = await database.pool.query<SeenOrder & { version: string }>(
      `select id, order_status as status, cum_quantity::int as cum, cancel_requested_at is not null as "isCancelWanted",
              jsonb_array_length(candidates) as candidates, version::text from public.real_orders where id = any($1)`,
      [[...watched.keys()]],
    );
    for (const row of rows) {
      if (last.get(row.id) === row.version) continue;
      last.set(row.id, row.version);
      watched.get(row.id)?.(row);
    }
  }
  const loop = (async () => {
    while (!stopped) {
      if (watched.size > 0) await look().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  })();

  return {
    /** Hears of every change until `done` says so, or `patienceMs` of the machine are over: then the judge finds it unresolved. */
    follow(
      orderId: string,
      patienceMs: number,
      hear: (order: SeenOrder) => Promise<void> | void,
      done: (order: SeenOrder) => boolean = isFinal,
    ): Promise<SeenOrder | null> {
      return new Promise((resolve, reject) => {
        let seen: SeenOrder | null = null;
        const end = () => {
          clearTimeout(timer);
          watched.delete(orderId);
          last.delete(orderId);
        };
        const timer = setTimeout(() => {
          end();
          resolve(seen);
        }, patienceMs);
        watched.set(orderId, (order) => {
          seen = order;
          if (done(order)) {
            end();
            resolve(order);
            return;
          }
          Promise.resolve(hear(order)).catch((error) => {
            end();
            reject(error);
          });
        });
      });
    },
    async stop() {
      stopped = true;
      await loop;
    },
  };
}
export type Watch = ReturnType<typeof startWatch>;
