import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { survivingLoss } from '#lib/db/fleet/pool.ts';
import type { Log } from '#lib/log.ts';
import { identify, isAllowed, type Keys } from './access.ts';
import { type Channel, Channels } from './channel.ts';
import { relayMessages } from './database-messages.ts';
import { recheck, type SocketContext, serveSocket } from './socket.ts';

export interface RealtimeOptions {
  /** Superuser's address: permission checks put themselves in the asking user's role. */
  readonly databaseUrl: string;
  readonly keys: Keys;
  readonly log: Log;
}
export interface Realtime {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Answers `/realtime/v1/api/broadcast…`. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

/** Permissions are asked again at least this often, so a withdrawn right ends a channel in minutes. */
const RECHECK_MS = 5 * 60_000;
const MAX_FRAME_BYTES = 1024 * 1024;
const httpMessages = z.object({
  messages: z
    .array(z.object({ topic: z.string().min(1), event: z.string(), payload: z.unknown(), private: z.boolean().default(false) }))
    .max(1000),
});
type HttpMessage = z.infer<typeof httpMessages>['messages'][number];

/**
 * What `@supabase/realtime-js` speaks to, reduced to what we use: private broadcast whose topics are guarded by RLS on
 * `realtime.messages`, fed by `realtime.send()` in the database, by clients and over HTTP.
 */
export async function startRealtime({ databaseUrl, keys, log }: RealtimeOptions): Promise<Realtime> {
  const pool = survivingLoss(new pg.Pool({ connectionString: databaseUrl, max: 4 }), (error) =>
    log.warn({ err: error }, 'realtime database connection lost'),
  );
  const channels = new Channels();
  const context: SocketContext = { pool, keys, channels, log };
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  const relay = await relayMessages({
    databaseUrl,
    pool,
    log,
    deliver: (message) => channels.broadcast(message.topic, { event: message.event, payload: message.payload, meta: { id: message.id } }),
    // What was sent meanwhile is lost to us: clients that rejoin read everything anew.
    onGap: () => sockets.clients.forEach((client) => void client.close(1012, 'realtime restarted')),
  });
  const drop = (channel: Channel): void => channels.remove(channel);
  const rechecks = setInterval(async () => {
    for (const channel of channels.all()) {
      await recheck(context, channel, drop).catch((error: unknown) => log.warn({ err: error }, 'permission check failed'));
    }
  }, RECHECK_MS).unref();

  return {
    upgrade(request, socket, head) {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const apikey = url.searchParams.get('apikey') ?? '';
      if (!identify(apikey, keys)) return refuseUpgrade(socket, '401 Unauthorized');
      if (url.searchParams.get('vsn') !== '2.0.0') return refuseUpgrade(socket, '400 Bad Request');
      sockets.handleUpgrade(request, socket, head, (client) => serveSocket(context, client, apikey));
    },
    async handle(request, response) {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
      const claims = identify(bearer, keys) ?? identify(String(request.headers.apikey ?? url.searchParams.get('apikey') ?? ''), keys);
      if (!claims) return void response.writeHead(401).end();
      const messages = request.method === 'POST' ? await readMessages(request, url) : null;
      if (!messages) return void response.writeHead(422).end();
      for (const message of messages) {
        // As on hosted: a message without permission is dropped, and the answer does not tell.
        if (message.private && (await isAllowed(pool, 'write', message.topic, claims))) channels.broadcast(message.topic, message);
      }
      response.writeHead(202).end();
    },
    async close() {
      clearInterval(rechecks);
      for (const channel of channels.all()) channels.remove(channel);
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      await relay.close();
      await pool.end();
    },
  };
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
}

async function readMessages(request: IncomingMessage, url: URL): Promise<HttpMessage[] | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_FRAME_BYTES) return null;
    chunks.push(chunk);
  }
  const body = parseJson(Buffer.concat(chunks).toString('utf8'));
  const single = /^\/realtime\/v1\/api\/broadcast\/([^/]+)\/events\/([^/]+)$/.exec(url.pathname);
  if (single) {
    const [, topic, event] = single as unknown as [string, string, string];
    return [
      {
        topic: decodeURIComponent(topic),
        event: decodeURIComponent(event),
        payload: body,
        private: url.searchParams.get('private') === 'true',
      },
    ];
  }
  const parsed = httpMessages.safeParse(body);
  return parsed.success ? parsed.data.messages : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
