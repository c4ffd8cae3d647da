import type { PostgrestError } from '@supabase/supabase-js';
import { AppError, type ErrorCode } from '#lib/errors.ts';

/** Codes our SQL functions raise (sqlstate PGRST, JSON message) and PostgREST's own, as our error codes. */
const CODE_OF: Record<string, ErrorCode> = {
  invalid_input: 'invalid_input',
  unauthenticated: 'unauthenticated',
  forbidden: 'forbidden',
  intent_conflict: 'conflict',
  in_progress: 'in_progress',
  rate_limited: 'rate_limited',
  '42501': 'forbidden',
  '22P02': 'invalid_input',
  '23502': 'invalid_input',
  '23503': 'invalid_input',
  '23505': 'conflict',
  PGRST116: 'not_found',
  PGRST202: 'database_not_ready',
  PGRST205: 'database_not_ready',
  PGRST301: 'unauthenticated',
  PGRST303: 'unauthenticated',
};

/** Turns a database client's error into ours; `doing` names the call for the log. The SQL code stays as `detail.reason`. */
export function dbFault(error: PostgrestError, doing: string): AppError {
  const code: ErrorCode =
    CODE_OF[error.code] ??
    (error.code?.endsWith('_not_found') ? 'not_found' : /^[a-z_]+$/.test(error.code ?? '') ? 'conflict' : 'internal');
  const isOurs = /^[a-z_]+$/.test(error.code ?? '');
  return new AppError(code, `${doing} failed`, {
    cause: error,
    detail: isOurs
      ? { reason: error.code, sentence: sentencesOf(error), ...(error.details ? { details: error.details } : {}) }
      : { sqlCode: error.code },
  });
}

/** SQL may say its refusal in both languages as `details.ko` and `details.en`; PostgREST hands details on as text. */
function sentencesOf(error: PostgrestError): unknown {
  const details: unknown = jsonOf(error.details);
  return details && typeof details === 'object' && 'ko' in details && 'en' in details ? details : undefined;
}

function jsonOf(details: unknown): unknown {
  if (typeof details !== 'string' || !details.startsWith('{')) return details;
  try {
    return JSON.parse(details);
  } catch {
    return details;
  }
}

/** Data, or the fault thrown. */
export function must<T>(result: { data: T; error: PostgrestError | null }, doing: string): NonNullable<T> {
  if (result.error) throw dbFault(result.error, doing);
  if (result.data === null || result.data === undefined) throw new AppError('not_found', `${doing} found nothing`);
  return result.data as NonNullable<T>;
}
