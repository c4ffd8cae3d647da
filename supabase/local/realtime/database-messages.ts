import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '#lib/log.ts';

export interface DatabaseMessage {
  readonly id: string;
  readonly topic: string;
  readonly event: string;
  readonly payload: unknown;
}
export interface RelayOptions {
  readonly databaseUrl: string;
  readonly pool: pg.Pool;
  readonly log: Log;
  readonly deliver: (message: DatabaseMessage) => void;
  /** The LISTEN connection was lost and is back: messages in between were not heard. */
  readonly onGap: () => void;
}

/** As hosted keeps them. */
const KEEP_HOURS = 72;
const PRUNE_EVERY_MS = 60 * 60_000;

/** Hands on what `realtime.send()` wrote, in commit order: the NOTIFY carries only the id (8,000 bytes at most), the row is read. */
export async function relayMessages({ databaseUrl, pool, log, deliver, onGap }: RelayOptions): Promise<{ close(): Promise<void> }> {
  let closed = false;
  let client: pg.Client;
  let waiting: string[] = [];
  let draining: Promise<void> | undefined;

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const ids = waiting;
      waiting = [];
      const { rows } = await pool.query<DatabaseMessage>(
        `select m.id, m.topic, m.event, m.payload from unnest($1::uuid[]) with ordinality as wanted (id, place)
         join realtime.messages m using (id) where m.private and m.extension = 'broadcast' order by wanted.place`,
        [ids],
      );
      for (const row of rows) deliver(row);
    }
  };
  const listen = async (): Promise<void> => {
    client = new pg.Client({ connectionString: databaseUrl, keepAlive: true });
    client.on('notification', ({ payload }) => {
      if (payload) waiting.push(payload);
      draining ??= drain()
        .catch((error: unknown) => {
          log.error({ err: error }, 'realtime messages could not be read');
          onGap();
        })
        .finally(() => {
          draining = undefined;
        });
    });
    client.on('error', () => void reconnect());
    await client.connect();
    await client.query('listen realtime_messages');
  };
  const reconnect = async (): Promise<void> => {
    client.removeAllListeners('error').on('error', () => {});
    for (let waitMs = 100; !closed; waitMs = Math.min(waitMs * 2, 5000)) {
      await sleep(waitMs, undefined, { ref: false });
      const again = await listen().then(
        () => true,
        () => false,
      );
      if (again) return onGap();
    }
  };
  const prune = (): Promise<unknown> =>
    pool
      .query(`delete from realtime.messages where inserted_at < now() - make_interval(hours => $1)`, [KEEP_HOURS])
      .catch((error: unknown) => log.warn({ err: error }, 'old realtime messages could not be removed'));

  await listen();
  await prune();
  const pruning = setInterval(prune, PRUNE_EVERY_MS).unref();
  return {
    async close() {
      closed = true;
      clearInterval(pruning);
      await draining;
      client.removeAllListeners('error').on('error', () => {});
      await client.end().catch(() => {});
    },
  };
}
