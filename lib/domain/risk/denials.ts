/**
 * Every refusal of ours: code, sentence and what to change, in Korean and English. SQL returns `{code, numbers}`; web and fleet
 * read the sentences from here. `{name}` is a named number; both languages of a sentence use the same names.
 */

export type Locale = 'ko' | 'en';
/** Named figures of a refusal: won, shares, counts or seconds; a few are words such as a session's name. */
export type DenialNumbers = Readonly<Record<string, number | string | null | undefined>>;

interface DenialText {
  readonly ko: string;
  readonly en: string;
  /** What to change. */
  readonly fixKo: string;
  readonly fixEn: string;
}

const text = (ko: string, en: string, fixKo: string, fixEn: string): DenialText => ({ ko, en, fixKo, fixEn });

export const DENIALS = {
  // The order itself
  invalid_quantity: text(
    '주문 수량({quantity})이 올바르지 않습니다.',
    'The quantity ({quantity}) is not valid.',
    '1주 이상의 정수로 입력하세요.',
    'Enter a whole number of shares, at least 1.',
  ),
  invalid_price: text(
    '주문 가격({price})이 올바르지 않습니다.',
    'The price ({price}) is not valid.',
    '지정가는 1원 이상의 정수 가격을 넣고, 시장가·최유리 주문은 가격을 비워 두세요.',
    'Give a limit order a whole price of at least 1 won; leave the price empty for market and best-price orders.',
  ),
  price_type_unsupported: text(
    '지원하지 않는 주문 유형입니다.',
    'This order type is not supported.',
    '지정가 또는 시장가를 선택하세요.',
    'Choose a limit or a market order.',
  ),
  off_tick: text(
    '{price}원은 호가 단위({tick}원)에 맞지 않습니다.',
    '{price} won is not on the tick of {tick} won.',
    '{below}원 또는 {above}원으로 고치세요.',
    'Use {below} or {above} won.',
  ),
  outside_price_limits: text(
    '{price}원은 오늘의 가격제한폭({lower}원 ~ {upper}원)을 벗어납니다.',
    '{price} won is outside today’s limits of {lower} to {upper} won.',
    '상·하한가 안의 가격으로 고치세요.',
    'Choose a price inside the limits.',
  ),
  unknown_symbol: text(
    '알 수 없거나 상장되지 않은 종목입니다.',
    'This symbol is unknown or not listed.',
    '종목 코드 여섯 자리를 확인하세요.',
    'Check the six-character code.',
  ),
  // When
  market_closed: text(
    '지금은 주문을 받지 않는 시간입니다.',
    'The market does not take orders now.',
    '거래일 08:30부터 15:30 사이에 다시 주문하세요.',
    'Order again on a trading day between 08:30 and 15:30 Korean time.',
  ),
  session_unsupported: text(
    '이 거래 시간대({session})의 주문은 아직 지원하지 않습니다.',
    'Orders in this session ({session}) are not supported yet.',
    '정규장(동시호가 포함)에 주문하세요.',
    'Order in the regular session or its auctions.',
  ),
  price_type_not_in_session: text(
    '지금 시간대({session})에는 이 주문 유형을 쓸 수 없습니다.',
    'The current session ({session}) does not take this order type.',
    '지정가로 바꾸거나 정규장(09:00~15:20)에 주문하세요.',
    'Use a limit order, or order in continuous trading (09:00–15:20).',
  ),
  // Who
  account_not_found: text(
    '계좌를 찾을 수 없습니다.',
    'The account was not found.',
    '내 계좌 목록에서 계좌를 다시 선택하세요.',
    'Choose one of your accounts again.',
  ),
  account_unverified: text(
    '아직 확인되지 않은 계좌입니다.',
    'This account has not been verified yet.',
    '계좌 화면에서 연결 시험을 마친 뒤 주문하세요.',
    'Finish the connection test on the accounts page first.',
  ),
  permission_missing: text(
    '이 계좌로 주문할 권한이 없습니다.',
    'You may not trade on this account.',
    '관리자에게 거래 권한을 요청하세요.',
    'Ask an administrator for permission.',
  ),
  real_not_armed: text(
    '실전 주문이 잠겨 있습니다.',
    'Real trading is locked.',
    '비밀번호를 다시 확인해 30분 동안 실전 주문을 여세요.',
    'Confirm your password again to unlock real trading for 30 minutes.',
  ),
  deployment_not_approved: text(
    '이 전략의 자동매매는 승인되지 않았습니다.',
    'Automatic trading of this strategy is not approved.',
    '관리자의 승인을 받은 뒤 다시 시작하세요.',
    'Have it approved by an administrator, then start again.',
  ),
  orders_disabled: text(
    '지금은 주문 기능이 꺼져 있습니다.',
    'Orders are switched off.',
    '관리자가 주문을 켠 뒤 다시 시도하세요.',
    'Try again after an administrator has switched orders on.',
  ),
  auto_disabled: text(
    '지금은 자동매매가 꺼져 있습니다.',
    'Automatic trading is switched off.',
    '관리자가 자동매매를 켠 뒤 다시 시도하세요.',
    'Try again after an administrator has switched it on.',
  ),
  real_disabled: text(
    '지금은 실전 거래가 꺼져 있습니다.',
    'Real trading is switched off.',
    '모의 계좌를 쓰거나 관리자에게 문의하세요.',
    'Use a paper account or ask an administrator.',
  ),
  halted: text(
    '거래가 멈춰 있습니다({level}).',
    'Trading is halted ({level}).',
    '중단이 해제된 뒤 주문하세요. 취소는 지금도 할 수 있습니다.',
    'Order after the halt is lifted. Cancelling still works.',
  ),
  // Limits
  order_amount_limit: text(
    '주문 금액 {amount}원이 1회 한도 {limit}원을 넘습니다.',
    'The order of {amount} won exceeds the limit of {limit} won per order.',
    '수량을 줄이세요.',
    'Lower the quantity.',
  ),
  daily_amount_limit: text(
    '오늘 매수 {used}원에 이 주문 {amount}원을 더하면 하루 한도 {limit}원을 넘습니다.',
    'Bought today {used} won plus this order of {amount} won exceeds the daily limit of {limit} won.',
    '수량을 줄이거나 관리자에게 한도를 요청하세요.',
    'Lower the quantity or ask an administrator for a higher limit.',
  ),
  daily_order_limit: text(
    '오늘 주문 {used}건으로 하루 한도 {limit}건에 이르렀습니다.',
    'You have placed {used} orders today; the limit is {limit}.',
    '내일 다시 주문하거나 관리자에게 한도를 요청하세요.',
    'Order again tomorrow or ask an administrator for a higher limit.',
  ),
  position_limit: text(
    '이 종목 보유·주문 금액이 {amount}원이 되어 한도 {limit}원을 넘습니다.',
    'Held and ordered shares of this symbol would be worth {amount} won; the limit is {limit} won.',
    '수량을 줄이세요.',
    'Lower the quantity.',
  ),
  gross_limit: text(
    '전체 보유·주문 금액이 {amount}원이 되어 한도 {limit}원을 넘습니다.',
    'All held and ordered shares would be worth {amount} won; the limit is {limit} won.',
    '수량을 줄이거나 다른 종목을 먼저 정리하세요.',
    'Lower the quantity or reduce another position first.',
  ),
  loss_limit: text(
    '오늘 손실 {loss}원이 한도 {limit}원에 이르러 새 매수를 멈췄습니다.',
    'Today’s loss of {loss} won has reached the limit of {limit} won; new buys are paused.',
    '매도와 취소는 할 수 있습니다. 새 매수는 내일 가능합니다.',
    'You can still sell and cancel. New buys open again tomorrow.',
  ),
  adv_share: text(
    '주문 수량 {quantity}주가 평균 거래량 기준 {limit}주를 넘습니다.',
    '{quantity} shares exceed {limit}, the allowed share of the average volume.',
    '수량을 줄이거나 나누어 주문하세요.',
    'Lower the quantity or split the order.',
  ),
  limits_expired: text(
    '거래 한도의 유효 기간이 지났습니다.',
    'Your trading limits have expired.',
    '관리자에게 한도 갱신을 요청하세요.',
    'Ask an administrator to renew them.',
  ),
  // Money and shares
  insufficient_cash: text(
    '필요한 금액 {needed}원이 주문 가능 금액 {available}원보다 많습니다.',
    'The order needs {needed} won; {available} won are available.',
    '수량이나 가격을 낮추세요. 시장가 매수는 상한가와 수수료로 계산합니다.',
    'Lower the quantity or the price. Market buys are reckoned at the upper limit plus commission.',
  ),
  insufficient_shares: text(
    '매도 수량 {quantity}주가 매도 가능 수량 {sellable}주보다 많습니다.',
    'You asked to sell {quantity} shares; {sellable} can be sold.',
    '수량을 줄이거나 걸려 있는 매도 주문을 먼저 취소하세요.',
    'Lower the quantity or cancel a working sell order first.',
  ),
  // Prices and data
  collar: text(
    '매수 가격 {price}원이 기준 {reference}원의 허용 상한 {limit}원을 넘습니다.',
    'Buying at {price} won is above {limit} won, the most allowed for a reference of {reference} won.',
    '가격을 {limit}원 이하로 낮추세요.',
    'Lower the price to {limit} won or less.',
  ),
  stale_data: text(
    '시세가 {seconds}초 동안 갱신되지 않아 새 매수를 보내지 않습니다.',
    'Quotes are {seconds} seconds old; new buys are not sent.',
    '시세 연결이 돌아온 뒤 다시 주문하세요. 매도는 할 수 있습니다.',
    'Order again when quotes are back. Selling still works.',
  ),
  no_quote: text(
    '이 종목의 시세를 아직 받지 못해 새 매수를 보내지 않습니다.',
    'No quote of this symbol has arrived yet; new buys are not sent.',
    '잠시 후 다시 주문하세요. 매도는 할 수 있습니다.',
    'Order again in a moment. Selling still works.',
  ),
  clock_skew: text(
    '시스템 시계가 증권사와 {seconds}초 어긋나 새 매수를 보내지 않습니다.',
    'Our clock differs from the broker’s by {seconds} seconds; new buys are not sent.',
    '운영자에게 시계 동기화를 요청하세요. 매도는 할 수 있습니다.',
    'Ask the operator to synchronise the clock. Selling still works.',
  ),
  symbol_halted: text(
    '거래가 정지된 종목입니다.',
    'The exchange has halted this symbol.',
    '거래가 재개된 뒤 주문하세요.',
    'Order after trading resumes.',
  ),
  symbol_restricted: text(
    '주의가 필요한 종목({status})이라 매수를 막아 두었습니다.',
    'Buying is blocked: the symbol is under {status}.',
    '설정에서 이 종류의 종목 매수를 허용할 수 있습니다. 매도는 할 수 있습니다.',
    'Your settings can allow buying such symbols. Selling still works.',
  ),
  symbol_in_vi: text(
    '변동성완화장치(VI) 발동 중이라 자동 매수를 미룹니다.',
    'A volatility interruption is on; automatic buys wait.',
    'VI가 풀린 뒤 다시 판단합니다.',
    'The strategy decides again after it is lifted.',
  ),
  position_unproved: text(
    '이 종목의 보유 수량을 증권사와 대조하는 중입니다.',
    'The position in this symbol is being checked against the broker.',
    '대조가 끝난 뒤 매수하세요.',
    'Buy after the check has finished.',
  ),
  // Repetition
  self_cross: text(
    '내 반대 주문({price}원)과 서로 체결될 수 있습니다.',
    'This order could trade with your own opposite order at {price} won.',
    '그 주문을 먼저 취소하거나 가격을 바꾸세요.',
    'Cancel that order first or change the price.',
  ),
  duplicate_suspected: text(
    '{seconds}초 전에 같은 주문을 냈습니다.',
    'The same order was placed {seconds} seconds ago.',
    '한 번 더 내려면 확인을 눌러 다시 보내세요.',
    'Confirm to place it once more.',
  ),
  fingerprint_wait: text(
    '같은 주문의 결과를 {seconds}초 동안 확인하지 못해 보내지 않았습니다.',
    'An identical order is still unresolved after {seconds} seconds, so this one was not sent.',
    '앞선 주문의 상태가 정해진 뒤 다시 주문하세요.',
    'Order again once the earlier order is settled.',
  ),
  broker_unavailable: text(
    '증권사가 {seconds}초 동안 응답하지 않아 주문을 보내지 않았습니다.',
    'The broker did not answer for {seconds} seconds, so the order was not sent.',
    '증권사 연결이 돌아온 뒤 다시 주문하세요.',
    'Order again once the broker answers.',
  ),
  unknown_outstanding: text(
    '같은 종목·방향의 주문 결과를 확인하는 중입니다.',
    'An earlier order of this symbol and side is still being looked up.',
    '그 주문의 결과가 정해진 뒤 매수하세요.',
    'Buy after its outcome is known.',
  ),
  intent_conflict: text(
    '같은 요청 번호로 다른 내용의 주문이 왔습니다.',
    'The same request key came with a different order.',
    '화면을 새로 고친 뒤 새 주문으로 보내세요.',
    'Reload the page and send it as a new order.',
  ),
  intent_in_progress: text(
    '같은 주문을 처리하고 있습니다.',
    'This order is already being processed.',
    '잠시 기다린 뒤 주문 내역을 확인하세요.',
    'Wait a moment and look at your orders.',
  ),
  rate_limited: text(
    '주문이 너무 잦습니다({count}건/{seconds}초, 한도 {limit}건).',
    'Too many orders: {count} in {seconds} seconds, the limit is {limit}.',
    '잠시 후 다시 주문하세요.',
    'Order again in a moment.',
  ),
  not_cancellable: text(
    '이미 끝난 주문이라 취소할 수 없습니다.',
    'This order has ended and cannot be cancelled.',
    '주문 내역에서 상태를 확인하세요.',
    'Check its state in your orders.',
  ),
  not_changeable: text(
    '거래소에서 대기 중인 주문만 정정하거나 일부를 취소할 수 있습니다.',
    'Only an order that is working at the exchange can be changed or cancelled in part.',
    '주문 상태를 확인하세요. 아직 보내지 않은 주문은 취소한 뒤 다시 주문하세요.',
    'Check its state. Cancel an order that was not sent yet and place it anew.',
  ),
  change_outstanding: text(
    '이 주문의 정정 또는 취소가 이미 진행 중입니다.',
    'A change or cancel of this order is already on its way.',
    '그 결과가 나온 뒤 다시 시도하세요.',
    'Wait for its outcome, then try again.',
  ),
  over_remainder: text(
    '남은 수량({remaining}주)보다 많은 {quantity}주는 정정하거나 취소할 수 없습니다.',
    '{quantity} shares are more than the {remaining} that are left.',
    '남은 수량 안에서 입력하거나 수량을 비워 전량으로 하세요.',
    'Enter at most what is left, or leave the quantity empty for all of it.',
  ),
  nothing_to_change: text(
    '지금 주문과 가격이 같아 정정할 것이 없습니다.',
    'The price is that of the order already.',
    '다른 가격을 넣으세요. 수량만 줄이려면 일부 취소를 쓰세요.',
    'Enter another price. To lower only the quantity, cancel a part.',
  ),
  not_prepared: text(
    '장 시작 전 점검이 끝나지 않아 예약된 전략 주문을 보내지 않았습니다.',
    'The reserved order of the strategy was not sent: the check before the session did not end clean.',
    '자동매매 상태와 계좌 연결을 확인하세요. 다음 평가에서 다시 주문합니다.',
    'Check automatic trading and the account. The next evaluation orders again.',
  ),
  order_not_unknown: text(
    '이 주문의 결과는 이미 확인되었습니다.',
    'The outcome of this order is known by now.',
    '주문 내역에서 상태를 확인하세요.',
    'Check its state in your orders.',
  ),
  order_not_found: text(
    '주문을 찾을 수 없습니다.',
    'The order was not found.',
    '내 주문 내역에서 다시 선택하세요.',
    'Choose it again from your orders.',
  ),
} as const satisfies Record<string, DenialText>;

