/**
 * Writes lib/db/types.gen.ts from a freshly migrated database; with --check it only compares and fails when the file is stale.
 * `npm run db:types` and `npm run db:types:check`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generateTypescript, sortGeneratorMetadata } from '@supabase/postgrest-typegen/generation';
import { introspect } from '@supabase/postgrest-typegen/introspection';
import pg from 'pg';
import { StackFault } from '#supabase/local/fault.ts';
import { startTestCluster } from '#supabase/local/test-cluster.ts';

const FILE = fileURLToPath(new URL('../lib/db/types.gen.ts', import.meta.url));

async function generate(): Promise<string> {
  const cluster = await startTestCluster();
  try {
    const pool = new pg.Pool({
      connectionString: `postgres://postgres:${cluster.password}@127.0.0.1:${cluster.port}/${await cluster.migratedTemplate()}`,
    });
    const metadata = await introspect(pool, { includedSchemas: ['public'] }).finally(() => pool.end());
    return await generateTypescript(sortGeneratorMetadata(metadata), { postgrestVersion: '13' });
  } finally {
    await cluster.stop();
  }
}

/** The lines that differ, at most twenty, as `-` (in the file) and `+` (in the database). */
function difference(file: string, fresh: string): string {
  const [old, now] = [file, fresh].map((text) => new Map(text.split('\n').map((line) => [line.trim(), line])));
  const gone = [...old!.keys()].filter((line) => line && !now!.has(line)).map((line) => `- ${line}`);
  const added = [...now!.keys()].filter((line) => line && !old!.has(line)).map((line) => `+ ${line}`);
  const all = [...gone, ...added];
  return [...all.slice(0, 20), ...(all.length > 20 ? [`… ${all.length - 20} more`] : [])].join('\n');
}

function current(): string {
  try {
    return readFileSync(FILE, 'utf8');
  } catch {
    return '';
  }
}

try {
  const fresh = await generate();
  if (!process.argv.includes('--check')) {
    writeFileSync(FILE, fresh);
    process.stdout.write('lib/db/types.gen.ts written\n');
  } else if (current() === fresh) {
    process.stdout.write('lib/db/types.gen.ts is current\n');
  } else {
    process.stderr.write(`lib/db/types.gen.ts is stale: run npm run db:types\n${difference(current(), fresh)}\n`);
    process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`${error instanceof StackFault ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
