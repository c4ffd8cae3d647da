import type pg from 'pg';
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import type { Log } from '#lib/log.ts';
import { type Claims, identify, isAllowed, type Keys } from './access.ts';
import { type Channel, type Channels, send } from './channel.ts';
import { decodeFrame, type Frame } from './frames.ts';

export interface SocketContext {
  readonly pool: pg.Pool;
  readonly keys: Keys;
  readonly channels: Channels;
  readonly log: Log;
}

const joinPayload = z.looseObject({
  config: z
    .looseObject({
      private: z.boolean().default(false),
      broadcast: z.looseObject({ self: z.boolean().default(false), ack: z.boolean().default(false) }).prefault({}),
      postgres_changes: z.array(z.unknown()).default([]),
    })
    .prefault({}),
  access_token: z.string().nullish(),
});
const broadcastPayload = z.looseObject({ event: z.string(), payload: z.unknown() });

/** A client that has sent nothing, heartbeats (every 25 s) included, for this long is gone. */
const SILENT_MS = 75_000;
const MAX_CHANNELS = 100;
const PREFIX = 'realtime:';

/** Serves one client's socket: joins, leaves, heartbeats, token refresh and broadcasts, one frame after the other. */
export function serveSocket(context: SocketContext, socket: WebSocket, apikey: string): void {
  const joined = new Map<string, Channel>();
  let queue = Promise.resolve();
  let silence = setTimeout(() => socket.terminate(), SILENT_MS);

  const drop = (channel: Channel): void => {
    context.channels.remove(channel);
    if (joined.get(channel.name) === channel) joined.delete(channel.name);
  };
  const handle = async (frame: Frame): Promise<void> => {
    const refs = { joinRef: frame.joinRef, ref: frame.ref };
    const to = { socket, name: frame.topic };
    if (frame.event === 'heartbeat') return send(to, 'phx_reply', { status: 'ok', response: {} }, refs);
    if (frame.event === 'phx_join') return join(context, socket, apikey, joined, frame, drop);
    const channel = joined.get(frame.topic);
    if (!channel || (frame.joinRef && channel.joinRef !== frame.joinRef)) {
      return send(to, 'phx_reply', { status: 'error', response: { reason: 'unmatched topic' } }, refs);
    }
    switch (frame.event) {
      case 'phx_leave':
        drop(channel);
        send(channel, 'phx_reply', { status: 'ok', response: {} }, refs);
        return send(channel, 'phx_close', {}, { joinRef: channel.joinRef, ref: channel.joinRef });
      case 'access_token':
        return renew(context, channel, (frame.payload as { access_token?: unknown } | null)?.access_token, drop);
      case 'broadcast':
        return relay(context, channel, frame);
      default:
        return send(channel, 'phx_reply', { status: 'error', response: { reason: `${frame.event} is not served here` } }, refs);
    }
  };

  socket.on('message', (data: RawData, isBinary) => {
    clearTimeout(silence);
    silence = setTimeout(() => socket.terminate(), SILENT_MS);
    const frame = decodeFrame(data as Buffer, isBinary);
    if (!frame) return;
    queue = queue
      .then(() => handle(frame))
      .catch((error: unknown) => context.log.warn({ err: error, event: frame.event }, 'realtime frame failed'));
  });
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    clearTimeout(silence);
    for (const channel of joined.values()) context.channels.remove(channel);
    joined.clear();
  });
}

