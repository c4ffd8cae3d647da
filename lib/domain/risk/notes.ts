import type { GateInput } from '#domain/risk/gate-input.ts';

/** Something a person should know that refuses nothing. */
export interface Note {
  readonly code: 'overheated' | 'in_vi' | 'warning' | 'caution' | 'old_quote' | 'clock';
  readonly ko: string;
  readonly en: string;
}

const STATUS_NOTES: Readonly<Record<string, Note>> = {
  '53': { code: 'warning', ko: '투자경고 종목입니다.', en: 'The exchange has issued an investment warning on this symbol.' },
  '54': { code: 'caution', ko: '투자주의 종목입니다.', en: 'The exchange asks for caution on this symbol.' },
  '59': {
    code: 'overheated',
    ko: '단기과열 종목이라 단일가로 거래됩니다.',
    en: 'Short-term overheated: this symbol trades in periodic auctions.',
  },
};
const IN_VI: Note = {
  code: 'in_vi',
  ko: '변동성완화장치(VI) 발동 중이라 단일가로 체결됩니다.',
  en: 'A volatility interruption is on: the order joins an auction.',
};
const OLD_QUOTE: Note = {
  code: 'old_quote',
  ko: '시세가 최신이 아닙니다. 매도는 그대로 보냅니다.',
  en: 'Quotes are not current. The sell is sent all the same.',
};
const CLOCK: Note = {
  code: 'clock',
  ko: '시스템 시계가 증권사와 다릅니다. 매도는 그대로 보냅니다.',
  en: 'Our clock differs from the broker’s. The sell is sent all the same.',
};

/** Notes on an order: the symbol's state for everybody, and for exits what would have stopped an entry. */
export function notesOn({ order, instrument, quote, clockOffsetSeconds }: GateInput): readonly Note[] {
  const notes: Note[] = [];
  const status = instrument && STATUS_NOTES[instrument.statusCode];
  if (status) notes.push(status);
  if (instrument?.isInVi) notes.push(IN_VI);
  if (order.side === 'sell') {
    if ((quote?.socketAgeSeconds ?? Infinity) > 15 && (quote?.fetchedAgeSeconds ?? Infinity) > 3) notes.push(OLD_QUOTE);
    if (clockOffsetSeconds !== null && Math.abs(clockOffsetSeconds) > 3) notes.push(CLOCK);
  }
  return notes;
}
