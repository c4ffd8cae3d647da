import { compileArithmetic } from './compile-arithmetic.ts';
import { compileIndicator } from './compile-indicator.ts';
import { type CompileScope, checkKeys, fault, includes, isObject, type Json, MAX_DEPTH, type Path } from './compile-scope.ts';
import type { NumberNode } from './expression.ts';
import { BAR_FIELDS, type BarField, POSITION_FIELDS, type PositionField } from './schema.ts';
import type { Unit } from './unit.ts';

/** The longest look back, in bars. */
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
        ? compileKnown(value, path, scope)
        : 'op' in value
          ? compileArithmetic(value, path, scope, compileNumber)
          : fault(
              scope,
              path,
              'operand_expected',
              'field, indicator, op, param 가운데 하나가 있어야 합니다.',
              'Must have one of field, indicator, op or param.',
            );
  const known = node && scope.isBeforeClose && isOfWholeBar(node) ? shifted(node, 1) : node;
  return known && value.shift !== undefined ? compileShift(known, value.shift, path, scope) : known;
}

/** An indicator once for all parameter sets that fill it in alike; faulty ones are told each time. */
function compileKnown(value: Json, path: Path, scope: CompileScope): NumberNode | null {
  const { known } = scope;
  if (!known) return compileIndicator(value, path, scope, compileNumber);
  let place = known.indicators.get(value);
  if (!place) {
    place = { params: paramsIn(value), nodes: new Map() };
    known.indicators.set(value, place);
  }
  const [first = ''] = place.params;
  const key = place.params.length === 1 ? scope.params[first]! : place.params.map((name) => scope.params[name]).join(' ');
  let found = place.nodes.get(key);
  if (!found) {
    const fields = new Set<BarField>();
    const faultsBefore = scope.faults.length;
    const node = compileIndicator(value, path, { ...scope, fields }, compileNumber);
    if (!node || scope.faults.length > faultsBefore) return node;
    found = { node, fields };
    place.nodes.set(key, found);
  }
  for (const field of found.fields) scope.fields.add(field);
  return found.node;
}

/** Names of the parameters that are read anywhere in a piece of a document. */
function paramsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('param' in value && typeof value.param === 'string') return [value.param];
  return [...new Set(Object.values(value).flatMap(paramsIn))];
}

/** Known only when the bar has closed. Of arithmetic, the parts are looked at. */
function isOfWholeBar(node: NumberNode): boolean {
  return node.kind === 'indicator' || (node.kind === 'field' && node.field !== 'open');
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

/** A whole number of bars, as a literal or a parameter. */
export function compileBars(value: unknown, min: number, path: Path, scope: CompileScope): number | null {
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
  return bars === 0 ? of : of.kind === 'shift' ? shifted(of.of, of.bars + bars) : shifted(of, bars);
}

function shifted(of: NumberNode, bars: number): NumberNode {
  return { kind: 'shift', of, bars, unit: of.unit, key: `${of.key}[-${bars}]`, warmup: of.warmup + bars, isLive: false };
}
