import { once } from 'node:events';
import type net from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '#lib/errors.ts';
import { systemClock } from './clock.ts';
import { judgeOrderAnswer } from './errors.ts';
import { createGovernor, ownCalls } from './governor.ts';
import {
  ACCEPTED,
  ACCESS_TOKEN,
  anOrder,
  brokerOn,
  CREDENTIALS,
  deadUrl,
  fastClock,
  startRaw,
  startWire,
  TOKEN_BODY,
  type WireAnswer,
  type WireRequest,
} from './testing/wire-server.ts';
import { memoryTokenStore } from './token-store.ts';
import { PATHS } from './tr-ids.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A wire that signs in and answers orders as told. */
async function wireFor(order: (request: WireRequest) => WireAnswer | Promise<WireAnswer>) {
  const wire = await startWire((request) => (request.path === PATHS.token ? { body: TOKEN_BODY } : order(request)));
  closers.push(wire.close);
  return wire;
}

/** A store that already holds a token, so that a raw server hears nothing but the order. */
async function signedIn() {
  const store = memoryTokenStore();
  const { appKeyTag } = await import('./auth.ts');
  await store.save(appKeyTag(CREDENTIALS.appKey), 'real', {
    accessToken: ACCESS_TOKEN,
    issuedAt: Date.now(),
    expiresAt: Date.now() + 86_400_000,
  });
  return store;
}

async function rawBroker(onData: (socket: net.Socket, heard: string) => void, timeouts = { connectMs: 3_000, orderReadMs: 3_000 }) {
  const raw = await startRaw(onData);
  closers.push(raw.close);
  return { raw, ...brokerOn(raw.url, { tokenStore: await signedIn(), timeouts }) };
}

const refusal = (code: string, rtCd = '1', msg1 = '거부') => ({ rt_cd: rtCd, msg_cd: code, msg1 });
const aCancel = { brokerOrderId: '0001569157', branch: '06010', ...anOrder() };

describe('what an order looks like on the wire', () => {
  test('a limit buy carries every field and header of the reference', async () => {
    const wire = await wireFor(() => ({ body: ACCEPTED }));
    const outcome = await brokerOn(wire.url).broker.submit(anOrder());
    expect(outcome).toEqual({ kind: 'accepted', brokerOrderId: '0001569157', branch: '06010', brokerTime: '155211' });
    const [, order] = wire.requests;
    expect(order?.method).toBe('POST');
    expect(order?.body).toEqual({
      CANO: '73519842',
      ACNT_PRDT_CD: '01',
      PDNO: '005930',
      SLL_TYPE: '',
      ORD_DVSN: '00',
      ORD_QTY: '10',
      ORD_UNPR: '70000',
      CNDT_PRIC: '',
      EXCG_ID_DVSN_CD: 'KRX',
    });
    expect(order?.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      authorization: `Bearer ${ACCESS_TOKEN}`,
      appkey: CREDENTIALS.appKey,
      appsecret: CREDENTIALS.appSecret,
      tr_id: 'TTTC0012U',
      custtype: 'P',
    });
  });

  test.each([
    { environment: 'real' as const, side: 'sell' as const, trId: 'TTTC0011U' },
    { environment: 'paper' as const, side: 'buy' as const, trId: 'VTTC0012U' },
    { environment: 'paper' as const, side: 'sell' as const, trId: 'VTTC0011U' },
  ])('a market $side on $environment goes out as $trId without a price', async ({ environment, side, trId }) => {
    const wire = await wireFor(() => ({ body: ACCEPTED }));
    await brokerOn(wire.url, { environment }).broker.submit(anOrder({ side, priceType: 'market', limitPrice: null }));
    expect(wire.requests[1]?.headers.tr_id).toBe(trId);
    expect(wire.requests[1]?.body).toMatchObject({ ORD_DVSN: '01', ORD_UNPR: '0', SLL_TYPE: side === 'sell' ? '01' : '' });
  });

  test('a cancel names branch and number and asks for the whole remainder', async () => {
    const wire = await wireFor(() => ({
      body: { ...ACCEPTED, output: { krx_fwdg_ord_orgno: '06010', odno: '1569200', ord_tmd: '155300' } },
    }));
    expect(await brokerOn(wire.url).broker.cancel(aCancel)).toEqual({
      kind: 'accepted',
      brokerOrderId: '0001569200',
      branch: '06010',
      brokerTime: '155300',
    });
    expect(wire.requests[1]?.headers.tr_id).toBe('TTTC0013U');
    expect(wire.requests[1]?.body).toMatchObject({
      KRX_FWDG_ORD_ORGNO: '06010',
      ORGN_ODNO: '0001569157',
      RVSE_CNCL_DVSN_CD: '02',
      QTY_ALL_ORD_YN: 'Y',
      ORD_QTY: '0',
      ORD_UNPR: '0',
    });
  });

  test('an ETN is ordered with its Q', async () => {
    const wire = await wireFor(() => ({ body: ACCEPTED }));
    await brokerOn(wire.url, { isEtn: () => true }).broker.submit(anOrder());
    expect(wire.requests[1]?.body.PDNO).toBe('Q005930');
  });

  test.each([
    anOrder({ priceType: 'best', limitPrice: null }),
    anOrder({ timeInForce: 'ioc' }),
    anOrder({ limitPrice: null }),
    anOrder({ priceType: 'market' }),
    anOrder({ quantity: 0 as never }),
    anOrder({ quantity: 1.5 as never }),
  ])('refuses an order that is not open yet before anything is sent %#', async (order) => {
    const wire = await wireFor(() => ({ body: ACCEPTED }));
    await expect(brokerOn(wire.url).broker.submit(order)).rejects.toMatchObject({ name: 'AppError', code: 'invalid_input' });
    expect(wire.requests).toHaveLength(0);
  });
});

