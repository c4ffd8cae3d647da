import { requireSessionMode } from '#lib/db/fleet/session-mode.ts';
import { readFleetEnv } from '#lib/env/fleet.ts';
import { runService } from '#nas/runtime/service.ts';
import { startScheduler } from './service.ts';

await runService('scheduler', async ({ log }) => {
  const env = readFleetEnv(process.env);
  await requireSessionMode(env.DATABASE_URL);
  return startScheduler({ env, log });
});
