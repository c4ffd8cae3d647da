import type pg from 'pg';
import { ledgerAccounts, withLedger } from '#lib/db/fleet/ledger.ts';
import type { Log } from '#lib/log.ts';
import { verifyLedger } from '#lib/use-cases/verify-ledger.ts';
import { seoul } from '#nas/runtime/clock.ts';

/** Minutes of the Seoul day in which the night's work is asked for: 03:30, after every session and before the first of the new day. */
const FROM_MINUTE = 3 * 60 + 30;
/** Asked again every ten minutes of that hour, for a scheduler that starts late; the rows it leaves keep the work from being done twice. */
const FOR_MINUTES = 60;
const EVERY_MINUTES = 10;
/** What a record keeps of a broken ledger; `ledger verify` shows all of it. */
const FINDINGS_KEPT = 20;

/** Asks for the night's work when its hour has come; doubled jobs find nothing left to do. */
export async function enqueueNightly(pool: pg.Pool, at: Date): Promise<boolean> {
  const { day, time } = seoul(at.getTime());
  const minute = Number(time.slice(0, 2)) * 60 + Number(time.slice(2, 4));
  const since = minute - FROM_MINUTE;
  if (since < 0 || since >= FOR_MINUTES || since % EVERY_MINUTES !== 0) return false;
  await pool.query(`select graphile_worker.add_job('nightly', '{}'::json, job_key => $1, max_attempts => 3)`, [`nightly:${day}`]);
  return true;
}

/**
 * Proves every account's ledger that was not proved today, and removes what is older than its rule allows. A ledger that could not be
 * read keeps nobody else from being proved; it is tried again.
 */
export async function runNightly({ pool, log }: { pool: pg.Pool; log: Log }): Promise<void> {
  let failed = 0;
  for (const accountId of await ledgerAccounts(pool)) {
    if (await isProvedToday(pool, accountId)) continue;
    const startedAt = new Date();
    const record = (result: 'agreed' | 'differs' | 'failed', detail: object) =>
      pool.query('select public.record_reconciliation($1, $2, $3, $4, $5)', [accountId, 'ledger', startedAt, result, detail]);
    try {
      const { events, orders, findings } = await withLedger(pool, accountId, verifyLedger);
      if (findings.length > 0) log.error({ accountId, findings: findings.slice(0, FINDINGS_KEPT) }, 'ledger contradicts itself');
      const first = findings.slice(0, FINDINGS_KEPT);
      await record(findings.length === 0 ? 'agreed' : 'differs', { events, orders, findings: findings.length, first });
    } catch (error) {
      failed += 1;
      log.error({ err: error, accountId }, 'ledger could not be verified');
      await record('failed', {});
    }
  }
  const { rows } = await pool.query<{ removed: unknown }>('select public.apply_retention() as removed');
  log.info({ removed: rows[0]?.removed }, 'retention applied');
  if (failed > 0) throw new Error(`${failed} ledgers could not be verified`);
}

async function isProvedToday(pool: pg.Pool, accountId: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select 1 from public.reconciliations where broker_account_id = $1 and kind = 'ledger' and result <> 'failed' and day = (now() at time zone 'Asia/Seoul')::date`,
    [accountId],
  );
  return rowCount !== 0;
}
