import pg from 'pg';
import { loadOrMakeSealingKey } from '#lib/credentials/key-file.ts';
import { AppError } from '#lib/errors.ts';
import { type Command, say } from './command.ts';

/** The operator's commands: they act with the rights of whoever owns the database or the credentials volume. */

function adminCommand(name: 'admin grant' | 'admin revoke', isAdmin: boolean, summary: string): Command {
  return {
    name,
    usage: '<e-mail> [--database <postgres://…>]',
    summary: `${summary} The database is --database or DATABASE_URL, as its owner (postgres).`,
    options: { database: { type: 'string' } },
    async run([email], { database = process.env.DATABASE_URL }) {
      if (!email) throw new AppError('invalid_input', 'whose e-mail? for example: npm run cli -- admin grant you@example.com');
      if (typeof database !== 'string' || database === '') {
        throw new AppError('invalid_input', 'set DATABASE_URL or give --database: the session pooler of your project, role postgres');
      }
      const client = new pg.Client({ connectionString: database, connectionTimeoutMillis: 5_000 });
      try {
        await client.connect();
        await client.query('select private.set_admin($1, $2)', [email, isAdmin]);
      } catch (error) {
        throw new AppError('invalid_input', `not done: ${(error as Error).message}`, { cause: error });
      } finally {
        await client.end().catch(() => undefined); // it may never have connected
      }
      say(`${email} is ${isAdmin ? 'an administrator now' : 'no longer an administrator'}`);
      return 0;
    },
  };
}
export const adminGrant = adminCommand('admin grant', true, 'Makes a signed-up person an administrator (audited).');
export const adminRevoke = adminCommand('admin revoke', false, 'Takes the administrator role away (audited).');

export const keysShow: Command = {
  name: 'keys show',
  usage: '[--credentials <folder>]',
  summary: 'Prints the sealing key id and the fingerprint that the web app must know (NARAE_KEY_FINGERPRINTS). Never the private half.',
  options: { credentials: { type: 'string' } },
  async run(_positionals, { credentials = process.env.CREDENTIALS_DIR ?? '.narae/credentials' }) {
    const key = await loadOrMakeSealingKey(String(credentials));
    say(`${key.keyId} ${key.fingerprint}`);
    return 0;
  },
};
