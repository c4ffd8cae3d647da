import { NextIntlClientProvider } from 'next-intl';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { TooltipProvider } from '#components/ui/tooltip.tsx';
import { METRIC_NAMES, METRICS } from '#domain/backtest/metrics/definitions.ts';
import { computeMetrics } from '#domain/backtest/metrics.ts';
import type { DiagnosisView } from '#lib/db/backtests.ts';
import { en, ko } from '#lib/i18n/messages.ts';
import { aRun, aTrade } from '#lib/testing/example-run.ts';
import { KpiGrid } from './kpi-grid.tsx';
import { MetricGroups } from './metric-groups.tsx';
import { CostsCard, DiagnosisCard } from './report-notes.tsx';

const LANGUAGES = [
  { locale: 'ko' as const, messages: ko },
  { locale: 'en' as const, messages: en },
];
/** What a reader sees, without the marks around it. */
function textOf(locale: 'ko' | 'en', parts: ReactNode): string {
  const markup = renderToStaticMarkup(
    <NextIntlClientProvider locale={locale} messages={locale === 'ko' ? ko : en} timeZone="Asia/Seoul">
      <TooltipProvider>{parts}</TooltipProvider>
    </NextIntlClientProvider>,
  );
  return markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ');
}
/** Twelve sessions and nine trades: enough for facts, too few for the rest. */
const metrics = computeMetrics(
  aRun(
    Array.from({ length: 12 }, (_, i) => 1000 + i),
    Array.from({ length: 9 }, () => aTrade({ pnl: 10 })),
  ),
);

describe.each(LANGUAGES)('the report in $locale', ({ locale, messages }) => {
  test('shows every figure under its group, by name', () => {
    const shown = textOf(locale, <MetricGroups metrics={metrics} />);
    for (const name of METRIC_NAMES) {
      if (METRICS[name].group !== 'cost') expect(shown, name).toContain(` ${messages.report.metric[name]} `);
    }
    for (const group of Object.values(messages.report.metrics.group)) expect(shown).toContain(group);
  });

  test('says how many observations a figure has and needs instead of giving a number', () => {
    const head = textOf(locale, <KpiGrid metrics={metrics} />);
    expect(head).toContain(
      locale === 'ko' ? '승률 표본 부족: 9개 — 10개는 있어야 말할 수 있습니다' : 'Win rate too few: 9 — needs 10 to mean anything',
    );
    expect(head).toContain('+1.10%'); // the total return is a fact
    const costs = textOf(locale, <CostsCard metrics={metrics} capital={1000} />);
    expect(costs).toContain(locale === 'ko' ? '비용 전 이익 대비 표본 부족: 9개' : 'Of the profit before costs too few: 9');
  });

  test('lists what the diagnosis found, worst first', () => {
    const finding = (code: string, severity: DiagnosisView['severity']): DiagnosisView => ({
      code,
      severity,
      ko: `${code} 한글`,
      en: `${code} english`,
    });
    const diagnosis = [finding('no_crisis', 'info'), finding('few_trades', 'warning'), finding('broken', 'error')];
    const shown = textOf(locale, <DiagnosisCard diagnosis={diagnosis} lookAhead={{ checked: 8, verdict: 'clean', firstLeak: null }} />);
    const order = diagnosis.map((item) => shown.indexOf(item[locale]));
    expect(order.every((at) => at > 0)).toBe(true);
    expect(order).toEqual([...order].sort((a, b) => b - a));
  });

  test('says that a run without findings has none', () => {
    const shown = textOf(locale, <DiagnosisCard diagnosis={[]} lookAhead={{ checked: 8, verdict: 'clean', firstLeak: null }} />);
    expect(shown).toContain(messages.report.diagnosis.nothing);
  });
});
