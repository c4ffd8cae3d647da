import WebSocket from 'ws';
import type { Symbol } from '#domain/order/order.ts';
import { AppError } from '#lib/errors.ts';
import type { Log } from '#lib/log.ts';
import type { BrokerStream, Registration, StreamHandlers } from '#nas/brokers/port.ts';
import type { KisAuth } from './auth.ts';
import type { KisClock } from './clock.ts';
import { KIS_LIMITS } from './limits.ts';
import { UnreadableAnswer } from './parse.ts';
import {
  type Cipher,
  decrypt,
  FIELD_COUNTS,
  type Frame,
  readFrame,
  splitRecords,
  toBook,
  toNotice,
  toTradePrint,
} from './stream-frames.ts';
import { STREAM_TR_IDS } from './tr-ids.ts';

/** KIS sends PINGPONG every 10 s: 15 s without any frame is a dead socket. */
const SILENCE_MS = 15_000;
/** How long a registration may stay without its ACK. */
const ACK_MS = 10_000;
const SUBSCRIBE_SPACING_MS = 50;
const FIRST_RECONNECT_MS = 1_000;
const LAST_RECONNECT_MS = 30_000;
const HANDSHAKE_MS = 5_000;
/** Opening auctions send many records in one frame. */
const MAX_FRAME_BYTES = 1024 * 1024;
const KEY_IN_USE = 'OPSP8996';
const BAD_APPROVAL = new Set(['OPSP0010', 'OPSP0011']);
/** Subscribed, already subscribed (harmless after a reconnect). */
const SUBSCRIBED = new Set(['OPSP0000', 'OPSP0002']);
/** Unsubscribed, was not subscribed. */
const UNSUBSCRIBED = new Set(['OPSP0001', 'OPSP0003']);

interface StreamOptions {
  readonly url: URL;
  readonly auth: KisAuth;
  readonly handlers: StreamHandlers;
  /** TR id and HTS id of the order notices, when this session carries them. */
  readonly notices: { readonly trId: string; readonly htsId: string } | null;
  /** How KIS spells a symbol (ETN with `Q`). */
  readonly codeOf: (symbol: Symbol) => string;
  readonly clock: KisClock;
  readonly log: Log;
}

interface Wire {
  readonly trId: string;
  readonly trKey: string;
  /** What was asked for, in the port's words; null for the notices. */
  readonly registration: Registration | null;
}
const nameOf = ({ trId, trKey }: Pick<Wire, 'trId' | 'trKey'>): string => `${trId}|${trKey}`;

/** What belongs to one socket and dies with it. */
interface Session {
  readonly socket: WebSocket;
  readonly approvalKey: string;
  readonly acknowledged: Set<string>;
  readonly asked: Map<string, number>;
  readonly outbox: { wire: Pick<Wire, 'trId' | 'trKey'>; isOn: boolean }[];
  readonly ciphers: Map<string, Cipher>;
  readonly widths: Map<string, number>;
  isOpen: boolean;
  isLive: boolean;
  isSending: boolean;
}

