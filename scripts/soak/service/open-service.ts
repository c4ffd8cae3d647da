import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type FleetEnv, readFleetEnv } from '#lib/env/fleet.ts';
import { createLog, type Log } from '#lib/log.ts';
import { startMarket } from '#nas/market/service.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { startScheduler } from '#nas/scheduler/service.ts';
import { startTrading } from '#nas/trading/service.ts';
import { serve } from '#scripts/chaos/rpc.ts';
import type { Usage } from '../verdict.ts';
import type { ServiceConfig } from './process.ts';

const START: Record<ServiceConfig['service'], (given: { env: FleetEnv; log: Log }) => Promise<RunningService>> = {
  trading: startTrading,
  market: startMarket,
  scheduler: startScheduler,
};

/** One service of the fleet as the product runs it, which also tells what it holds. */
export async function openService({ service, env, logLevel }: ServiceConfig): Promise<void> {
  const log = createLog(service, logLevel);
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as (options: Record<string, string>) => void;
  // Pages that V8 keeps for later are no growth either: only this flavour gives them back.
  const collect = () => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  let running: RunningService | null = null;
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      log.fatal({ err: error }, 'crashed');
      process.exit(1);
    });
  }
  serve({
    start: async () => {
      running = await START[service]({ env: readFleetEnv({ ...env }), log });
    },
    usage: (): Usage => {
      collect(); // what nobody refers to any more is no growth
      return { rss: process.memoryUsage.rss(), handles: process.getActiveResourcesInfo().length + openFiles() };
    },
    stop: () => running?.stop(),
  });
}

/** File descriptors, where the system tells them. */
function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}
