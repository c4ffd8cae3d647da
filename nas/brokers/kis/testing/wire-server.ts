import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import type { Symbol } from '#domain/order/order.ts';
import { createLog } from '#lib/log.ts';
import type { NewBrokerOrder } from '#nas/brokers/port.ts';
import type { KisCredentials } from '../auth.ts';
import { createKisBroker, type KisBrokerOptions } from '../broker.ts';
import { type KisClock, systemClock } from '../clock.ts';
import { createGovernor, ownCalls } from '../governor.ts';
import { memoryTokenStore } from '../token-store.ts';

// Real sockets for the adapter's own tests: a scripted HTTP server and a raw TCP server for faults HTTP libraries cannot make.

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Record<string, string>;
}
export interface WireAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}
export interface WireServer {
  readonly url: string;
  readonly requests: WireRequest[];
  countOf(path: string): number;
  close(): Promise<void>;
}

/** An HTTP server whose answers a test writes; every request is kept. */
export async function startWire(answer: (request: WireRequest) => WireAnswer | Promise<WireAnswer>): Promise<WireServer> {
  const requests: WireRequest[] = [];
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://wire');
    const text = Buffer.concat(chunks).toString();
    const seen = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text ? JSON.parse(text) : {},
    };
    requests.push(seen);
    const { status = 200, headers = {}, body } = await answer(seen);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  });
  await listen(server);
  return {
    url: urlOf(server),
    requests,
    countOf: (path) => requests.filter((request) => request.path === path).length,
    close: () => closeServer(server, () => server.closeAllConnections()),
  };
}

/** A TCP server; `connections` counts what was opened, `heard` what arrived. `onFirst` is told the first connection as it opens. */
export async function startRaw(onData: (socket: net.Socket, heard: string) => void, onFirst: (socket: net.Socket) => void = () => {}) {
  const sockets = new Set<net.Socket>();
  const state = { connections: 0, heard: '' };
  const server = net.createServer((socket) => {
    if (state.connections++ === 0) onFirst(socket);
    sockets.add(socket);
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      state.heard += chunk.toString('latin1');
      onData(socket, heard);
    });
    socket.on('error', () => sockets.delete(socket));
    socket.on('close', () => sockets.delete(socket));
  });
  await listen(server);
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return { url: urlOf(server), state, close: () => closeServer(server, destroyAll) };
}

function listen(server: net.Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
}
function urlOf(server: net.Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
function closeServer(server: net.Server, cut: () => void): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    cut();
  });
}

/** A port on which nobody listens. */
export async function deadUrl(): Promise<string> {
  const server = net.createServer();
  await listen(server);
  const url = urlOf(server);
  await closeServer(server, () => {});
  return url;
}

export const CREDENTIALS: KisCredentials = {
  appKey: 'PSappkeyThatMustNeverBeLogged0123456',
  appSecret: 'appsecret+that/must=never.be.logged.anywhere.0123456789abcdef',
  accountNumber: '73519842',
  productCode: '01',
  htsId: 'htsuser77',
};
export const ACCESS_TOKEN = 'eyJ.access-token-that-must-never-be-logged.xyz';

export const TOKEN_BODY = {
  access_token: ACCESS_TOKEN,
  token_type: 'Bearer',
  expires_in: 86_400,
  access_token_token_expired: '2099-01-01 00:00:00',
};
export const ACCEPTED = {
  rt_cd: '0',
  msg_cd: 'APBK0013',
  msg1: '주문 전송 완료 되었습니다.',
  output: { KRX_FWDG_ORD_ORGNO: '06010', ODNO: '0001569157', ORD_TMD: '155211' },
};

/** Waits pass a hundred times faster; instants stay real. */
export const fastClock: KisClock = { now: () => Date.now(), after: (ms, run) => systemClock.after(ms / 100, run) };

/** Time that only a test moves; timers run in their order. */
export function manualClock(start = Date.parse('2026-11-20T01:00:00Z')) {
  let now = start;
  const timers = new Map<number, { at: number; run: () => void }>();
  let nextId = 1;
  return {
    now: () => now,
    after(ms: number, run: () => void) {
      const id = nextId++;
      timers.set(id, { at: now + ms, run });
      return () => void timers.delete(id);
    },
    /** Moves time on and runs what falls due, letting promises settle in between. */
    async advance(ms: number): Promise<void> {
      const end = now + ms;
      await new Promise((resolve) => setImmediate(resolve));
      for (;;) {
        const due = [...timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at || a[0] - b[0])[0];
        if (!due) break;
        now = Math.max(now, due[1].at);
        timers.delete(due[0]);
        due[1].run();
        await new Promise((resolve) => setImmediate(resolve));
      }
      now = end;
    },
  };
}

/** A broker on this wire, with everything it logs. */
export function brokerOn(url: string, over: Partial<KisBrokerOptions> = {}) {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const broker = createKisBroker({
    credentials: CREDENTIALS,
    environment: 'real',
    endpoints: { restUrl: url, wsUrl: url.replace('http', 'ws') },
    tokenStore: memoryTokenStore(),
    governor: createGovernor({ source: ownCalls({ requestsPerSecond: 1_000, clock: systemClock }), clock: systemClock }),
    clock: systemClock,
    log: createLog('test', 'trace', sink),
    ...over,
  });
  return { broker, lines };
}

/** Ten shares of 005930 at 70,000 won, or what the test says. */
export function anOrder(over: Partial<NewBrokerOrder> = {}): NewBrokerOrder {
  return {
    symbol: '005930' as Symbol,
    side: 'buy',
    quantity: 10 as NewBrokerOrder['quantity'],
    priceType: 'limit',
    timeInForce: 'day',
    limitPrice: 70_000 as NewBrokerOrder['limitPrice'],
    venue: 'KRX',
    ...over,
  };
}
