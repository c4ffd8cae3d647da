/** Every broken expectation the product knows by name. A new code needs a row in HTTP_STATUS. */
export const ERROR_CODES = [
  'invalid_input',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'in_progress',
  'order_denied',
  'rate_limited',
  'broker_unavailable',
  'database_not_ready',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** The one place where our words become HTTP's numbers. */
export const HTTP_STATUS = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 422,
  in_progress: 409,
  order_denied: 422,
  rate_limited: 429,
  broker_unavailable: 503,
  database_not_ready: 503,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

/** A thrown fault with a code. The message is for our logs; what a user reads is looked up by code. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: Record<string, unknown>;
  constructor(code: ErrorCode, message: string, options: { cause?: unknown; detail?: Record<string, unknown> } = {}) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.detail = options.detail ?? {};
  }
}
