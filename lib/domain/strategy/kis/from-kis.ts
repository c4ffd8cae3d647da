import { type Fault, faultsOf, pathText } from '../fault.ts';
import type { BarField, Condition, Numeric, Operand, StrategyDraft } from '../schema.ts';
import { KIS_OPERATORS, KIS_PRICES, KIS_SCALES, type KisCondition, type KisGroup, kisFile, lookUp } from './kis-file.ts';
import { KIS_EXPRESSION_PERIODS, KIS_EXPRESSIONS, KIS_INDICATORS } from './kis-indicators.ts';
import { readKisParams } from './kis-params.ts';

export interface FromKis {
  /** Null when nothing that could run is left. Its meaning is the compiler's business. */
  readonly draft: StrategyDraft | null;
  /** What did not carry over, or means something else here, by its place in the file. */
  readonly remarks: readonly Fault[];
}

/** What an alias of the file stands for: its default output, others by name, or null for what has no counterpart. */
interface Named {
  readonly output: (name: string | null) => Operand | null;
  readonly isPercent: boolean;
  /** Highest or lowest of closes: with the bar's own among them, none can lie beyond. */
  readonly isExtreme: boolean;
}

interface Reader {
  readonly named: ReadonlyMap<string, Named | null>;
  readonly numeric: (value: string | number) => Numeric | null;
  remark(path: readonly PropertyKey[], code: string, ko: string, en: string): null;
}

/** How many positions a file, which says nothing of money, gets. */
const POSITIONS = 10;

/** Turns a strategy file of KIS into a document. `file`: the value that the YAML stands for. */
export function readKisStrategy(file: unknown): FromKis {
  const parsed = kisFile.safeParse(file);
  if (!parsed.success) return { draft: null, remarks: faultsOf(parsed.error.issues) };
  const remarks: Fault[] = [];
  const remark: Reader['remark'] = (path, code, ko, en) => {
    remarks.push({ code, path: pathText(path), ko, en });
    return null;
  };
  const { strategy, metadata, risk } = parsed.data;
  const { params, numeric } = readKisParams(strategy.params ?? {});
  const reader: Reader = { named: namedIn(strategy, numeric, remark), numeric, remark };
  if ((strategy.candlesticks ?? []).length > 0)
    remark(
      ['strategy', 'candlesticks'],
      'kis_candlesticks',
      '캔들 패턴은 가져오지 못합니다. 이를 쓰는 조건이 빠집니다.',
      'Candlestick patterns do not carry over; conditions on them are left out.',
    );
  const entry = readGroup(strategy.entry ?? null, ['strategy', 'entry'], 'AND', reader);
  const exit = readGroup(strategy.exit ?? null, ['strategy', 'exit'], 'OR', reader);
  if (!entry) {
    remark(
      ['strategy', 'entry'],
      'kis_no_entry',
      '가져올 수 있는 매수 조건이 없습니다. 조건을 하나 이상 고친 뒤 다시 가져오세요.',
      'No entry condition carries over. Change at least one and import again.',
    );
    return { draft: null, remarks };
  }
  if (risk?.max_position_size != null)
    remark(
      ['risk', 'max_position_size'],
      'kis_size',
      '종목당 비중은 가져오지 않습니다. 편집기의 자금 배분에서 정하세요.',
      'The share of a position does not carry over. Set it in the editor’s sizing.',
    );
  remark(
    [],
    'kis_silent',
    `KIS 파일에는 종목과 자금 배분이 없습니다. 전 종목에서 ${POSITIONS}종목을 같은 금액으로 시작하니 편집기에서 정하세요.`,
    `A KIS file names neither symbols nor money. It starts with all symbols and ${POSITIONS} equal positions; set both in the editor.`,
  );
  const stops = {
    ...readStop('loss', risk?.stop_loss, ['risk', 'stop_loss'], reader),
    ...readStop('profit', risk?.take_profit, ['risk', 'take_profit'], reader),
    ...readStop('trailing', risk?.trailing_stop, ['risk', 'trailing_stop'], reader),
  };
  const draft: StrategyDraft = {
    schema: 'narae.strategy/1',
    name: (metadata?.name || strategy.id || 'KIS').slice(0, 100),
    note: (metadata?.description ?? '').slice(0, 2000),
    timeframe: '1d',
    entry,
    ...(exit ? { exit } : {}),
    stops,
    sizing: { kind: 'equal_weight', maxPositions: POSITIONS },
  };
  return { draft: { ...draft, params: params(draft) }, remarks };
}

type KisStrategy = ReturnType<typeof kisFile.parse>['strategy'];

