import { createHmac } from 'node:crypto';
import { createClient, type RealtimeChannel, type SupabaseClient } from '@supabase/supabase-js';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLog } from '#lib/log.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { EVENTUALLY } from '#lib/testing/eventually.ts';
import type { Mail } from './mail.ts';
import { type RunningSupabase, startSupabase } from './supabase.ts';

const keys = { jwtSecret: 'j'.repeat(40), publishableKey: `sb_publishable_${'p'.repeat(20)}`, secretKey: `sb_secret_${'s'.repeat(20)}` };
const webUrl = 'http://127.0.0.1:3999';
const log = createLog('test', 'error');
const mails: Mail[] = [];
let db: TestDatabase;
let supabase: RunningSupabase;
const clients: SupabaseClient[] = [];

beforeAll(async () => {
  db = await createTestDatabase({ bare: true });
  // Objects of this test only; the names say whose they are.
  await db.pool.query(`
    alter default privileges in schema public revoke all on tables from anon, authenticated;
    create table public.probe_notes (id int primary key, owner uuid, secret text default 'hidden', amount numeric(20,4), at timestamptz, bytes bytea, document jsonb);
    alter table public.probe_notes enable row level security;
    grant select (id, owner, amount, at, bytes, document), insert on public.probe_notes to authenticated;
    create policy own_insert on public.probe_notes for insert to authenticated with check (owner = auth.uid());
    create function public.probe_kind(p_document jsonb) returns text language sql as $$ select jsonb_typeof(p_document) $$;
    create policy own on public.probe_notes for select to authenticated using (owner = auth.uid());
    create policy probe_read on realtime.messages for select to authenticated
      using (extension = 'broadcast' and realtime.topic() = 'probe:' || (select auth.uid())::text);
    create policy probe_write on realtime.messages for insert to authenticated
      with check (extension = 'broadcast' and realtime.topic() = 'probe:' || (select auth.uid())::text);
  `);
  supabase = await start();
});
afterEach(async () => {
  for (const client of clients.splice(0)) {
    client.realtime.disconnect();
    await client.auth.stopAutoRefresh();
  }
});
afterAll(async () => {
  await supabase?.close();
  await db?.drop();
});

const start = (port = 0) =>
  startSupabase({ port, liteUrl: db.url('lite'), adminUrl: db.url(), keys, webUrl, onMail: (mail) => mails.push(mail), log });