export type DenialCode = keyof typeof DENIALS;
export const DENIAL_CODES = Object.keys(DENIALS) as readonly DenialCode[];

/** True for a code of this catalogue: what SQL sends is checked before it is shown. */
export function isDenialCode(code: string): code is DenialCode {
  return Object.hasOwn(DENIALS, code);
}

/** 1234567 as 1,234,567; words as they are; what is missing as a dash. */
function figure(value: DenialNumbers[string]): string {
  if (value === null || value === undefined || value === '') return '–';
  const plain = String(value);
  return /^-?\d+(\.\d+)?$/.test(plain) ? plain.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',') : plain;
}

const fill = (template: string, numbers: DenialNumbers) => template.replace(/\{(\w+)\}/g, (_, name: string) => figure(numbers[name]));

/** Names of the figures a refusal speaks about. */
export function denialFigures(code: DenialCode): readonly string[] {
  const { ko, fixKo } = DENIALS[code];
  return [...new Set([...`${ko} ${fixKo}`.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string))];
}

/** Why an order was refused, in one sentence. */
export function denialReason(code: DenialCode, numbers: DenialNumbers, locale: Locale): string {
  return fill(DENIALS[code][locale], numbers);
}

/** What the person can change so that it is not refused. */
export function denialAdvice(code: DenialCode, numbers: DenialNumbers, locale: Locale): string {
  return fill(locale === 'ko' ? DENIALS[code].fixKo : DENIALS[code].fixEn, numbers);
}

/** Reason and advice together: what a person reads. A code this version does not know is named, not hidden. */
export function denialSentence(code: string, numbers: DenialNumbers, locale: Locale): string {
  if (!isDenialCode(code)) {
    return locale === 'ko'
      ? `주문이 거부되었습니다(${code}). 운영자에게 문의하세요.`
      : `The order was refused (${code}). Ask the operator.`;
  }
  return `${denialReason(code, numbers, locale)} ${denialAdvice(code, numbers, locale)}`;
}
