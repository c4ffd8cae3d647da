import { readFleetEnv } from '#lib/env/fleet.ts';
import { runService } from '#nas/runtime/service.ts';
import { startTrading } from './service.ts';

await runService('trading', ({ log }) => startTrading({ env: readFleetEnv(process.env), log }));
