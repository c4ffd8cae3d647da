import { z } from 'zod';

/** Column types as PostgREST and broadcasts bring them: numbers as JSON numbers, or as text where a server keeps every digit. */
export const decimal = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);

/** A uuid column. Postgres takes any 128 bits, and ids derived from what they name carry no RFC 9562 version: `z.uuid()` refuses seven in eight of them. */
export const rowId = z.guid();

/** A bigint column: whole and within the exact integers, or the row is refused. */
export const whole = decimal.pipe(z.number().int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER));

/** timestamptz as text; PostgREST, `to_jsonb` and local servers differ only in the separator. */
export const instant = z.string().transform((text, context) => {
  const iso = text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
  if (Number.isNaN(Date.parse(iso))) context.addIssue({ code: 'custom', message: `not an instant: ${text}` });
  return iso;
});