describe('what an answer means', () => {
  test.each(
    [200, 400, 500].flatMap((status) => ['EGW00201', 'EGW00215', 'EGW00121', 'EGW00122', 'EGW00123'].map((code) => ({ status, code }))),
  )('$code with HTTP $status was not processed, and is not sent again by us', async ({ status, code }) => {
    const wire = await wireFor(() => ({ status, body: refusal(code) }));
    expect(await brokerOn(wire.url).broker.submit(anOrder())).toMatchObject({ kind: 'not_processed', code });
    expect(wire.countOf(PATHS.orderCash)).toBe(1);
  });

  test.each(
    [200, 500].flatMap((status) =>
      ['EGW00001', 'EGW00002', 'EGW00202', 'EGW00203', 'EGW00300', 'EGW00301', 'EGW00302', 'EGW99999', 'XYZ'].map((code) => ({
        status,
        code,
      })),
    ),
  )('$code with HTTP $status is unknown after exactly one request', async ({ status, code }) => {
    const wire = await wireFor(() => ({ status, body: refusal(code) }));
    expect(await brokerOn(wire.url).broker.submit(anOrder())).toMatchObject({ kind: 'unknown' });
    expect(wire.countOf(PATHS.orderCash)).toBe(1);
  });

  test.each([
    { code: 'APBK0952', rtCd: '7', msg1: '주문가능금액을 초과 했습니다   ' },
    { code: '40250000', rtCd: '1', msg1: '모의투자 주문가능금액이 부족합니다.' },
    { code: 'OPSQ2001', rtCd: '2', msg1: 'ERROR : INPUT' },
    { code: 'EGW02004', rtCd: '1', msg1: '실전투자 도메인' },
  ])('$code is the broker’s no, with code and message', async ({ code, rtCd, msg1 }) => {
    const wire = await wireFor(() => ({ body: refusal(code, rtCd, msg1) }));
    expect(await brokerOn(wire.url).broker.submit(anOrder())).toEqual({ kind: 'rejected', code, message: msg1.trim() });
  });

  test.each([
    ['rt_cd 0 without an order number', 200, { rt_cd: '0', msg_cd: 'APBK0013', msg1: '', output: {} }],
    ['rt_cd 0 with a number that is none', 200, { ...ACCEPTED, output: { ...ACCEPTED.output, ODNO: 'A1' } }],
    ['rt_cd 0 with HTTP 500', 500, ACCEPTED],
    ['a refusal that still carries an order number', 200, { ...ACCEPTED, rt_cd: '7', msg_cd: 'APBK0952' }],
    ['a redirect', 302, ''],
    ['an HTML page', 502, '<html>Bad Gateway</html>'],
    ['an empty body', 200, ''],
    ['a JSON list', 200, []],
    ['rt_cd as a number', 200, { ...ACCEPTED, rt_cd: 0 }],
  ])('%s is unknown', async (_name, status, body) => {
    const wire = await wireFor(() => ({ status, body, headers: { location: '/elsewhere' } }));
    expect(await brokerOn(wire.url).broker.submit(anOrder())).toMatchObject({ kind: 'unknown' });
    expect(wire.countOf(PATHS.orderCash)).toBe(1);
    expect(wire.countOf('/elsewhere')).toBe(0);
  });

  test('a refused token is replaced for the next attempt', async () => {
    let issued = 0;
    const wire = await startWire((request) => {
      if (request.path === PATHS.token) return { body: { ...TOKEN_BODY, access_token: `token-${++issued}` } };
      return request.headers.authorization === 'Bearer token-1' ? { status: 500, body: refusal('EGW00123') } : { body: ACCEPTED };
    });
    closers.push(wire.close);
    let now = Date.now();
    const { broker } = brokerOn(wire.url, { clock: { ...systemClock, now: () => now } });
    expect(await broker.submit(anOrder())).toMatchObject({ kind: 'not_processed', code: 'EGW00123', retryAfterMs: 0 });
    expect(await broker.submit(anOrder())).toMatchObject({ kind: 'not_processed', code: 'EGW00133' }); // one issue a minute
    now += 62_000;
    expect(await broker.submit(anOrder())).toMatchObject({ kind: 'accepted' });
    expect(wire.countOf(PATHS.orderCash)).toBe(2);
  });
});