function namedIn({ indicators }: KisStrategy, numeric: Reader['numeric'], remark: Reader['remark']): Map<string, Named | null> {
  const named = new Map<string, Named | null>();
  const counts = new Map<string, number>();
  (indicators ?? []).forEach((indicator, i) => {
    const place = ['strategy', 'indicators', i];
    let alias = indicator.alias;
    if (!alias) {
      counts.set(indicator.id, (counts.get(indicator.id) ?? 0) + 1);
      alias = `${indicator.id}_${counts.get(indicator.id)}`;
    }
    const known = named.has(alias);
    if (known)
      remark(
        place,
        'kis_alias_twice',
        `별칭 '${alias}'이(가) 두 번 나옵니다. 처음 것을 씁니다.`,
        `The alias '${alias}' occurs twice. The first one counts.`,
      );
    else named.set(alias, readIndicator(indicator, place, numeric, remark));
  });
  return named;
}

function readIndicator(
  { id, params, output: standard }: NonNullable<KisStrategy['indicators']>[number],
  place: readonly PropertyKey[],
  numeric: Reader['numeric'],
  remark: Reader['remark'],
): Named | null {
  const given = (name: string, fallback: number | undefined): Numeric | null => {
    const value = params?.[name] ?? fallback;
    return typeof value === 'number' || typeof value === 'string' ? numeric(value) : null;
  };
  const unknown = (what: string, hint: string) =>
    remark(
      place,
      'kis_indicator',
      `'${what}' 지표는 가져오지 못합니다(${hint}). 이를 쓰는 조건이 빠집니다.`,
      `'${what}' does not carry over (${hint}); conditions on it are left out.`,
    );
  const expression = lookUp(KIS_EXPRESSIONS, id);
  if (expression) {
    const period = given('period', KIS_EXPRESSION_PERIODS[id] ?? 1);
    if (period === null) return unknown(id, 'period');
    return { output: () => expression(period), isPercent: false, isExtreme: false };
  }
  if (id === 'sar' || id === 'aroon') return readUneven(id, given) ?? unknown(id, id === 'sar' ? 'af_start ≠ af_step' : 'up ≠ down');
  const match = lookUp(KIS_INDICATORS, id);
  if (!match) return unknown(id, '나래에 없음 · unknown');
  const args: Record<string, Numeric> = { ...match.fixed };
  for (const [theirs, ours] of Object.entries(match.args)) {
    const value = given(theirs, match.defaults[theirs]);
    if (value === null) return unknown(id, theirs);
    args[ours] = value;
  }
  for (const [ours, other] of Object.entries(match.alike ?? {})) args[ours] = args[other]!;
  if (match.differs) remark(place, 'kis_differs', `${id}: ${match.differs.ko}`, `${id}: ${match.differs.en}`);
  return {
    output: (asked) => {
      const name = saidOutput(asked) ?? saidOutput(standard);
      if (match.outputs === null) return name ? null : { indicator: match.ours, args };
      const output = name ? lookUp(match.outputs, name) : Object.values(match.outputs)[0];
      return output ? { indicator: match.ours, args, output } : null;
    },
    isPercent: match.isPercent ?? false,
    isExtreme: match.ours === 'highest' || match.ours === 'lowest',
  };
}

/** They write `value` for whatever an indicator gives when nothing is said. */
const saidOutput = (name: string | null | undefined) => (name && name !== 'value' ? name : null);

/** Two of theirs that have one argument more than ours; alike, they are the same. */
function readUneven(id: 'sar' | 'aroon', given: (name: string, fallback: number) => Numeric | null): Named | null {
  const [first, second] =
    id === 'sar' ? [given('af_start', 0.02), given('af_step', 0.02)] : [given('up_period', 25), given('down_period', 25)];
  const most = given('af_max', 0.2);
  if (first === null || most === null || JSON.stringify(first) !== JSON.stringify(second)) return null;
  const OUTPUTS: Readonly<Record<string, string>> = { value: 'oscillator', aroon_up: 'up', aroon_down: 'down' };
  return {
    output: (asked): Operand | null => {
      if (id === 'sar') return { indicator: 'parabolic_sar', args: { step: first, most } };
      const output = lookUp(OUTPUTS, asked ?? 'value');
      return output ? { indicator: 'aroon', args: { period: first }, output } : null;
    },
    isPercent: false,
    isExtreme: false,
  };
}

function readGroup(group: KisGroup | null, place: readonly PropertyKey[], standard: 'AND' | 'OR', reader: Reader): Condition | null {
  const conditions = (group?.conditions ?? []).flatMap((each, i) => {
    const condition = readCondition(each, [...place, 'conditions', i], reader);
    return condition ? [condition] : [];
  });
  if (conditions.length < 2) return conditions[0] ?? null;
  return (group?.logic ?? standard) === 'AND' ? { all: conditions } : { any: conditions };
}

