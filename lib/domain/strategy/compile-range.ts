import { compileNumber } from './compile-operand.ts';
import type { CompileScope } from './compile-scope.ts';
import type { Numeric } from './schema.ts';

/** A literal or parameter that must lie in a range; null (with a fault) when it does not. */
export function numericWithin(
  value: Numeric | undefined,
  path: readonly PropertyKey[],
  scope: CompileScope,
  range: { min: number; max: number; isWhole?: boolean },
): number | null {
  if (value === undefined) return null;
  const node = compileNumber(value, path, scope);
  if (node?.kind !== 'constant') return null;
  const isFine = node.value >= range.min && node.value <= range.max && (!range.isWhole || Number.isInteger(node.value));
  if (!isFine) {
    const whole = range.isWhole ? { ko: ' 정수', en: ' whole number' } : { ko: '', en: '' };
    scope.faults.push({
      code: 'number_outside',
      path: path.join('.'),
      ko: `${range.min} 이상 ${range.max} 이하의${whole.ko || ' 값'}이어야 합니다 (지금 ${node.value}).`,
      en: `Must be a${whole.en || ' number'} from ${range.min} to ${range.max} (is ${node.value}).`,
    });
  }
  return node.value;
}
