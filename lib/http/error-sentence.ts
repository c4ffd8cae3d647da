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
};

/** The sentence for a fault, in the reader's language. */
export function errorSentence(fault: Pick<AppError, 'code' | 'detail'>, locale: Locale): string {
  const { reason, sentence } = fault.detail;
  if (sentence && typeof sentence === 'object' && locale in sentence) return String((sentence as Words)[locale]);
  const narrow = typeof reason === 'string' ? BY_REASON[reason] : undefined;
  return (narrow ?? BY_CODE[fault.code])[locale];
}
