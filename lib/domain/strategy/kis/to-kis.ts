import { INDICATORS } from '#domain/indicator/registry.ts';
import { type Fault, pathText } from '../fault.ts';
import type { Condition, Numeric, Operand, StrategyDocument } from '../schema.ts';
import { KIS_OPERATORS, KIS_PRICES, KIS_SCALES, type KisCondition, type KisFile, type KisGroup, type KisIndicator } from './kis-file.ts';
import { KIS_INDICATORS, type KisMatch } from './kis-indicators.ts';

export interface ToKis {
  readonly file: KisFile;
  /** What the file cannot say, by its place in the document. */
  readonly remarks: readonly Fault[];
}

type Place = readonly PropertyKey[];

interface Writer {
  readonly params: StrategyDocument['params'];
  /** By the key of what they show. */
  readonly indicators: Map<string, KisIndicator & { readonly alias: string }>;
  remark(place: Place, ko: string, en: string): null;
}

/** What a condition names on one of its sides. */
interface Side {
  readonly name: string | null;
  readonly output: string | null;
  readonly value: number | string | null;
  readonly isPercent: boolean;
  /** Only on the right: what it is multiplied by, or the like. */
  readonly scale: Pick<KisCondition, 'compare_scalar' | 'compare_operation'> | null;
}

/** Writes a document as a strategy file of KIS, as far as that can say it. */
export function writeKisStrategy(document: StrategyDocument): ToKis {
  const remarks: Fault[] = [];
  const writer: Writer = {
    params: document.params,
    indicators: new Map(),
    remark(place, ko, en) {
      remarks.push({ code: 'kis_export', path: pathText(place), ko, en });
      return null;
    },
  };
  const entry = writeGroup(document.entry, ['entry'], writer);
  const exit = document.exit === undefined ? null : writeGroup(document.exit, ['exit'], writer);
  remarkOnTheRest(document, writer);
  const file: KisFile = {
    version: '1.0',
    metadata: { name: document.name, description: document.note, author: 'narae', tags: [] },
    strategy: {
      id: 'narae_strategy',
      category: 'custom',
      params: Object.fromEntries(
        Object.entries(document.params).map(([name, { default: standard, min, max, step, ko }]) => [
          name,
          {
            default: standard,
            min,
            max,
            type: [standard, min, max, step].every(Number.isInteger) ? 'int' : 'float',
            ...(ko ? { description: ko } : {}),
          },
        ]),
      ),
      indicators: [...writer.indicators.values()],
      entry,
      ...(exit ? { exit } : {}),
    },
    risk: {
      stop_loss: stop(document.stops.loss, document),
      take_profit: stop(document.stops.profit, document),
      trailing_stop: stop(document.stops.trailing, document),
    },
  };
  return { file, remarks };
}

function stop(rate: Numeric | undefined, { params }: StrategyDocument): { enabled: boolean; percent?: number } {
  if (rate === undefined) return { enabled: false };
  const value = typeof rate === 'number' ? rate : (params[rate.param]?.default ?? 0);
  return { enabled: true, percent: inPercent(value) };
}

/** 0.07 as 7, not as 7.000000000000001. */
const inPercent = (fraction: number) => Math.round(fraction * 100_000_000) / 1_000_000;

/** Parts of a document that the file has no place for. */
function remarkOnTheRest({ timeframe, universe, stops, sizing, execution, costs, sessions }: StrategyDocument, { remark }: Writer): void {
  const lost: [boolean, string, string, string][] = [
    [timeframe !== '1d', 'timeframe', 'KIS 파일은 일봉만 다룹니다.', 'A KIS file knows daily bars only.'],
    [
      universe.symbols.length > 0 || universe.exclude.length > 0 || universe.filters.length > 0 || universe.rank !== undefined,
      'universe',
      '종목 범위와 순위는 담기지 않습니다.',
      'Symbols, filters and rank are not in the file.',
    ],
    [stops.atr !== undefined, 'stops.atr', 'ATR 손절은 담기지 않습니다.', 'The ATR stop is not in the file.'],
    [stops.maxBars !== undefined, 'stops.maxBars', '최대 보유 기간은 담기지 않습니다.', 'The longest holding time is not in the file.'],
    [
      [stops.loss, stops.profit, stops.trailing].some((rate) => typeof rate === 'object'),
      'stops',
      '손절·익절의 매개변수는 지금 값으로 담깁니다.',
      'Parameters of stops are written as their present values.',
    ],
    [
      execution.at !== 'next_open' || execution.orderType !== 'market',
      'execution',
      '주문 시점과 지정가는 담기지 않습니다.',
      'When and how orders are sent is not in the file.',
    ],
    [
      sessions.exitAllBeforeClose || sessions.entryFrom !== undefined,
      'sessions',
      '장중 시간은 담기지 않습니다.',
      'Times of day are not in the file.',
    ],
  ];
  for (const [isLost, place, ko, en] of lost) if (isLost) remark(place.split('.'), ko, en);
  remark(
    ['sizing'],
    `자금 배분(${sizing.kind})과 비용(수수료 ${inPercent(costs.commissionRate)}%)은 담기지 않습니다. KIS는 종목마다 같은 금액을 씁니다.`,
    `Sizing (${sizing.kind}) and costs (commission ${inPercent(costs.commissionRate)} %) are not in the file; KIS gives every symbol the same.`,
  );
}

function writeGroup(condition: Condition, place: Place, writer: Writer): KisGroup {
  const kind = 'all' in condition ? 'all' : 'any';
  const members = 'all' in condition ? condition.all : 'any' in condition ? condition.any : null;
  if (members && condition.for === undefined && condition.within === undefined) {
    return {
      logic: kind === 'all' ? 'AND' : 'OR',
      conditions: members.flatMap((member, i) => writeCondition(member, [...place, kind, i], writer) ?? []),
    };
  }
  return { logic: 'AND', conditions: [writeCondition(condition, place, writer) ?? []].flat() };
}