describe('faults of the line', () => {
  test('a refused connection was not processed', async () => {
    const { broker } = brokerOn(await deadUrl(), { tokenStore: await signedIn() });
    expect(await broker.submit(anOrder())).toMatchObject({ kind: 'not_processed', code: 'ECONNREFUSED' });
  });

  test('a sign-in that cannot connect was not processed', async () => {
    const { broker } = brokerOn(await deadUrl());
    expect(await broker.submit(anOrder())).toMatchObject({ kind: 'not_processed', code: 'ECONNREFUSED' });
  });

  test('a TLS handshake that fails was not processed and nothing of the order was written', async () => {
    const raw = await startRaw((socket) => socket.end('this is no TLS server'));
    closers.push(raw.close);
    const { broker } = brokerOn(raw.url.replace('http:', 'https:'), {
      tokenStore: await signedIn(),
      endpoints: { restUrl: raw.url.replace('http:', 'https:'), wsUrl: 'ws://127.0.0.1:1' },
    });
    expect(await broker.submit(anOrder())).toMatchObject({ kind: 'not_processed' });
    expect(raw.state.heard).not.toContain('005930');
    expect(raw.state.heard).not.toContain(CREDENTIALS.appKey);
  });

  test.each([
    ['at the first byte', ''],
    ['after the whole order', '"EXCG_ID_DVSN_CD":"KRX"}'],
  ])('a socket closed %s is unknown after exactly one connection', async (_name, mark) => {
    const { raw, broker } = await rawBroker((socket, heard) => {
      if (heard.includes(mark)) socket.destroy();
    });
    const outcome = await broker.submit(anOrder());
    expect(outcome.kind === 'unknown' && outcome.cause).toMatch(/^(ECONNRESET|CLOSED)$/);
    await new Promise((resolve) => setImmediate(resolve));
    expect(raw.state.connections).toBe(1);
  });

  test('silence is unknown after the read limit, and the socket is not left open', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const { raw, broker } = await rawBroker(
      (socket) => {
        closed = once(socket, 'close');
      },
      { connectMs: 3_000, orderReadMs: 200 },
    );
    expect(await broker.submit(anOrder())).toEqual({ kind: 'unknown', cause: 'READ_TIMEOUT' });
    await closed;
    expect(raw.state.connections).toBe(1);
  });

  test('an answer that comes late, but within the limit, still settles the order', async () => {
    const text = JSON.stringify(ACCEPTED);
    const { broker } = await rawBroker(
      (socket, heard) => {
        if (heard.includes('KRX'))
          setTimeout(() => socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`), 150);
      },
      { connectMs: 3_000, orderReadMs: 10_000 },
    );
    expect(await broker.submit(anOrder())).toMatchObject({ kind: 'accepted' });
  });

  test.each([
    ['cut in the middle of the body', `HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n${JSON.stringify(ACCEPTED)}`],
    ['only a status line', 'HTTP/1.1 200 OK\r\n'],
    ['no HTTP at all', '\u0000\u0001garbage\r\n\r\n'],
    ['an interim answer and then nothing', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
  ])('an answer that is %s is unknown', async (_name, answer) => {
    const { raw, broker } = await rawBroker((socket) => socket.end(answer));
    expect(await broker.submit(anOrder())).toMatchObject({ kind: 'unknown' });
    expect(raw.state.connections).toBe(1);
  });

  test('each order gets a connection of its own', async () => {
    const text = JSON.stringify(ACCEPTED);
    const { raw, broker } = await rawBroker((socket, heard) => {
      if (heard.includes('"KRX"}'))
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: keep-alive\r\n\r\n${text}`);
    });
    for (let n = 0; n < 3; n++) expect(await broker.submit(anOrder())).toMatchObject({ kind: 'accepted' });
    expect(raw.state.connections).toBe(3);
  });

  test('a stop asked for in the tick of the write sends no byte', async () => {
    const { raw, broker } = await rawBroker(() => {});
    expect(await broker.submit(anOrder(), () => 'HALT')).toMatchObject({ kind: 'not_processed', code: 'HALT' });
    expect(raw.state.heard).toBe('');
  });

  test('a guard that fails sends no byte either', async () => {
    const { raw, broker } = await rawBroker(() => {});
    const guard = () => {
      throw new Error('the guard broke');
    };
    expect(await broker.submit(anOrder(), guard)).toMatchObject({ kind: 'not_processed', code: 'GUARD_FAILED' });
    expect(raw.state.heard).toBe('');
  });

  test('an order is not written long after it was asked for: a slow sign-in gives it back', async () => {
    let letIn = (_answer: WireAnswer): void => {};
    const wire = await startWire((request) =>
      request.path === PATHS.token
        ? new Promise((resolve) => {
            letIn = resolve;
          })
        : { body: ACCEPTED },
    );
    closers.push(wire.close);
    const { broker } = brokerOn(wire.url, { clock: fastClock });
    expect(await broker.submit(anOrder())).toMatchObject({ kind: 'not_processed', code: 'LOCAL_SIGN_IN' });
    letIn({ body: TOKEN_BODY });
    await expect.poll(() => broker.submit(anOrder()).then((outcome) => outcome.kind)).toBe('accepted'); // the token serves the next one
    expect(wire.countOf(PATHS.token)).toBe(1);
    expect(wire.countOf(PATHS.orderCash)).toBe(1);
  });

  test('an order that waits too long for its turn is not sent', async () => {
    const governor = createGovernor({ source: ownCalls({ requestsPerSecond: 1, clock: systemClock }), clock: systemClock });
    await governor.take('entry');
    governor.slow(60_000, true);
    const { raw, broker } = await rawBroker(() => {});
    const waiting = brokerOn(raw.url, { governor, tokenStore: await signedIn(), clock: systemClock });
    expect(await waiting.broker.submit(anOrder())).toMatchObject({ kind: 'not_processed', code: 'LOCAL_QUOTA' });
    expect(raw.state.heard).toBe('');
    await broker.close();
  });

  describe('a connection begun while the order waits for its turn', () => {
    /** A server that accepts orders and, when told, ends a connection that was opened and not used. */
    async function slowTurn(turnMs: number, isClosing = false) {
      const text = JSON.stringify(ACCEPTED);
      const raw = await startRaw(
        (socket, heard) => {
          if (heard.includes('"KRX"}')) socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
        },
        isClosing ? (socket) => socket.end('HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n') : undefined,
      );
      closers.push(raw.close);
      const governor = createGovernor({ source: ownCalls({ requestsPerSecond: 1_000, clock: systemClock }), clock: systemClock });
      governor.slow(turnMs, true);
      const { broker } = brokerOn(raw.url, { governor, tokenStore: await signedIn() });
      closers.push(() => broker.close());
      const outcome = await broker.submit(anOrder());
      return { outcome, connections: raw.state.connections, posts: raw.state.heard.split('POST /').length - 1 };
    }

    test('carries it, so that the handshake costs no time', async () => {
      expect(await slowTurn(300)).toEqual({ outcome: expect.objectContaining({ kind: 'accepted' }), connections: 1, posts: 1 });
    });

    test('is not used after two idle seconds: the order goes out once, on a fresh one', async () => {
      expect(await slowTurn(2_200)).toEqual({ outcome: expect.objectContaining({ kind: 'accepted' }), connections: 2, posts: 1 });
    });

    test('that the server has ended meanwhile, with words nobody asked for, is replaced', async () => {
      const { outcome, posts } = await slowTurn(300, true);
      expect(posts).toBe(1);
      expect(outcome.kind).toBe('accepted');
    });
  });
});

