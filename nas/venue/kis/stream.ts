import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Agenda } from '../agenda.ts';
import type { Exchange } from '../exchange.ts';
import type { FaultBook } from '../faults/faults.ts';
import type { Account } from '../ledger/ledger.ts';
import type { MarketState, Print } from '../market/market-state.ts';
import { compactDay, seoulDay, seoulTime } from '../seoul-time.ts';
import type { Variants } from '../variants.ts';
import type { Environment, OrderEvent } from '../venue-order.ts';
import { bookRecord, encryptedFrame, frame, noticeRecords, stateRecord, tradeRecord } from './frames.ts';
import type { KeyRing } from './keys.ts';

/** Registrations of a session, all TRs and symbols together, notices included. */
const MAX_REGISTRATIONS = 41;
/** A reader this far behind is cut off instead of filling the venue's memory. */
const MAX_BACKLOG_BYTES = 8_000_000;
/** H0STMKO0 (market status) is not offered on paper. */
const MARKET_STREAMS = { real: ['H0STCNT0', 'H0STASP0', 'H0STMKO0'], paper: ['H0STCNT0', 'H0STASP0'] } as const;
const NOTICE_STREAM = { real: 'H0STCNI0', paper: 'H0STCNI9' } as const;

const NO_TARGET = { trId: '(null)', trKey: '' };

const clientMessage = z.object({
  header: z.object({ approval_key: z.string(), tr_type: z.string() }),
  body: z.object({ input: z.object({ tr_id: z.string(), tr_key: z.string() }) }),
});

interface Secret {
  readonly key: string;
  readonly iv: string;
}

interface Session {
  readonly socket: WebSocket;
  readonly environment: Environment;
  appKey: string | null;
  /** `TR_ID|key`. */
  readonly registrations: Set<string>;
  /** Fault: the socket stays open and says nothing more, PINGPONG included. */
  isSilent: boolean;
}

interface StreamDeps {
  readonly exchange: Exchange;
  readonly keys: KeyRing;
  readonly faults: FaultBook;
  readonly agenda: Agenda;
  readonly now: () => number;
  readonly variants: Variants;
  readonly pingpongMs: number;
}

/** KIS's real-time face on one host: `/tryitout`. */
export class KisStream {
  readonly #environment: Environment;
  readonly #deps: StreamDeps;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  readonly #sessions = new Set<Session>();
  /** Who listens to `TR_ID|key`, with the secret told to each. */
  readonly #listeners = new Map<string, Map<Session, Secret>>();
  readonly #heartbeat: NodeJS.Timeout;
  readonly #prints = new Map<MarketState, (readonly string[])[]>();
  readonly #books = new Set<MarketState>();

  /** Notices that wait for the account's next one, by account. */
  readonly #heldNotices = new Map<string, (() => void)[]>();

  constructor(environment: Environment, deps: StreamDeps) {
    this.#environment = environment;
    this.#deps = deps;
    this.#heartbeat = setInterval(() => this.#ping(), deps.pingpongMs);
    this.#heartbeat.unref();
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!request.url?.startsWith('/tryitout')) {
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (websocket) => {
      const session: Session = {
        socket: websocket,
        environment: this.#environment,
        appKey: null,
        registrations: new Set(),
        isSilent: false,
      };
      this.#sessions.add(session);
      websocket.on('message', (data) => this.#onMessage(session, String(data)));
      websocket.on('close', () => {
        this.#sessions.delete(session);
        this.#forgetRegistrations(session);
      });
      websocket.on('error', () => websocket.terminate());
    });
  }

