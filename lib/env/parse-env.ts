import { z } from 'zod';
import { AppError } from '#lib/errors.ts';

const HEADING =
  '환경 변수가 올바르지 않습니다. 아래를 모두 고친 뒤 다시 시작하세요.\nThe environment is not usable. Mend all of the following and start again.';
const NOT_SET = '값이 없습니다 / is not set';

/** A service's variables, or a fault that lists everything wrong with them. Empty ones count as absent: Compose passes unset variables so. */
export function parseEnv<S extends z.ZodType>(schema: S, source: Readonly<Record<string, string | undefined>>): z.infer<S> {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given, { error: ({ input }) => (input === undefined ? NOT_SET : undefined) });
  if (parsed.success) return parsed.data;
  throw new AppError('invalid_input', `${HEADING}\n${z.prettifyError(parsed.error)}`);
}
