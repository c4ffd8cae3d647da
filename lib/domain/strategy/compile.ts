import { hashOf } from '#domain/hash.ts';
import { compileCondition } from './compile-expression.ts';
import { compileNumber } from './compile-operand.ts';
import type { CompileScope } from './compile-scope.ts';
import type { ConditionNode, NumberNode } from './expression.ts';
import { memoryOf } from './expression-memory.ts';
import { type Fault, faultsOf } from './fault.ts';
import { type BarField, type Numeric, type StrategyDocument, strategyDocument } from './schema.ts';

/** Stops with numbers filled in; null where the document has none. Rates are fractions of the entry price or high water. */
export interface Stops {
  readonly loss: number | null;
  readonly profit: number | null;
  readonly trailing: number | null;
  readonly atr: { readonly node: NumberNode; readonly multiple: number } | null;
  readonly maxBars: number | null;
}
export type Sizing = { readonly maxPositions: number } & (
  | { readonly kind: 'equal_weight' }
  | { readonly kind: 'percent_equity'; readonly percent: number }
  | { readonly kind: 'fixed_amount'; readonly amount: number }
);

/** A document that is known to mean something, with its parameters filled in. The engine and the auto-trader run this. */
export interface Program {
  readonly document: StrategyDocument;
  readonly params: Readonly<Record<string, number>>;
  /** SHA-256 of the canonical document with its defaults (not of the parameter values: those are stored beside it). */
  readonly strategyHash: string;
  readonly entry: ConditionNode;
  readonly exit: ConditionNode | null;
  readonly filters: readonly ConditionNode[];
  readonly rank: { readonly by: NumberNode; readonly order: 'asc' | 'desc'; readonly limit: number | null } | null;
  readonly stops: Stops;
  readonly sizing: Sizing;
  /** Bars of a symbol before anything may be decided about it. */
  readonly warmupBars: number;
  /** Bars of history to load before the first decision: warm-up, the fading memory of exponential averages, the universe's period. */
  readonly historyBars: number;
  readonly fields: ReadonlySet<BarField>;
}
export type Compiled = { readonly ok: true; readonly program: Program } | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * Checks a document and fills in its parameters. Every fault is found at once; a faulty document never runs. `params` override
 * the document's defaults; an unknown name or a value outside its range is a fault too.
 */
export function compileStrategy(document: unknown, params: Readonly<Record<string, number>> = {}): Compiled {
  const parsed = strategyDocument.safeParse(document);
  const faults: Fault[] = parsed.success ? [] : faultsOf(parsed.error.issues);
  // Conditions are walked even when the shape around them is wrong, so that the writer sees all faults in one go.
  const draft = (parsed.success ? parsed.data : document) as Partial<StrategyDocument> | null;
  if (draft === null || typeof draft !== 'object') return { ok: false, faults };

  const values = resolveParams(draft, params, faults);
  const fields = new Set<BarField>();
  const scope: CompileScope = { params: values, faults, fields, allowsPosition: false };
  const part = (allowsPosition: boolean): CompileScope => ({ ...scope, allowsPosition });

  const entry = draft.entry === undefined ? null : compileCondition(draft.entry, ['entry'], part(false));
  const exit = draft.exit === undefined ? null : compileCondition(draft.exit, ['exit'], part(true));
  const filters = list(draft.universe?.filters).map((filter, i) => compileCondition(filter, ['universe', 'filters', i], part(false)));
  const rankBy = draft.universe?.rank ? compileNumber(draft.universe.rank.by, ['universe', 'rank', 'by'], part(false)) : null;
  const stops = compileStops(draft, part(false));
  const sizing = compileSizing(draft, part(false));
  checkMeaning(draft, faults);
  if (!parsed.success || faults.length > 0 || !entry || !sizing) return { ok: false, faults };

  const compiledFilters = filters.filter((node) => node !== null);
  const nodes = [entry, exit, ...compiledFilters, rankBy, stops.atr?.node ?? null].filter((node) => node !== null);
  const warmupBars = Math.max(...nodes.map((node) => node.warmup));
  const { rank } = parsed.data.universe;
  const program: Program = {
    document: parsed.data,
    params: values,
    strategyHash: hashOf(parsed.data),
    entry,
    exit,
    filters: compiledFilters,
    rank: rank && rankBy ? { by: rankBy, order: rank.order, limit: rank.limit ?? null } : null,
    stops,
    sizing,
    warmupBars,
    historyBars: warmupBars + 2 + Math.max(...nodes.map(memoryOf)) + universeBars(parsed.data),
    fields,
  };
  return { ok: true, program };
}

/** Bars back to before the start of the current universe period, which decides who is a member now. */
function universeBars({ universe, timeframe }: StrategyDocument): number {
  if (universe.filters.length === 0 && universe.rank?.limit === undefined) return 0;
  const sessions = { daily: 2, weekly: 7, monthly: 25 }[universe.refresh];
  return /m$/.test(timeframe) ? sessions * BARS_OF_LONGEST_SESSION : sessions;
}
/** One-minute bars of 09:00–15:30. */
const BARS_OF_LONGEST_SESSION = 390;

const list = <T>(value: readonly T[] | undefined): readonly T[] => (Array.isArray(value) ? value : []);

