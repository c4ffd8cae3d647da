import pg from 'pg';
import { addDays } from '#domain/market/day.ts';
import { priceLimits } from '#domain/market/price-limit.ts';
import { takeMasterIssues } from '#lib/db/fleet/master-issues.ts';
import { AppError } from '#lib/errors.ts';
import { downloadMaster, MASTER_URL } from '#nas/brokers/kis/master-download.ts';
import { seoul } from '#nas/runtime/clock.ts';
import { type Command, say } from './command.ts';

export const dataInstruments: Command = {
  name: 'data instruments',
  usage: '[--from <address>] [--database <postgres://…>]',
  summary:
    "Brings the list of KOSPI and KOSDAQ issues up to KIS's master files. The database is --database or DATABASE_URL, as its owner (postgres).",
  options: { from: { type: 'string' }, database: { type: 'string' } },
  async run(_positionals, { from = MASTER_URL, database = process.env.DATABASE_URL }) {
    if (typeof database !== 'string' || database === '') {
      throw new AppError('invalid_input', 'set DATABASE_URL or give --database: the session pooler of your project, role postgres');
    }
    if (!URL.canParse(String(from)))
      throw new AppError('invalid_input', '--from is the address of a folder, with https:// and a slash at the end');
    const today = seoul(Date.now()).day;
    const client = new pg.Client({ connectionString: database, connectionTimeoutMillis: 5_000 });
    await client.connect().catch((cause: Error) => {
      throw new AppError('invalid_input', `not done: ${cause.message}`, { cause });
    });
    try {
      for (const market of ['KOSPI', 'KOSDAQ'] as const) {
        const issues = (await downloadMaster(market, String(from))).map(({ isLiquidation, ...issue }) => {
          const limits = priceLimits(issue.basePrice, { day: today, market, kind: issue.kind, isLiquidation });
          return { ...issue, upperLimit: limits.upper, lowerLimit: limits.lower };
        });
        await client.query('begin');
        // The file's day is not told: new issues count as priced yesterday, until the broker's quote says today's.
        const { added, changed, delisted, missing } = await takeMasterIssues(client, market, issues, addDays(today, -1));
        await client.query('commit');
        say(`${market}: ${issues.length} issues, ${added} new, ${changed} changed, ${delisted} delisted`);
        if (missing > 0) say(`${market}: ${missing} listed issues are not in the file. That is too many to be true: they stay listed.`);
      }
      return 0;
    } finally {
      await client.end().catch(() => undefined); // ends an open transaction too
    }
  },
};
