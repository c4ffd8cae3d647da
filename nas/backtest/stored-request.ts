import { z } from 'zod';
import { NO_MASK } from '#domain/backtest/signals.ts';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** What back-tests and grid searches ask alike, as a person's screen wrote it; hostile until parsed. */
export const storedRequest = {
  document: z.unknown(),
  /** Name of a folder under the market data volume. */
  dataset: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  from: day,
  to: day,
  /** Whole won. */
  capital: z.number().int().min(1).max(1e14),
  mask: z
    .object({ markets: z.array(z.string()).nullable().default(null), exclude: z.array(z.string()).default([]) })
    .nullable()
    .default(null)
    .transform((mask) => ({ ...NO_MASK, ...mask })),
} as const;
