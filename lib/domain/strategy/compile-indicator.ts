import type { Indicator, IndicatorArg } from '#domain/indicator/indicator.ts';
import { INDICATORS } from '#domain/indicator/registry.ts';
import { type CompileOperand, type CompileScope, checkKeys, fault, isObject, type Json, type Path } from './compile-scope.ts';
import type { NumberNode } from './expression.ts';

/** `{ indicator, args, input, output }`: the name is known, the arguments are constants in range, the input is a column. */
export function compileIndicator(value: Json, path: Path, scope: CompileScope, compileOperand: CompileOperand): NumberNode | null {
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
  const args = compileArgs(indicator, value.args, [...path, 'args'], scope, compileOperand);
  const output = compileOutput(name, indicator, value.output, path, scope);
  if (output === null) return null;
  if (!indicator.takesInput && value.input !== undefined) {
    return fault(
      scope,
      [...path, 'input'],
      'input_not_taken',
      `'${name}'은(는) 봉의 값을 직접 읽으므로 input을 받지 않습니다.`,
      `'${name}' reads the bars themselves and takes no input.`,
    );
  }
  // An indicator is reckoned over whole bars; it is its result that a decision before the close reads a bar late.
  const inputScope = { ...scope, isBeforeClose: false };
  const input = indicator.takesInput ? compileOperand(value.input ?? { field: 'close' }, [...path, 'input'], inputScope) : null;
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

function compileArgs(
  indicator: Indicator,
  value: unknown,
  path: Path,
  scope: CompileScope,
  compileOperand: CompileOperand,
): (number | null)[] {
  const given = isObject(value) ? value : {};
  if (value !== undefined && !isObject(value))
    fault(
      scope,
      path,
      'args_expected',
      'args는 { "period": 20 } 같은 객체여야 합니다.',
      'args must be an object such as { "period": 20 }.',
    );
  const names = indicator.args.map((arg) => arg.name);
  checkKeys(given, names, path, scope);
  return indicator.args.map((arg) =>
    given[arg.name] === undefined ? arg.default : compileArg(arg, given[arg.name], [...path, arg.name], scope, compileOperand),
  );
}

function compileArg(arg: IndicatorArg, value: unknown, path: Path, scope: CompileScope, compileOperand: CompileOperand): number | null {
  const node = compileOperand(value, path, scope);
  if (!node) return null;
  if (node.kind !== 'constant')
    return fault(
      scope,
      path,
      'arg_not_constant',
      '지표 인자는 숫자나 매개변수여야 합니다.',
      'An indicator argument must be a number or a parameter.',
    );
  if (node.value < arg.min || node.value > arg.max || (arg.isWhole && !Number.isInteger(node.value))) {
    return fault(
      scope,
      path,
      'arg_outside',
      `${arg.min}–${arg.max} 범위의 ${arg.isWhole ? '정수' : '값'}이어야 합니다 (지금 ${node.value}).`,
      `Must be a ${arg.isWhole ? 'whole number' : 'number'} from ${arg.min} to ${arg.max} (is ${node.value}).`,
    );
  }
  return node.value;
}

function compileOutput(name: string, indicator: Indicator, value: unknown, path: Path, scope: CompileScope): string | null {
  const output = value === undefined ? indicator.outputs[0]! : String(value);
  if (indicator.outputs.includes(output)) return output;
  return fault(
    scope,
    [...path, 'output'],
    'output_unknown',
    `'${name}'에는 '${output}' 출력이 없습니다. 있는 출력: ${indicator.outputs.join(', ')}.`,
    `'${name}' has no output '${output}'. It has: ${indicator.outputs.join(', ')}.`,
  );
}
