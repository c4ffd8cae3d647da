import { afterEach, describe, expect, test } from 'vitest';
import { createLog } from '#lib/log.ts';
import { appKeyTag, createAuth } from './auth.ts';
import { CREDENTIALS, manualClock, startWire, TOKEN_BODY, type WireAnswer } from './testing/wire-server.ts';
import { memoryTokenStore, type TokenStore } from './token-store.ts';
import { PATHS } from './tr-ids.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const HOUR = 3_600_000;
const tooSoon: WireAnswer = {
  status: 403,
  body: { error_code: 'EGW00133', error_description: '접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)' },
};
const seoul = (at: number) => new Date(at + 9 * HOUR).toISOString().slice(0, 19).replace('T', ' ');

/**
 * A token endpoint with KIS's rules: the same token inside six hours, one request a minute after a new issue.
 * `revoke` makes the next issue a new token, as maintenance does.
 */
async function tokenWire(clock: { now(): number }) {
  let current = { token: '', at: Number.NEGATIVE_INFINITY };
  let issues = 0;
  const wire = await startWire((request) => {
    if (request.path === PATHS.approval)
      return { body: { approval_key: `approval-${request.body.secretkey === CREDENTIALS.appSecret ? ++issues : 'wrong'}` } };
    if (clock.now() - current.at < 60_000) return tooSoon;
    if (clock.now() - current.at > 6 * HOUR) current = { token: `token-${++issues}`, at: clock.now() };
    return { body: { ...TOKEN_BODY, access_token: current.token, access_token_token_expired: seoul(current.at + 24 * HOUR) } };
  });
  closers.push(wire.close);
  return { ...wire, revoke: () => (current.at = Number.NEGATIVE_INFINITY) };
}

function authOn(url: string, clock: ReturnType<typeof manualClock>, store: TokenStore) {
  return createAuth({
    credentials: CREDENTIALS,
    environment: 'real',
    rest: new URL(url),
    store,
    clock,
    log: createLog('test', 'silent'),
    limits: { connectMs: 1_000, readMs: 1_000 },
  });
}

describe('access tokens', () => {
  test('two processes that share a store issue one token between them, also when they ask at once', async () => {
    const clock = manualClock();
    const wire = await tokenWire(clock);
    const store = memoryTokenStore();
    const processes = [authOn(wire.url, clock, store), authOn(wire.url, clock, store)];
    const tokens = await Promise.all(processes.flatMap((auth) => [auth.token(0), auth.token(0)]));
    expect(new Set(tokens)).toEqual(new Set(['token-1']));
    await clock.advance(5 * HOUR);
    for (const auth of [...processes, authOn(wire.url, clock, store)]) expect(await auth.token(0)).toBe('token-1');
    expect(wire.countOf(PATHS.token)).toBe(1);
  });

  test('the expiry is read as Seoul time, whatever zone the machine has', async () => {
    const clock = manualClock();
    const wire = await tokenWire(clock);
    const store = memoryTokenStore();
    await authOn(wire.url, clock, store).token(0);
    expect((await store.load(appKeyTag(CREDENTIALS.appKey), 'real'))?.expiresAt).toBe(clock.now() + 24 * HOUR);
  });

  test('a token is renewed before it ends', async () => {
    const clock = manualClock();
    const wire = await tokenWire(clock);
    const auth = authOn(wire.url, clock, memoryTokenStore());
    expect(await auth.token(0)).toBe('token-1');
    await clock.advance(24 * HOUR - 5 * 60_000);
    expect(await auth.token(0)).toBe('token-2');
  });

  test('a token in its last minutes is used on while no other can be had', async () => {
    const clock = manualClock();
    let isDown = false;
    const wire = await startWire(() =>
      isDown ? tooSoon : { body: { ...TOKEN_BODY, access_token_token_expired: seoul(clock.now() + 24 * HOUR) } },
    );
    closers.push(wire.close);
    const auth = authOn(wire.url, clock, memoryTokenStore());
    const token = await auth.token(0);
    isDown = true;
    await clock.advance(24 * HOUR - 5 * 60_000);
    expect(await auth.token(0)).toBe(token);
    await clock.advance(6 * 60_000);
    await expect(auth.token(0)).rejects.toMatchObject({ detail: { code: 'EGW00133' } });
  });

  test('a refused token is replaced once, and the other process takes the new one from the store', async () => {
    const clock = manualClock();
    const wire = await tokenWire(clock);
    const store = memoryTokenStore();
    const [one, two] = [authOn(wire.url, clock, store), authOn(wire.url, clock, store)];
    await one.token(0);
    await two.token(0);
    await clock.advance(2 * HOUR);
    wire.revoke();
    one.reject('token-1');
    expect(await one.token(0)).toBe('token-2');
    two.reject('token-1');
    expect(await two.token(0)).toBe('token-2');
    expect(wire.countOf(PATHS.token)).toBe(2);
  });

  test('when KIS says "too soon" an order is told at once and a read waits the minute', async () => {
    const clock = manualClock();
    const wire = await tokenWire(clock);
    await authOn(wire.url, clock, memoryTokenStore()).token(0); // somebody else's process, with a store of its own
    const auth = authOn(wire.url, clock, memoryTokenStore());
    await expect(auth.token(0)).rejects.toMatchObject({ code: 'broker_unavailable', detail: { code: 'EGW00133' } });
    const waiting = auth.token(65_000);
    await new Promise((resolve) => setImmediate(resolve)); // its wait begins now, not after the clock has moved
    const settledAfterMoving = async () => {
      await clock.advance(5_000);
      return Promise.race([waiting, 'still']);
    };
    await expect.poll(settledAfterMoving, { interval: 5 }).toBe('token-1');
    expect(wire.countOf(PATHS.token)).toBe(3); // the first, the refused one, the one a minute later: no hammering
  });

  test.each([
    ['a wrong secret', { status: 403, body: { error_code: 'EGW00105', error_description: '유효하지 않은 AppSecret입니다.' } }, 'EGW00105'],
    ['garbage', { status: 200, body: 'nonsense' }, 'HTTP_200'],
    ['a page without a token', { status: 200, body: { token_type: 'Bearer' } }, 'HTTP_200'],
  ])('%s is an error with its code and without the secret', async (_name, answer, code) => {
    const wire = await startWire(() => answer);
    closers.push(wire.close);
    const error = await authOn(wire.url, manualClock(), memoryTokenStore())
      .token(0)
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'broker_unavailable', detail: { code } });
    expect(JSON.stringify(error) + (error as Error).stack).not.toContain(CREDENTIALS.appSecret);
  });

  test('a store that fails is an error of ours, not of the token', async () => {
    const store = { ...memoryTokenStore(), withLock: () => Promise.reject(new Error('connection lost')) };
    const wire = await tokenWire(manualClock());
    await expect(authOn(wire.url, manualClock(), store).token(0)).rejects.toMatchObject({
      code: 'broker_unavailable',
      detail: { code: 'TOKEN_STORE' },
    });
    expect(wire.requests).toHaveLength(0);
  });
});

test('an approval key is kept for the day and renewed when refused', async () => {
  const clock = manualClock();
  const wire = await tokenWire(clock);
  const auth = authOn(wire.url, clock, memoryTokenStore());
  expect([await auth.approvalKey(), await auth.approvalKey()]).toEqual(['approval-1', 'approval-1']);
  auth.rejectApprovalKey();
  expect(await auth.approvalKey()).toBe('approval-2');
  await clock.advance(23 * HOUR);
  expect(await auth.approvalKey()).toBe('approval-3');
});
