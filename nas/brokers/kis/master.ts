import { price, shares } from '#domain/money.ts';
import { type Symbol, symbol } from '#domain/order/order.ts';
import { AppError } from '#lib/errors.ts';
import { decodeCp949 } from './cp949.ts';

// KIS's master files (kospi_code.mst, kosdaq_code.mst): every issue of a market, one line each, CP949, fixed widths from the right.
// Layout: KIS's own samples (stocks_info), checked in a test against the published table of widths.

export type MasterMarket = 'KOSPI' | 'KOSDAQ';

export interface MasterIssue {
  readonly symbol: Symbol;
  readonly isin: string;
  readonly name: string;
  readonly market: MasterMarket;
  readonly kind: 'stock' | 'etf' | 'etn';
  /** Won; 기준가 of the day the file was made for. */
  readonly basePrice: number;
  readonly listedShares: number;
  readonly isHalted: boolean;
  /** 정리매매: trades without price limits until it is delisted. */
  readonly isLiquidation: boolean;
  /** As KIS's iscd_stat_cls_code tells it: 51 administrative, 52 risk, 53 warning, 54 caution, 59 overheated; empty when normal. */
  readonly statusCode: string;
}

/** Where a field begins in the tail, and its width, in bytes. */
type Place = readonly [start: number, width: number];
interface Layout {
  readonly tailBytes: number;
  readonly group: Place; // 그룹코드
  readonly overheated: Place; // 단기과열
  readonly basePrice: Place; // 기준가
  readonly isHalted: Place; // 거래정지
  readonly isLiquidation: Place; // 정리매매
  readonly isAdministrative: Place; // 관리종목
  readonly warning: Place; // 시장경고 00–03
  readonly listedThousands: Place; // 상장주수, thousands
}
const HEAD_BYTES = 21; // 단축코드 9, 표준코드 12
export const MASTER_LAYOUTS: Readonly<Record<MasterMarket, Layout>> = {
  KOSPI: {
    tailBytes: 227,
    group: [0, 2],
    overheated: [32, 1],
    basePrice: [41, 9],
    isHalted: [60, 1],
    isLiquidation: [61, 1],
    isAdministrative: [62, 1],
    warning: [63, 2],
    listedThousands: [113, 15],
  },
  KOSDAQ: {
    tailBytes: 221,
    group: [0, 2],
    overheated: [27, 1],
    basePrice: [36, 9],
    isHalted: [55, 1],
    isLiquidation: [56, 1],
    isAdministrative: [57, 1],
    warning: [58, 2],
    listedThousands: [108, 15],
  },
};

/** Group codes we trade; null for what is known and left out (ELW, funds' and bonds' certificates, warrants, rights). */
const GROUPS: Readonly<Record<string, MasterIssue['kind'] | null>> = {
  ST: 'stock',
  RT: 'stock', // REIT
  IF: 'stock', // infrastructure fund
  MF: 'stock', // listed fund
  DR: 'stock',
  FS: 'stock', // foreign share
  EF: 'etf',
  FE: 'etf', // foreign ETF
  EN: 'etn',
  EW: null,
  BC: null,
  SC: null,
  SW: null,
  SR: null,
};
const WARNINGS: Readonly<Record<string, string>> = { '00': '', '01': '54', '02': '53', '03': '52' };

/**
 * The tradable issues of a file. One line that does not fit the layout refuses the whole file: with a column moved every price in it
 * would be another one.
 */
export function parseMaster(file: Uint8Array, market: MasterMarket): MasterIssue[] {
  const issues: MasterIssue[] = [];
  let number = 0;
  for (let start = 0; start < file.length; ) {
    const end = file.indexOf(0x0a, start);
    const stop = end < 0 ? file.length : end;
    const line = file.subarray(start, file[stop - 1] === 0x0d ? stop - 1 : stop);
    start = stop + 1;
    number++;
    if (line.length === 0) continue;
    const issue = readLine(line, market, number);
    if (issue) issues.push(issue);
  }
  return issues;
}

function readLine(line: Uint8Array, market: MasterMarket, number: number): MasterIssue | null {
  const layout = MASTER_LAYOUTS[market];
  const misfit = (what: string) =>
    new AppError('invalid_input', `line ${number} of the ${market} master file does not fit its layout: ${what}`, {
      detail: { market, number },
    });
  const tailStart = line.length - layout.tailBytes;
  if (tailStart <= HEAD_BYTES) throw misfit('too short');
  const at = ([from, width]: Place) => Buffer.from(line.subarray(tailStart + from, tailStart + from + width)).toString('latin1');
  const flag = (place: Place, name: string): boolean => {
    const text = at(place);
    if (text !== 'Y' && text !== 'N') throw misfit(name);
    return text === 'Y';
  };
  const whole = (place: Place, name: string): number => {
    const text = at(place).trim();
    if (!/^\d{1,15}$/.test(text)) throw misfit(name);
    return Number(text);
  };

  const kind = GROUPS[at(layout.group)];
  if (kind === undefined) throw misfit('group code');
  const [isHalted, isLiquidation, isAdministrative] = [
    flag(layout.isHalted, 'halt flag'),
    flag(layout.isLiquidation, 'liquidation flag'),
    flag(layout.isAdministrative, 'administrative flag'),
  ];
  const warning = WARNINGS[at(layout.warning)];
  if (warning === undefined) throw misfit('market warning');
  if (kind === null) return null;

  const ascii = (from: number, width: number) =>
    Buffer.from(line.subarray(from, from + width))
      .toString('latin1')
      .trim();
  const short = ascii(0, 9);
  // ETN stand as Q + code here; everywhere else of ours without it.
  const code = symbol.safeParse(kind === 'etn' && short.length === 7 && short.startsWith('Q') ? short.slice(1) : short);
  const isin = ascii(9, 12);
  if (!code.success || !/^[A-Z]{2}[0-9A-Z]{10}$/.test(isin)) throw misfit('code');
  const name = decodeCp949(line.subarray(HEAD_BYTES, tailStart))?.trim();
  const basePrice = whole(layout.basePrice, 'base price');
  if (basePrice === 0) return null; // not priced yet: a listing to come
  const base = price.safeParse(basePrice);
  const listed = shares.safeParse(whole(layout.listedThousands, 'listed shares') * 1_000);
  if (!name || !base.success || !listed.success) throw misfit('name, price or shares');
  const isOverheated = /^[1-9]$/.test(at(layout.overheated));
  return {
    symbol: code.data,
    isin,
    name,
    market,
    kind,
    basePrice: base.data,
    listedShares: listed.data,
    isHalted,
    isLiquidation,
    statusCode: isAdministrative ? '51' : warning || (isOverheated ? '59' : ''),
  };
}
