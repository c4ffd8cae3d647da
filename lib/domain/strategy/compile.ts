import { hashOf } from '#domain/hash.ts';
import { checkMeaning } from './check-meaning.ts';
import { compileCondition } from './compile-expression.ts';
import { compileNumber } from './compile-operand.ts';
import { numericWithin } from './compile-range.ts';
import type { CompileScope, KnownDocument } from './compile-scope.ts';
import { compileSizing, type Sizing } from './compile-sizing.ts';
import { decidesBeforeClose, isOfMinutes } from './execution-moment.ts';
import type { ConditionNode, NumberNode } from './expression.ts';
import { memoryOf } from './expression-memory.ts';
import { type Fault, faultsOf } from './fault.ts';
import { type BarField, type StrategyDocument, strategyDocument } from './schema.ts';

/** Stops with numbers filled in; null where the document has none. Rates are fractions of the entry price or high water. */
export interface Stops {
  readonly loss: number | null;
  readonly profit: number | null;
  readonly trailing: number | null;
  readonly atr: { readonly node: NumberNode; readonly multiple: number } | null;
  readonly maxBars: number | null;
}

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
  return fillIn(readDocument(document), params);
}

/** The same for many parameter sets of one document, which is read and hashed once; its indicators are shared where they are equal. */
export function strategyCompiler(document: unknown): (params: Readonly<Record<string, number>>) => Compiled {
  const read = readDocument(document);
  const known: KnownDocument = { isProved: false, indicators: new Map() };
  return (params) => fillIn(read, params, known);
}

function readDocument(document: unknown) {
  const parsed = strategyDocument.safeParse(document);
  return { document, parsed, strategyHash: parsed.success ? hashOf(parsed.data) : '' };
}

function fillIn(
  { document, parsed, strategyHash }: ReturnType<typeof readDocument>,
  params: Readonly<Record<string, number>>,
  known?: KnownDocument,
): Compiled {
  const faults: Fault[] = parsed.success ? [] : faultsOf(parsed.error.issues);
  // Conditions are walked even when the shape around them is wrong, so that the writer sees all faults in one go.
  const draft = (parsed.success ? parsed.data : document) as Partial<StrategyDocument> | null;
  if (draft === null || typeof draft !== 'object') return { ok: false, faults };

  const values = resolveParams(draft, params, faults);
  const fields = new Set<BarField>();
  const isBeforeClose = decidesBeforeClose(draft);
  const scope: CompileScope = { params: values, faults, fields, allowsPosition: false, isBeforeClose, ...(known ? { known } : {}) };
  // Membership of the universe looks at bars before its period in any case.
  const filterScope: CompileScope = { ...scope, isBeforeClose: false };

  const entry = draft.entry === undefined ? null : compileCondition(draft.entry, ['entry'], scope);
  const exit = draft.exit === undefined ? null : compileCondition(draft.exit, ['exit'], { ...scope, allowsPosition: true });
  const filters = list(draft.universe?.filters).map((filter, i) => compileCondition(filter, ['universe', 'filters', i], filterScope));
  const rankBy = draft.universe?.rank ? compileNumber(draft.universe.rank.by, ['universe', 'rank', 'by'], scope) : null;
  const stops = compileStops(draft, scope);
  const sizing = compileSizing(draft, scope);
  if (!known?.isProved) checkMeaning(draft, faults);
  if (!parsed.success || faults.length > 0 || !entry || !sizing) return { ok: false, faults };

  const compiledFilters = filters.filter((node) => node !== null);
  const measured = sizing.kind === 'volatility_target' ? sizing.node : null;
  const nodes = [entry, exit, ...compiledFilters, rankBy, stops.atr?.node ?? null, measured].filter((node) => node !== null);
  const warmupBars = Math.max(...nodes.map((node) => node.warmup));
  const { rank } = parsed.data.universe;
  const program: Program = {
    document: parsed.data,
    params: values,
    strategyHash,
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
  if (known) known.isProved = true;
  return { ok: true, program };
}

/** Bars back to before the start of the current universe period, which decides who is a member now. */
function universeBars({ universe, timeframe }: StrategyDocument): number {
  if (universe.filters.length === 0 && universe.rank?.limit === undefined) return 0;
  const sessions = { daily: 2, weekly: 7, monthly: 25 }[universe.refresh];
  return isOfMinutes(timeframe) ? sessions * BARS_OF_LONGEST_SESSION : sessions;
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
