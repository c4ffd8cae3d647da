import { createDecipheriv } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import WebSocket from 'ws';
import { fixedClock } from '../clock.ts';
import { seoulInstant } from '../seoul-time.ts';
import { startVenue, type Venue, type VenueOptions } from '../venue.ts';
import type { Environment } from '../venue-order.ts';
import { MONDAY } from './exchange.ts';

export const TRADING = '/uapi/domestic-stock/v1/trading';
export const QUOTATIONS = '/uapi/domestic-stock/v1/quotations';
export const LISTED = '990010';

/** A venue on free ports with a clock that stands at ten o'clock on a Monday, without background traders unless asked. */
export const aVenue = (options: VenueOptions = {}): Promise<Venue> =>
  startVenue({
    clock: fixedClock(seoulInstant(MONDAY, 600)),
    eventsPerSecond: 0,
    requestsPerSecond: { paper: 1_000, real: 1_000 },
    ...options,
  });

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a raw answer, read by tests only
  readonly body: any;
}

/** Speaks KIS's wire to a venue as one account does. */
export class KisCaller {
  readonly venue: Venue;
  readonly environment: Environment;
  readonly appKey: string;
  readonly appSecret = 'a-secret-of-the-simulation';
  readonly accountNumber: string;
  readonly htsId: string;
  #token = '';

  constructor(venue: Venue, number: number, environment: Environment) {
    this.venue = venue;
    this.environment = environment;
    this.appKey = `app-key-${environment}-${number}`;
    this.accountNumber = String(50_000_000 + number);
    this.htsId = `hts${number}`;
  }

  static async open(
    venue: Venue,
    given: { number?: number; environment?: Environment; cash?: number; holdings?: [symbol: string, quantity: number][] } = {},
  ): Promise<KisCaller> {
    const caller = new KisCaller(venue, given.number ?? 1, given.environment ?? 'paper');
    const { environment, appKey, appSecret, accountNumber, htsId } = caller;
    const holdings = (given.holdings ?? []).map(([symbol, quantity]) => ({ symbol, quantity, averagePrice: 50_000 }));
    venue.provision({ environment, appKey, appSecret, accountNumber, htsId, cash: given.cash ?? 100_000_000, holdings });
    await caller.logIn();
    return caller;
  }

  get base(): string {
    return this.venue.restUrl[this.environment];
  }

  async logIn(): Promise<Reply> {
    const reply = await this.post('/oauth2/tokenP', { grant_type: 'client_credentials', appkey: this.appKey, appsecret: this.appSecret });
    this.#token = reply.body.access_token ?? this.#token;
    return reply;
  }

  headers(trId: string, extra: Record<string, string> = {}): Record<string, string> {
    const { appKey: appkey, appSecret: appsecret } = this;
    return {
      'content-type': 'application/json; charset=utf-8',
      authorization: `Bearer ${this.#token}`,
      appkey,
      appsecret,
      tr_id: trId,
      custtype: 'P',
      ...extra,
    };
  }

  async post(path: string, body: unknown, trId?: string): Promise<Reply> {
    const headers = trId ? this.headers(trId) : { 'content-type': 'application/json' };
    return read(await fetch(this.base + path, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) }));
  }

  async get(path: string, query: Record<string, string>, trId: string, extra: Record<string, string> = {}): Promise<Reply> {
    return read(await fetch(`${this.base}${path}?${new URLSearchParams(query)}`, { headers: this.headers(trId, extra) }));
  }

  account(): { CANO: string; ACNT_PRDT_CD: string } {
    return { CANO: this.accountNumber, ACNT_PRDT_CD: '01' };
  }

  tr(name: string): string {
    return this.environment === 'real' ? `T${name}` : `V${name}`;
  }

  order(given: Partial<Record<string, string>> & { side?: 'buy' | 'sell' } = {}): Promise<Reply> {
    const { side = 'buy', ...fields } = given;
    const body = {
      ...this.account(),
      PDNO: LISTED,
      ORD_DVSN: '00',
      ORD_QTY: '1',
      ORD_UNPR: '50000',
      SLL_TYPE: '',
      CNDT_PRIC: '',
      EXCG_ID_DVSN_CD: 'KRX',
      ...fields,
    };
    return this.post(`${TRADING}/order-cash`, body, this.tr(side === 'buy' ? 'TTC0012U' : 'TTC0011U'));
  }

  change(original: string, given: Partial<Record<string, string>> = {}): Promise<Reply> {
    const body = {
      ...this.account(),
      KRX_FWDG_ORD_ORGNO: '',
      ORGN_ODNO: original,
      ORD_DVSN: '00',
      RVSE_CNCL_DVSN_CD: '02',
      ORD_QTY: '0',
      ORD_UNPR: '0',
      QTY_ALL_ORD_YN: 'Y',
      CNDT_PRIC: '',
      EXCG_ID_DVSN_CD: 'KRX',
      ...given,
    };
    return this.post(`${TRADING}/order-rvsecncl`, body, this.tr('TTC0013U'));
  }

  orders(given: Record<string, string> = {}, extra: Record<string, string> = {}, trId = this.tr('TTC0081R')): Promise<Reply> {
    const day = MONDAY.replaceAll('-', '');
    const query = {
      ...this.account(),
      INQR_STRT_DT: day,
      INQR_END_DT: day,
      SLL_BUY_DVSN_CD: '00',
      PDNO: '',
      ORD_GNO_BRNO: '',
      ODNO: '',
      CCLD_DVSN: '00',
      INQR_DVSN: '00',
      INQR_DVSN_1: '',
      INQR_DVSN_3: '00',
      EXCG_ID_DVSN_CD: 'KRX',
      CTX_AREA_FK100: '',
      CTX_AREA_NK100: '',
      ...given,
    };
    return this.get(`${TRADING}/inquire-daily-ccld`, query, trId, extra);
  }

  balance(given: Record<string, string> = {}, extra: Record<string, string> = {}): Promise<Reply> {
    const query = {
      ...this.account(),
      AFHR_FLPR_YN: 'N',
      OFL_YN: '',
      INQR_DVSN: '02',
      UNPR_DVSN: '01',
      FUND_STTL_ICLD_YN: 'N',
      FNCG_AMT_AUTO_RDPT_YN: 'N',
      PRCS_DVSN: '00',
      CTX_AREA_FK100: '',
      CTX_AREA_NK100: '',
      ...given,
    };
    return this.get(`${TRADING}/inquire-balance`, query, this.tr('TTC8434R'), extra);
  }

  async socket(): Promise<KisSocket> {
    const { body } = await this.post('/oauth2/Approval', {
      grant_type: 'client_credentials',
      appkey: this.appKey,
      secretkey: this.appSecret,
    });
    return KisSocket.open(this.venue.wsUrl[this.environment], body.approval_key);
  }
}

