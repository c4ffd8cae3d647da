import { INDICATORS } from '#domain/indicator/registry.ts';
import type { ConditionNode, NumberNode } from './expression.ts';
import { type Fault, pathText } from './fault.ts';
import {
  ARITHMETIC,
  type Arithmetic,
  BAR_FIELDS,
  type BarField,
  COMPARISONS,
  type Comparison,
  CROSSINGS,
  POSITION_FIELDS,
  type PositionField,
  TRENDS,
} from './schema.ts';
import { areComparable, UNIT_NAMES, type Unit, unitOfProduct, unitOfQuotient, unitOfSum } from './unit.ts';

export interface CompileScope {
  readonly params: Readonly<Record<string, number>>;
  readonly faults: Fault[];
  /** Collects the bar fields that are read, so that data without them is refused before the run. */
  readonly fields: Set<BarField>;
  readonly allowsPosition: boolean;
}
type Path = readonly PropertyKey[];
type Json = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 40;
const MAX_SHIFT = 1000;

const FIELD_UNITS: Readonly<Record<BarField | PositionField, Unit>> = {
  open: 'price',
  high: 'price',
  low: 'price',
  close: 'price',
  volume: 'shares',
  value: 'won',
  market_cap: 'won',
  listed_shares: 'shares',
  entry_price: 'price',
  bars_held: 'count',
  unrealised_rate: 'ratio',
};

function fault(scope: CompileScope, path: Path, code: string, ko: string, en: string): null {
  scope.faults.push({ code, path: pathText(path), ko, en });
  return null;
}
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const includes = <T extends string>(names: readonly T[], value: unknown): value is T => (names as readonly unknown[]).includes(value);

function checkKeys(value: Json, allowed: readonly string[], path: Path, scope: CompileScope): void {
  for (const key of Object.keys(value)) {
    if (!allowed.includes(key))
      fault(
        scope,
        [...path, key],
        'unknown_field',
        `모르는 항목 '${key}'입니다. 쓸 수 있는 항목: ${allowed.join(', ')}.`,
        `Unknown field '${key}'. Allowed here: ${allowed.join(', ')}.`,
      );
  }
}

function constant(value: number): NumberNode {
  return { kind: 'constant', value, unit: 'number', key: String(value), warmup: 0, isLive: false };
}

/** Compiles an operand; null when it (or a part of it) is faulty, with the faults written to the scope. */
export function compileNumber(value: unknown, path: Path, scope: CompileScope): NumberNode | null {
  if (path.length > MAX_DEPTH * 2)
    return fault(scope, path, 'too_deep', '너무 깊게 겹쳐 있습니다. 식을 나누세요.', 'Nested too deeply. Split the expression.');
  if (typeof value === 'number') {
    return Number.isFinite(value)
      ? constant(value)
      : fault(scope, path, 'not_a_number', '유한한 숫자여야 합니다.', 'Must be a finite number.');
  }
  if (!isObject(value)) {
    return fault(
      scope,
      path,
      'operand_expected',
      '숫자, 필드, 지표, 매개변수 또는 식이 필요합니다.',
      'A number, field, indicator, parameter or expression is needed here.',
    );
  }
  if ('param' in value) return compileParam(value, path, scope);
  const node =
    'field' in value
      ? compileField(value, path, scope)
      : 'indicator' in value
        ? compileIndicator(value, path, scope)
        : 'op' in value
          ? compileArithmetic(value, path, scope)
          : fault(
              scope,
              path,
              'operand_expected',
              'field, indicator, op, param 가운데 하나가 있어야 합니다.',
              'Must have one of field, indicator, op or param.',
            );
  return node && value.shift !== undefined ? compileShift(node, value.shift, path, scope) : node;
}

function compileParam(value: Json, path: Path, scope: CompileScope): NumberNode | null {
  checkKeys(value, ['param'], path, scope);
  const resolved = typeof value.param === 'string' ? scope.params[value.param] : undefined;
  if (resolved === undefined) {
    return fault(
      scope,
      path,
      'param_missing',
      `'${String(value.param)}' 매개변수가 params에 없습니다.`,
      `The parameter '${String(value.param)}' is not declared in params.`,
    );
  }
  return constant(resolved);
}

