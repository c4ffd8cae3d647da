import { type CompileOperand, type CompileScope, checkKeys, fault, includes, type Json, type Path } from './compile-scope.ts';
import type { NumberNode } from './expression.ts';
import { ARITHMETIC, type Arithmetic } from './schema.ts';
import { UNIT_NAMES, type Unit, unitOfProduct, unitOfQuotient, unitOfSum } from './unit.ts';

/** `{ op, args }`: two values or more, joined from left to right, with a unit that makes sense at every step. */
export function compileArithmetic(value: Json, path: Path, scope: CompileScope, compileOperand: CompileOperand): NumberNode | null {
  checkKeys(value, ['op', 'args', 'shift'], path, scope);
  const { op, args } = value;
  if (!includes(ARITHMETIC, op))
    return fault(
      scope,
      [...path, 'op'],
      'op_unknown',
      `모르는 연산 '${String(op)}'입니다. 쓸 수 있는 연산: ${ARITHMETIC.join(' ')}.`,
      `Unknown operation '${String(op)}'. Known: ${ARITHMETIC.join(' ')}.`,
    );
  if (!Array.isArray(args) || args.length < 2)
    return fault(scope, [...path, 'args'], 'args_too_few', '연산에는 값이 둘 이상 필요합니다.', 'An operation needs at least two values.');
  const nodes = args.map((arg, i) => compileOperand(arg, [...path, 'args', i], scope));
  if (nodes.includes(null)) return null;
  const [first, ...rest] = nodes as NumberNode[];
  return rest.reduce<NumberNode | null>((left, right) => left && combine(op, left, right, path, scope), first!);
}

function combine(op: Arithmetic, left: NumberNode, right: NumberNode, path: Path, scope: CompileScope): NumberNode | null {
  const unit =
    op === '*'
      ? unitOfProduct(left.unit, right.unit)
      : op === '/'
        ? unitOfQuotient(left.unit, right.unit)
        : unitOfSum(left.unit, right.unit);
  if (!unit) return unitFault(left.unit, right.unit, path, scope);
  if (op === '/' && right.kind === 'constant' && right.value === 0)
    return fault(scope, path, 'division_by_zero', '0으로 나눌 수 없습니다.', 'Cannot divide by zero.');
  return {
    kind: 'arithmetic',
    op,
    left,
    right,
    unit,
    key: `(${left.key}${op}${right.key})`,
    warmup: Math.max(left.warmup, right.warmup),
    isLive: left.isLive || right.isLive,
  };
}

/** Refuses to compare or add what means different things. */
export function unitFault(a: Unit, b: Unit, path: Path, scope: CompileScope): null {
  return fault(
    scope,
    path,
    'unit_mismatch',
    `${UNIT_NAMES[a].ko}와(과) ${UNIT_NAMES[b].ko}은(는) 뜻이 달라 함께 쓸 수 없습니다. 같은 단위끼리 비교하세요.`,
    `${UNIT_NAMES[a].en} and ${UNIT_NAMES[b].en} mean different things and cannot be compared or added. Use like with like.`,
  );
}