describe('no bytes can be mistaken for a yes', () => {
  const isHonest = (text: string, status: number): boolean => {
    const outcome = judgeOrderAnswer(status, text);
    if (outcome.kind !== 'accepted') return true;
    const body = JSON.parse(text);
    const output = Array.isArray(body.output) ? body.output[0] : body.output;
    return body.rt_cd === '0' && status >= 200 && status < 300 && /^\s*\d{1,10}\s*$/.test(output.ODNO ?? output.odno);
  };
  const word = fc.oneof(
    fc.constantFrom('0', '1', '7', '', 'EGW00201', 'APBK0013', '0000000000', '0001569157', '12345678901', 'constructor', '__proto__'),
    fc.string(),
    fc.integer(),
    fc.constant(null),
  );
  const envelope = fc.record(
    {
      rt_cd: word,
      msg_cd: word,
      msg1: word,
      error_code: word,
      output: fc.oneof(
        word,
        fc.record({ ODNO: word, odno: word, ORD_TMD: word }, { requiredKeys: [] }),
        fc.array(fc.record({ ODNO: word })),
      ),
    },
    { requiredKeys: [] },
  );

  test('accepted only with rt_cd 0, a 2xx and an order number, whatever the JSON', () => {
    fc.assert(
      fc.property(envelope, fc.integer({ min: 100, max: 599 }), (body, status) => isHonest(JSON.stringify(body), status)),
      { numRuns: 3_000 },
    );
  });
  test('accepted only with rt_cd 0, a 2xx and an order number, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 100, max: 599 }), (text, status) => isHonest(text, status)),
      { numRuns: 1_000 },
    );
  });

  test('any bytes on the socket end as unknown, and each order opens one connection', async () => {
    let answer = Buffer.alloc(0);
    const { raw, broker } = await rawBroker((socket) => socket.end(answer));
    const head = fc.constantFrom(
      '',
      'HTTP/1.1 200 OK\r\n\r\n',
      'HTTP/1.1 500 X\r\ncontent-length: 5\r\n\r\n',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(head, fc.uint8Array({ maxLength: 200 }), async (start, bytes) => {
        answer = Buffer.concat([Buffer.from(start), bytes]);
        runs++;
        expect((await broker.submit(anOrder())).kind).toBe('unknown');
        expect(raw.state.connections).toBe(runs);
      }),
      { numRuns: 60 },
    );
  });
});

