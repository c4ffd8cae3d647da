import { type DenialNumbers, denialSentence, isDenialCode } from '#domain/risk/denials.ts';
import type { AppError, ErrorCode } from '#lib/errors.ts';
import type { Locale } from '#lib/i18n/locale.ts';

type Words = Record<Locale, string>;

/** What a person reads for each code of lib/errors.ts: what happened, why, what next. */
const BY_CODE: Record<ErrorCode, Words> = {
  invalid_input: {
    ko: '입력한 값이 맞지 않습니다. 표시된 항목을 고친 뒤 다시 시도하세요.',
    en: 'Some values do not fit. Correct the marked fields and try again.',
  },
  unauthenticated: { ko: '로그인이 필요합니다. 다시 로그인한 뒤 시도하세요.', en: 'You are not signed in. Sign in and try again.' },
  forbidden: {
    ko: '이 작업을 할 권한이 없습니다. 관리자에게 권한을 요청하세요.',
    en: 'You may not do this. Ask an administrator for the right.',
  },
  not_found: { ko: '찾을 수 없습니다. 주소나 번호를 확인하세요.', en: 'Not found. Check the address or number.' },
  conflict: {
    ko: '이미 처리된 요청과 내용이 다릅니다. 화면을 새로 고친 뒤 다시 시도하세요.',
    en: 'This differs from a request already handled. Reload and try again.',
  },
  in_progress: {
    ko: '같은 요청을 처리하고 있습니다. 잠시 뒤 결과를 확인하세요.',
    en: 'The same request is being handled. Check its result in a moment.',
  },
  order_denied: {
    ko: '주문이 거부되었습니다. 이유를 확인하고 고쳐서 다시 주문하세요.',
    en: 'The order was refused. See the reason, change it and order again.',
  },
  rate_limited: { ko: '요청이 너무 많습니다. 잠시 기다렸다가 다시 시도하세요.', en: 'Too many requests. Wait a moment and try again.' },
  broker_unavailable: {
    ko: '증권사와 연결되지 않습니다. 잠시 뒤 다시 시도하세요.',
    en: 'The broker cannot be reached. Try again shortly.',
  },
  database_not_ready: {
    ko: '데이터베이스가 아직 준비되지 않았습니다. 관리자에게 알리세요.',
    en: 'The database is not ready yet. Tell your administrator.',
  },
  internal: {
    ko: '예기치 않은 문제가 생겼습니다. 주문했다면 먼저 주문 내역을 확인하세요.',
    en: 'Something unexpected happened. If you placed an order, check your orders first.',
  },
};