function compileField(value: Json, path: Path, scope: CompileScope): NumberNode | null {
  checkKeys(value, ['field', 'shift'], path, scope);
  const { field } = value;
  if (includes(BAR_FIELDS, field)) {
    scope.fields.add(field);
    return { kind: 'field', field, unit: FIELD_UNITS[field], key: field, warmup: 0, isLive: false };
  }
  if (includes(POSITION_FIELDS, field)) {
    if (!scope.allowsPosition) {
      return fault(
        scope,
        path,
        'position_outside_exit',
        `'${field}'은(는) 보유 중에만 알 수 있어 매도 조건(exit)에서만 쓸 수 있습니다.`,
        `'${field}' is known only while holding, so it can be used in exit only.`,
      );
    }
    if (value.shift !== undefined)
      return fault(scope, [...path, 'shift'], 'position_shift', `'${field}'의 과거 값은 쓸 수 없습니다.`, `'${field}' has no past values.`);
    return { kind: 'position', field, unit: FIELD_UNITS[field], key: `position.${field}`, warmup: 0, isLive: true };
  }
  return fault(
    scope,
    [...path, 'field'],
    'field_unknown',
    `모르는 필드 '${String(field)}'입니다. 쓸 수 있는 필드: ${BAR_FIELDS.join(', ')}.`,
    `Unknown field '${String(field)}'. Known: ${BAR_FIELDS.join(', ')}.`,
  );
}

function compileIndicator(value: Json, path: Path, scope: CompileScope): NumberNode | null {
  checkKeys(value, ['indicator', 'args', 'input', 'output', 'shift'], path, scope);
  const name = String(value.indicator);
  const indicator = Object.hasOwn(INDICATORS, name) ? INDICATORS[name] : undefined;
  if (!indicator) {
    const known = Object.keys(INDICATORS).join(', ');
    return fault(
      scope,
      [...path, 'indicator'],
      'indicator_unknown',
      `모르는 지표 '${name}'입니다. 쓸 수 있는 지표: ${known}.`,
      `Unknown indicator '${name}'. Known: ${known}.`,
    );
  }
  const given = isObject(value.args) ? value.args : {};
  if (value.args !== undefined && !isObject(value.args))
    fault(
      scope,
      [...path, 'args'],
      'args_expected',
      'args는 { "period": 20 } 같은 객체여야 합니다.',
      'args must be an object such as { "period": 20 }.',
    );
  checkKeys(
    given,
    indicator.args.map((arg) => arg.name),
    [...path, 'args'],
    scope,
  );
  const args: (number | null)[] = indicator.args.map((arg) => {
    const argPath = [...path, 'args', arg.name];
    const node = given[arg.name] === undefined ? constant(arg.default) : compileNumber(given[arg.name], argPath, scope);
    if (!node) return null;
    if (node.kind !== 'constant')
      return fault(
        scope,
        argPath,
        'arg_not_constant',
        '지표 인자는 숫자나 매개변수여야 합니다.',
        'An indicator argument must be a number or a parameter.',
      );
    if (node.value < arg.min || node.value > arg.max || (arg.isWhole && !Number.isInteger(node.value))) {
      return fault(
        scope,
        argPath,
        'arg_outside',
        `${arg.min}–${arg.max} 범위의 ${arg.isWhole ? '정수' : '값'}이어야 합니다 (지금 ${node.value}).`,
        `Must be a ${arg.isWhole ? 'whole number' : 'number'} from ${arg.min} to ${arg.max} (is ${node.value}).`,
      );
    }
    return node.value;
  });
  const output = value.output === undefined ? indicator.outputs[0]! : String(value.output);
  if (!indicator.outputs.includes(output)) {
    fault(
      scope,
      [...path, 'output'],
      'output_unknown',
      `'${name}'에는 '${output}' 출력이 없습니다. 있는 출력: ${indicator.outputs.join(', ')}.`,
      `'${name}' has no output '${output}'. It has: ${indicator.outputs.join(', ')}.`,
    );
    return null;
  }
  if (!indicator.takesInput && value.input !== undefined) {
    return fault(
      scope,
      [...path, 'input'],
      'input_not_taken',
      `'${name}'은(는) 고가·저가·종가를 직접 읽으므로 input을 받지 않습니다.`,
      `'${name}' reads high, low and close itself and takes no input.`,
    );
  }
  const input = indicator.takesInput ? compileNumber(value.input ?? { field: 'close' }, [...path, 'input'], scope) : null;
  if ((indicator.takesInput && !input) || args.includes(null)) return null;
  if (input?.isLive)
    return fault(
      scope,
      [...path, 'input'],
      'position_in_indicator',
      '보유 정보로는 지표를 계산할 수 없습니다.',
      'An indicator cannot be computed over position fields.',
    );
  const numbers = args as number[];
  const seriesKey = `${name}(${[input?.key ?? 'bars', ...numbers].join(',')})`;
  return {
    kind: 'indicator',
    name,
    output,
    args: numbers,
    input,
    seriesKey,
    unit: indicator.unit(input?.unit ?? 'price'),
    key: `${seriesKey}.${output}`,
    warmup: (input?.warmup ?? 0) + indicator.warmup(numbers),
    isLive: false,
  };
}

