import { basename } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { AppError } from '#lib/errors.ts';
import { numberOf, rowsOf, sourceOf } from './duck.ts';

/**
 * Makes the table `sessions` (day, session = its place, opens = minutes after midnight or null) from a calendar file with the columns
 * date, is_session and perhaps open_kst (`09:00`). Without one, the days on which anybody traded in the table `raw` stand in: then a
 * day that the whole file lacks cannot be noticed.
 */
export async function readSessions(db: DuckDBConnection, calendar: string | undefined): Promise<void> {
  if (calendar === undefined) {
    await db.run(`create table sessions as select day, row_number() over (order by day) as session, cast(null as integer) as opens
      from (select distinct day from raw where volume > 0)`);
    return;
  }
  const source = sourceOf(calendar);
  const described = await rowsOf(db, `describe select * from ${source}`).catch((cause: unknown) => {
    throw new AppError('invalid_input', `the calendar ${calendar} cannot be read as Parquet or CSV`, { cause });
  });
  const found = described.map((row) => String(row.column_name));
  const lacking = ['date', 'is_session'].filter((name) => !found.includes(name));
  if (lacking.length > 0)
    throw new AppError('invalid_input', `the calendar ${basename(calendar)} lacks the columns ${lacking.join(', ')}`, {
      detail: { found },
    });
  const opens = found.includes('open_kst')
    ? "try_cast(split_part(open_kst, ':', 1) as integer) * 60 + try_cast(split_part(open_kst, ':', 2) as integer)"
    : 'cast(null as integer)';
  await db.run(`create table calendar_days as select cast("date" as date) as day, cast(is_session as boolean) as is_session, ${opens} as opens
    from ${source}`);
  const outside = await numberOf(
    db,
    'select count(*) from raw where day < (select min(day) from calendar_days) or day > (select max(day) from calendar_days)',
  );
  if (outside > 0)
    throw new AppError(
      'invalid_input',
      `the calendar ${basename(calendar)} does not cover ${outside} rows of the file: give one that does`,
    );
  await db.run(
    'create table sessions as select day, row_number() over (order by day) as session, opens from calendar_days where is_session',
  );
}