/** One KIS WebSocket session that keeps itself alive: watchdog, reconnect, re-registration with the notices first. */
export function openKisStream(options: StreamOptions): BrokerStream {
  const { url, auth, handlers, notices, codeOf, clock, log } = options;
  const noticeRegistration: Wire[] = notices ? [{ trId: notices.trId, trKey: notices.htsId, registration: null }] : [];
  let wanted = new Map<string, Wire>(noticeRegistration.map((one) => [nameOf(one), one]));
  let session: Session | null = null;
  let lastFrameAt = 0;
  let failures = 0;
  let isClosed = false;
  let hasFailed = false;
  let stopWatchdog = () => {};
  let stopReconnect = () => {};

  async function connect(): Promise<void> {
    if (isClosed) return;
    handlers.onState('connecting');
    let approvalKey: string;
    try {
      approvalKey = await auth.approvalKey();
    } catch (error) {
      const code = error instanceof AppError ? String(error.detail.code ?? error.code) : 'SIGN_IN';
      scheduleReconnect(`approval key: ${code}`, null);
      return;
    }
    if (isClosed) return;
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: MAX_FRAME_BYTES,
      handshakeTimeout: HANDSHAKE_MS,
    });
    const mine: Session = {
      socket,
      approvalKey,
      acknowledged: new Set(),
      asked: new Map(),
      outbox: [],
      ciphers: new Map(),
      widths: new Map(),
      isOpen: false,
      isLive: false,
      isSending: false,
    };
    session = mine;
    watch(mine);
    socket.on('open', () => {
      mine.isOpen = true;
      watch(mine);
      synchronise(mine);
    });
    socket.on('message', (data, isBinary) => {
      if (session !== mine) return;
      lastFrameAt = clock.now();
      watch(mine);
      receive(mine, isBinary ? '' : data.toString());
    });
    socket.on('ping', () => {
      lastFrameAt = clock.now();
      watch(mine);
    });
    socket.on('error', () => fail(mine, 'socket error'));
    socket.on('close', (code) => fail(mine, `closed ${code}`));
  }

  function watch(mine: Session): void {
    stopWatchdog();
    stopWatchdog = clock.after(SILENCE_MS, () => fail(mine, 'silent for 15 s'));
  }

  /** The session is over: say so at once, then try again. */
  function fail(mine: Session, reason: string, fixedDelayMs: number | null = null): void {
    if (session !== mine) return;
    session = null;
    stopWatchdog();
    mine.socket.terminate();
    scheduleReconnect(reason, fixedDelayMs);
  }

  function scheduleReconnect(reason: string, fixedDelayMs: number | null): void {
    if (isClosed) return;
    hasFailed = true;
    handlers.onState('down', reason);
    const backoff = Math.min(LAST_RECONNECT_MS, FIRST_RECONNECT_MS * 2 ** failures);
    failures = Math.min(failures + 1, 5);
    const delayMs = fixedDelayMs ?? backoff;
    log.warn({ reason, delayMs }, 'kis stream down');
    stopReconnect = clock.after(delayMs, () => void connect());
  }

  /** Queues what separates the wanted registrations from the asked ones: leave first (slots), notices before symbols. */
  function synchronise(mine: Session): void {
    if (!mine.isOpen) return;
    for (const name of mine.asked.keys()) {
      if (wanted.has(name)) continue;
      const [trId = '', trKey = ''] = name.split('|');
      mine.asked.delete(name);
      mine.acknowledged.delete(name);
      mine.outbox.push({ wire: { trId, trKey }, isOn: false });
    }
    for (const [name, wire] of wanted) {
      if (mine.asked.has(name)) continue;
      mine.asked.set(name, clock.now());
      mine.outbox.push({ wire, isOn: true });
    }
    flush(mine);
    checkLive(mine);
  }

  function flush(mine: Session): void {
    if (mine.isSending || session !== mine) return;
    const next = mine.outbox.shift();
    if (!next) return;
    const name = nameOf(next.wire);
    if (next.isOn === wanted.has(name)) send(mine, next.wire, next.isOn);
    mine.isSending = true;
    clock.after(SUBSCRIBE_SPACING_MS, () => {
      mine.isSending = false;
      flush(mine);
    });
  }

  function send(mine: Session, { trId, trKey }: Pick<Wire, 'trId' | 'trKey'>, isOn: boolean): void {
    const header = { approval_key: mine.approvalKey, custtype: 'P', tr_type: isOn ? '1' : '2', 'content-type': 'utf-8' };
    mine.socket.send(JSON.stringify({ header, body: { input: { tr_id: trId, tr_key: trKey } } }));
    if (!isOn) return;
    const name = nameOf({ trId, trKey });
    clock.after(ACK_MS, () => {
      if (session === mine && wanted.has(name) && !mine.acknowledged.has(name)) fail(mine, `no acknowledgement of ${trId}`);
    });
  }

  function checkLive(mine: Session): void {
    if (mine.isLive || session !== mine || !mine.isOpen) return;
    for (const name of wanted.keys()) if (!mine.acknowledged.has(name)) return;
    mine.isLive = true;
    failures = 0;
    if (hasFailed) log.info('kis stream is back');
    handlers.onState('live');
  }

  function receive(mine: Session, text: string): void {
    try {
      const frame = readFrame(text);
      if (frame.kind === 'pingpong') answerPing(mine, frame.text);
      else if (frame.kind === 'control') onControl(mine, frame);
      else onData(mine, frame);
    } catch (error) {
      if (!(error instanceof UnreadableAnswer)) throw error;
      refuse(error.message);
    }
  }

  /** KIS's own client answers with a pong frame that carries the text; a control frame holds 125 bytes at most. */
  function answerPing(mine: Session, text: string): void {
    if (Buffer.byteLength(text) <= 125) mine.socket.pong(text);
    else mine.socket.send(text);
  }

  function onControl(mine: Session, frame: Extract<Frame, { kind: 'control' }>): void {
    if (UNSUBSCRIBED.has(frame.code)) return;
    if (SUBSCRIBED.has(frame.code)) {
      const name = nameOf(frame);
      const wire = wanted.get(name);
      if (!wire) return;
      if (frame.cipher) mine.ciphers.set(frame.trId, frame.cipher);
      mine.acknowledged.add(name);
      if (wire.registration) handlers.onRegistered?.(wire.registration);
      checkLive(mine);
      return;
    }
    if (BAD_APPROVAL.has(frame.code)) auth.rejectApprovalKey();
    // The old session takes time to die: hammering keeps both out.
    fail(mine, `refused ${frame.code.slice(0, 12)}`, frame.code === KEY_IN_USE ? LAST_RECONNECT_MS : null);
  }

  function onData(mine: Session, frame: Extract<Frame, { kind: 'data' }>): void {
    const isNotice = frame.trId === notices?.trId;
    // The socket has no TLS: a notice in the clear is an injection, not a notice.
    if (isNotice !== frame.isEncrypted) throw new UnreadableAnswer(isNotice ? 'notice is not encrypted' : 'market data is encrypted');
    if (isNotice) {
      const cipher = mine.ciphers.get(frame.trId);
      if (!cipher) throw new UnreadableAnswer('notice before its key');
      for (const fields of records(mine, frame, decrypt(frame.payload, cipher), FIELD_COUNTS.notice)) handlers.onNotice?.(toNotice(fields));
    } else if (frame.trId === STREAM_TR_IDS.trade) {
      for (const fields of records(mine, frame, frame.payload, FIELD_COUNTS.trade)) handlers.onTrade?.(toTradePrint(fields));
    } else if (frame.trId === STREAM_TR_IDS.book) {
      for (const fields of records(mine, frame, frame.payload, FIELD_COUNTS.book)) handlers.onBook?.(toBook(fields));
    } else {
      throw new UnreadableAnswer(`stream ${frame.trId.slice(0, 12)} was not asked for`);
    }
  }

  function records(mine: Session, frame: { trId: string; count: number }, payload: string, allowed: readonly number[]): string[][] {
    const cut = splitRecords(payload, frame.count, allowed, mine.widths.get(frame.trId) ?? null);
    mine.widths.set(frame.trId, cut[0]!.length);
    return cut;
  }

  function refuse(reason: string): void {
    log.warn({ reason }, 'kis frame refused');
    handlers.onRefusedFrame?.(reason);
  }

  void connect();

  return {
    setRegistrations(registrations: readonly Registration[]) {
      const next = new Map<string, Wire>(noticeRegistration.map((one) => [nameOf(one), one]));
      for (const registration of registrations) {
        const wire = { trId: STREAM_TR_IDS[registration.kind], trKey: codeOf(registration.symbol), registration };
        next.set(nameOf(wire), wire);
      }
      if (next.size > KIS_LIMITS.registrations.value) {
        throw new AppError('invalid_input', 'more stream registrations than KIS allows', {
          detail: { wanted: next.size, allowed: KIS_LIMITS.registrations.value },
        });
      }
      wanted = next;
      if (session) synchronise(session);
    },
    lastFrameAt: () => lastFrameAt,
    async close() {
      isClosed = true;
      stopWatchdog();
      stopReconnect();
      const socket = session?.socket;
      session = null;
      if (!socket || socket.readyState === WebSocket.CLOSED) return;
      await new Promise<void>((resolve) => {
        const force = setTimeout(() => socket.terminate(), 1_000);
        socket.once('close', () => {
          clearTimeout(force);
          resolve();
        });
        if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
        else socket.close(1000);
      });
    },
  };
}