function readCondition(each: KisCondition, place: readonly PropertyKey[], reader: Reader): Condition | null {
  const leftOut = (ko: string, en: string) =>
    reader.remark(place, 'kis_condition', `이 조건은 빠집니다: ${ko}`, `This condition is left out: ${en}`);
  if (each.candlestick) return leftOut('캔들 패턴은 나래에 없습니다.', 'Narae has no candlestick patterns.');
  const op = lookUp(KIS_OPERATORS, each.operator ?? '');
  if (!op) return leftOut(`모르는 비교 '${each.operator ?? ''}'입니다.`, `the comparison '${each.operator ?? ''}' is not known.`);
  const left = side(each.indicator ?? '', each.output ?? null, reader);
  const other = each.compare_to ?? each.value;
  const right = typeof other === 'string' ? side(other, each.compare_output ?? null, reader) : other == null ? null : plain(other);
  if (!left)
    return leftOut(`'${each.indicator ?? ''}'을(를) 읽을 수 없습니다.`, `what '${each.indicator ?? ''}' stands for cannot be read.`);
  if (!right) return leftOut(`'${other ?? ''}'을(를) 읽을 수 없습니다.`, `what '${other ?? ''}' stands for cannot be read.`);
  const scaled = scale(right.operand, each);
  if (scaled === null)
    return leftOut(`모르는 연산 '${each.compare_operation}'입니다.`, `the operation '${each.compare_operation}' is not known.`);
  // Both in per cent are compared as they are; beside a number the fraction is told in per cent.
  const isInPercent = left.isPercent !== right.isPercent;
  const [a, b] = [left, { ...right, operand: scaled }].map((one, i, both) => {
    const operand: Operand = isInPercent && one.isPercent ? { op: '*', args: [one.operand, 100] } : one.operand;
    return one.isExtreme && both[1 - i]!.isPrice ? before(operand, place, reader) : operand;
  });
  return { left: a!, op, right: b! };
}

interface Side {
  readonly operand: Operand;
  readonly isPercent: boolean;
  readonly isExtreme: boolean;
  readonly isPrice: boolean;
}
const plain = (operand: Operand): Side => ({ operand, isPercent: false, isExtreme: false, isPrice: false });

function side(text: string, output: string | null, { named, numeric }: Reader): Side | null {
  if ((KIS_PRICES as readonly string[]).includes(text)) return { ...plain({ field: text as BarField }), isPrice: true };
  if (named.has(text)) {
    const found = named.get(text) ?? null;
    const operand = found?.output(output) ?? null;
    return found && operand !== null ? { operand, isPercent: found.isPercent, isExtreme: found.isExtreme, isPrice: false } : null;
  }
  const value = numeric(text);
  return value === null ? null : plain(value);
}

/** What a price is to break is the extreme of the bars before it. */
function before(operand: Operand, place: readonly PropertyKey[], { remark }: Reader): Operand {
  remark(
    place,
    'kis_extreme',
    '당일을 포함한 최고·최저값은 당일 가격이 넘을 수 없어, 전날까지의 값과 비교합니다.',
    'No price lies beyond an extreme that includes its own bar, so the bars before it are compared with.',
  );
  return { ...(operand as Extract<Operand, { indicator: string }>), shift: 1 };
}

function scale(operand: Operand, { compare_scalar, compare_operation }: KisCondition): Operand | null {
  if (compare_scalar == null) return operand;
  const op = lookUp(KIS_SCALES, compare_operation ?? 'mul');
  return op ? { op, args: [operand, compare_scalar] } : null;
}

type KisStop = NonNullable<ReturnType<typeof kisFile.parse>['risk']>['stop_loss'];

function readStop(
  name: 'loss' | 'profit' | 'trailing',
  stop: KisStop,
  place: readonly PropertyKey[],
  { remark }: Reader,
): { [name in 'loss' | 'profit' | 'trailing']?: number } {
  if (!stop?.enabled) return {};
  const percent = typeof stop.percent === 'string' ? Number(stop.percent) : stop.percent;
  if (percent == null || !(percent > 0)) {
    remark(
      place,
      'kis_stop',
      '비율이 숫자가 아니어서 빠집니다. 편집기에서 정하세요.',
      'Left out: its per cent is no number. Set it in the editor.',
    );
    return {};
  }
  return { [name]: Math.round(percent * 1_000_000) / 100_000_000 };
}
