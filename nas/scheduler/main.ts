import { readFleetEnv } from '#lib/env/fleet.ts';
import { runService } from '#nas/runtime/service.ts';
import { startScheduler } from './service.ts';

await runService('scheduler', ({ log }) => startScheduler({ env: readFleetEnv(process.env), log }));
