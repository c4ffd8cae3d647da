import type { Environment, Refusal } from '../venue-order.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const message = (status: number, rt_cd: string, msg_cd: string, msg1: string): Answer => ({ status, body: { rt_cd, msg_cd, msg1 } });

/** Gateway refusals. KIS sends these with HTTP 500 and a body that must be read first. */
export const GATEWAY = {
  serverError: message(500, '1', 'EGW00002', '서버 에러가 발생했습니다.'),
  noAccess: message(500, '1', 'EGW00003', '접근이 거부되었습니다.'),
  invalidAppKey: message(500, '1', 'EGW00103', '유효하지 않은 AppKey입니다.'),
  invalidSecret: message(500, '1', 'EGW00105', '유효하지 않은 AppSecret입니다.'),
  invalidToken: message(500, '1', 'EGW00121', '유효하지 않은 token 입니다.'),
  expiredToken: message(500, '1', 'EGW00123', '기간이 만료된 token 입니다.'),
  invalidHashkey: message(500, '1', 'EGW00131', '유효하지 않은 hashkey입니다.'),
  notBearer: message(500, '1', 'EGW00205', '유효한 Bearer 토큰이 아닙니다.'),
  rateLimit: message(500, '1', 'EGW00201', '초당 거래건수를 초과하였습니다.'),
  ledgerLimit: message(500, '1', 'EGW00215', '원장에서 허용 가능한 초당 거래건수를 초과하였습니다.'),
  outcomeUnknown: message(500, '1', 'EGW00301', '연결 시간이 초과되었습니다. 직전 거래를 반드시 확인하세요.'),
  paperKeyOnReal: message(500, '1', 'EGW02004', '실전투자 도메인은 모의투자 앱키로 호출하실 수 없습니다.'),
  notPaperTr: message(500, '1', 'EGW02006', '모의투자 TR 이 아닙니다.'),
  realKeyOnPaper: message(500, '1', 'EGW02007', '해당 앱키는 모의투자용 앱키가 아닙니다'),
} as const;

const REFUSED_AT_THE_DOOR = ['EGW00121', 'EGW00123', 'EGW00201', 'EGW00215'];
/** The gateway refused before anything was done: a client may send the same request again. */
export const isRefusedAtTheDoor = ({ body }: Answer): boolean => REFUSED_AT_THE_DOOR.includes((body as { msg_cd?: string }).msg_cd ?? '');

/** Refusals of `/oauth2/…`, which have a shape of their own. */
export const oauthError = (status: number, error_code: string, error_description: string): Answer => ({
  status,
  body: { error_description, error_code },
});

/** A missing, misspelled or wrong input: HTTP 200, rt_cd 2. */
export const badInput = (field: string): Answer => message(200, '2', 'OPSQ2001', `ERROR : INPUT INVALID_CHECK_${field}`);
export const badAccount = (): Answer => message(200, '2', 'OPSQ2000', 'ERROR : INPUT INVALID_CHECK_ACNO');
export const malformed = (): Answer => message(500, '2', 'OPSQ9999', 'ERROR : INPUT JSON FORMAT');

