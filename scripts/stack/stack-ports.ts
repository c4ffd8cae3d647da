import type { StackEnv } from '#lib/env/stack.ts';
import { freePort, requireFreePorts } from '#supabase/local/ports.ts';
import type { ProcessContext, ProcessName } from '../processes.ts';

export type StackPorts = ProcessContext['ports'] & { readonly db: number };

/** Each door: who opens it, what a reader calls it, the variable that moves it. */
const DOORS = [
  { key: 'db', opener: 'postgres', purpose: 'database', variable: 'NARAE_DB_PORT' },
  { key: 'supabase', opener: 'supabase', purpose: 'Supabase', variable: 'NARAE_SUPABASE_PORT' },
  { key: 'web', opener: 'web', purpose: 'web app', variable: 'NARAE_WEB_PORT' },
  { key: 'gateway', opener: 'gateway', purpose: 'gateway', variable: 'NARAE_GATEWAY_PORT' },
  { key: 'venueRest', opener: 'venue', purpose: 'exchange simulator', variable: 'NARAE_VENUE_REST_PORT' },
  { key: 'venueWs', opener: 'venue', purpose: 'exchange simulator, stream', variable: 'NARAE_VENUE_WS_PORT' },
  { key: 'venueReal', opener: 'venue', purpose: 'exchange simulator, real host', variable: 'NARAE_VENUE_REAL_REST_PORT' },
] as const satisfies readonly { key: keyof StackPorts; opener: ProcessName | 'postgres'; purpose: string; variable: keyof StackEnv }[];

/** Fixed ports must be free before anything starts, and all that are not are named at once; 0 becomes a free one. */
export async function choosePorts(env: StackEnv, names: readonly ProcessName[]): Promise<StackPorts> {
  const used = DOORS.filter(({ opener }) => opener === 'postgres' || names.includes(opener));
  await requireFreePorts(used.map(({ variable, purpose }) => ({ port: env[variable], purpose, variable })));
  const ports: Partial<Record<keyof StackPorts, number>> = {};
  const taken = new Set<number>([0, ...DOORS.map(({ variable }) => env[variable])]);
  for (const { key, variable } of DOORS) {
    let port = env[variable];
    while (env[variable] === 0 && taken.has(port)) port = await freePort(); // 0 itself is taken
    taken.add(port);
    ports[key] = port;
  }
  return ports as StackPorts;
}
