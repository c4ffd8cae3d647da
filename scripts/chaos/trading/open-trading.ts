import { readFleetEnv } from '#lib/env/fleet.ts';
import { createLog } from '#lib/log.ts';
import { startTrading } from '#nas/trading/service.ts';
import { serve } from '../rpc.ts';
import { armStrike, disarmStrike, recordStrikesIn, releaseStalled, type Strike } from './doors.ts';
import type { TradingConfig } from './process.ts';
import { takeHabit } from './wrong-habits.ts';

/** The trading service as the product runs it, started when the run says so and struck where the run says so. */
export async function openTrading(config: TradingConfig): Promise<void> {
  recordStrikesIn(config.recordDir);
  takeHabit(config.mutant);
  const log = createLog('trading', config.logLevel);
  let running: Awaited<ReturnType<typeof startTrading>> | null = null;
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      log.fatal({ err: error }, 'crashed');
      process.exit(1);
    });
  }
  serve({
    start: async () => {
      running = await startTrading({ env: readFleetEnv({ ...config.env }), log });
    },
    arm: (strike: Strike) => armStrike(strike),
    disarm: (id: string) => disarmStrike(id),
    release: (id: string) => releaseStalled(id),
    stop: () => running?.stop(),
    usage: () => ({ ...process.cpuUsage(), rss: process.memoryUsage().rss }),
  });
}
