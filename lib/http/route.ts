import 'server-only';
import type { SupabaseClient } from '@supabase/supabase-js';
import { cookies } from 'next/headers';
import { NextResponse } from 'next/server';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { DenialCode } from '#domain/risk/denials.ts';
import { bearerClient, serverClient } from '#lib/db/server.ts';
import { logLevel } from '#lib/env/log-level.ts';
import { AppError, HTTP_STATUS } from '#lib/errors.ts';
import { LOCALE_COOKIE, type Locale, toLocale } from '#lib/i18n/locale.ts';
import { createLog } from '#lib/log.ts';
import { errorSentence } from './error-sentence.ts';
import { isForeignRequest } from './same-origin.ts';

const log = createLog('web', logLevel());
const MAX_BODY_BYTES = 256 * 1024;

export interface RouteContext<Body, Query> {
  readonly body: Body;
  readonly query: Query;
  readonly params: Record<string, string>;
  /** Who asks; from the session or the bearer token, never from the body. */
  readonly user: { readonly id: string };
  /** Acts as that person under RLS. */
  readonly db: SupabaseClient;
  readonly locale: Locale;
  readonly requestId: string;
  readonly request: Request;
  readonly log: Logger;
}

type Answer = Response | { status?: number; body: unknown; headers?: Record<string, string> };
type Refusals = Readonly<Record<string, DenialCode>>;
type Spec<B extends z.ZodType, Q extends z.ZodType> = {
  name: string;
  body?: B;
  query?: Q;
  /** Which refusal of the gate a fault in a field amounts to: it has the better sentence. */
  refusals?: Refusals;
};
type NextContext = { params: Promise<Record<string, string>> };

/**
 * The sameness of every HTTP door: request id, same-origin check, session, zod, child logger, errors in words.
 * Faults answer `{error: {code, message, requestId, details?}}`, the message in the caller's language.
 */
export function route<B extends z.ZodType = z.ZodUndefined, Q extends z.ZodType = z.ZodUndefined>(
  spec: Spec<B, Q>,
  handler: (context: RouteContext<z.infer<B>, z.infer<Q>>) => Promise<Answer>,
) {
  return async (request: Request, next: NextContext): Promise<Response> => {
    const requestId = crypto.randomUUID();
    const startedAt = performance.now();
    const requestLog = log.child({ requestId, route: spec.name });
    const locale = await localeOf(request);
    try {
      if (isForeignRequest(request.method, request.headers))
        throw new AppError('forbidden', 'cross-origin request', { detail: { reason: 'cross_origin' } });
      const { db, userId } = await signedIn(request);
      const query = spec.query
        ? parseWith(spec.query, Object.fromEntries(new URL(request.url).searchParams), locale, spec.refusals)
        : undefined;
      const body = spec.body ? parseWith(spec.body, await readJson(request), locale, spec.refusals) : undefined;
      const answer = await handler({
        body: body as z.infer<B>,
        query: query as z.infer<Q>,
        params: await next.params,
        user: { id: userId },
        db,
        locale,
        requestId,
        request,
        log: requestLog,
      });
      const response =
        answer instanceof Response
          ? answer
          : NextResponse.json(answer.body, { status: answer.status ?? 200, headers: answer.headers ?? {} });
      response.headers.set('x-request-id', requestId);
      if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
      requestLog.info({ status: response.status, durationMs: Math.round(performance.now() - startedAt) }, 'request answered');
      return response;
    } catch (error) {
      return failure(error, { locale, requestId, requestLog });
    }
  };
}

function failure(error: unknown, context: { locale: Locale; requestId: string; requestLog: Logger }): Response {
  const fault = error instanceof AppError ? error : new AppError('internal', 'unexpected fault', { cause: error });
  const status = HTTP_STATUS[fault.code];
  if (status >= 500) context.requestLog.error({ err: fault, cause: fault.cause }, 'request failed');
  else context.requestLog.info({ status, code: fault.code, detail: fault.detail }, 'request refused');
  const isOurs = status >= 500 && fault.code === 'internal';
  return NextResponse.json(
    {
      error: {
        code: typeof fault.detail.reason === 'string' ? fault.detail.reason : fault.code,
        message: errorSentence(fault, context.locale),
        requestId: context.requestId,
        ...(isOurs || fault.detail.details === undefined ? {} : { details: fault.detail.details }),
      },
    },
    { status, headers: { 'cache-control': 'no-store', 'x-request-id': context.requestId } },
  );
}

/** Words follow the cookie of the browser, or Accept-Language of a program. */
async function localeOf(request: Request): Promise<Locale> {
  const cookie = (await cookies()).get(LOCALE_COOKIE)?.value;
  return toLocale(cookie ?? request.headers.get('accept-language')?.slice(0, 2));
}

async function signedIn(request: Request): Promise<{ db: SupabaseClient; userId: string }> {
  const bearer = /^Bearer (\S+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
  const db = bearer ? bearerClient(bearer) : await serverClient();
  const { data, error } = bearer ? await db.auth.getClaims(bearer) : await db.auth.getClaims();
  if (error || !data?.claims.sub) throw new AppError('unauthenticated', 'no session', { cause: error });
  return { db, userId: data.claims.sub };
}

async function readJson(request: Request): Promise<unknown> {
  if (!request.headers.get('content-type')?.includes('application/json'))
    throw new AppError('invalid_input', 'not application/json', { detail: { reason: 'not_json' } });
  const text = await readText(request);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('invalid_input', 'malformed JSON', { cause: error, detail: { reason: 'malformed_json' } });
  }
}

/** The body as text, given up as soon as it is larger than any request of ours. */
async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new AppError('invalid_input', 'body too large', { detail: { reason: 'too_large' } });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const WORDS = { ko: z.locales.ko().localeError, en: z.locales.en().localeError } satisfies Record<Locale, unknown>;

function parseWith<S extends z.ZodType>(schema: S, value: unknown, locale: Locale, refusals: Refusals = {}): z.infer<S> {
  const parsed = schema.safeParse(value, { error: WORDS[locale] });
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => ({
    field: [...issue.path, ...(issue.code === 'unrecognized_keys' ? [issue.keys.join(', ')] : [])].join('.'),
    message: issue.message,
  }));
  const refused = parsed.error.issues
    .filter((issue) => issue.code !== 'unrecognized_keys')
    .map((issue) => String(issue.path[0]))
    .find((field) => Object.hasOwn(refusals, field));
  const reason = refused === undefined ? {} : { reason: refusals[refused], numbers: { [refused]: shown(value, refused) } };
  throw new AppError('invalid_input', 'input does not fit', { detail: { ...reason, details } });
}

/** What somebody sent as a field, short enough to be said back; nothing for what is neither a number nor a word. */
function shown(value: unknown, field: string): string | null {
  const given: unknown = (value as Record<string, unknown>)[field];
  return typeof given === 'number' || typeof given === 'string' ? String(given).slice(0, 40) : null;
}
