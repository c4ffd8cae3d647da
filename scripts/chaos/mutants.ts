import type { ChaosDatabase } from './database.ts';
import type { Mutant } from './trading/replace-modules.ts';

/** What a mutant breaks in the database, beside what it breaks in the trading service. */
export async function alterDatabase({ pool }: ChaosDatabase, mutant: Mutant | null): Promise<void> {
  if (mutant !== 'no-lease-check') return;
  const { rows } = await pool.query<{ body: string }>(
    `select pg_get_functiondef(oid) as body from pg_proc where proname = 'begin_attempt' and pronamespace = 'public'::regnamespace`,
  );
  const { body } = rows[0]!;
  const checks = ['and i.expires_at > clock_timestamp()', 'and l.instance_id = p_instance and l.token = p_token'];
  if (!checks.every((check) => body.includes(check))) throw new Error('begin_attempt no longer reads as the mutant expects');
  await pool.query(checks.reduce((text, check) => text.replace(check, ''), body));
}
