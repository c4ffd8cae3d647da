import pg from 'pg';
import { AppError } from '#lib/errors.ts';

/**
 * Rounds of the probe. A quiet transaction pooler shows itself in the first; in one that others keep busy, a round in five goes by in
 * which both connections happen to get their old backends again, so that 20 leave one chance in 10¹⁴.
 */
const ROUNDS = 20;

/**
 * Refuses a pooler in transaction mode, which loses LISTEN, session locks and session settings without a word. Two connections are
 * watched by the backend that serves them: behind a session pooler (or none) each keeps its own for life; a transaction pooler gives the
 * backend one of them has just used to the other.
 */
export async function requireSessionMode(url: string): Promise<void> {
  const [mine, other] = [newClient(url), newClient(url)];
  try {
    await Promise.all([mine.connect(), other.connect()]);
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = await backendOf(mine);
      await other.query('begin');
      const others = await backendOf(other);
      const after = await backendOf(mine);
      await other.query('commit');
      if (before !== after || before === others) throw new AppError('database_not_ready', REFUSAL);
    }
  } finally {
    await Promise.allSettled([mine.end(), other.end()]);
  }
}

const REFUSAL =
  'DATABASE_URL이 트랜잭션 방식 풀러를 가리킵니다. 이 방식은 LISTEN과 세션 잠금을 소리 없이 잃어 주문 신호를 놓칩니다. 세션 방식 풀러(Supabase에서는 포트 5432)의 주소로 바꾸고 다시 시작하세요. ' +
  '(DATABASE_URL points at a pooler in transaction mode, which silently loses LISTEN and session locks, and with them the signals of orders. ' +
  'Use the address of the session pooler, port 5432 on Supabase, and start again.)';

function newClient(url: string): pg.Client {
  const client = new pg.Client({ connectionString: url, application_name: 'narae-session-probe', connectionTimeoutMillis: 5_000 });
  return client.on('error', () => {}); // the query that needed it rejects
}

async function backendOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]!.pid;
}
