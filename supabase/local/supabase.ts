import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Log } from '#lib/log.ts';
import { startLite } from './lite.ts';
import type { Mail } from './mail.ts';
import { startRealtime } from './realtime/server.ts';

export interface SupabaseOptions {
  readonly port: number;
  /** Address for the role `lite`. */
  readonly liteUrl: string;
  /** Superuser's address, for Realtime. */
  readonly adminUrl: string;
  readonly keys: { readonly jwtSecret: string; readonly publishableKey: string; readonly secretKey: string };
  readonly webUrl: string;
  readonly onMail: (mail: Mail) => void;
  readonly log: Log;
}
export interface RunningSupabase {
  readonly url: string;
  close(): Promise<void>;
}

/** `/rest/v1`, `/auth/v1` and `/realtime/v1` on one origin, as a hosted project offers them. */
export async function startSupabase(options: SupabaseOptions): Promise<RunningSupabase> {
  const lite = startLite({ databaseUrl: options.liteUrl, ...options.keys, webUrl: options.webUrl, onMail: options.onMail });
  const realtime = await startRealtime({ databaseUrl: options.adminUrl, keys: options.keys, log: options.log });
  const toLite = getRequestListener(async (request, env) => {
    const peer = (env as { incoming: IncomingMessage }).incoming.socket.remoteAddress ?? null;
    const answer = await lite.fetch(request, peer);
    // As on hosted, the keys decide and not the origin: `localhost` and `127.0.0.1` are both this machine.
    if (!answer.headers.has('access-control-allow-origin')) answer.headers.set('access-control-allow-origin', '*');
    return answer;
  });
  const server = createServer(async (request, response) => {
    try {
      // Lite's auth names no allowed headers, so browsers would not send ours; hosted allows what is asked for.
      if (request.method === 'OPTIONS') answerPreflight(request, response);
      else if (request.url?.startsWith('/realtime/v1/')) await answerRealtime(request, response, realtime.handle);
      else await toLite(request, response);
    } catch (error) {
      options.log.error({ err: error, path: request.url?.split('?')[0] }, 'request failed');
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  });
  server.on('upgrade', (request, socket, head) => {
    if (request.url?.startsWith('/realtime/v1/websocket')) realtime.upgrade(request, socket, head);
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const ended = new Promise((resolve) => server.close(resolve));
      await realtime.close();
      server.closeAllConnections();
      await ended;
      await lite.close();
    },
  };
}

/** Browsers of the web app's origin ask first (CORS); the API keys decide, not the origin, as on hosted. */
function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-allow-headers', String(request.headers['access-control-request-headers'] ?? '*'));
  response.setHeader('access-control-allow-methods', 'GET, POST, PATCH, PUT, DELETE, HEAD, OPTIONS');
  response.setHeader('access-control-max-age', '86400');
  response.writeHead(204).end();
}

async function answerRealtime(
  request: IncomingMessage,
  response: ServerResponse,
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<void> {
  response.setHeader('access-control-allow-origin', '*');
  if (request.url?.startsWith('/realtime/v1/api/broadcast')) {
    await handle(request, response);
  } else {
    response.writeHead(404).end();
  }
}
