import { afterEach, expect, test } from 'vitest';
import type { Price } from '#domain/money.ts';
import type { Symbol } from '#domain/order/order.ts';
import { PENCIL } from '#nas/venue/testing/exchange.ts';
import { startVenue, type Venue } from '#nas/venue/venue.ts';
import { KIS_ENDPOINTS } from './endpoints.ts';
import { anOrder, brokerOn, CREDENTIALS } from './testing/wire-server.ts';

// Real and paper must never be taken for each other: by the key, by the host, by the account.

let venue: Venue;
afterEach(() => venue?.stop());

const ordersOf = () => venue.judge().accounts.flatMap((account) => account.orders);

test.each([
  { key: 'paper', host: 'real', code: 'EGW02004' },
  { key: 'real', host: 'paper', code: 'EGW02007' },
] as const)('a $key key on the $host host proves nothing and trades nothing: $code', async ({ key, host, code }) => {
  venue = await startVenue({
    marketHours: 'always',
    instruments: [PENCIL],
    eventsPerSecond: 0,
    tokenPause: false,
    requestsPerSecond: { paper: 100 },
  });
  const { htsId = '', ...credentials } = CREDENTIALS;
  venue.provision({ ...credentials, htsId, environment: key, cash: 100_000_000 });
  const { broker, lines } = brokerOn(venue.restUrl[host], { environment: host });
  await expect(broker.balance()).rejects.toMatchObject({ code: 'broker_unavailable', detail: { code } });
  const order = anOrder({ symbol: PENCIL.symbol as Symbol, limitPrice: 10_000 as Price });
  expect(await broker.submit(order)).toMatchObject({ kind: 'not_processed', code });
  expect(ordersOf()).toEqual([]);
  expect(lines.join('')).not.toContain(CREDENTIALS.appSecret);
  await broker.close();
});

test('an account number that does not belong to the key is refused, never another account read', async () => {
  venue = await startVenue({
    marketHours: 'always',
    instruments: [PENCIL],
    eventsPerSecond: 0,
    tokenPause: false,
    requestsPerSecond: { paper: 100 },
  });
  const { htsId = '', ...credentials } = CREDENTIALS;
  venue.provision({ ...credentials, htsId, environment: 'paper', cash: 100_000_000 });
  const { broker } = brokerOn(venue.restUrl.paper, { environment: 'paper', credentials: { ...CREDENTIALS, accountNumber: '11112222' } });
  await expect(broker.balance()).rejects.toMatchObject({ code: 'broker_unavailable' });
  expect(await broker.submit(anOrder({ symbol: PENCIL.symbol as Symbol, limitPrice: 10_000 as Price }))).toMatchObject({
    kind: 'rejected',
  });
  expect(ordersOf()).toEqual([]);
  await broker.close();
});

test.each([
  { environment: 'paper', host: 'real' },
  { environment: 'real', host: 'paper' },
] as const)('an adapter for $environment cannot even be made with KIS’s $host hosts', ({ environment, host }) => {
  const { restUrl, wsUrl } = KIS_ENDPOINTS[host];
  expect(() => brokerOn(restUrl, { environment, endpoints: { restUrl, wsUrl } })).toThrow(
    expect.objectContaining({ code: 'invalid_input' }),
  );
});
