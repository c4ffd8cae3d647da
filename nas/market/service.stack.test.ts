import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#lib/log.ts';
import { createTestUser } from '#lib/testing/database.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { type Desk, openDesk, SYMBOL, until } from '#nas/trading/testing/desk.ts';
import { startMarket } from './service.ts';

let desk: Desk;
let service: RunningService;

beforeAll(async () => {
  desk = await openDesk();
  const env = { ...desk.env, DATABASE_URL: desk.database.url('narae_market') };
  service = await startMarket({ env, log: createLog('market', 'fatal') });
});
afterAll(async () => {
  await service?.stop();
  await desk?.stop();
});

const health = async () => (await fetch(`${service.url}/health`)).json() as Promise<Record<string, unknown>>;
const feedIs = (wanted: string) =>
  until(
    `feed ${wanted}`,
    async () => (await health()).feed,
    (feed) => feed === wanted,
  );

test('a feed runs while an administrator shares a proved account, and ends when that is withdrawn', async () => {
  const { pool } = desk.database;
  const admin = await createTestUser(pool);
  await pool.query('update public.profiles set is_admin = true where user_id = $1', [admin]);
  const share = (scope: string) =>
    desk.database.asUser(admin, (client) => client.query('select public.set_feed_scope($1, $2)', [desk.account.id, scope]));

  await feedIs('none');
  await share('shared');
  await new Promise((resolve) => setTimeout(resolve, 3_500)); // longer than the service's look: an unproved account brings nothing
  expect((await health()).feed).toBe('none');
  await pool.query('update public.broker_accounts set environment_verified_at = now() where id = $1', [desk.account.id]);
  await feedIs('live');

  // Once more at each look: the venue may not have taken the symbol's registration yet when the feed first calls itself live.
  const trade = () => {
    desk.house('sell', 2, desk.basePrice() + 100);
    desk.house('buy', 2, desk.basePrice() + 100);
  };
  const metrics = await until(
    'trade frame',
    async () => {
      trade();
      return (await fetch(`${service.url}/metrics`)).text();
    },
    (text) => /narae_market_frames_total\{kind="trade"[^}]*\} [1-9]/.test(text),
  );
  await until(
    'quote',
    async () => (await pool.query('select last_price::int as last from public.quotes where stock_code = $1', [SYMBOL])).rows[0]?.last,
    (last) => last === desk.basePrice() + 100,
  );
  expect(metrics).toMatch(/narae_market_registrations\{[^}]*\} 4[01]/);

  await share('private');
  await feedIs('none');
  const { rows } = await pool.query(`select service, detail ->> 'feed' as feed from public.service_heartbeats`);
  expect(rows).toEqual([{ service: 'market', feed: expect.stringMatching(/live|none/) }]);
});
