/** The Realtime protocol, serializer 2.0.0: text frames are arrays, broadcasts travel as binary. */

export interface Frame {
  readonly joinRef: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  readonly payload: unknown;
}
export interface BroadcastMessage {
  readonly event: string;
  /** JSON value, or raw bytes that are handed on untouched. */
  readonly payload: unknown;
  readonly meta?: Record<string, unknown>;
}

const KIND_CLIENT_BROADCAST = 3;
const KIND_BROADCAST = 4;
const ENCODING_BYTES = 0;
const ENCODING_JSON = 1;

/** Reads what a client sent; null when it is not a frame. */
export function decodeFrame(data: Buffer, isBinary: boolean): Frame | null {
  return isBinary ? decodeBinary(data) : decodeText(data.toString('utf8'));
}

function decodeText(text: string): Frame | null {
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(parts) || parts.length !== 5) return null;
  const [joinRef, ref, topic, event, payload] = parts as unknown[];
  if (typeof topic !== 'string' || typeof event !== 'string') return null;
  return { joinRef: asRef(joinRef), ref: asRef(ref), topic, event, payload };
}

/** Bytes: kind, five lengths (join_ref, ref, topic, event, meta), encoding; then those texts, then the payload. */
function decodeBinary(data: Buffer): Frame | null {
  const [kind, ...lengths] = data.subarray(0, 6);
  if (kind !== KIND_CLIENT_BROADCAST || lengths.length !== 5 || data.length < 7) return null;
  let at = 7;
  const texts = lengths.map((length) => {
    at += length;
    return data.toString('utf8', at - length, at);
  });
  if (at > data.length) return null;
  const [joinRef, ref, topic, event, meta] = texts as [string, string, string, string, string];
  const body = data.subarray(at);
  try {
    const payload = data[6] === ENCODING_JSON ? (JSON.parse(body.toString('utf8') || 'null') as unknown) : body;
    const more = meta ? { meta: JSON.parse(meta) as unknown } : {};
    return {
      joinRef: joinRef || null,
      ref: ref || null,
      topic,
      event: 'broadcast',
      payload: { type: 'broadcast', event, payload, ...more },
    };
  } catch {
    return null;
  }
}

export function encodeFrame(frame: Frame): string {
  return JSON.stringify([frame.joinRef, frame.ref, frame.topic, frame.event, frame.payload]);
}

/** A broadcast to a client. Lengths count UTF-8 bytes and must fit in one; longer names fall back to a text frame. */
export function encodeBroadcast(topic: string, message: BroadcastMessage): Buffer | string {
  const isBytes = Buffer.isBuffer(message.payload);
  const texts = [topic, message.event, message.meta ? JSON.stringify(message.meta) : ''].map((text) => Buffer.from(text, 'utf8'));
  if (texts.some((text) => text.length > 255)) {
    return encodeFrame({ joinRef: null, ref: null, topic, event: 'broadcast', payload: { type: 'broadcast', ...message } });
  }
  const head = Buffer.from([KIND_BROADCAST, ...texts.map((text) => text.length), isBytes ? ENCODING_BYTES : ENCODING_JSON]);
  const body = isBytes ? (message.payload as Buffer) : Buffer.from(JSON.stringify(message.payload ?? null), 'utf8');
  return Buffer.concat([head, ...texts, body]);
}

function asRef(value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
}
