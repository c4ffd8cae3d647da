import { createCipheriv } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { TOKEN_BODY } from './wire-server.ts';

// The smallest thing that speaks KIS's wire with a memory: one account, one stock, no clock. It exists so that the broker
// contract itself is tested with the adapter; the venue is the real simulator.

const LAST = 70_000;
const UPPER = 91_000;
const LOWER = 49_000;
const TICK = 100;
const CIPHER = { key: 'abcdefghijklmnopabcdefghijklmnop', iv: '0123456789abcdef' };
const TIME = '101500';

interface TinyOrder {
  readonly number: string;
  readonly original: string;
  readonly side: 'buy' | 'sell';
  readonly type: string;
  readonly quantity: number;
  readonly price: number;
  filled: number;
  amount: number;
  cancelled: number;
  replaced: number;
}

/** `day` is YYYYMMDD. */
export async function startTinyKis(day: string, symbol: string, account: string) {
  const orders: TinyOrder[] = [];
  const market = { cash: 100_000_000, held: 0, bought: 0, sold: 0, paid: 0, volume: 0, nextNumber: 1 };
  const subscriptions = new Map<WebSocket, Set<string>>();
  const leaves = (order: TinyOrder) => order.quantity - order.filled - order.cancelled - order.replaced;
  const number = () => String(market.nextNumber++).padStart(10, '0');

  function push(trId: string, text: string): void {
    for (const [socket, wanted] of subscriptions) if (wanted.has(trId)) socket.send(text);
  }
  function notify(
    order: TinyOrder,
    over: { number?: string; original?: string; change?: string; quantity: number; price: number; filled: '1' | '2'; stage: '1' | '2' },
  ): void {
    const plain = [
      'user',
      account,
      over.number ?? order.number,
      over.original ?? '',
      order.side === 'buy' ? '02' : '01',
      over.change ?? '0',
      order.type,
      '0',
      symbol,
      String(over.quantity).padStart(10, '0'),
      String(over.price).padStart(9, '0'),
      TIME,
      '0',
      over.filled,
      over.stage,
      '06010',
      String(order.quantity).padStart(9, '0'),
      'name',
      '0',
      '1',
      'Y',
      '',
      '10',
      '',
      'stock',
      String(order.price).padStart(9, '0'),
    ].join('^');
    const cipher = createCipheriv('aes-256-cbc', CIPHER.key, CIPHER.iv);
    push('H0STCNI0', `1|H0STCNI0|001|${cipher.update(plain, 'utf8', 'base64')}${cipher.final('base64')}`);
  }
  function print(price: number, quantity: number): void {
    market.volume += quantity;
    const fields: (string | number)[] = Array.from({ length: 47 }, () => '0');
    Object.assign(fields, {
      0: symbol,
      1: TIME,
      2: price,
      7: LAST,
      8: LAST,
      9: LAST,
      12: quantity,
      13: market.volume,
      14: market.volume * price,
      33: day,
      35: 'N',
      43: '0',
      46: '2',
    });
    push('H0STCNT0', `0|H0STCNT0|001|${fields.join('^')}`);
    const book: (string | number)[] = Array.from({ length: 60 }, () => '0');
    Object.assign(book, { 0: symbol, 1: TIME, 3: LAST + TICK, 13: LAST, 23: 10, 33: 10, 43: 10, 44: 10 });
    push('H0STASP0', `0|H0STASP0|001|${book.join('^')}`);
  }
  function fill(order: TinyOrder, quantity: number, price: number): void {
    order.filled += quantity;
    order.amount += quantity * price;
    const sign = order.side === 'buy' ? 1 : -1;
    market.cash -= sign * quantity * price;
    market.held += sign * quantity;
    market.paid += sign * quantity * price;
    market[order.side === 'buy' ? 'bought' : 'sold'] += quantity;
    notify(order, { quantity, price, filled: '2', stage: '2' });
    print(price, quantity);
  }

  const no = (code: string, text: string) => ({ rt_cd: '7', msg_cd: code, msg1: text.padEnd(80) });
  const sent = (odno: string) => ({
    rt_cd: '0',
    msg_cd: 'APBK0013',
    msg1: '주문 전송 완료 되었습니다.',
    output: { KRX_FWDG_ORD_ORGNO: '06010', ODNO: odno, ORD_TMD: TIME },
  });

  function place(body: Record<string, string>, side: 'buy' | 'sell') {
    const isMarket = body.ORD_DVSN === '01';
    const [quantity, price] = [Number(body.ORD_QTY), isMarket ? LAST : Number(body.ORD_UNPR)];
    if (price % TICK !== 0) return no('APBK0506', '주식주문호가단위 오류입니다.');
    if (side === 'sell' && quantity > market.held) return no('APBK0400', '주문 가능한 수량을 초과했습니다.');
    if (side === 'buy' && quantity * (isMarket ? UPPER : price) > market.cash) return no('APBK0952', '주문가능금액을 초과 했습니다');
    const order: TinyOrder = {
      number: number(),
      original: '',
      side,
      type: body.ORD_DVSN ?? '',
      quantity,
      price: isMarket ? 0 : price,
      filled: 0,
      amount: 0,
      cancelled: 0,
      replaced: 0,
    };
    orders.push(order);
    notify(order, { quantity, price: order.price, filled: '1', stage: '1' });
    if (isMarket) fill(order, quantity, LAST);
    return sent(order.number);
  }
  function change(body: Record<string, string>) {
    const order = orders.find((one) => one.number === body.ORGN_ODNO);
    const rest = order ? leaves(order) : 0;
    if (!order || rest === 0) return no('APBK0927', '정정취소 가능수량이 없습니다.');
    const quantity = body.QTY_ALL_ORD_YN === 'Y' ? rest : Number(body.ORD_QTY);
    if (quantity > rest) return no('APBK0928', '정정취소 가능수량을 초과했습니다.');
    const own = number();
    const original = { number: own, original: order.number, quantity, filled: '1', stage: '2' } as const;
    if (body.RVSE_CNCL_DVSN_CD === '02') {
      order.cancelled += quantity;
      notify(order, { ...original, change: '2', price: 0 });
      return sent(own);
    }
    const price = Number(body.ORD_UNPR);
    if (price % TICK !== 0) return no('APBK0506', '주식주문호가단위 오류입니다.');
    order.replaced += quantity;
    const next = { ...order, number: own, original: order.number, type: body.ORD_DVSN ?? '', price, quantity };
    orders.push({ ...next, filled: 0, amount: 0, cancelled: 0, replaced: 0 });
    notify(order, { ...original, change: '1', price });
    return sent(own);
  }

  const text = (fields: Record<string, string | number>) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
  const ok = (body: object) => ({
    rt_cd: '0',
    msg_cd: 'KIOK0510',
    msg1: '조회가 완료되었습니다',
    ctx_area_fk100: ' '.repeat(100),
    ctx_area_nk100: ' '.repeat(100),
    ...body,
  });
  const ladder = Object.fromEntries(
    Array.from({ length: 10 }, (_, at) => at + 1).flatMap((n) => [
      [`askp${n}`, String(LAST + n * TICK)],
      [`bidp${n}`, String(LAST - (n - 1) * TICK)],
      [`askp_rsqn${n}`, '10'],
      [`bidp_rsqn${n}`, '10'],
    ]),
  );
  const answers: Record<string, (body: Record<string, string>, trId: string) => object> = {
    '/oauth2/tokenP': () => TOKEN_BODY,
    '/oauth2/Approval': () => ({ approval_key: 'approval' }),
    '/uapi/domestic-stock/v1/trading/order-cash': (body, trId) => place(body, trId === 'TTTC0012U' ? 'buy' : 'sell'),
    '/uapi/domestic-stock/v1/trading/order-rvsecncl': (body) => change(body),
    '/uapi/domestic-stock/v1/trading/inquire-daily-ccld': () =>
      ok({
        output1: orders.map((one) =>
          text({
            ord_dt: day,
            ord_gno_brno: '06010',
            odno: one.number,
            orgn_odno: one.original,
            ord_dvsn_cd: one.type,
            sll_buy_dvsn_cd: one.side === 'buy' ? '02' : '01',
            pdno: symbol,
            ord_qty: one.quantity,
            ord_unpr: one.price,
            ord_tmd: TIME,
            tot_ccld_qty: one.filled,
            tot_ccld_amt: one.amount,
            rmn_qty: leaves(one),
            rjct_qty: 0,
            cncl_cfrm_qty: one.cancelled,
            ordr_empno: 'OpnAPI',
          }),
        ),
        output2: {},
      }),
    '/uapi/domestic-stock/v1/trading/inquire-balance': () =>
      ok({
        output1: [
          text({
            pdno: symbol,
            prdt_name: 'stock',
            hldg_qty: market.held,
            ord_psbl_qty: market.held,
            pchs_amt: Math.max(0, market.paid),
            thdt_buyqty: market.bought,
            thdt_sll_qty: market.sold,
            prpr: LAST,
          }),
        ],
        output2: [text({ dnca_tot_amt: market.cash, nxdy_excc_amt: market.cash, prvs_rcdl_excc_amt: market.cash, nass_amt: market.cash })],
      }),
    '/uapi/domestic-stock/v1/trading/inquire-psbl-order': () =>
      ok({ output: text({ nrcvb_buy_amt: market.cash, nrcvb_buy_qty: Math.floor(market.cash / UPPER), psbl_qty_calc_unpr: UPPER }) }),
    '/uapi/domestic-stock/v1/trading/inquire-psbl-sell': () =>
      ok({ output: text({ pdno: symbol, cblc_qty: market.held, ord_psbl_qty: market.held }) }),
    '/uapi/domestic-stock/v1/quotations/intstock-multprice': () =>
      ok({
        output: [
          text({
            inter_shrn_iscd: symbol,
            inter2_prpr: LAST,
            inter2_oprc: LAST,
            inter2_hgpr: LAST,
            inter2_lwpr: LAST,
            inter2_llam: LOWER,
            inter2_mxpr: UPPER,
            inter2_sdpr: LAST,
            acml_vol: market.volume,
            acml_tr_pbmn: 0,
          }),
        ],
      }),
    '/uapi/domestic-stock/v1/quotations/inquire-price': () =>
      ok({
        output: text({
          stck_prpr: LAST,
          stck_oprc: LAST,
          stck_hgpr: LAST,
          stck_lwpr: LAST,
          stck_sdpr: LAST,
          stck_mxpr: UPPER,
          stck_llam: LOWER,
          acml_vol: market.volume,
          acml_tr_pbmn: 0,
          aspr_unit: TICK,
          temp_stop_yn: 'N',
          iscd_stat_cls_code: '55',
          vi_cls_code: 'N',
        }),
      }),
    '/uapi/domestic-stock/v1/quotations/inquire-asking-price-exp-ccn': () =>
      ok({
        output1: { ...ladder, aspr_acpt_hour: TIME, new_mkop_cls_code: '20' },
        output2: { antc_cnpr: '0', antc_vol: '0', vi_cls_code: 'N' },
      }),
  };

  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = answers[new URL(request.url ?? '/', 'http://tiny').pathname];
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {};
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json', tr_cont: 'D' });
    response.end(JSON.stringify(answer?.(body, String(request.headers.tr_id)) ?? {}));
  });
  const wss = new WebSocketServer({ server, path: '/tryitout' });
  wss.on('connection', (socket) => {
    subscriptions.set(socket, new Set());
    socket.on('close', () => subscriptions.delete(socket));
    socket.on('message', (data) => {
      const { tr_id, tr_key } = JSON.parse(data.toString()).body.input;
      subscriptions.get(socket)?.add(tr_id);
      socket.send(
        JSON.stringify({
          header: { tr_id, tr_key, encrypt: 'N' },
          body: { rt_cd: '0', msg_cd: 'OPSP0000', msg1: 'SUBSCRIBE SUCCESS', output: CIPHER },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;

  return {
    restUrl: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}/tryitout`,
    /** Somebody sells into our resting buys, oldest first. */
    sellInto(quantity: number): void {
      let rest = quantity;
      for (const order of orders) {
        const part = order.side === 'buy' ? Math.min(rest, leaves(order)) : 0;
        if (part > 0) fill(order, part, order.price);
        rest -= part;
      }
    },
    async stop(): Promise<void> {
      for (const socket of wss.clients) socket.terminate();
      wss.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
