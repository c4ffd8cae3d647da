import pg from 'pg';
import { readHaltFile, removeHaltFile, writeHaltFile } from '#lib/credentials/halt-file.ts';
import { AppError } from '#lib/errors.ts';
import { type Command, type OptionValues, say } from './command.ts';

const text = (value: string | boolean | undefined): string => (typeof value === 'string' ? value.trim() : '');

/** The kill switch of whoever sits at the machine: with the database, and without it. */
export const halt: Command = {
  name: 'halt',
  usage:
    '--local [--cancel-all] | --local --release | --scope <platform|broker|user|account|strategy> [--id <id>] --level <none|pause_entries|reduce_only|halt|cancel_all> --reason <text> --as <e-mail>',
  summary:
    'Stops trading. --local writes a file on the credentials volume (--credentials or CREDENTIALS_DIR): every sender obeys it at once, without the database. ' +
    'With --scope and --level the halt is a row in the database (--database or DATABASE_URL, as its owner), set in the name of the administrator --as.',
  options: {
    local: { type: 'boolean' },
    'cancel-all': { type: 'boolean' },
    release: { type: 'boolean' },
    scope: { type: 'string' },
    id: { type: 'string' },
    level: { type: 'string' },
    reason: { type: 'string' },
    as: { type: 'string' },
    credentials: { type: 'string' },
    database: { type: 'string' },
  },
  run: (_positionals, values) => (values.local || values.release ? haltLocally(values) : haltInDatabase(values)),
};

async function haltLocally(values: OptionValues): Promise<number> {
  const directory = text(values.credentials) || process.env.CREDENTIALS_DIR || '.narae/credentials';
  if (values.release) {
    const wasThere = await removeHaltFile(directory);
    say(wasThere ? `the halt file is gone from ${directory}` : `there was no halt file in ${directory}`);
    say('If the services reached the database meanwhile, the platform halt stands there until an administrator lifts it with a reason:');
    say('  on /admin (kill switch), or: npm run cli -- halt --scope platform --level none --reason <why> --as <e-mail>');
    return 0;
  }
  const level = values['cancel-all'] ? 'cancel_all' : 'halt';
  const content = { level, at: new Date().toISOString(), reason: text(values.reason) } as const;
  await writeHaltFile(directory, content).catch((error: NodeJS.ErrnoException) => {
    throw new AppError(
      'invalid_input',
      `not halted: ${directory} cannot be written (${error.code}). Give the credentials volume with --credentials`,
    );
  });
  if ((await readHaltFile(directory)) !== level) throw new AppError('internal', `not halted: the file in ${directory} does not read back`);
  say(
    `halted: no new order is sent by any service that uses ${directory}${level === 'cancel_all' ? ', and working orders are cancelled' : ''}`,
  );
  say('take it back with: npm run cli -- halt --local --release');
  return 0;
}

async function haltInDatabase(values: OptionValues): Promise<number> {
  const [scope, level, email] = [text(values.scope), text(values.level), text(values.as)];
  if (!scope || !level) throw new AppError('invalid_input', 'say --scope and --level, or --local for the switch that needs no database');
  if (!email) throw new AppError('invalid_input', 'say --as <e-mail>: the administrator in whose name it is done');
  const database = text(values.database) || process.env.DATABASE_URL || '';
  if (!database) throw new AppError('invalid_input', 'set DATABASE_URL or give --database; without a database use --local');
  const client = new pg.Client({ connectionString: database, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    await client.query('begin');
    const { rows } = await client.query<{ id: string }>(
      'select p.user_id as id from public.profiles p join auth.users u on u.id = p.user_id where lower(u.email) = lower($1) and p.is_admin',
      [email],
    );
    if (!rows[0]) throw new AppError('forbidden', `${email} is not an administrator`);
    await client.query(`select set_config('request.jwt.claims', $1, true), set_config('request.jwt.claim.sub', $2, true)`, [
      JSON.stringify({ sub: rows[0].id, role: 'authenticated' }),
      rows[0].id,
    ]);
    await client.query('select public.set_halt($1, $2, $3, $4)', [scope, text(values.id), level, text(values.reason)]);
    await client.query('commit');
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('invalid_input', `not done: ${sentenceOf(error)}`, { cause: error });
  } finally {
    await client.end().catch(() => undefined); // it may never have connected
  }
  say(`${scope}${text(values.id) ? ` ${text(values.id)}` : ''} is at ${level} now`);
  return 0;
}

/** Refusals of our SQL functions carry their sentence as JSON. */
function sentenceOf(error: unknown): string {
  const { code, message } = error as pg.DatabaseError;
  return code === 'PGRST' ? String((JSON.parse(message) as { message: string }).message) : message;
}
