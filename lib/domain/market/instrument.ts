import { z } from 'zod';

/** The board a symbol is listed on. */
export const market = z.enum(['KOSPI', 'KOSDAQ', 'KONEX']);
export type Market = z.infer<typeof market>;

/** What is traded: a share (주식), an exchange-traded fund or an exchange-traded note. */
export const instrumentKind = z.enum(['stock', 'etf', 'etn']);
export type InstrumentKind = z.infer<typeof instrumentKind>;
