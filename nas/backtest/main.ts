import { readFleetEnv } from '#lib/env/fleet.ts';
import { runService } from '#nas/runtime/service.ts';
import { startWorker } from './service.ts';

await runService('backtest', ({ log }) => startWorker({ env: readFleetEnv(process.env), log }));
