import type { Variants } from '../variants.ts';
import type { Environment } from '../venue-order.ts';
import { type Answer, badInput, GATEWAY, padded, refused } from './codes.ts';

type Row = Record<string, string>;
type Body = Record<string, unknown>;

export interface Face {
  readonly environment: Environment;
  /** Last part of the path: `order-cash`, `inquire-balance`… */
  readonly name: string;
  readonly input: Readonly<Record<string, string>>;
}

const ORDERS = ['order-cash', 'order-rvsecncl'];
const MINUTES = ['inquire-time-itemchartprice', 'inquire-time-dailychartprice'];
const BARS_A_CALL: Readonly<Record<string, number>> = { 'inquire-daily-itemchartprice': 100, 'inquire-time-itemchartprice': 30 };
const GIVEN_LIMIT_TEXT = '상하한가를 벗어난 가격입니다.';

/** Requests that only some readings of the reference take. */
export function refusedByVariant(variants: Variants, face: Face, headers: Readonly<Record<string, string>>): Answer | null {
  const { environment, name, input } = face;
  if (ORDERS.includes(name)) {
    if (variants.hashkey === 'required' && !headers.hashkey) return GATEWAY.invalidHashkey;
    const isSimple = ['00', '01'].includes(input.ORD_DVSN ?? '');
    if (variants.paperOrderTypes === 'limit_and_market' && environment === 'paper' && !isSimple)
      return refused(environment, 'bad_order_type');
  }
  if (name === 'order-rvsecncl') {
    if (variants.branchOfChange === 'required' && !input.KRX_FWDG_ORD_ORGNO) return badInput('KRX_FWDG_ORD_ORGNO');
    const isZero = Number(input.ORD_QTY) === 0;
    const isWrong = (variants.quantityOfWhole === 'zero' && !isZero) || (variants.quantityOfWhole === 'remainder' && isZero);
    if (input.QTY_ALL_ORD_YN === 'Y' && isWrong) return badInput('ORD_QTY');
  }
  const cursor = input.CTX_AREA_NK100;
  const isTrimmed = headers.tr_cont === 'N' && cursor !== undefined && cursor.length !== 100;
  return variants.trimmedCursor === 'refused' && isTrimmed ? badInput('CTX_AREA_NK100') : null;
}

/** The answer as the chosen readings of the reference have it. */
export function shaped(variants: Variants, face: Face, answer: Answer): Answer {
  if (typeof answer.body !== 'object' || answer.body === null) return answer;
  const body = { ...(answer.body as Body) };
  shapeCodes(variants, body);
  if (ORDERS.includes(face.name)) shapeOrderAnswer(variants, face, body);
  if (variants.lastCursor === 'empty' && ['D', 'E'].includes(answer.headers?.tr_cont ?? '') && 'ctx_area_nk100' in body)
    Object.assign(body, { ctx_area_fk100: padded('', 100), ctx_area_nk100: padded('', 100) });
  if (face.name === 'inquire-daily-ccld') mapRows(body, 'output1', (row) => orderRow(variants, row));
  if (face.name === 'inquire-psbl-rvsecncl') mapRows(body, 'output', (row) => renumbered(variants, row));
  if (face.name === 'inquire-balance' && variants.emptyBalance === 'no_row' && face.environment === 'paper' && isEmpty(body.output1))
    body.output2 = [];
  if (face.name === 'inquire-psbl-sell' && variants.sellableName === 'output1') rename(body, 'output', 'output1');
  if (MINUTES.includes(face.name) && variants.minuteLabel === 'end') labelByEnd(body, face.input.FID_INPUT_HOUR_1 ?? '');
  const slots = BARS_A_CALL[face.name];
  if (slots && variants.emptyBars === 'empty_objects' && Array.isArray(body.output2))
    body.output2 = Array.from({ length: slots }, (_, slot) => (body.output2 as Row[])[slot] ?? {});
  const isGateway = answer.status === 500 && String(body.msg_cd ?? '').startsWith('EGW');
  return { ...answer, status: isGateway ? Number(variants.gatewayStatus) : answer.status, body };
}

function shapeCodes(variants: Variants, body: Body): void {
  if (body.msg_cd === 'EGW02006') body.msg_cd = variants.notPaperCode;
  else if (body.msg_cd === 'KIOK0510') body.msg_cd = variants.lastPageCode;
  else if (body.msg1 === GIVEN_LIMIT_TEXT) body.msg_cd = variants.outsideLimits;
  else if (variants.APBK0919 === 'no_cash' && body.msg_cd === 'APBK0952') body.msg_cd = 'APBK0919';
  else if (variants.APBK0919 === 'no_cash' && body.msg_cd === 'APBK0919') body.msg_cd = 'APBK0918';
}

function shapeOrderAnswer(variants: Variants, { environment, name }: Face, body: Body): void {
  if (!body.output) return;
  const output = renumbered(variants, body.output as Row);
  if (environment === 'real' && variants.sorNumber === 'own') output.SOR_ODNO = output.ODNO!;
  if (variants.sorNumber === 'absent') delete output.SOR_ODNO;
  const isLower = name === 'order-rvsecncl' && variants.changeAnswer === 'lower';
  body.output = isLower ? Object.fromEntries(Object.entries(output).map(([key, value]) => [key.toLowerCase(), value])) : output;
}

function orderRow(variants: Variants, given: Row): Row {
  const row = renumbered(variants, given);
  const isCancel = row.sll_buy_dvsn_cd_name?.includes('취소') === true;
  if (variants.cancelFlag === 'empty') row.cncl_yn = '';
  if (variants.cancelToldOn !== 'both' && (variants.cancelToldOn === 'request') !== isCancel) row.cncl_cfrm_qty = '0';
  if (variants.inquiryNames === 'documented') {
    rename(row, 'cncl_cfrm_qty', 'cnc_cfrm_qty');
    rename(row, 'excg_id_dvsn_cd', 'excg_id_dvsn_Cd');
  }
  return row;
}

/** Order numbers as the variant writes them. */
export function numberText(variants: Variants, number: string): string {
  return variants.orderNumber === 'unpadded' && number !== '' ? String(Number(number)) : number;
}

function renumbered(variants: Variants, row: Row): Row {
  const written = { ...row };
  for (const name of ['ODNO', 'odno', 'orgn_odno']) if (written[name]) written[name] = numberText(variants, written[name]);
  return written;
}

/** A minute named by its end is not told before it has ended. */
function labelByEnd(body: Body, upTo: string): void {
  const next = (label: string): string => {
    const minute = Number(label.slice(0, 2)) * 60 + Number(label.slice(2, 4)) + 1;
    return `${String(Math.floor(minute / 60)).padStart(2, '0')}${String(minute % 60).padStart(2, '0')}00`;
  };
  mapRows(body, 'output2', (row) => ({ ...row, stck_cntg_hour: next(row.stck_cntg_hour!) }));
  body.output2 = (body.output2 as Row[] | undefined)?.filter((row) => row.stck_cntg_hour! <= upTo);
}

const isEmpty = (rows: unknown): boolean => Array.isArray(rows) && rows.length === 0;

function mapRows(body: Body, name: string, change: (row: Row) => Row): void {
  const rows = body[name];
  if (Array.isArray(rows)) body[name] = rows.map((row) => change(row as Row));
}

function rename(holder: Record<string, unknown>, from: string, to: string): void {
  if (!(from in holder)) return;
  holder[to] = holder[from];
  delete holder[from];
}
