import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Log } from '#lib/log.ts';

/** A connection can die without a word (NAT, pooler restart): hear our own voice this often, or start over. */
const PING_EVERY_MS = 15_000;
const PING_ANSWER_MS = 5_000;
const RECONNECT_MS = [200, 500, 1_000, 2_000, 5_000] as const;

export interface ListenerOptions {
  readonly url: string;
  readonly name: string;
  readonly channels: readonly string[];
  onNotify(channel: string, payload: string): void;
  /** Called after every (re)connection: whatever was sent meanwhile is lost, so look for yourself. */
  onConnected(): void;
  readonly log: Log;
  readonly pingEveryMs?: number;
}
export interface Listener {
  isConnected(): boolean;
  stop(): Promise<void>;
}

/** One LISTEN connection that notices its own death and comes back. */
export function startListener(options: ListenerOptions): Listener {
  const { channels, log, pingEveryMs = PING_EVERY_MS } = options;
  const pingChannel = `narae_ping_${randomUUID().replaceAll('-', '')}`;
  let client: pg.Client | null = null;
  let stopped = false;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let deadline: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    const mine = new pg.Client({
      connectionString: options.url,
      application_name: `narae-${options.name}-listen`,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: 5_000,
    });
    client = mine;
    mine.on('error', (error) => lost(mine, error));
    mine.on('end', () => lost(mine));
    mine.on('notification', ({ channel, payload }) => {
      if (channel === pingChannel) clearTimeout(deadline);
      else options.onNotify(channel, payload ?? '');
    });
    try {
      await mine.connect();
      for (const channel of [...channels, pingChannel]) await mine.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      lost(mine, error);
      return;
    }
    if (client !== mine) return;
    failures = 0;
    schedulePing(mine);
    options.onConnected();
  }

  function schedulePing(mine: pg.Client): void {
    timer = setTimeout(() => {
      deadline = setTimeout(() => lost(mine, new Error('did not hear our own NOTIFY')), PING_ANSWER_MS);
      mine.query('select pg_notify($1, $2)', [pingChannel, '']).then(
        () => client === mine && schedulePing(mine),
        (error) => lost(mine, error),
      );
    }, pingEveryMs);
  }

  function lost(mine: pg.Client, error?: unknown): void {
    if (client !== mine) return;
    client = null;
    clearTimeout(timer);
    clearTimeout(deadline);
    void mine.end().catch(() => {}); // it is broken already; only its socket is to be released
    if (stopped) return;
    log.warn({ err: error, failures }, 'listen connection lost');
    timer = setTimeout(() => void connect(), RECONNECT_MS[Math.min(failures, RECONNECT_MS.length - 1)]);
    failures += 1;
  }

  void connect();
  return {
    isConnected: () => client !== null && failures === 0,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(deadline);
      const mine = client;
      client = null;
      await mine?.end();
    },
  };
}
