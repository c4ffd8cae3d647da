/**
 * `npm run db:deploy`: brings the database of DATABASE_URL up to date — job tables, then migrations in order, each file in one
 * transaction, recorded as the Supabase CLI records them. Safe to run again, and beside a running system.
 */
import { z } from 'zod';
import { StackFault } from '#supabase/local/fault.ts';
import { deployDatabase } from '#supabase/local/migrate.ts';

const env = z
  .object({
    DATABASE_URL: z
      .url({ protocol: /^postgres(ql)?$/, error: 'must be an address that begins with postgres://, of the role postgres' })
      .refine(
        (url) => new URL(url).port !== '6543',
        'points at the transaction pooler (6543), which loses locks: use the session pooler, port 5432',
      ),
  })
  .safeParse(process.env);

if (!env.success) {
  process.stderr.write(`${z.prettifyError(env.error)}\n`);
  process.exit(1);
}
try {
  const { applied, edited } = await deployDatabase(env.data.DATABASE_URL);
  for (const version of applied) process.stdout.write(`applied ${version}\n`);
  for (const version of edited)
    process.stderr.write(`warning: ${version} was edited after it was applied; write a new migration instead\n`);
  process.stdout.write(applied.length === 0 ? 'up to date\n' : `${applied.length} applied\n`);
} catch (error) {
  process.stderr.write(`${error instanceof StackFault ? error.message : error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
