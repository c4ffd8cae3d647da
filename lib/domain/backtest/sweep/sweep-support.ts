import type { Program } from '#domain/strategy/compile.ts';
import type { Columns } from '../columns.ts';
import { isAllowed, type UniverseMask } from '../signals.ts';

/** Why the cells of a sweep must be run by the engine, bar by bar. */
export interface SweepRefusal {
  readonly code: 'intraday' | 'several_symbols' | 'no_symbol' | 'moved_market';
  readonly ko: string;
  readonly en: string;
}

/** Null when the sweep path gives what the engine gives, at a fraction of the time: for daily or weekly bars of one symbol. */
export function sweepSupport(program: Program, columns: Columns, mask: UniverseMask): SweepRefusal | null {
  if (columns.isIntraday)
    return {
      code: 'intraday',
      ko: '분봉에서는 장중 시간 조건을 봉마다 살펴야 합니다.',
      en: 'Minute bars have hours of the day to be looked at on every bar.',
    };
  const symbols = allowedSymbols(program, columns, mask);
  if (symbols.length === 1)
    return columns.symbols[symbols[0]!]!.markets
      ? {
          code: 'moved_market',
          ko: '다른 시장으로 옮긴 종목은 날마다 그날의 시장을 살펴야 합니다.',
          en: 'A symbol that moved to another market has to be looked at by the market of each day.',
        }
      : null;
  return symbols.length === 0
    ? { code: 'no_symbol', ko: '살 수 있는 종목이 데이터에 없습니다.', en: 'The data has no symbol that may be bought.' }
    : {
        code: 'several_symbols',
        ko: '여러 종목이 현금과 보유 한도를 나누므로 봉마다 함께 살펴야 합니다.',
        en: 'Several symbols share cash and slots, so that every bar has to be looked at for all of them.',
      };
}

/** Symbols that the document and the mask let in. */
export function allowedSymbols(program: Program, columns: Columns, mask: UniverseMask): number[] {
  return columns.symbols.flatMap((_, s) => (isAllowed(program, columns, s, mask) ? [s] : []));
}
