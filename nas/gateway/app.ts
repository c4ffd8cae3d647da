import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import underPressure from '@fastify/under-pressure';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import type { GatewayRepo } from '#lib/db/fleet/gateway.ts';
import { AppError, type ErrorCode, HTTP_STATUS } from '#lib/errors.ts';
import type { Log } from '#lib/log.ts';
import { createGatewayAuth } from './auth.ts';
import { executeInput, executeOrder } from './execute.ts';
import { barsInput, quotesInput, readBars, readQuotes } from './market.ts';

const MAX_BODY_BYTES = 16 * 1024;

export interface GatewayOptions {
  readonly repo: GatewayRepo;
  readonly apiKey: string;
  readonly secret: string;
  readonly registry: Registry;
  readonly log: Log;
  readonly now?: () => number;
  /** Requests a minute and address. */
  readonly perMinute?: number;
}

const SENTENCES: Partial<Record<ErrorCode, { ko: string; en: string }>> = {
  invalid_input: { ko: '요청 형식이 올바르지 않습니다.', en: 'The request is not in the expected form.' },
  unauthenticated: {
    ko: '서명된 요청이 아닙니다. API 키와 서명, 시각을 확인하세요.',
    en: 'The request is not signed for this gateway. Check key, signature and clock.',
  },
  not_found: { ko: '찾을 수 없습니다.', en: 'There is nothing under this address.' },
  rate_limited: { ko: '요청이 너무 많습니다. 잠시 후 다시 시도하세요.', en: 'Too many requests. Try again in a moment.' },
  database_not_ready: { ko: '데이터베이스가 준비되지 않았습니다.', en: 'The database is not ready.' },
  internal: { ko: '서버 오류가 발생했습니다.', en: 'Something failed on our side.' },
};

/** The private door of the fleet: it reads and wakes, and has no way to send an order. */
export async function buildGateway(options: GatewayOptions): Promise<FastifyInstance> {
  const { repo, registry, log } = options;
  const now = options.now ?? Date.now;
  const auth = createGatewayAuth({ apiKey: options.apiKey, secret: options.secret, now });
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    bodyLimit: MAX_BODY_BYTES,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: false,
  });

  await app.register(helmet, { contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] } } });
  await app.register(rateLimit, { max: options.perMinute ?? 600, timeWindow: 60_000 });
  await app.register(underPressure, { maxEventLoopDelay: 1_000, retryAfter: 5, exposeStatusRoute: false });
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Narae gateway', version: '1' }, components: { securitySchemes: SECURITY } },
  });

  // The signature is over the bytes as they came, so the body is kept as text and parsed after it was checked.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.addHook('preHandler', async (request) => {
    if (request.routeOptions.config.isOpen === true) return;
    auth.check(request, typeof request.body === 'string' ? request.body : '');
  });

  app.setNotFoundHandler(() => {
    throw new AppError('not_found', 'no such route');
  });
  app.setErrorHandler((error, request, reply) => {
    const code = codeOf(error);
    const status = HTTP_STATUS[code];
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    else
      request.log.info(
        { code, detail: error instanceof AppError ? error.detail : undefined, url: request.routeOptions.url },
        'request refused',
      );
    const details = error instanceof z.ZodError ? error.issues.map(({ path, message }) => ({ path: path.join('.'), message })) : undefined;
    return reply.code(status).send({ error: { code, ...SENTENCES[code], details } });
  });

  app.get('/health', { config: { isOpen: true }, schema: described('Whether the gateway can reach the database.') }, async () => {
    await repo.ping().catch((error) => {
      throw new AppError('database_not_ready', 'health check failed', { cause: error });
    });
    return { ok: true };
  });
  app.get('/metrics', { schema: described('Prometheus figures.') }, async (_request, reply) => {
    return reply.type(registry.contentType).send(await registry.metrics());
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  app.post(
    '/trading/execute',
    {
      schema: {
        ...described('Wakes the account of an order and waits up to 2 s for the first broker answer.'),
        body: jsonSchema(executeInput),
      },
    },
    async (request) => executeOrder({ repo, now }, executeInput.parse(parseJson(request.body))),
  );
  app.get(
    '/market/bars',
    { schema: { ...described('Published bars of a symbol.'), querystring: jsonSchema(barsInput) } },
    async (request) => readBars(repo, barsInput.parse(request.query)),
  );
  app.get(
    '/market/quotes',
    { schema: { ...described('Latest quotes of the shared feed.'), querystring: jsonSchema(quotesInput) } },
    async (request) => readQuotes(repo, quotesInput.parse(request.query)),
  );
  // zod judges the input; the JSON schemas above are for the document only.
  app.setValidatorCompiler(() => () => true);
  await app.ready();
  return app;
}

const SECURITY = {
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'x-signature',
    description: 'HMAC-SHA256 over time, nonce, method, path and body digest.',
  },
} as const;

function described(summary: string) {
  return { summary, security: [{ apiKey: [], signature: [] }] };
}

function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

function parseJson(body: unknown): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : '');
  } catch (error) {
    throw new AppError('invalid_input', 'body is not JSON', { cause: error });
  }
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof AppError) return error.code;
  if (error instanceof z.ZodError) return 'invalid_input';
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status === 429) return 'rate_limited';
  if (status === 503) return 'database_not_ready';
  return status >= 400 && status < 500 ? 'invalid_input' : 'internal';
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers without a signature. */
    isOpen?: boolean;
  }
}