function resolveParams(draft: Partial<StrategyDocument>, given: Readonly<Record<string, number>>, faults: Fault[]): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [name, spec] of Object.entries(draft.params ?? {})) {
    const value = given[name] ?? spec?.default;
    const path = `params.${name}`;
    if (!(spec?.min <= spec?.max) || !Number.isFinite(value)) {
      faults.push({
        code: 'param_range',
        path,
        ko: '최솟값이 최댓값보다 크거나 숫자가 아닙니다. 범위를 고치세요.',
        en: 'The minimum is above the maximum, or a number is missing. Mend the range.',
      });
      values[name] = Number.NaN;
      continue;
    }
    if (value < spec.min || value > spec.max) {
      faults.push({
        code: 'param_outside',
        path,
        ko: `${value}은(는) 허용 범위 ${spec.min}–${spec.max} 밖입니다.`,
        en: `${value} is outside the allowed range ${spec.min}–${spec.max}.`,
      });
    }
    values[name] = value;
  }
  for (const name of Object.keys(given)) {
    if (!(name in values))
      faults.push({
        code: 'param_unknown',
        path: `params.${name}`,
        ko: `이 전략에는 '${name}' 매개변수가 없습니다.`,
        en: `This strategy has no parameter '${name}'.`,
      });
  }
  return values;
}

/** A literal or parameter that must lie in a range; null (with a fault) when it does not. */
function numericWithin(
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

const RATE = { min: 0.0001, max: 0.99 };

function compileStops(draft: Partial<StrategyDocument>, scope: CompileScope): Stops {
  const stops = draft.stops ?? {};
  const multiple = numericWithin(stops.atr?.multiple, ['stops', 'atr', 'multiple'], scope, { min: 0.1, max: 100 });
  const node = stops.atr ? compileNumber({ indicator: 'atr', args: { period: stops.atr.period } }, ['stops', 'atr'], scope) : null;
  return {
    loss: numericWithin(stops.loss, ['stops', 'loss'], scope, RATE),
    profit: numericWithin(stops.profit, ['stops', 'profit'], scope, { min: 0.0001, max: 100 }),
    trailing: numericWithin(stops.trailing, ['stops', 'trailing'], scope, RATE),
    atr: node && multiple !== null ? { node, multiple } : null,
    maxBars: numericWithin(stops.maxBars, ['stops', 'maxBars'], scope, { min: 1, max: 100_000, isWhole: true }),
  };
}

function compileSizing(draft: Partial<StrategyDocument>, scope: CompileScope): Sizing | null {
  const { sizing } = draft;
  if (!sizing) return null;
  const { maxPositions } = sizing;
  if (sizing.kind === 'equal_weight') return { kind: 'equal_weight', maxPositions };
  if (sizing.kind === 'percent_equity') {
    const percent = numericWithin(sizing.percent, ['sizing', 'percent'], scope, { min: 0.0001, max: 1 });
    return percent === null ? null : { kind: 'percent_equity', percent, maxPositions };
  }
  if (sizing.kind === 'fixed_amount') {
    const amount = numericWithin(sizing.amount, ['sizing', 'amount'], scope, { min: 1, max: 1e13, isWhole: true });
    return amount === null ? null : { kind: 'fixed_amount', amount, maxPositions };
  }
  return null;
}

/** What the shape cannot say: parts this version does not run yet, and strategies that could never sell. */
function checkMeaning(draft: Partial<StrategyDocument>, faults: Fault[]): void {
  const { execution, stops, timeframe, universe } = draft;
  if (execution && execution.at !== undefined && execution.at !== 'next_open') {
    faults.push({
      code: 'not_supported',
      path: 'execution.at',
      ko: '이 버전은 다음 봉 시가(next_open) 체결만 지원합니다.',
      en: 'This version fills at the next open (next_open) only.',
    });
  }
  if (execution && execution.orderType !== undefined && execution.orderType !== 'market') {
    faults.push({
      code: 'not_supported',
      path: 'execution.orderType',
      ko: '이 버전은 시장가(market) 주문만 지원합니다.',
      en: 'This version supports market orders only.',
    });
  }
  if (draft.exit === undefined && (!stops || Object.values(stops).every((stop) => stop === undefined))) {
    faults.push({
      code: 'never_exits',
      path: 'exit',
      ko: '매도 조건도 손절·익절·보유기간도 없어 한번 산 종목을 팔 수 없습니다. 하나 이상 넣으세요.',
      en: 'There is no exit condition, stop or holding limit, so nothing bought could ever be sold. Add at least one.',
    });
  }
  if (
    draft.sessions &&
    timeframe &&
    /[dw]$/.test(timeframe) &&
    (draft.sessions.entryFrom || draft.sessions.entryUntil || draft.sessions.exitAllBeforeClose)
  ) {
    faults.push({
      code: 'sessions_need_minutes',
      path: 'sessions',
      ko: '장중 시간 조건은 분봉 전략에서만 쓸 수 있습니다.',
      en: 'Times of day need a minute timeframe.',
    });
  }
  if (universe && Array.isArray(universe.markets) && universe.markets.length === 0 && list(universe.symbols).length === 0) {
    faults.push({
      code: 'empty_universe',
      path: 'universe',
      ko: '시장이나 종목을 하나 이상 고르세요.',
      en: 'Choose at least one market or symbol.',
    });
  }
}
