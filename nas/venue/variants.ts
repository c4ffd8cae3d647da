/**
 * Every item of the KIS reference that nobody has confirmed, or on which the sources disagree, as a switch with all the
 * behaviours it may have. The first value is what the venue plays unless told. A client must live with each of them.
 * Items that touch nothing the venue plays (NXT, after-market, past tax and tick tables) have no switch.
 */
export const VARIANTS = {
  /** §1.2: older reports name another code for a TR that paper does not have. */
  notPaperCode: ['EGW02006', 'EGW00213'],
  /** §1.4, §11.12: the gateway's refusals come with any status; the body decides. */
  gatewayStatus: ['500', '200', '403'],
  /** §1.6, §11.5: may an older token be used once a newer one is issued? */
  olderToken: ['stays', 'dies'],
  /** §11.5: does revoking one token end all of the key? */
  revoke: ['one', 'all'],
  /** §2.4, §11.4: an order without header `hashkey`. */
  hashkey: ['ignored', 'required'],
  /** §2.6: may the blanks of a cursor be trimmed before it is sent back? */
  trimmedCursor: ['taken', 'refused'],
  /** §2.6: the cursor of the last page. */
  lastCursor: ['filled', 'empty'],
  /** §3.2, §11.9: zeros before an order number. */
  orderNumber: ['padded', 'unpadded'],
  /** §11.9: do order numbers begin anew each day? */
  numberRow: ['daily', 'endless'],
  /** §11.9: SOR_ODNO of an order that went to KRX directly. */
  sorNumber: ['empty', 'own', 'absent'],
  /** §3.3, §11.10: types paper takes beyond limit and market. */
  paperOrderTypes: ['all', 'limit_and_market'],
  /** §3.4: KRX_FWDG_ORD_ORGNO of a change. */
  branchOfChange: ['optional', 'required'],
  /** §3.4: ORD_QTY of a change of the whole remainder. */
  quantityOfWhole: ['any', 'zero', 'remainder'],
  /** §3.4: the case of the answer's names. */
  changeAnswer: ['upper', 'lower'],
  /** §3.6, §11.3: does VTTC0081R give rows on paper? */
  paperRows: ['present', 'absent'],
  /** §3.6: documented and live names of two fields of the order inquiry. */
  inquiryNames: ['live', 'documented'],
  /** §3.6, §6.1: success code of the last page on real. */
  lastPageCode: ['KIOK0510', 'KIOK0460'],
  /** §11.8: `cncl_yn` of a cancelled order. */
  cancelFlag: ['Y', 'empty'],
  /** §11.8: which row tells the confirmed cancel. */
  cancelToldOn: ['both', 'order', 'request'],
  /** §11.7: how far the order inquiry lags behind. */
  inquiryLag: ['none', '3s', '20s'],
  /** §3.7, §11.7: how far the balance lags behind a fill. */
  balanceLag: ['none', '3s', '20s'],
  /** §3.7: output2 of an empty paper account. */
  emptyBalance: ['zeros', 'no_row'],
  /** §3.9: documented as `output1`, sampled as `output`. */
  sellableName: ['output', 'output1'],
  /** §4.4: unused slots of a bar answer. */
  emptyBars: ['none', 'empty_objects'],
  /** §11.16: which hundred bars of a longer range come. */
  longRange: ['newest', 'oldest'],
  /** §4.5, §11.16: a minute's label is its start or its end. */
  minuteLabel: ['start', 'end'],
  /** §5.1, §11.6: who loses when a second WebSocket opens with the same key. */
  secondSocket: ['newcomer', 'older'],
  /** §5.6, §11.2: the trade stream's trailing MARKET_CLS_CODE of 2026-09-14. */
  tradeFields: ['47', '46'],
  /** §5.7, §11.2: the same in the book stream, where its place is unknown, too: at the end, or after HOUR_CLS_CODE. */
  bookFields: ['60', '59', '60_fourth'],
  /** §5.8: fields of a notice: 26 on real and 23 on paper were measured. */
  noticeFields: ['measured', '26', '23'],
  /** §5.8: does a notice come before the HTTP answer of its order? */
  noticeTiming: ['before_answer', 'after_answer'],
  /** §5.8: is a change told when it is received, too, or only when it is confirmed? */
  changeNotice: ['confirmed', 'received_and_confirmed'],
  /** §11.11: APBK0919 was measured as "not a trading day" and is claimed to be "no cash". */
  APBK0919: ['closed_day', 'no_cash'],
  /** §7.2, §11.11: real's code for a price outside the limits is unknown. */
  outsideLimits: ['APBK0506', 'APBK0918'],
  /** §7.3, §11.13: when the opening auction takes its first orders. */
  ordersFrom: ['0830', '0820'],
  /** §11.15: fee and tax are cut to the won, or to ten won. */
  feeUnit: ['1', '10'],
  /** §11.19: what becomes of paper's unfilled orders at the end of the session. */
  paperUnfilled: ['expired', 'cancelled', 'carried_over'],
} as const satisfies Record<string, readonly [string, string, ...string[]]>;

export type VariantName = keyof typeof VARIANTS;
export type Variants = { readonly [Name in VariantName]: (typeof VARIANTS)[Name][number] };

/** What the venue plays unless told: the better supported reading of each. */
export const DEFAULT_VARIANTS = Object.fromEntries(
  Object.entries(VARIANTS).map(([name, values]) => [name, values[0]]),
) as unknown as Variants;

/** `name=value,name=value`, as `VENUE_VARIANTS` holds it; throws with the choices when a name or a value is none. */
export function readVariants(text: string): Partial<Variants> {
  const chosen = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part): [VariantName, string] => {
      const [name = '', value = ''] = part.split('=', 2).map((word) => word.trim());
      if (!Object.hasOwn(VARIANTS, name))
        throw new Error(`There is no variant "${name}". Choose from: ${Object.keys(VARIANTS).join(', ')}.`);
      const values: readonly string[] = VARIANTS[name as VariantName];
      if (!values.includes(value)) throw new Error(`The variant ${name} is one of ${values.join(', ')}, not "${value}".`);
      return [name as VariantName, value];
    });
  return Object.fromEntries(chosen) as Partial<Variants>;
}

/** Milliseconds of a lag. */
export const lagMs = (lag: Variants['inquiryLag']): number => ({ none: 0, '3s': 3_000, '20s': 20_000 })[lag];
