import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import type { Log } from '#lib/log.ts';

/** The people of the local demo. Ids are fixed so that demo content can name them. */
export const DEMO_USERS = {
  trader1: { id: '0a000000-0000-4000-8000-000000000001', email: 'minjun@narae.local', name: '김민준', isAdmin: false },
  trader2: { id: '0a000000-0000-4000-8000-000000000002', email: 'seoyeon@narae.local', name: '이서연', isAdmin: false },
  admin: { id: '0a000000-0000-4000-8000-000000000003', email: 'admin@narae.local', name: '관리자', isAdmin: true },
} as const;
/** For the local demo only; hosted projects are never seeded. */
export const DEMO_PASSWORD = 'narae-demo-2026';

/** What demo content may build on. */
export interface SeedContext {
  readonly users: typeof DEMO_USERS;
  /** True when this very start made the demo people: settings a person may since have changed are set only then. */
  readonly isFirstTime: boolean;
  readonly home: string;
  readonly credentialsDir: string;
  readonly marketDataDir: string;
  readonly marketHours: 'demo' | 'always' | 'krx';
  /** The running exchange simulator and the token of its control face (header x-venue-token); null when the stack runs without it. */
  readonly venue: { readonly restUrl: string; readonly realRestUrl: string; readonly controlToken: string } | null;
  readonly log: Log;
}
export type SeedPart = (pool: pg.Pool, context: SeedContext) => Promise<void>;

/**
 * Fills a local database with the demo: people, roll-out switches, permissions, then every `seed-*.ts` beside this file in the order
 * of their names (each exports functions whose names begin with `seed`). Repeatable: what is there stays as it is.
 */
export async function seedDemo(pool: pg.Pool, context: Omit<SeedContext, 'users' | 'isFirstTime'>): Promise<void> {
  const isFirstTime = await seedPeople(pool);
  for (const file of readdirSync(fileURLToPath(new URL('.', import.meta.url))).sort()) {
    if (!/^seed-[\w-]+\.ts$/.test(file) || file.endsWith('.test.ts')) continue;
    const parts = (await import(new URL(file, import.meta.url).href)) as Record<string, unknown>;
    for (const [name, part] of Object.entries(parts)) {
      if (name.startsWith('seed') && typeof part === 'function')
        await (part as SeedPart)(pool, { ...context, users: DEMO_USERS, isFirstTime });
    }
  }
}

/** The demo's people with their rights, and the roll-out switches. True when they were made now; what is there stays as it is. */
export async function seedPeople(pool: pg.Pool): Promise<boolean> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    let made = 0;
    for (const user of Object.values(DEMO_USERS)) {
      const { rowCount } = await client.query(
        `insert into auth.users (id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
         values ($1, 'authenticated', 'authenticated', $2, extensions.crypt($3, extensions.gen_salt('bf', 10)), now(),
                 '{"provider":"email","providers":["email"]}', jsonb_build_object('display_name', $4::text))
         on conflict (id) do nothing`,
        [user.id, user.email, DEMO_PASSWORD, user.name],
      );
      if (rowCount === 0) continue;
      made += 1;
      await client.query(
        `insert into auth.identities (id, provider, provider_id, user_id, identity_data)
         values (gen_random_uuid(), 'email', $1::text, $1::uuid, jsonb_build_object('sub', $1::text, 'email', $2::text, 'email_verified', true))`,
        [user.id, user.email],
      );
      await client.query(
        `insert into public.profiles (user_id, display_name, is_admin) values ($1, $2, $3)
         on conflict (user_id) do update set display_name = excluded.display_name, is_admin = excluded.is_admin`,
        [user.id, user.name, user.isAdmin],
      );
      if (!user.isAdmin) {
        await client.query(
          `insert into public.trading_permissions (user_id, can_paper_trade, can_real_trade, daily_trade_limit, max_position_size, daily_order_limit)
           values ($1, true, false, 100000000, 50000000, 500)
           on conflict (user_id) do update set can_paper_trade = true, daily_trade_limit = excluded.daily_trade_limit,
             max_position_size = excluded.max_position_size, daily_order_limit = excluded.daily_order_limit`,
          [user.id],
        );
      }
    }
    // Only once: an administrator may have switched something off since.
    if (made > 0)
      await client.query('update public.platform_settings set orders_enabled = true, auto_enabled = true, real_enabled = false');
    await client.query('commit');
    return made > 0;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