test('secrets, token and account number appear in no log line, outcome or error, even when the server echoes them', async () => {
  const echo = `${CREDENTIALS.appSecret} ${ACCESS_TOKEN} ${CREDENTIALS.accountNumber} ${CREDENTIALS.appKey}`;
  const wire = await wireFor((request) => ({ status: 500, body: refusal(request.method === 'POST' ? 'APBK0952' : 'OPSQ2001', '7', echo) }));
  const { broker, lines } = brokerOn(wire.url);
  const dead = brokerOn(await deadUrl());
  const said: unknown[] = [await broker.submit(anOrder()), await broker.cancel(aCancel), await dead.broker.submit(anOrder())];
  const describe = (error: unknown) => [
    String(error),
    error instanceof Error ? error.stack : '',
    JSON.stringify(error),
    error instanceof AppError ? JSON.stringify(error.detail) : '',
  ];
  for (const read of [broker.balance(), broker.ordersOn('2026-11-20' as never), broker.quote('005930' as never)])
    said.push(await read.catch(describe));
  const text = JSON.stringify(said) + lines.join('') + dead.lines.join('');
  expect(text).toContain('[redacted]');
  for (const secret of [CREDENTIALS.appKey, CREDENTIALS.appSecret, CREDENTIALS.accountNumber, ACCESS_TOKEN])
    expect(text).not.toContain(secret);
});