async function join(
  context: SocketContext,
  socket: WebSocket,
  apikey: string,
  joined: Map<string, Channel>,
  frame: Frame,
  drop: (channel: Channel) => void,
): Promise<void> {
  const refs = { joinRef: frame.joinRef, ref: frame.ref };
  const to = { socket, name: frame.topic };
  const refuse = (reason: string): void => send(to, 'phx_reply', { status: 'error', response: { reason } }, refs);
  const parsed = joinPayload.safeParse(frame.payload ?? {});
  const topic = frame.topic.startsWith(PREFIX) ? frame.topic.slice(PREFIX.length) : '';
  if (!parsed.success || !topic) return refuse('TopicNameRequired or malformed join');
  const { config, access_token: token } = parsed.data;
  if (!config.private) return refuse('PrivateOnly: This project only allows private channels');
  if (config.postgres_changes.length > 0) return refuse('postgres_changes is not offered: use a private broadcast');
  if (joined.size >= MAX_CHANNELS) return refuse('ChannelRateLimitReached: Too many channels');
  const claims = identify(token ?? apikey, context.keys);
  if (!claims) return refuse('InvalidJWTToken: Token is invalid or has expired');
  if (!(await isAllowed(context.pool, 'read', topic, claims))) {
    return refuse(`Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`);
  }
  if (socket.readyState !== socket.OPEN) return;
  const earlier = joined.get(frame.topic);
  if (earlier) {
    drop(earlier);
    send(earlier, 'phx_close', {}, { joinRef: earlier.joinRef, ref: earlier.joinRef });
  }
  const { self, ack } = config.broadcast;
  const channel: Channel = { socket, name: frame.topic, topic, joinRef: frame.joinRef, self, ack, claims, mayWrite: null };
  joined.set(frame.topic, channel);
  context.channels.add(channel);
  closeAtExpiry(channel, drop);
  send(channel, 'phx_reply', { status: 'ok', response: { postgres_changes: [] } }, refs);
}

/** A refreshed token is checked against the policies again; keys (`sb_…`) are no user's token and are passed over. */
async function renew(context: SocketContext, channel: Channel, token: unknown, drop: (channel: Channel) => void): Promise<void> {
  if (typeof token !== 'string' || token.startsWith('sb_')) return;
  const claims = identify(token, context.keys);
  if (!claims) return expel(channel, 'Token is invalid or has expired', drop);
  channel.claims = claims;
  channel.mayWrite = null;
  closeAtExpiry(channel, drop);
  await recheck(context, channel, drop);
}

/** Asks the policies again whether the channel may stay; closes it when not. */
export async function recheck(context: SocketContext, channel: Channel, drop: (channel: Channel) => void): Promise<void> {
  if (await isAllowed(context.pool, 'read', channel.topic, channel.claims)) return;
  expel(channel, `You do not have permissions to read from this Channel topic: ${channel.topic}`, drop);
}

function closeAtExpiry(channel: Channel, drop: (channel: Channel) => void): void {
  clearTimeout(channel.expiry);
  const lifeMs = (channel.claims.exp as Claims['exp']) * 1000 - Date.now();
  if (lifeMs < 2 ** 31) channel.expiry = setTimeout(() => expel(channel, 'Token has expired', drop), Math.max(0, lifeMs)).unref();
}

function expel(channel: Channel, message: string, drop: (channel: Channel) => void): void {
  drop(channel);
  send(channel, 'system', { extension: 'system', status: 'error', message, channel: channel.topic });
  send(channel, 'phx_close', {}, { joinRef: channel.joinRef, ref: channel.joinRef });
}

/** A client's own broadcast: needs the write policy, asked once and remembered until the token changes. */
async function relay(context: SocketContext, channel: Channel, frame: Frame): Promise<void> {
  const refs = { joinRef: frame.joinRef, ref: frame.ref };
  const parsed = broadcastPayload.safeParse(frame.payload);
  if (!parsed.success) return send(channel, 'phx_reply', { status: 'error', response: { reason: 'malformed broadcast' } }, refs);
  channel.mayWrite ??= await isAllowed(context.pool, 'write', channel.topic, channel.claims);
  if (!channel.mayWrite) {
    if (channel.ack)
      send(channel, 'phx_reply', { status: 'error', response: { reason: 'Unauthorized: You do not have permissions to write' } }, refs);
    return;
  }
  context.channels.broadcast(channel.topic, parsed.data, channel.self ? undefined : channel);
  if (channel.ack) send(channel, 'phx_reply', { status: 'ok', response: {} }, refs);
}
