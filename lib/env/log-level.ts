import { z } from 'zod';
import { AppError } from '#lib/errors.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const logLevelSchema = z.object({ LOG_LEVEL: z.enum(LEVELS).default('info') });

/** LOG_LEVEL of this process, read before anything else is known of its environment; `info` when unset or empty. */
export function logLevel(source: Record<string, string | undefined> = process.env): (typeof LEVELS)[number] {
  const parsed = logLevelSchema.safeParse({ LOG_LEVEL: source.LOG_LEVEL || undefined });
  if (parsed.success) return parsed.data.LOG_LEVEL;
  throw new AppError('invalid_input', `LOG_LEVEL is "${source.LOG_LEVEL}"; it must be one of ${LEVELS.join(', ')}.`);
}
