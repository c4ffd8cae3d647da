import type { StrategyDocument } from '#domain/strategy/schema.ts';
import type { InstrumentView } from '#lib/db/market.ts';
import type { InvestmentSettings } from '#lib/db/preferences.ts';

/** Whether the document's universe lets the symbol in by name and market; its filters look at prices and decide in the run. */
export function isInUniverse({ universe }: StrategyDocument, { symbol, market }: InstrumentView): boolean {
  const isNamed = universe.symbols.length === 0 || universe.symbols.some((code) => code === symbol);
  return isNamed && universe.markets.includes(market) && !universe.exclude.some((code) => code === symbol);
}

/** What to preview until somebody chooses: the universe's first symbol that the person's own settings allow, then any other of it. */
export function defaultSymbol(
  document: StrategyDocument,
  instruments: readonly InstrumentView[],
  settings: InvestmentSettings,
): InstrumentView | null {
  const candidates = instruments.filter((instrument) => isInUniverse(document, instrument));
  const allowed = ({ symbol, market }: InstrumentView) => settings.markets.includes(market) && !settings.exclude.includes(symbol);
  return candidates.find((one) => allowed(one) && one.kind === 'stock') ?? candidates.find(allowed) ?? candidates[0] ?? null;
}