function compileArithmetic(value: Json, path: Path, scope: CompileScope): NumberNode | null {
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
  const nodes = args.map((arg, i) => compileNumber(arg, [...path, 'args', i], scope));
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

function unitFault(a: Unit, b: Unit, path: Path, scope: CompileScope): null {
  return fault(
    scope,
    path,
    'unit_mismatch',
    `${UNIT_NAMES[a].ko}와(과) ${UNIT_NAMES[b].ko}은(는) 뜻이 달라 함께 쓸 수 없습니다. 같은 단위끼리 비교하세요.`,
    `${UNIT_NAMES[a].en} and ${UNIT_NAMES[b].en} mean different things and cannot be compared or added. Use like with like.`,
  );
}

/** A whole number of bars, as a literal or a parameter. */
function compileBars(value: unknown, min: number, path: Path, scope: CompileScope): number | null {
  const node = compileNumber(value, path, scope);
  if (!node) return null;
  if (node.kind !== 'constant' || !Number.isInteger(node.value) || node.value < min || node.value > MAX_SHIFT) {
    return fault(
      scope,
      path,
      'bars_outside',
      `${min}–${MAX_SHIFT} 범위의 봉 개수(정수)여야 합니다.`,
      `Must be a whole number of bars from ${min} to ${MAX_SHIFT}.`,
    );
  }
  return node.value;
}

function compileShift(of: NumberNode, value: unknown, path: Path, scope: CompileScope): NumberNode | null {
  const shiftPath = [...path, 'shift'];
  // A negative shift would read the future.
  const bars = compileBars(value, 0, shiftPath, scope);
  if (bars === null) return null;
  if (of.isLive)
    return fault(scope, shiftPath, 'position_shift', '보유 정보의 과거 값은 쓸 수 없습니다.', 'Position fields have no past values.');
  return bars === 0 ? of : { kind: 'shift', of, bars, unit: of.unit, key: `${of.key}[-${bars}]`, warmup: of.warmup + bars, isLive: false };
}

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
  return ['for', 'within'].reduce<ConditionNode | null>(
    (inner, kind) => (value[kind] === undefined ? inner : compileDuration(kind as 'for' | 'within', inner, value[kind], path, scope)),
    node,
  );
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

/** Longest fading memory (bars) of any indicator under a node. */
export function memoryOf(node: NumberNode | ConditionNode): number {
  switch (node.kind) {
    case 'constant':
    case 'field':
    case 'position':
      return 0;
    case 'indicator':
      return (INDICATORS[node.name]!.memory?.(node.args) ?? 0) + (node.input ? memoryOf(node.input) : 0);
    case 'shift':
    case 'not':
    case 'for':
    case 'within':
    case 'trend':
      return memoryOf(node.of);
    case 'arithmetic':
    case 'compare':
    case 'cross':
      return Math.max(memoryOf(node.left), memoryOf(node.right));
    case 'all':
    case 'any':
      return Math.max(...node.of.map(memoryOf));
  }
}
