import { hostname } from 'node:os';
import { gatewayRepo } from '#lib/db/fleet/gateway.ts';
import { createFleetPool } from '#lib/db/fleet/pool.ts';
import { requireSessionMode } from '#lib/db/fleet/session-mode.ts';
import { readGatewayEnv } from '#lib/env/fleet.ts';
import { startHeartbeat } from '#nas/runtime/heartbeat.ts';
import { createMetrics } from '#nas/runtime/http.ts';
import { runService } from '#nas/runtime/service.ts';
import { buildGateway } from './app.ts';

await runService('gateway', async ({ log }) => {
  const env = readGatewayEnv(process.env);
  await requireSessionMode(env.DATABASE_URL);
  const pool = createFleetPool(env.DATABASE_URL, { name: 'gateway', max: 4, log });
  const app = await buildGateway({
    repo: gatewayRepo(pool),
    apiKey: env.NAS_API_KEY,
    secret: env.NAS_API_SECRET,
    registry: createMetrics('gateway'),
    log,
  });
  const url = await app.listen({ port: env.PORT, host: env.HOST });
  const heartbeat = startHeartbeat({ pool, log, service: 'gateway', instance: `${hostname()}-${process.pid}`, version: env.NARAE_VERSION });
  return {
    url,
    async stop() {
      heartbeat.stop();
      await app.close();
      await pool.end();
    },
  };
});
