import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, createTestUser, type TestDatabase } from '#lib/testing/database.ts';
import { refusalOf } from './arrange.ts';

let db: TestDatabase;
let user: string;
beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(async () => {
  await db.pool.query('delete from optimisations');
  user = await createTestUser(db.pool);
});
afterAll(() => db?.drop());

const request = (symbols: readonly string[] = ['X']) => ({
  document: { universe: { symbols } },
  grid: {},
  from: '2024-01-02',
  to: '2024-12-30',
});
const start = async (cells: number, chunkCells: number | null = 1, by = user, body: unknown = request()): Promise<string> =>
  db.asUser(by, async (client) => {
    const { rows } = await client.query('select start_optimisation(null, null, $1, $2, $3, $4) as o', [
      '시험',
      JSON.stringify(body),
      cells,
      chunkCells,
    ]);
    return rows[0].o.id;
  });
const cancel = (id: string) => db.asUser(user, (client) => client.query('select cancel_optimisation($1)', [id]));
const job = async (id: string) => (await db.pool.query('select * from optimisations where id = $1', [id])).rows[0];
const chunksOf = async (id: string) =>
  (await db.pool.query('select * from optimisation_chunks where optimisation_id = $1 order by number', [id])).rows;

interface Claim {
  readonly optimisation_id: string;
  readonly number: number;
  readonly attempt: number;
  readonly first_cell: number;
  readonly last_cell: number;
  readonly is_merge: boolean;
}
const answer = async <T>(sql: string, values: unknown[]): Promise<T> =>
  (await db.pool.query(`select ${sql} as answer`, values)).rows[0].answer;
const claim = (worker = 'w1', { host = 'h1', memory = 1_000, prefer = null as string | null } = {}) =>
  answer<Claim | null>('claim_chunk($1, $2, $3, $4)', [worker, host, memory, prefer]);
const held = (chunk: Claim, worker = 'w1') => [chunk.optimisation_id, chunk.number, worker, chunk.attempt];
const complete = (chunk: Claim, { hash = 'hash', engine = 'e', data = 'd' } = {}) =>
  answer<string>('complete_chunk($1, $2, $3, $4, $5, $6)', [chunk.optimisation_id, chunk.number, engine, data, hash, Buffer.from(hash)]);
const renew = (chunk: Claim, worker = 'w1') => answer<boolean>('renew_chunk($1, $2, $3, $4)', held(chunk, worker));
const fail = (chunk: Claim, error: string) => answer('fail_chunk($1, $2, $3, $4, $5)', [...held(chunk), error]);
const release = (chunk: Claim, memory: number | null = null) =>
  answer('release_chunk($1, $2, $3, $4, $5, $6)', [...held(chunk), memory, '{"ko":"왜","en":"why"}']);
/** As if every worker had been silent for longer than its lease. */
const silence = () => db.pool.query(`update optimisation_chunks set lease_until = now() - interval '1 second' where state = 'running'`);

describe('a person', () => {
  test.each([
    [0, 1, 'too_many_cells'],
    [100_001, 100, 'too_many_cells'],
    [100, 0, 'invalid_input'],
    [5_001, 1, 'invalid_input'],
  ])('is refused %i cells in chunks of %i', async (cells, chunkCells, code) => {
    expect((await refusalOf(start(cells, chunkCells))).code).toBe(code);
  });

  test('has at most five searches and 200,000 cells waiting or running, and others are not counted', async () => {
    await start(99_999, 100);
    await start(100_000, 100);
    expect((await refusalOf(start(2))).code).toBe('rate_limited');
    for (let i = 0; i < 2; i += 1) await cancel((await start(1)) as string);
    await start(1);
    const stranger = await createTestUser(db.pool);
    for (let i = 0; i < 5; i += 1) await start(1, 1, stranger);
    expect((await refusalOf(start(1, 1, stranger))).code).toBe('rate_limited');
  });

  test('gets the cells of a search in chunks that leave none out, the last of them the merge', async () => {
    const id = await start(7, 3);
    expect((await chunksOf(id)).map((chunk) => [chunk.first_cell, chunk.last_cell, chunk.is_merge])).toEqual([
      [0, 2, false],
      [3, 5, false],
      [6, 6, false],
      [9, 6, true],
    ]);
    expect((await job(await start(20_000, null))).chunks).toBe(200);
  });

  test('hears of progress half a second after the last word, and always of the last chunk and the end', async () => {
    const id = await start(20);
    const told = (when: string) => db.pool.query(`update optimisations set told_at = clock_timestamp() ${when} where id = $1`, [id]);
    const work = async (chunks: number) => {
      for (let n = 0; n < chunks; n += 1) await complete((await claim())!);
    };
    await work(1);
    expect(await job(id)).toMatchObject({ state: 'running', progress: '0.05000000', eta_seconds: expect.any(Number) });
    await told(`+ interval '1 hour'`);
    await work(5);
    await told(`- interval '501 milliseconds'`);
    await work(1);
    await told(`+ interval '1 hour'`);
    await work(14);
    const { rows } = await db.pool.query(
      `select payload ->> 'state' as state, (payload ->> 'progress')::float as progress from realtime.messages where topic = $1 order by inserted_at`,
      [`user:${user}:optimisations`],
    );
    expect(rows.map((row) => [row.state, row.progress])).toEqual([
      ['queued', 0],
      ['running', 0],
      ['running', 0.05],
      ['running', 0.35],
      ['running', 1],
      ['done', 1],
    ]);
    expect(await job(id)).toMatchObject({ state: 'done', result_hash: 'hash', engine: 'e', data_hash: 'd', eta_seconds: null });
    expect((await chunksOf(id)).map((chunk) => chunk.result)).toEqual(new Array(21).fill(null));
  });
});

