import { readFleetEnv } from '#lib/env/fleet.ts';
import { runService } from '#nas/runtime/service.ts';
import { startMarket } from './service.ts';

await runService('market', ({ log }) => startMarket({ env: readFleetEnv(process.env), log }));