/** The exchange's no, in each environment's code and words. Real codes have four digits after the letters, paper ones eight. */
const REFUSALS: Readonly<Record<Refusal, { real: readonly [code: string, text: string]; paper: readonly [code: string, text: string] }>> = {
  unknown_symbol: {
    real: ['APBK0656', '해당종목정보가 없습니다.'],
    paper: ['40070000', '모의투자 주문처리가 안되었습니다(매매불가 종목)'],
  },
  off_tick: { real: ['APBK0506', '주식주문호가단위 오류입니다.'], paper: ['40030000', '모의투자 주문처리가 안되었습니다(호가단위 오류)'] },
  // The real code of a price outside the band is not documented; APBK0918 and APBK0506 carry several texts in practice.
  outside_limits: {
    real: ['APBK0506', '상하한가를 벗어난 가격입니다.'],
    paper: ['40270000', '모의투자 주문처리가 안되었습니다(상하한가 오류)'],
  },
  before_open: { real: ['APBK0918', '장운영시간이 아닙니다.(주문불가)'], paper: ['40570000', '모의투자 장시작전 입니다.'] },
  after_close: { real: ['APBK0918', '장운영시간이 아닙니다.(주문불가)'], paper: ['40580000', '모의투자 장종료 입니다.'] },
  not_a_trading_day: { real: ['APBK0919', '장운영일자가 주문일과 상이합니다'], paper: ['40100000', '모의투자 영업일이 아닙니다.'] },
  no_cash: { real: ['APBK0952', '주문가능금액을 초과 했습니다'], paper: ['40250000', '모의투자 주문가능금액이 부족합니다.'] },
  no_holding: { real: ['APBK0400', '주문 가능한 수량을 초과했습니다.'], paper: ['40240000', '모의투자 잔고내역이 없습니다.'] },
  over_sellable: { real: ['APBK0400', '주문 가능한 수량을 초과했습니다.'], paper: ['40240000', '모의투자 잔고내역이 없습니다.'] },
  unknown_order: { real: ['APBK0927', '정정취소 가능수량이 없습니다.'], paper: ['40320000', '모의투자 원주문번호가 존재하지 않습니다.'] },
  nothing_left: { real: ['APBK0927', '정정취소 가능수량이 없습니다.'], paper: ['40330000', '모의투자 정정/취소할 수량이 없습니다.'] },
  over_open_quantity: {
    real: ['APBK0927', '정정취소 가능수량을 초과했습니다.'],
    paper: ['40430000', '모의투자 취소수량이 취소가능수량을 초과합니다'],
  },
  // No code of a halted issue is documented for real; the text is what a client can read.
  halted: { real: ['APBK0918', '거래정지 종목입니다.(주문불가)'], paper: ['40070000', '모의투자 주문처리가 안되었습니다(매매불가 종목)'] },
  bad_order_type: { real: ['APBK0963', '주문구분코드 오류 입니다.'], paper: ['90000000', '모의투자에서는 해당업무가 제공되지 않습니다.'] },
};

export function refused(environment: Environment, refusal: Refusal): Answer {
  const [code, text] = REFUSALS[refusal][environment];
  return message(200, environment === 'real' ? '7' : '1', code, text);
}

const DONE = {
  buy: ['40600000', '모의투자 매수주문이 완료 되었습니다.'],
  sell: ['40590000', '모의투자 매도주문이 완료 되었습니다.'],
  modify: ['40620000', '모의투자 정정주문이 완료 되었습니다.'],
  cancel: ['40630000', '모의투자 취소주문이 완료 되었습니다.'],
} as const;

/** "Sent", not "on the book": what KIS answers to an order it took. */
export function accepted(environment: Environment, what: keyof typeof DONE, output: unknown): Answer {
  const [msg_cd, msg1] = environment === 'real' ? ['APBK0013', '주문 전송 완료 되었습니다.'] : DONE[what];
  return { status: 200, body: { rt_cd: '0', msg_cd, msg1, output } };
}

/** Blanks up to `length`, as KIS pads its texts and cursors. */
export const padded = (text: string, length: number): string => text.padEnd(length, ' ');

/** Envelope of an account inquiry. `more`: another page follows. */
export function inquired(
  environment: Environment,
  content: Record<string, unknown>,
  page: { more: boolean; first: boolean; empty?: boolean; isUnmarked?: boolean },
): Answer {
  const [msg_cd, msg1] =
    environment === 'paper'
      ? page.empty
        ? ['70070000', '모의투자 조회할 내역(자료)이 없습니다.']
        : ['20310000', '모의투자 조회가 완료되었습니다.']
      : page.more
        ? ['KIOK0500', '조회가 계속됩니다..다음버튼을 Click 하십시오.']
        : ['KIOK0510', '조회가 완료되었습니다'];
  const tr_cont = page.more ? (page.first ? 'F' : 'M') : page.first ? 'D' : 'E';
  return { status: 200, headers: page.isUnmarked ? {} : { tr_cont }, body: { ...content, rt_cd: '0', msg_cd, msg1: padded(msg1, 80) } };
}

/** Envelope of a quote. */
export const quoted = (content: Record<string, unknown>): Answer => ({
  status: 200,
  headers: { tr_cont: '' },
  body: { ...content, rt_cd: '0', msg_cd: 'MCA00000', msg1: '정상처리 되었습니다!' },
});