describe('a chunk', () => {
  test('is in one worker’s hands at a time, and the merge begins when all others are done', async () => {
    const id = await start(2);
    const [a, b] = [(await claim('w1'))!, (await claim('w2'))!];
    expect([a.number, b.number]).toEqual([0, 1]);
    expect(await claim('w3')).toBeNull();
    await complete(b);
    expect(await claim('w3')).toBeNull();
    await complete(a);
    const merge = (await claim('w3'))!;
    expect(merge).toMatchObject({ optimisation_id: id, number: 2, is_merge: true });
    expect(await claim('w1')).toBeNull();
    expect(await complete(merge, { hash: 'merged' })).toBe('kept');
    expect(await job(id)).toMatchObject({ state: 'done', result_hash: 'merged', result: Buffer.from('merged'), chunks_done: 2 });
    expect(await complete(merge, { hash: 'merged' })).toBe('same');
  });

  test('goes to another worker when its lease has run out, not before; the first then no longer holds it', async () => {
    await start(1);
    const first = (await claim('w1'))!;
    expect(await renew(first)).toBe(true);
    expect(await claim('w2')).toBeNull();
    await silence();
    const second = (await claim('w2'))!;
    expect(second).toMatchObject({ number: 0, attempt: 2 });
    expect([await renew(first), await renew(second, 'w2')]).toEqual([false, true]);
  });

  test('finished by a worker that was thought dead is kept, and the same result of another changes nothing', async () => {
    const id = await start(2);
    const first = (await claim('w1'))!;
    await silence();
    const second = (await claim('w2'))!;
    expect(await complete(first)).toBe('kept');
    expect(await renew(second, 'w2')).toBe(false);
    expect(await complete(second)).toBe('same');
    expect((await job(id)).chunks_done).toBe(1);
  });

  test.each([['while others are computed'], ['when all is done']])('told in two different ways %s ends the job loudly', async (when) => {
    const id = await start(when === 'when all is done' ? 1 : 2);
    const chunk = (await claim())!;
    await complete(chunk);
    if (when === 'when all is done') await complete((await claim())!);
    expect(await complete(chunk, { hash: 'other' })).toBe('differs');
    expect(await job(id)).toMatchObject({ state: 'failed', message: expect.stringContaining('Chunk 1 gave two different results') });
  });

  test.each([{ data: 'other' }, { engine: 'other' }])('from %o does not join a job begun otherwise', async (over) => {
    const id = await start(2);
    await complete((await claim())!);
    expect(await complete((await claim())!, over)).toBe('differs');
    expect(await job(id)).toMatchObject({ state: 'failed', message: expect.stringContaining('changed during the computation') });
  });

  test('given back by a stopping worker costs no attempt', async () => {
    await start(1);
    for (let i = 0; i < 5; i += 1) {
      const chunk = (await claim())!;
      expect(chunk.attempt).toBe(1);
      await release(chunk);
    }
  });

  test('that three workers died of quarantines its job with the chunk’s name, and the next job goes on', async () => {
    const poison = await start(30, 10);
    const next = await start(1);
    await complete((await claim('w1', { prefer: poison }))!);
    for (let i = 0; i < 3; i += 1) {
      expect(await claim(`w${i}`, { prefer: poison })).toMatchObject({ optimisation_id: poison, number: 1, attempt: i + 1 });
      await silence();
    }
    expect(await claim('w1', { prefer: poison })).toMatchObject({ optimisation_id: next });
    expect(await job(poison)).toMatchObject({ state: 'quarantined', message: expect.stringContaining('chunk 2 (cells 11–20)') });
    expect((await job(poison)).message).toContain('worker computing it was lost');
  });

  test('that fails three times quarantines its job with the error', async () => {
    const id = await start(2);
    for (let i = 0; i < 3; i += 1) {
      expect((await job(id)).state).not.toBe('quarantined');
      await fail((await claim())!, 'the reason');
    }
    expect(await job(id)).toMatchObject({
      state: 'quarantined',
      message: expect.stringMatching(/chunk 1 .*the reason.*묶음 1.*the reason/),
    });
    expect(await claim()).toBeNull();
  });

  test('of a cancelled job is let go, and its result is not kept', async () => {
    const id = await start(2);
    await complete((await claim())!);
    const chunk = (await claim())!;
    await cancel(id);
    expect(await renew(chunk)).toBe(false);
    expect(await complete(chunk)).toBe('ended');
    expect(await claim()).toBeNull();
    expect(await job(id)).toMatchObject({ state: 'cancelled', chunks_done: 1 });
    expect((await chunksOf(id)).map((one) => one.result)).toEqual([null, null, null]);
  });
});

