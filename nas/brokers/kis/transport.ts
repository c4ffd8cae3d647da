import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** By our clock, ms. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

export interface Timeouts {
  readonly connectMs: number;
  /** From the last written byte to the end of the answer, for orders. */
  readonly orderReadMs: number;
  readonly readMs: number;
}
export const DEFAULT_TIMEOUTS: Timeouts = { connectMs: 3_000, orderReadMs: 30_000, readMs: 10_000 };

/** A failed exchange. `before_write` proves that not one byte of the request left; anything later proves nothing. */
export class TransportError extends Error {
  readonly phase: 'before_write' | 'after_write';
  readonly code: string;
  constructor(phase: 'before_write' | 'after_write', code: string) {
    super(`${code} ${phase}`);
    this.name = 'TransportError';
    this.phase = phase;
    this.code = code;
  }
}

/** Far above the largest page (100 orders ≈ 90 KB). */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const TLS_OPTIONS = { minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] } as const;

type Headers = Readonly<Record<string, string>>;

/** A connection that has lain idle longer may be closed by the other side at any moment, also under a request. */
const MOST_IDLE_MS = 2_000;

/** Fresh connections for POSTs to one host: each is used once, and none that has been idle for more than two seconds. */
export function createOrderLine(url: URL, connectMs: number) {
  interface Warmed {
    readonly socket: net.Socket;
    readonly since: number;
  }
  let warmed: Promise<Warmed | null> | null = null;

  const open = (): Promise<net.Socket> => connect(url, connectMs);
  function drop(): void {
    const old = warmed;
    warmed = null;
    void old?.then((one) => one?.socket.destroy());
  }

  return {
    /** Begins a connection while the caller still waits for its turn; a failure shows when it is taken. */
    warm(): void {
      warmed ??= open().then(
        (socket) => {
          const mine = { socket, since: performance.now() };
          setTimeout(() => {
            if (warmed) void warmed.then((one) => one === mine && drop());
          }, MOST_IDLE_MS).unref();
          return mine;
        },
        () => null,
      );
    },
    /** A complete connection that nobody has used. */
    async take(): Promise<net.Socket> {
      const mine = warmed;
      warmed = null;
      const one = await mine;
      // Bytes nobody asked for would be taken for the answer.
      const isClean = one && !one.socket.destroyed && one.socket.writable && one.socket.readableLength === 0;
      const isFresh = isClean && performance.now() - one.since <= MOST_IDLE_MS;
      if (isFresh) return one.socket;
      one?.socket.destroy();
      return open();
    },
    close: drop,
  };
}
export type OrderLine = ReturnType<typeof createOrderLine>;

/**
 * One POST on a connection of its own, HTTP/1.1, never repeated and never redirected. The connection is complete (TLS
 * included) before anything is written; `mayWrite` is asked in the same tick as the write and a reason calls it off.
 */
export async function postOnce(
  url: URL,
  headers: Headers,
  body: string,
  limits: { connectMs: number; readMs: number },
  on: { mayWrite?: () => string | null; line?: OrderLine } = {},
): Promise<HttpAnswer> {
  const socket = await (on.line?.take() ?? connect(url, limits.connectMs));
  let objection: string | null;
  try {
    objection = on.mayWrite?.() ?? null;
  } catch {
    objection = 'GUARD_FAILED';
  }
  if (objection !== null || socket.destroyed) {
    socket.destroy();
    throw new TransportError('before_write', objection ?? 'CLOSED');
  }
  const request = http.request({
    method: 'POST',
    path: url.pathname + url.search,
    headers: { ...headers, host: url.host, connection: 'close', 'content-length': Buffer.byteLength(body) },
    createConnection: () => socket,
  });
  return exchange(request, body, limits.readMs).finally(() => socket.destroy());
}

/** GETs share kept-alive connections; the caller repeats what may be repeated. */
export function createGetter(rest: URL, limits: { connectMs: number; readMs: number }) {
  const isTls = rest.protocol === 'https:';
  const agent = isTls
    ? new https.Agent({ keepAlive: true, maxSockets: 4, ...TLS_OPTIONS })
    : new http.Agent({ keepAlive: true, maxSockets: 4 });
  return {
    get(url: URL, headers: Headers): Promise<HttpAnswer> {
      const request = (isTls ? https : http).request(url, { method: 'GET', headers, agent });
      request.on('socket', (socket) => {
        if (!socket.connecting) return;
        const timer = setTimeout(() => request.destroy(fault('CONNECT_TIMEOUT')), limits.connectMs);
        const stop = () => clearTimeout(timer);
        socket.once(isTls ? 'secureConnect' : 'connect', stop).once('close', stop);
      });
      return exchange(request, null, limits.readMs);
    },
    close: () => agent.destroy(),
  };
}

function connect(url: URL, timeoutMs: number): Promise<net.Socket> {
  const isTls = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (isTls ? 443 : 80));
  return new Promise((resolve, reject) => {
    const socket = isTls
      ? tls.connect({ host, port, ...(net.isIP(host) ? {} : { servername: host }), ...TLS_OPTIONS })
      : net.connect({ host, port });
    const fail = (code: string) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new TransportError('before_write', code));
    };
    const timer = setTimeout(() => fail('CONNECT_TIMEOUT'), timeoutMs);
    // Stays attached: an error between the handshake and the request must not end the process.
    socket.on('error', (error) => fail(codeOf(error)));
    socket.once('close', () => fail('CLOSED'));
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

function exchange(request: http.ClientRequest, body: string | null, readMs: number): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const sentAt = Date.now();
    const timer = setTimeout(() => request.destroy(fault('READ_TIMEOUT')), readMs);
    const fail = (error: unknown) => {
      clearTimeout(timer);
      reject(new TransportError('after_write', codeOf(error)));
    };
    request.on('error', fail);
    request.on('close', () => fail(fault('CLOSED'))); // after an answer the promise is settled and this changes nothing
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BODY_BYTES) request.destroy(fault('BODY_TOO_LARGE'));
        else chunks.push(chunk);
      });
      response.on('error', fail);
      response.on('end', () => {
        if (!response.complete) return fail(fault('TRUNCATED'));
        clearTimeout(timer);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
          sentAt,
          receivedAt: Date.now(),
        });
      });
    });
    if (body === null) request.end();
    else request.end(body);
  });
}

function fault(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Only the code: messages of network errors can quote what was sent. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'NETWORK';
}