async function read(response: Response): Promise<Reply> {
  const text = await response.text();
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // A garbage answer is what some tests are about.
  }
  return { status: response.status, headers: response.headers, body };
}

/** One POST over a raw connection: true when an answer came, false when the venue cut the line. */
export function wasAnswered(url: string, headers: Record<string, string>, body: unknown): Promise<boolean> {
  return new Promise((resolve) => {
    const request = httpRequest(url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(true));
    });
    request.on('error', () => resolve(false));
    request.end(JSON.stringify(body));
  });
}

/** A test's end of the WebSocket: keeps every frame, decrypts notices, lets a test wait for one. */
export class KisSocket {
  readonly frames: string[] = [];
  readonly #socket: WebSocket;
  readonly #approvalKey: string;
  #secret: { key: string; iv: string } | null = null;
  #waiters: (() => void)[] = [];
  isClosed = false;

  constructor(socket: WebSocket, approvalKey: string) {
    this.#socket = socket;
    this.#approvalKey = approvalKey;
    socket.on('message', (data) => {
      const text = String(data);
      if (text.startsWith('{')) this.#secret = JSON.parse(text).body?.output ?? this.#secret;
      this.frames.push(text);
      this.#wake();
    });
    socket.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
    socket.on('error', () => undefined);
  }

  static async open(url: string, approvalKey: string): Promise<KisSocket> {
    const socket = new WebSocket(url);
    const opened = new KisSocket(socket, approvalKey);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return opened;
  }

  send(trId: string, trKey: string, type = '1', approvalKey = this.#approvalKey): void {
    this.raw(
      JSON.stringify({
        header: { approval_key: approvalKey, custtype: 'P', tr_type: type, 'content-type': 'utf-8' },
        body: { input: { tr_id: trId, tr_key: trKey } },
      }),
    );
  }

  raw(text: string): void {
    this.#socket.send(text);
  }

  /** Registers and returns the control answer's body. */
  // biome-ignore lint/suspicious/noExplicitAny: a raw answer, read by tests only
  async register(trId: string, trKey: string, type = '1', approvalKey = this.#approvalKey): Promise<any> {
    const from = this.frames.length;
    this.send(trId, trKey, type, approvalKey);
    const text = await this.next((frame) => frame.startsWith('{') && !frame.includes('PINGPONG'), from);
    return JSON.parse(text).body;
  }

  /** Waits for the first frame from `from` on that a test asks for. */
  async next(wanted: (frame: string) => boolean, from = 0): Promise<string> {
    for (;;) {
      const found = this.frames.slice(from).find(wanted);
      if (found !== undefined) return found;
      if (this.isClosed) throw new Error('the socket was closed');
      await new Promise<void>((resolve) => void this.#waiters.push(resolve));
    }
  }

  async closed(): Promise<void> {
    while (!this.isClosed) await new Promise<void>((resolve) => void this.#waiters.push(resolve));
  }

  /** Notices received so far, decrypted, as fields. */
  notices(): string[][] {
    return this.frames
      .filter((frame) => frame.startsWith('1|'))
      .map((frame) => {
        const decipher = createDecipheriv('aes-256-cbc', this.#secret!.key, this.#secret!.iv);
        return Buffer.concat([decipher.update(frame.split('|')[3]!, 'base64'), decipher.final()])
          .toString('utf8')
          .split('^');
      });
  }

  close(): void {
    this.#socket.terminate();
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}