test('eight workers on two hosts share three jobs; every chunk is computed once and every job merged once', async () => {
  const ids = [await start(40), await start(40, 1, user, request([])), await start(40, 1, user, request([]))];
  const taken: string[] = [];
  const isOpen = async () => (await db.pool.query(`select 1 from optimisations where state in ('queued', 'running')`)).rowCount! > 0;
  const work = async (n: number): Promise<void> => {
    while (await isOpen()) {
      const chunk = await claim(`w${n}`, { host: `h${n % 2}`, prefer: ids[n % 3]! });
      if (!chunk) continue;
      taken.push(`${chunk.optimisation_id} ${chunk.number}`);
      expect(await complete(chunk, { hash: `of ${chunk.number}` })).toBe('kept');
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, n) => work(n)));
  expect(taken).toHaveLength(3 * 41);
  expect(new Set(taken).size).toBe(3 * 41);
  for (const id of ids) expect(await job(id)).toMatchObject({ state: 'done', result_hash: 'of 40', chunks_done: 40 });
});

describe('the next chunk', () => {
  test('is of the person, then of the job, that waited longest', async () => {
    const stranger = await createTestUser(db.pool);
    const [a, b, c] = [await start(9), await start(9), await start(9, 1, stranger)];
    const order: string[] = [];
    for (let i = 0; i < 8; i += 1) order.push((await claim())!.optimisation_id);
    expect(order).toEqual([a, c, b, c, a, c, b, c]);
  });

  test('is of the job that the worker prefers, while it has one', async () => {
    const [a, b] = [await start(2), await start(3)];
    const order: string[] = [];
    for (let i = 0; i < 5; i += 1) order.push((await claim('w1', { prefer: b }))!.optimisation_id);
    expect(order).toEqual([b, b, b, a, a]);
  });

  test('of a whole-market job waits while another one is computed on the same host', async () => {
    const [a, b, small] = [await start(2, 1, user, request([])), await start(2, 1, user, request([])), await start(1)];
    const first = (await claim('w1'))!;
    expect(first.optimisation_id).toBe(a);
    expect((await claim('w2', { prefer: b }))!.optimisation_id).toBe(small);
    expect((await claim('w2', { prefer: b }))!.optimisation_id).toBe(a); // the same job may fill the host
    expect(await claim('w3', { prefer: b })).toBeNull();
    expect((await claim('w3', { host: 'h2' }))!.optimisation_id).toBe(b);
    await silence();
    expect((await claim('w3', { prefer: b }))!.optimisation_id).toBe(b);
  });

  test('of a job whose bars are too many for a worker waits, with its reason, for one that has the memory', async () => {
    const id = await start(1);
    await release((await claim('w1', { memory: 100 }))!, 500);
    expect(await job(id)).toMatchObject({ state: 'queued', memory_mb: 500, message: '{"ko":"왜","en":"why"}' });
    expect(await claim('w1', { memory: 499 })).toBeNull();
    expect(await claim('w2', { memory: 500 })).toMatchObject({ optimisation_id: id, attempt: 1 });
    expect(await job(id)).toMatchObject({ state: 'running', message: '' });
  });
});