/** Narrower sentences, by `detail.reason`; the SQL functions' own codes are among them. */
const BY_REASON: Record<string, Words> = {
  cross_origin: {
    ko: '다른 사이트에서 보낸 요청은 받지 않습니다. 나래 화면에서 다시 시도하세요.',
    en: 'Requests from other sites are not accepted. Try again from Narae.',
  },
  not_json: {
    ko: '요청 형식이 JSON이 아닙니다. Content-Type: application/json 으로 보내세요.',
    en: 'The request is not JSON. Send Content-Type: application/json.',
  },
  malformed_json: {
    ko: '요청 본문의 JSON을 읽을 수 없습니다. 괄호와 따옴표를 확인하세요.',
    en: 'The JSON of the request cannot be read. Check its brackets and quotes.',
  },
  too_large: { ko: '요청이 너무 큽니다. 나누어 보내세요.', en: 'The request is too large. Send it in parts.' },
  account_not_found: {
    ko: '그런 계좌가 없거나 회원님의 계좌가 아닙니다. 계좌를 다시 고르세요.',
    en: 'No such account of yours. Choose the account again.',
  },
  account_required: {
    ko: '계좌가 여럿입니다. 주문할 계좌(accountId)를 정해 주세요.',
    en: 'You have several accounts. State which one (accountId).',
  },
  no_account: {
    ko: '주문할 수 있는 계좌가 없습니다. 계좌 화면에서 먼저 등록하세요.',
    en: 'You have no account to order with. Add one on the accounts page.',
  },
  order_not_found: { ko: '그런 주문이 없거나 회원님의 주문이 아닙니다.', en: 'No such order of yours.' },
  intent_conflict: {
    ko: '같은 주문 키로 다른 내용의 주문이 이미 접수되었습니다. 주문창을 다시 열어 주문하세요.',
    en: 'Another order was already taken under this key. Open the ticket again to order.',
  },
  strategy_not_found: {
    ko: '그런 전략이 없거나 회원님의 전략이 아닙니다. 전략 목록에서 다시 고르세요.',
    en: 'No such strategy of yours. Choose it again from the list.',
  },
  strategy_not_runnable: {
    ko: '저장된 버전이 아니어서 실행할 수 없습니다. 전략을 열어 저장한 뒤 다시 시도하세요.',
    en: 'This is no saved version, so it cannot run. Open the strategy, save it and try again.',
  },
  strategy_deployed: {
    ko: '이 전략이 자동매매 중입니다. 자동매매 화면에서 먼저 끝내세요.',
    en: 'This strategy trades automatically. End that on the automatic trading page first.',
  },
  too_many_strategies: {
    ko: '전략은 500개까지 둘 수 있습니다. 있는 전략을 고쳐 쓰세요.',
    en: 'You have 500 strategies, the most allowed. Change one of them.',
  },
  too_many_deployments: {
    ko: '자동매매는 20개까지 돌릴 수 있습니다. 하나를 끝낸 뒤 시작하세요.',
    en: 'Twenty strategies trade already, the most allowed. End one first.',
  },
  deployment_not_found: { ko: '그런 자동매매가 없거나 회원님의 것이 아닙니다.', en: 'No such deployment of yours.' },
  deployment_stopped: {
    ko: '끝낸 자동매매는 다시 시작할 수 없습니다. 전략 화면에서 새로 시작하세요.',
    en: 'An ended deployment cannot be started again. Deploy the strategy anew.',
  },
  backtest_not_found: { ko: '그런 백테스트가 없거나 회원님의 것이 아닙니다.', en: 'No such back-test of yours.' },
  account_unverified: {
    ko: '이 계좌는 연결 확인이 끝나지 않았습니다. 계좌 화면에서 확인을 마친 뒤 다시 시도하세요.',
    en: 'The connection test of this account has not passed. Finish it on the accounts page.',
  },
  permission_missing: {
    ko: '이 계좌로 거래할 권한이 없습니다. 설정 화면에서 관리자에게 요청하세요.',
    en: 'You may not trade on this account. Ask an administrator from the settings page.',
  },
  real_not_armed: {
    ko: '실전 거래가 잠겨 있습니다. 비밀번호를 다시 확인한 뒤 시도하세요.',
    en: 'Real trading is locked. Confirm your password again, then try.',
  },
  four_eyes: {
    ko: '자기 권한이나 한도는 스스로 올릴 수 없습니다. 다른 관리자에게 부탁하세요.',
    en: 'You cannot raise your own rights or limits. Another administrator must do it.',
  },
  members_not_allowed: {
    ko: '회원에게 실전 거래를 허용하지 않는 설정입니다. 플랫폼 탭의 ‘회원에게 실전 허용’을 먼저 켜세요.',
    en: 'Members may not be given real trading here. Switch on “Real trading for members” under Platform first.',
  },
  already_signed_up: {
    ko: '이미 이 이메일로 가입한 사람이 있습니다. 사용자 탭에서 거래 권한을 주세요.',
    en: 'Somebody has signed up with this address already. Give them rights under People.',
  },
  invitation_not_found: {
    ko: '열려 있는 초대가 아닙니다. 화면을 새로 고치세요.',
    en: 'This invitation is not open any more. Reload the page.',
  },
  request_not_found: {
    ko: '이미 처리된 요청입니다. 화면을 새로 고치세요.',
    en: 'This request has been decided already. Reload the page.',
  },
  limit_raise_needs_admin: {
    ko: '한도는 스스로 낮출 수만 있습니다. 올리거나 없애려면 관리자에게 요청하세요.',
    en: 'You may only tighten your limits yourself. Ask an administrator to raise or remove one.',
  },
  stop_not_found: { ko: '그런 손절·익절 설정이 없습니다. 화면을 새로 고치세요.', en: 'There is no such stop of yours. Reload the page.' },
  stop_without_position: {
    ko: '이 계좌에서 직접 보유한 이 종목의 주식이 없습니다. 전략이 보유한 주식은 전략의 규칙이 지킵니다.',
    en: 'You hold no shares of this symbol here yourself. Shares of a strategy are protected by its own rules.',
  },
  stop_quantity_invalid: {
    ko: '수량이 맞지 않습니다. 1주부터 보유 수량까지 정수로 입력하세요.',
    en: 'The quantity does not fit. Enter whole shares, from 1 up to what you hold.',
  },
  stop_price_invalid: {
    ko: '가격이 맞지 않습니다. 1원 이상의 가격을 입력하세요.',
    en: 'The price does not fit. Enter a price of at least 1 won.',
  },
  stop_price_passed: {
    ko: '현재가가 이미 그 가격을 지나 곧바로 팔리게 됩니다. 손절은 현재가보다 낮게, 익절은 높게 정하세요.',
    en: 'The price has already passed that level, so it would sell at once. Set a stop below and a target above the price.',
  },
  stop_rate_invalid: {
    ko: '추적 폭은 0.1%에서 90% 사이로 정하세요.',
    en: 'Set the trailing distance between 0.1 % and 90 %.',
  },
  stop_is_selling: {
    ko: '지금 이 설정으로 매도하고 있습니다. 주문 내역에서 그 주문을 정정하거나 취소하세요.',
    en: 'This stop is selling right now. Change or cancel its order on the orders page.',
  },
  stop_of_strategy: {
    ko: '전략이 정한 손절입니다. 자동매매 화면에서 전략을 멈추거나 끝내세요.',
    en: 'This stop belongs to a strategy. Pause or end it on the automatic trading page.',
  },
  break_not_found: {
    ko: '그런 차이가 없거나 회원님의 계좌가 아닙니다. 화면을 새로 고치세요.',
    en: 'There is no such difference of yours. Reload the page.',
  },
  break_closed: { ko: '이미 수량이 일치하거나 다른 곳에서 처리되었습니다.', en: 'The figures agree again, or this is settled elsewhere.' },
  cash_flow_not_found: { ko: '그런 현금 변동이 없거나 회원님의 계좌가 아닙니다.', en: 'There is no such cash flow of yours.' },
  wrong_direction: {
    ko: '현금이 움직인 방향과 맞지 않습니다. 들어온 돈과 나간 돈을 구분해 다시 고르세요.',
    en: 'The cash went the other way. Choose what fits money that came in or went out.',
  },
  corporate_action_not_found: {
    ko: '그런 권리 변동이 없거나 회원님의 계좌가 아닙니다.',
    en: 'There is no such corporate action of yours.',
  },
  corporate_action_settled: {
    ko: '이미 처리된 권리 변동입니다. 화면을 새로 고치세요.',
    en: 'This corporate action is settled already. Reload the page.',
  },
  user_not_found: { ko: '그런 사람이 없습니다. 화면을 새로 고치세요.', en: 'There is no such person. Reload the page.' },
};

/** The sentence for a fault, in the reader's language; a reason that the gate knows has the gate's own words. */
export function errorSentence(fault: Pick<AppError, 'code' | 'detail'>, locale: Locale): string {
  const { reason, sentence, numbers } = fault.detail;
  if (sentence && typeof sentence === 'object' && locale in sentence) return String((sentence as Words)[locale]);
  if (typeof reason !== 'string') return BY_CODE[fault.code][locale];
  const narrow = Object.hasOwn(BY_REASON, reason) ? BY_REASON[reason] : undefined;
  if (narrow) return narrow[locale];
  return isDenialCode(reason) ? denialSentence(reason, (numbers ?? {}) as DenialNumbers, locale) : BY_CODE[fault.code][locale];
}
