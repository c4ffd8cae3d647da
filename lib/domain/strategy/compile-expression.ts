import { unitFault } from './compile-arithmetic.ts';
import { compileBars, compileNumber } from './compile-operand.ts';
import { type CompileScope, checkKeys, fault, includes, isObject, type Json, MAX_DEPTH, type Path } from './compile-scope.ts';
import type { ConditionNode } from './expression.ts';
import { COMPARISONS, type Comparison, CROSSINGS, TRENDS } from './schema.ts';
import { areComparable } from './unit.ts';

/** Compiles a condition; null when a part is faulty, with the faults written to the scope. */
export function compileCondition(value: unknown, path: Path, scope: CompileScope): ConditionNode | null {
  if (path.length > MAX_DEPTH * 2)
    return fault(scope, path, 'too_deep', '조건이 너무 깊게 겹쳐 있습니다.', 'Conditions are nested too deeply.');
  if (!isObject(value))
    return fault(
      scope,
      path,
      'condition_expected',
      '조건이 필요합니다 (all, any, not 또는 left·op·right).',
      'A condition is needed here (all, any, not, or left/op/right).',
    );
  const node =
    'all' in value || 'any' in value
      ? compileGroup(value, path, scope)
      : 'not' in value
        ? compileNot(value, path, scope)
        : 'left' in value || 'op' in value
          ? compileComparison(value, path, scope)
          : fault(
              scope,
              path,
              'condition_expected',
              'all, any, not 또는 left·op·right 가운데 하나가 있어야 합니다.',
              'Must have all, any, not, or left/op/right.',
            );
  const lasting = value.for === undefined ? node : compileDuration('for', node, value.for, path, scope);
  return value.within === undefined ? lasting : compileDuration('within', lasting, value.within, path, scope);
}

function compileDuration(
  kind: 'for' | 'within',
  of: ConditionNode | null,
  value: unknown,
  path: Path,
  scope: CompileScope,
): ConditionNode | null {
  const bars = compileBars(value, 1, [...path, kind], scope);
  if (!of || bars === null) return null;
  if (of.isLive)
    return fault(
      scope,
      [...path, kind],
      'position_shift',
      '보유 정보를 쓰는 조건에는 지속 기간을 붙일 수 없습니다.',
      'A condition on position fields cannot have a duration.',
    );
  return bars === 1 ? of : { kind, of, bars, key: `${kind}${bars}(${of.key})`, warmup: of.warmup + bars - 1, isLive: false };
}

function compileGroup(value: Json, path: Path, scope: CompileScope): ConditionNode | null {
  const kind = 'all' in value ? 'all' : 'any';
  checkKeys(value, [kind, 'for', 'within'], path, scope);
  const members = value[kind];
  if (!Array.isArray(members) || members.length === 0)
    return fault(scope, [...path, kind], 'group_empty', '조건을 하나 이상 넣으세요.', 'Put at least one condition in the list.');
  const nodes = members.map((member, i) => compileCondition(member, [...path, kind, i], scope));
  if (nodes.includes(null)) return null;
  const of = nodes as ConditionNode[];
  return {
    kind,
    of,
    key: `${kind}(${of.map((node) => node.key).join(',')})`,
    warmup: Math.max(...of.map((node) => node.warmup)),
    isLive: of.some((node) => node.isLive),
  };
}

function compileNot(value: Json, path: Path, scope: CompileScope): ConditionNode | null {
  checkKeys(value, ['not', 'for', 'within'], path, scope);
  const of = compileCondition(value.not, [...path, 'not'], scope);
  return of && { kind: 'not', of, key: `not(${of.key})`, warmup: of.warmup, isLive: of.isLive };
}

function compileComparison(value: Json, path: Path, scope: CompileScope): ConditionNode | null {
  const { op } = value;
  const isTrend = includes(TRENDS, op);
  checkKeys(value, ['left', 'op', isTrend ? 'bars' : 'right', 'for', 'within'], path, scope);
  const left = compileNumber(value.left, [...path, 'left'], scope);
  if (isTrend) {
    const bars = compileBars(value.bars, 1, [...path, 'bars'], scope);
    if (!left || bars === null) return null;
    if (left.isLive) return fault(scope, path, 'position_shift', '보유 정보의 추세는 알 수 없습니다.', 'Position fields have no trend.');
    return {
      kind: 'trend',
      direction: op === 'rising' ? 1 : -1,
      of: left,
      bars,
      key: `${op}${bars}(${left.key})`,
      warmup: left.warmup + bars,
      isLive: false,
    };
  }
  const right = compileNumber(value.right, [...path, 'right'], scope);
  if (!includes(COMPARISONS, op) && !includes(CROSSINGS, op)) {
    const known = [...COMPARISONS, ...CROSSINGS, ...TRENDS].join(' ');
    return fault(
      scope,
      [...path, 'op'],
      'op_unknown',
      `모르는 비교 '${String(op)}'입니다. 쓸 수 있는 비교: ${known}.`,
      `Unknown comparison '${String(op)}'. Known: ${known}.`,
    );
  }
  if (!left || !right) return null;
  if (!areComparable(left.unit, right.unit)) return unitFault(left.unit, right.unit, path, scope);
  const facts = { left, right, key: `(${left.key} ${op} ${right.key})`, isLive: left.isLive || right.isLive };
  const warmup = Math.max(left.warmup, right.warmup);
  if (includes(COMPARISONS, op)) return { kind: 'compare', op: op as Comparison, warmup, ...facts };
  if (facts.isLive)
    return fault(
      scope,
      path,
      'position_shift',
      '보유 정보에는 교차를 쓸 수 없습니다. 크기를 비교하세요.',
      'Position fields cannot cross; compare them instead.',
    );
  return { kind: 'cross', direction: op === 'crosses_above' ? 1 : -1, warmup: warmup + 1, ...facts };
}
