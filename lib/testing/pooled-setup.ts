import type { TestProject } from 'vitest/node';
import { hasPgBouncer, startPgBouncer } from './pgbouncer.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the fleet's roles reach the database instead of directly; only in the pooled run. */
    poolerPort: number;
  }
}

/** Puts a session pooler between the fleet's roles and the run's database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!hasPgBouncer()) throw new Error('pgbouncer is not installed. On Debian: apt-get install pgbouncer');
  const answer = await fetch(new URL('/bare', project.getProvidedContext().testClusterUrl));
  const { port, password } = (await answer.json()) as { port: number; password: string };
  const pooler = await startPgBouncer({ mode: 'session', port, password });
  project.provide('poolerPort', pooler.port);
  return () => pooler.stop();
}