function client(): SupabaseClient {
  const made = createClient(supabase.url, keys.publishableKey, {
    auth: { persistSession: false },
    realtime: { reconnectAfterMs: () => 100 },
  });
  clients.push(made);
  return made;
}
let people = 0;
/** A person who has signed up, confirmed by the mailed link and is signed in. */
async function signedIn(): Promise<{ api: SupabaseClient; id: string; token: string }> {
  const api = client();
  people += 1;
  const email = `person${people}@test.local`;
  const { error } = await api.auth.signUp({ email, password: 'correct-horse' });
  if (error) throw error;
  const link = new URL(mails.findLast((mail) => mail.to === email)?.link ?? '');
  const { data, error: refused } = await api.auth.verifyOtp({ token_hash: link.searchParams.get('token_hash') ?? '', type: 'signup' });
  if (refused) throw refused;
  return { api, id: data.user!.id, token: data.session!.access_token };
}
function tokenFor(sub: string, lifeS: number): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub, role: 'authenticated', aud: 'authenticated', exp: Math.floor(Date.now() / 1000) + lifeS })}`;
  return `${body}.${createHmac('sha256', keys.jwtSecret).update(body).digest('base64url')}`;
}
/** Joins and resolves with the first status that is not a passing one. */
const join = (channel: RealtimeChannel) =>
  new Promise<{ status: string; reason: string }>((resolve) => {
    channel.subscribe((status, error) => resolve({ status, reason: error?.message ?? '' }));
  });
const sendFromDatabase = (topic: string, payload: object) =>
  db.pool.query('select realtime.send($1, $2, $3, true)', [JSON.stringify(payload), 'order_changed', topic]);

describe('sign-up and mails', () => {
  test('the confirmation link leads to the web app and signs in once', async () => {
    const api = client();
    await api.auth.signUp({
      email: 'link@test.local',
      password: 'correct-horse',
      options: { emailRedirectTo: `${webUrl}/auth/confirm?next=/orders` },
    });
    expect((await api.auth.signInWithPassword({ email: 'link@test.local', password: 'correct-horse' })).error?.code).toBe(
      'email_not_confirmed',
    );
    const mail = mails.findLast((m) => m.to === 'link@test.local')!;
    const link = new URL(mail.link!);
    expect(`${link.origin}${link.pathname}`).toBe(`${webUrl}/auth/confirm`);
    const once = { token_hash: link.searchParams.get('token_hash')!, type: 'signup' } as const;
    expect((await api.auth.verifyOtp(once)).data.user?.email).toBe('link@test.local');
    expect((await client().auth.verifyOtp(once)).error).not.toBeNull();
  });

  test('a reset mail lets the password be changed', async () => {
    const { api } = await signedIn();
    const email = (await api.auth.getUser()).data.user!.email!;
    const other = client();
    await other.auth.resetPasswordForEmail(email);
    const mail = mails.findLast((m) => m.to === email)!;
    expect(mail.code).toMatch(/^\d{6}$/);
    expect(new URL(mail.link!).searchParams.get('type')).toBe('recovery');
    await other.auth.verifyOtp({ token_hash: new URL(mail.link!).searchParams.get('token_hash')!, type: 'recovery' });
    expect((await other.auth.updateUser({ password: 'another-horse' })).error).toBeNull();
    expect((await client().auth.signInWithPassword({ email, password: 'another-horse' })).error).toBeNull();
  });
});

describe('the REST door', () => {
  test('a column that was not granted stays unreadable, and rows of others stay away', async () => {
    const { api, id } = await signedIn();
    await db.pool.query('insert into public.probe_notes (id, owner) values (1, $1), (2, gen_random_uuid())', [id]);
    const own = await api.from('probe_notes').select('id');
    expect(own.data).toEqual([{ id: 1 }]);
    const secret = await api.from('probe_notes').select('secret');
    expect(secret.error?.code).toBe('42501');
    const anonymous = await client().from('probe_notes').select('id');
    expect(anonymous.error?.code).toBe('42501');
  });

  test('numbers and instants are written as hosted writes them', async () => {
    const { api, id } = await signedIn();
    await db.pool.query(
      `insert into public.probe_notes (id, owner, amount, at, bytes) values (3, $1, 70000.1000, '2026-11-22 07:31:26.66189+00', '\\x00ff1b')`,
      [id],
    );
    const { data } = await api.from('probe_notes').select('amount, at, bytes').eq('id', 3).single();
    expect(data).toEqual({ amount: 70000.1, at: '2026-11-22T07:31:26.66189+00:00', bytes: '\\x00ff1b' });
  });

  test('JSON that goes in as an object arrives as one, in a table and in a function', async () => {
    const { api, id } = await signedIn();
    const document = { name: '골든크로스', nested: [{ a: 1 }], text: '"quoted"' };
    expect((await api.from('probe_notes').insert({ id: 41, owner: id, document })).error).toBeNull();
    expect((await api.from('probe_notes').select('document').eq('id', 41).single()).data).toEqual({ document });
    expect((await api.rpc('probe_kind', { p_document: document })).data).toBe('object');
    expect((await api.rpc('probe_kind', { p_document: ['a'] })).data).toBe('array');
  });

  test('a wrong key is refused', async () => {
    const response = await fetch(`${supabase.url}/rest/v1/probe_notes`, { headers: { apikey: 'sb_publishable_wrong' } });
    expect(response.status).toBe(401);
    const keyless = await fetch(`${supabase.url}/rest/v1/probe_notes`); // also from this machine: a page in its browser is on it too
    expect(keyless.status).toBe(401);
  });

  test('a browser of another origin may ask', async () => {
    for (const path of ['/rest/v1/probe_notes', '/auth/v1/token', '/realtime/v1/api/broadcast']) {
      const response = await fetch(`${supabase.url}${path}`, {
        method: 'OPTIONS',
        headers: { origin: webUrl, 'access-control-request-method': 'POST', 'access-control-request-headers': 'apikey,content-type' },
      });
      expect([path, response.ok, response.headers.get('access-control-allow-origin')]).toEqual([
        path,
        true,
        expect.stringMatching(/\*|3999/),
      ]);
    }
  });
});

describe('private broadcast', () => {
  test('the owner of a topic receives what the database sends, in order', async () => {
    const { api, id } = await signedIn();
    const got: unknown[] = [];
    const channel = api.channel(`probe:${id}`, { config: { private: true } });
    channel.on('broadcast', { event: 'order_changed' }, (message) => got.push((message.payload as { n: number }).n));
    expect(await join(channel)).toEqual({ status: 'SUBSCRIBED', reason: '' });
    for (let n = 1; n <= 20; n += 1) await sendFromDatabase(`probe:${id}`, { n, text: '체결'.repeat(3000) });
    await vi.waitFor(() => expect(got).toEqual(Array.from({ length: 20 }, (_, i) => i + 1)), EVENTUALLY);
  });

  test.each([
    { who: 'a stranger', topic: 'probe:00000000-0000-4000-8000-000000000000', signIn: true },
    { who: 'somebody not signed in', topic: 'probe:00000000-0000-4000-8000-000000000000', signIn: false },
  ])('$who is refused', async ({ topic, signIn }) => {
    const api = signIn ? (await signedIn()).api : client();
    const result = await join(api.channel(topic, { config: { private: true } }));
    expect(result.status).toBe('CHANNEL_ERROR');
    expect(result.reason).toContain('Unauthorized');
  });

  test('a channel that is not private is refused', async () => {
    const { api, id } = await signedIn();
    const result = await join(api.channel(`probe:${id}`));
    expect(result.reason).toContain('PrivateOnly');
  });

  test('a token that is forged is refused', async () => {
    const { api, id } = await signedIn();
    await api.realtime.setAuth(`${tokenFor(id, 3600).slice(0, -4)}AAAA`);
    expect((await join(api.channel(`probe:${id}`, { config: { private: true } }))).status).toBe('CHANNEL_ERROR');
  });

  test('a dropped socket is rejoined and hears again', async () => {
    const { api, id } = await signedIn();
    const got: number[] = [];
    let joins = 0;
    const channel = api.channel(`probe:${id}`, { config: { private: true } });
    channel.on('broadcast', { event: 'order_changed' }, (message) => got.push((message.payload as { n: number }).n));
    channel.subscribe((status) => {
      if (status === 'SUBSCRIBED') joins += 1;
    });
    await vi.waitFor(() => expect(joins).toBe(1), EVENTUALLY);
    const { port } = new URL(supabase.url);
    await supabase.close();
    supabase = await start(Number(port));
    await vi.waitFor(() => expect(joins).toBe(2), EVENTUALLY);
    await sendFromDatabase(`probe:${id}`, { n: 1 });
    await vi.waitFor(() => expect(got).toEqual([1]), EVENTUALLY);
  });

  test('an expired token closes the channel, a refreshed one keeps it', async () => {
    const { api, id } = await signedIn();
    const other = client();
    const states: string[] = [];
    await other.realtime.setAuth(tokenFor(id, 4));
    const channel = other.channel(`probe:${id}`, { config: { private: true } });
    channel.on('system', {}, (message: { message?: string }) => states.push(message.message ?? ''));
    expect((await join(channel)).status).toBe('SUBSCRIBED');
    await vi.waitFor(() => expect(states).toContain('Token has expired'), EVENTUALLY);

    const got: unknown[] = [];
    await api.realtime.setAuth(tokenFor(id, 5));
    const kept = api.channel(`probe:${id}`, { config: { private: true } });
    kept.on('broadcast', { event: 'order_changed' }, (message) => got.push(message.payload));
    expect((await join(kept)).status).toBe('SUBSCRIBED');
    await api.realtime.setAuth(tokenFor(id, 60));
    await new Promise((resolve) => setTimeout(resolve, 5200)); // longer than the first token lived: that is the point
    await sendFromDatabase(`probe:${id}`, { n: 1 });
    await vi.waitFor(() => expect(got).toHaveLength(1), EVENTUALLY);
  });

  test('leaving ends the messages', async () => {
    const { api, id } = await signedIn();
    const channel = api.channel(`probe:${id}`, { config: { private: true } });
    await join(channel);
    expect(await channel.unsubscribe()).toBe('ok');
  });

  test('a client message reaches others of the topic, is acknowledged, and needs the write policy', async () => {
    const { api, id, token } = await signedIn();
    const got: unknown[] = [];
    const listener = api.channel(`probe:${id}`, { config: { private: true } });
    listener.on('broadcast', { event: 'note' }, (message) => got.push((message.payload as { n: number }).n));
    await join(listener);
    const other = client();
    await other.realtime.setAuth(token);
    const sender = other.channel(`probe:${id}`, { config: { private: true, broadcast: { ack: true } } });
    await join(sender);
    expect(await sender.send({ type: 'broadcast', event: 'note', payload: { n: 1 } })).toBe('ok');
    await vi.waitFor(() => expect(got).toEqual([1]), EVENTUALLY);
  });

  test('the HTTP door delivers for the secret key and drops what a person may not write', async () => {
    const { api, id } = await signedIn();
    const stranger = await signedIn();
    const got: unknown[] = [];
    const listener = api.channel(`probe:${id}`, { config: { private: true } });
    listener.on('broadcast', { event: 'note' }, (message) => got.push((message.payload as { from: string }).from));
    await join(listener);
    const post = (authorization: string, from: string) =>
      fetch(`${supabase.url}/realtime/v1/api/broadcast`, {
        method: 'POST',
        headers: { apikey: keys.publishableKey, authorization: `Bearer ${authorization}`, 'content-type': 'application/json' },
        body: JSON.stringify({ messages: [{ topic: `probe:${id}`, event: 'note', payload: { from }, private: true }] }),
      });
    expect((await post(stranger.token, 'stranger')).status).toBe(202);
    expect((await post(keys.secretKey, 'fleet')).status).toBe(202);
    await vi.waitFor(() => expect(got).toEqual(['fleet']), EVENTUALLY);
    expect((await fetch(`${supabase.url}/realtime/v1/api/broadcast`, { method: 'POST', body: '{}' })).status).toBe(401);
  });

  test('what a rolled-back transaction sent is never delivered', async () => {
    const { api, id } = await signedIn();
    const got: unknown[] = [];
    const channel = api.channel(`probe:${id}`, { config: { private: true } });
    channel.on('broadcast', { event: 'order_changed' }, (message) => got.push((message.payload as { n: number }).n));
    await join(channel);
    const connection = await db.pool.connect();
    await connection.query('begin');
    await connection.query('select realtime.send($1, $2, $3, true)', ['{"n":1}', 'order_changed', `probe:${id}`]);
    await connection.query('rollback');
    connection.release();
    await sendFromDatabase(`probe:${id}`, { n: 2 });
    await vi.waitFor(() => expect(got).toEqual([2]), EVENTUALLY);
  });
});
