import type { WebSocket } from 'ws';
import type { Claims } from './access.ts';
import { type BroadcastMessage, encodeBroadcast, encodeFrame } from './frames.ts';

/** A client that does not read is cut off at this many waiting bytes; it rejoins and reads anew. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** One joined topic on one socket. */
export interface Channel {
  readonly socket: WebSocket;
  /** As the client names it, `realtime:` prefix included. */
  readonly name: string;
  readonly topic: string;
  readonly joinRef: string | null;
  /** Whether the client wants its own broadcasts back, and an answer to each. */
  readonly self: boolean;
  readonly ack: boolean;
  claims: Claims;
  mayWrite: boolean | null;
  expiry?: NodeJS.Timeout;
}

/** The joined channels by topic. */
export class Channels {
  readonly #byTopic = new Map<string, Set<Channel>>();

  add(channel: Channel): void {
    const set = this.#byTopic.get(channel.topic) ?? new Set();
    this.#byTopic.set(channel.topic, set.add(channel));
  }

  remove(channel: Channel): void {
    clearTimeout(channel.expiry);
    const set = this.#byTopic.get(channel.topic);
    set?.delete(channel);
    if (set?.size === 0) this.#byTopic.delete(channel.topic);
  }

  all(): Channel[] {
    return [...this.#byTopic.values()].flatMap((set) => [...set]);
  }

  /** Hands a message to everybody on the topic but `except`. */
  broadcast(topic: string, message: BroadcastMessage, except?: Channel): void {
    const set = this.#byTopic.get(topic);
    if (!set) return;
    const data = encodeBroadcast(`realtime:${topic}`, message);
    for (const channel of set) if (channel !== except) transmit(channel.socket, data);
  }
}

export function send(
  channel: Pick<Channel, 'socket' | 'name'>,
  event: string,
  payload: unknown,
  refs: { joinRef?: string | null; ref?: string | null } = {},
): void {
  transmit(channel.socket, encodeFrame({ joinRef: refs.joinRef ?? null, ref: refs.ref ?? null, topic: channel.name, event, payload }));
}

function transmit(socket: WebSocket, data: Buffer | string): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > MAX_WAITING_BYTES) socket.terminate();
  else socket.send(data);
}
