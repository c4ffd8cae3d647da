import { startInstance as original } from '#nas/trading/instance.ts';

export * from '#nas/trading/instance.ts';

/** Mutant: a process that never doubts that it still owns its accounts. The database's own check is taken out beside it. */
export function startInstance(options: Parameters<typeof original>[0]): ReturnType<typeof original> {
  return { ...original(options), isAlive: () => true };
}
