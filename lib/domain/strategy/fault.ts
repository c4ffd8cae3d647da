import type { z } from 'zod';

/** One thing wrong with a document: where, and what to do about it, in both languages. */
export interface Fault {
  readonly code: string;
  /** `entry.all[0].left.args.period`; empty for the whole document. */
  readonly path: string;
  readonly ko: string;
  readonly en: string;
}

/** `['entry', 'all', 0]` → `entry.all[0]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part)),
    '',
  );
}

type Issue = z.core.$ZodIssue;

function sentence(issue: Issue): { ko: string; en: string } {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && !('received' in issue)
        ? {
            ko: `값이 없거나 형식이 다릅니다. ${issue.expected} 값을 넣으세요.`,
            en: `Missing or of the wrong kind. Give a value of type ${issue.expected}.`,
          }
        : { ko: `${issue.expected} 값이어야 합니다.`, en: `Must be of type ${issue.expected}.` };
    case 'too_small':
      return { ko: `${issue.minimum} 이상이어야 합니다.`, en: `Must be at least ${issue.minimum}.` };
    case 'too_big':
      return { ko: `${issue.maximum} 이하여야 합니다.`, en: `Must be at most ${issue.maximum}.` };
    case 'unrecognized_keys':
      return {
        ko: `모르는 항목입니다: ${issue.keys.join(', ')}. 지우거나 이름을 고치세요.`,
        en: `Unknown field: ${issue.keys.join(', ')}. Remove it or mend its name.`,
      };
    case 'invalid_value':
      return { ko: `다음 중 하나여야 합니다: ${issue.values.join(', ')}.`, en: `Must be one of: ${issue.values.join(', ')}.` };
    case 'invalid_format':
      return {
        ko: '형식이 올바르지 않습니다. 종목코드는 6자리, 시각은 09:05처럼 쓰세요.',
        en: 'Not in the expected form. Symbols have six characters, times look like 09:05.',
      };
    default:
      return { ko: '값이 올바르지 않습니다. 이 항목의 설명을 보고 고치세요.', en: 'Not a valid value. See the description of this field.' };
  }
}

/** Every shape fault zod found, as our faults. */
export function faultsOf(issues: readonly Issue[]): Fault[] {
  return issues.map((issue) => ({ code: issue.code, path: pathText(issue.path), ...sentence(issue) }));
}