function writeCondition(condition: Condition, place: Place, writer: Writer): KisCondition | null {
  const operator = 'op' in condition ? Object.entries(KIS_OPERATORS).find(([, ours]) => ours === condition.op)?.[0] : undefined;
  if (!operator || !('right' in condition) || condition.for !== undefined || condition.within !== undefined)
    return writer.remark(
      place,
      '이 조건은 KIS 파일에 담을 수 없어 빠집니다(묶음 안의 묶음, 추세, 지속 기간).',
      'Left out: a KIS file cannot say this (nested groups, trends, durations).',
    );
  const [a, b] = [writeSide(condition.left, writer), writeSide(condition.right, writer)];
  if (!a?.name || a.scale || !b)
    return writer.remark(
      place,
      '이 비교는 KIS 파일에 담을 수 없어 빠집니다(계산식, 앞당긴 값, KIS에 없는 지표).',
      'Left out: a KIS file cannot say this comparison (arithmetic, shifts, indicators that KIS does not have).',
    );
  if (a.isPercent && typeof b.value === 'string')
    return writer.remark(
      place,
      'KIS에서는 백분율인 지표를 매개변수와 비교할 수 없어 빠집니다. 숫자로 바꾸세요.',
      'Left out: the indicator is in per cent at KIS and cannot be compared with a parameter. Use a number.',
    );
  const value = a.isPercent && typeof b.value === 'number' ? inPercent(b.value) : b.value;
  return {
    indicator: a.name,
    ...(a.output ? { output: a.output } : {}),
    operator,
    ...(b.name ? { compare_to: b.name, ...(b.output ? { compare_output: b.output } : {}), ...b.scale } : { value: value! }),
  };
}

function writeSide(operand: Operand, writer: Writer): Side | null {
  const plain = { name: null, output: null, value: null, isPercent: false, scale: null };
  if (typeof operand === 'number') return { ...plain, value: operand };
  if ('param' in operand) return { ...plain, value: `$${operand.param}` };
  if ('field' in operand) {
    const isPrice = (KIS_PRICES as readonly string[]).includes(operand.field) && operand.shift === undefined;
    return isPrice ? { ...plain, name: operand.field } : null;
  }
  return 'indicator' in operand ? writeIndicator(operand, writer) : writeScaled(operand, writer);
}

/** An indicator and a number; a fraction times a hundred is what they tell anyway. */
function writeScaled({ op, args, shift }: Extract<Operand, { args: readonly Operand[] }>, writer: Writer): Side | null {
  const [scaled, by] = args;
  const operation = Object.entries(KIS_SCALES).find(([, ours]) => ours === op)?.[0];
  if (!operation || args.length !== 2 || typeof by !== 'number' || shift !== undefined) return null;
  const side = scaled === undefined || typeof scaled === 'number' ? null : writeSide(scaled, writer);
  if (!side?.name || side.scale) return null;
  if (side.isPercent) return op === '*' && by === 100 ? { ...side, isPercent: false } : null;
  return { ...side, scale: { compare_scalar: by, compare_operation: operation } };
}

function writeIndicator(operand: Extract<Operand, { indicator: string }>, { indicators }: Writer): Side | null {
  const isOfClose = operand.input === undefined || isEqual(operand.input, { field: 'close' });
  // Their extreme of the bars before: read back, it is one that a price can break.
  const isShiftFit = operand.shift === undefined || (operand.shift === 1 && /^(highest|lowest)$/.test(operand.indicator));
  const args = fullArgs(operand);
  const found = Object.entries(KIS_INDICATORS).find(([, match]) => match.ours === operand.indicator && fits(match, args, operand.output));
  if (!found || !isOfClose || !isShiftFit) return null;
  const [id, match] = found;
  const params = Object.fromEntries(
    Object.entries(match.args).map(([theirs, ours]) => {
      const value = args[ours]!;
      return [theirs, typeof value === 'number' ? value : `$${value.param}`];
    }),
  );
  const key = JSON.stringify([id, params]);
  if (!indicators.has(key)) {
    const nth = [...indicators.values()].filter((other) => other.id === id).length + 1;
    indicators.set(key, { id, alias: `${id}_${nth}`, params });
  }
  const output = operand.output ?? INDICATORS[operand.indicator]?.outputs[0];
  const [theirs] = Object.entries(match.outputs ?? {}).find(([, ours]) => ours === output) ?? [];
  return { name: indicators.get(key)!.alias, output: theirs ?? null, value: null, isPercent: match.isPercent ?? false, scale: null };
}

type Args = Readonly<Record<string, Numeric>>;

/** Arguments with those that the document leaves to their standard values. */
function fullArgs({ indicator, args = {} }: Extract<Operand, { indicator: string }>): Args {
  return { ...Object.fromEntries((INDICATORS[indicator]?.args ?? []).map((arg) => [arg.name, arg.default])), ...args };
}

/** What the file cannot name must have the value that it has there, and an output must exist. */
function fits({ ours, args: named, fixed = {}, alike = {}, outputs }: KisMatch, args: Args, output = 'value'): boolean {
  const known = Object.values(named);
  const standard = INDICATORS[ours]?.outputs[0];
  return (
    Object.entries(args).every(([name, value]) => known.includes(name) || isEqual(value, fixed[name] ?? args[alike[name] ?? ''])) &&
    (outputs ? Object.values(outputs).includes(output === 'value' ? standard! : output) : output === 'value')
  );
}

const isEqual = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
