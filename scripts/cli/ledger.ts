import pg from 'pg';
import { ledgerAccounts, withLedger } from '#lib/db/fleet/ledger.ts';
import { survivingLoss } from '#lib/db/fleet/pool.ts';
import { AppError } from '#lib/errors.ts';
import { type LedgerFinding, type LedgerVerdict, verifyLedger } from '#lib/use-cases/verify-ledger.ts';
import { type Command, say } from './command.ts';

/** What each fault of a chain means to the person at the terminal. */
const MEANING: Record<string, string> = {
  changed: 'this event was changed after it was written',
  missing_before: 'one or more events before this one are missing',
  unlinked: 'this event does not follow the one before it',
  other_person: 'this event names another person than its order',
  tail_cut: 'the chain ends before its recorded head: events were cut off from here on',
  not_the_head: 'the last event is not the one that the head records',
  differs_from_record: 'this event is not the one recorded at the end of its day',
  gap: 'this event does not begin where the event before left the order',
  illegal_move: 'an order cannot make this move',
  bad_payload: 'a number this event must carry is missing',
  event_of_no_order: 'there is no such order',
  order_without_events: 'this order has no events',
  row_differs: 'the order row does not say what its events say',
};

export const ledgerVerify: Command = {
  name: 'ledger verify',
  usage: '[--account <id>] [--json] [--database <postgres://…>]',
  summary:
    'Walks the hash chain of every account, replays every order from its events and compares it with its row. Exit code 1 when anything differs. The database is --database or DATABASE_URL, as its owner (postgres).',
  options: { account: { type: 'string' }, json: { type: 'boolean' }, database: { type: 'string' } },
  async run(_positionals, { account, json, database = process.env.DATABASE_URL }) {
    if (typeof database !== 'string' || database === '') {
      throw new AppError('invalid_input', 'set DATABASE_URL or give --database: the session pooler of your project, role postgres');
    }
    const pool = survivingLoss(new pg.Pool({ connectionString: database, max: 1, connectionTimeoutMillis: 5_000 }));
    try {
      return await verifyAll(pool, account === undefined ? null : String(account), json === true);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError('invalid_input', `not verified: ${(error as Error).message}`, { cause: error });
    } finally {
      await pool.end();
    }
  },
};

async function verifyAll(pool: pg.Pool, only: string | null, isJson: boolean): Promise<number> {
  const known = await ledgerAccounts(pool);
  if (only !== null && !known.includes(only)) {
    throw new AppError('invalid_input', `there is no account ${only}; without --account every account is verified`);
  }
  const accounts: ({ readonly accountId: string } & LedgerVerdict)[] = [];
  for (const accountId of only === null ? known : [only]) {
    const verdict = await withLedger(pool, accountId, verifyLedger);
    accounts.push({ accountId, ...verdict });
    if (!isJson) tell(accountId, verdict.findings);
  }
  const total = (of: 'events' | 'orders') => accounts.reduce((sum, verdict) => sum + verdict[of], 0);
  const findings = accounts.reduce((sum, verdict) => sum + verdict.findings.length, 0);
  const summary = { accounts: accounts.length, orders: total('orders'), events: total('events'), findings };
  if (isJson) say(JSON.stringify({ ok: findings === 0, ...summary, broken: accounts.filter((verdict) => verdict.findings.length > 0) }));
  else say(`${findings === 0 ? 'whole' : 'BROKEN'}: ${summary.accounts} accounts, ${summary.orders} orders, ${summary.events} events`);
  return findings === 0 ? 0 : 1;
}

function tell(accountId: string, findings: readonly LedgerFinding[]): void {
  for (const { fault, seq, orderId, detail } of findings) {
    const place = [seq === null ? null : `event ${seq}`, orderId === null ? null : `order ${orderId}`].filter((part) => part !== null);
    say(`account ${accountId}, ${place.join(', ')}: ${MEANING[fault] ?? fault}${detail ? ` (${detail})` : ''}`);
  }
}
