import { NextIntlClientProvider } from 'next-intl';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { TooltipProvider } from '#components/ui/tooltip.tsx';
import { dayOf } from '#domain/backtest/columns.ts';
import type { StrategyDraft } from '#domain/strategy/schema.ts';
import { goldenCross } from '#domain/strategy/templates/golden-cross.ts';
import { en, ko } from '#lib/i18n/messages.ts';
import { drawnDays } from '#lib/testing/engine-market.ts';
import { runBacktest } from '#lib/use-cases/run-backtest.ts';
import { PreviewFigures } from './preview-figures.tsx';

const CAPITAL = 100_000_000;
/** Like published chunks, without factors: that alone is worth a warning. */
const columns = { ...drawnDays(1), factor: null };
async function resultOf(changes: Partial<StrategyDraft> = {}) {
  const [from, to] = [dayOf(columns.times[60]!), dayOf(columns.times.at(-1)!)];
  const document = { ...goldenCross.document, ...changes };
  const outcome = await runBacktest({ document, params: { fast: 5, slow: 20 }, columns, from, to, capital: CAPITAL });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.faults));
  return outcome.result;
}
const [traded, idle] = await Promise.all([resultOf(), resultOf({ entry: { left: { field: 'close' }, op: '>', right: 1e9 } })]);

describe.each([
  { locale: 'ko' as const, messages: ko },
  { locale: 'en' as const, messages: en },
])('the figures of the preview in $locale', ({ locale, messages }) => {
  const words = messages.strategies.preview;
  const textOf = (parts: ReactNode) =>
    renderToStaticMarkup(
      <NextIntlClientProvider locale={locale} messages={messages} timeZone="Asia/Seoul">
        <TooltipProvider>{parts}</TooltipProvider>
      </NextIntlClientProvider>,
    );

  test('are six with the time they took, the fingerprint and the warnings', () => {
    const shown = textOf(<PreviewFigures result={traded} ms={31.6} isStale={false} capital={CAPITAL} />);
    for (const name of ['totalReturn', 'cagr', 'maxDrawdown', 'sharpe', 'winRate', 'trades'] as const)
      expect(shown).toContain(messages.report.metric[name]);
    expect(shown).toContain('32 ms');
    expect(shown).toContain(`title="${traded.hash}"`);
    const warnings = traded.diagnosis.filter(({ severity }) => severity === 'warning');
    expect(warnings.length).toBeGreaterThan(0);
    for (const warning of warnings) expect(shown).toContain(warning[locale].replaceAll("'", '&#x27;'));
  });

  test('are said to be old while new ones are computed, and are not read out again', () => {
    const shown = textOf(<PreviewFigures result={traded} ms={31.6} isStale capital={CAPITAL} />);
    expect(shown).toContain('aria-busy="true"');
    expect(shown).toContain(words.computing);
    expect(shown).not.toContain('32 ms');
    expect(shown).toMatch(/aria-live="polite"[^>]*><\/p>/);
  });

  test('are none where nothing was bought: there it says why', () => {
    const shown = textOf(<PreviewFigures result={idle} ms={5} isStale={false} capital={CAPITAL} />);
    expect(shown).toContain(words.noTrades);
    expect(shown).toContain(idle.diagnosis.find(({ code }) => code === 'no_trades')![locale].replaceAll("'", '&#x27;'));
    expect(shown).not.toContain(messages.report.metric.totalReturn);
  });
});