  /** Keeps the print until `flush`, so that executions of one instant share a frame. */
  onPrint(market: MarketState, print: Print): void {
    if (!this.#isWanted('H0STCNT0', market)) return;
    const records = this.#prints.get(market) ?? [];
    records.push(tradeRecord(this.#deps.exchange, market, print, this.#deps.variants));
    this.#prints.set(market, records);
  }

  /** At once: an interruption is told before anything that follows it. */
  onState(market: MarketState): void {
    if (this.#isWanted('H0STMKO0', market)) this.#publish('H0STMKO0', market, frame('H0STMKO0', [stateRecord(market)]));
  }

  onBook(market: MarketState): void {
    this.#books.add(market);
  }

  /** Sends what has gathered; called after each step of time and each request. */
  flush(): void {
    for (const [market, records] of this.#prints) {
      for (let at = 0; at < records.length; at += 100) this.#publish('H0STCNT0', market, frame('H0STCNT0', records.slice(at, at + 100)));
    }
    for (const market of this.#books) {
      if (!this.#isWanted('H0STASP0', market)) continue;
      this.#publish(
        'H0STASP0',
        market,
        frame('H0STASP0', [bookRecord(this.#deps.exchange, market, this.#deps.now(), this.#deps.variants)]),
      );
    }
    this.#prints.clear();
    this.#books.clear();
  }

  /** Sends an order notice to every session that listens to the account's HTS id: at once, so it may overtake the HTTP answer. */
  onOrder(account: Account, event: OrderEvent): void {
    const { exchange, variants, now } = this.#deps;
    const records = noticeRecords(exchange, account, event, now(), variants);
    if (records.length === 0) return;
    const { copies, holdMs, untilNext } = this.#deps.faults.noticeFate(account, event);
    const sendIt = (): void => {
      for (let i = 0; i < copies; i++) for (const record of records) this.#sendNotice(account, record);
    };
    if (holdMs > 0) this.#deps.agenda.at(this.#deps.now() + holdMs, untilNext ? this.#once(account, sendIt) : sendIt);
    else if (variants.noticeTiming === 'after_answer') setImmediate(sendIt);
    else sendIt();
    if (untilNext) return;
    const waiting = this.#heldNotices.get(account.id) ?? [];
    this.#heldNotices.delete(account.id);
    for (const held of waiting) held();
  }

  /** Keeps a notice until the account's next one or its own time, whichever comes first. */
  #once(account: Account, sendIt: () => void): () => void {
    let isSent = false;
    const send = (): void => {
      if (isSent) return;
      isSent = true;
      sendIt();
    };
    this.#heldNotices.set(account.id, [...(this.#heldNotices.get(account.id) ?? []), send]);
    return send;
  }

  #sendNotice(account: Account, record: readonly string[]): void {
    const trId = NOTICE_STREAM[this.#environment];
    for (const [session, secret] of this.#listeners.get(`${trId}|${account.htsId}`) ?? [])
      this.#send(session, encryptedFrame(trId, record, secret));
  }

  /** Fault: sessions of a key (or all) go silent, or are cut without a close frame. */
  disturb(what: 'silence' | 'cut', appKey?: string): void {
    for (const session of this.#sessions) {
      if (appKey !== undefined && session.appKey !== appKey) continue;
      if (what === 'cut') session.socket.terminate();
      else session.isSilent = true;
    }
  }

  stop(): void {
    clearInterval(this.#heartbeat);
    for (const { socket } of this.#sessions) socket.terminate();
    this.#server.close();
  }

  #onMessage(session: Session, text: string): void {
    if (text.includes('"PINGPONG"')) return;
    const parsed = clientMessage.safeParse(parseJson(text));
    if (!parsed.success) {
      this.#control(session, NO_TARGET, '9', 'OPSP8991', 'JSON PARSING ERROR');
      return;
    }
    const { header, body } = parsed.data;
    const target = { trId: body.input.tr_id, trKey: body.input.tr_key };
    const key = this.#deps.keys.approvedKey(this.#environment, header.approval_key, this.#deps.now());
    if (!key) this.#control(session, target, '9', 'OPSP0011', 'invalid approval : NOT FOUND');
    else if (this.#isCutAsSecond(session, key.appKey)) {
      this.#control(session, NO_TARGET, '9', 'OPSP8996', 'ALREADY IN USE appkey');
      session.socket.close();
    } else {
      session.appKey = key.appKey;
      if (header.tr_type === '1') this.#register(session, target);
      else if (header.tr_type === '2') this.#unregister(session, target);
      else this.#control(session, target, '9', 'OPSP8993', 'INVALID INPUT : tr_type');
    }
  }

  /** One session a key; which of two loses varies by report. */
  #isCutAsSecond(session: Session, appKey: string): boolean {
    const others = [...this.#sessions].filter((other) => other !== session && other.appKey === appKey);
    if (this.#deps.variants.secondSocket === 'newcomer') return others.length > 0;
    for (const older of others) {
      this.#control(older, NO_TARGET, '9', 'OPSP8996', 'ALREADY IN USE appkey');
      older.appKey = null;
      this.#forgetRegistrations(older);
      older.socket.close();
    }
    return false;
  }

  #register(session: Session, target: { trId: string; trKey: string }): void {
    const isNotice = target.trId === NOTICE_STREAM[this.#environment];
    // A wrong HTS id makes KIS drop the connection without a close frame.
    if (isNotice && !this.#ownsHtsId(session, target.trKey)) {
      session.socket.terminate();
      return;
    }
    const refusal = this.#refuseRegistration(session, target, isNotice);
    if (refusal) {
      this.#control(session, target, '1', ...refusal);
      return;
    }
    const secret = { key: randomBytes(16).toString('hex'), iv: randomBytes(8).toString('hex') };
    const key = `${target.trId}|${target.trKey}`;
    session.registrations.add(key);
    this.#listeners.set(key, (this.#listeners.get(key) ?? new Map<Session, Secret>()).set(session, secret));
    this.#control(session, target, '0', 'OPSP0000', 'SUBSCRIBE SUCCESS', { output: { iv: secret.iv, key: secret.key } });
  }

  #refuseRegistration(
    session: Session,
    { trId, trKey }: { trId: string; trKey: string },
    isNotice: boolean,
  ): [code: string, text: string] | null {
    const isKnown =
      isNotice || (MARKET_STREAMS[this.#environment].some((stream) => stream === trId) && this.#deps.exchange.markets.has(trKey));
    if (!isKnown) return ['OPSP0007', 'SUBSCRIBE INTERNAL ERROR'];
    if (session.registrations.has(`${trId}|${trKey}`)) return ['OPSP0002', 'ALREADY IN SUBSCRIBE'];
    return session.registrations.size >= MAX_REGISTRATIONS ? ['OPSP0008', 'MAX SUBSCRIBE OVER'] : null;
  }

  #unregister(session: Session, target: { trId: string; trKey: string }): void {
    const key = `${target.trId}|${target.trKey}`;
    const had = session.registrations.delete(key);
    this.#listeners.get(key)?.delete(session);
    if (had) this.#control(session, target, '0', 'OPSP0001', 'UNSUBSCRIBE SUCCESS');
    else this.#control(session, target, '1', 'OPSP0003', 'NOT FOUND SUBSCRIBE');
  }

  #ownsHtsId(session: Session, htsId: string): boolean {
    return [...this.#deps.exchange.ledger.accounts.values()].some(
      (account) => account.appKey === session.appKey && account.htsId === htsId,
    );
  }

  #control(session: Session, target: { trId: string; trKey: string }, rtCd: string, code: string, text: string, extra: object = {}): void {
    const encrypt = target.trId === NOTICE_STREAM[this.#environment] ? 'Y' : 'N';
    this.#send(
      session,
      JSON.stringify({
        header: { tr_id: target.trId, tr_key: target.trKey, encrypt },
        body: { rt_cd: rtCd, msg_cd: code, msg1: text, ...extra },
      }),
    );
  }

  #isWanted(trId: string, market: MarketState): boolean {
    return (this.#listeners.get(`${trId}|${market.instrument.symbol}`)?.size ?? 0) > 0;
  }

  #forgetRegistrations(session: Session): void {
    for (const key of session.registrations) this.#listeners.get(key)?.delete(session);
    session.registrations.clear();
  }

  #publish(trId: string, market: MarketState, text: string): void {
    for (const session of this.#listeners.get(`${trId}|${market.instrument.symbol}`)?.keys() ?? []) this.#send(session, text);
  }

  #ping(): void {
    const now = this.#deps.now();
    const text = JSON.stringify({ header: { tr_id: 'PINGPONG', datetime: `${compactDay(seoulDay(now))}${seoulTime(now)}` } });
    for (const session of this.#sessions) this.#send(session, text);
  }

  #send(session: Session, text: string): void {
    if (session.isSilent || session.socket.readyState !== session.socket.OPEN) return;
    if (session.socket.bufferedAmount > MAX_BACKLOG_BYTES) session.socket.terminate();
    else session.socket.send(text);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
