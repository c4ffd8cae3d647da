'use client';
import { ChartNoAxesCombined, RotateCcw } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { type ReactNode, useMemo, useState } from 'react';
import { useInstruments } from '#components/market/use-instruments.ts';
import { formatShortWon } from '#components/numbers/format.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx';
import { EmptyState, ErrorState, Notice, Skeleton } from '#components/ui/states.tsx';
import type { Program } from '#domain/strategy/compile.ts';
import { isOfMinutes } from '#domain/strategy/execution-moment.ts';
import type { InstrumentView } from '#lib/db/market.ts';
import type { InvestmentSettings } from '#lib/db/preferences.ts';
import { toLocale } from '#lib/i18n/locale.ts';
import { SymbolPicker } from '../symbol-picker.tsx';
import { PreviewFigures } from './preview-figures.tsx';
import { PREVIEW_YEARS, previewPeriod } from './preview-period.ts';
import { defaultSymbol, isInUniverse } from './preview-symbol.ts';
import { usePreviewBars } from './use-preview-bars.ts';
import { usePreviewRun } from './use-preview-run.ts';

/** Where a phone, on which the preview stands below the form, is led to. */
export const PREVIEW_ID = 'preview';

interface Props {
  /** Null while the document has faults. */
  readonly program: Program | null;
  readonly settings: InvestmentSettings;
}

/** What the strategy would have done with one symbol, computed in this browser while its document is being written. */
export function StrategyPreview({ program, settings }: Props) {
  const t = useTranslations('strategies.preview');
  const [lastProgram, setLastProgram] = useState(program);
  if (program && program !== lastProgram) setLastProgram(program);
  const [turn, setTurn] = useState(0);
  const { instruments, hasFailed } = useInstruments(true, turn);
  const [chosen, setChosen] = useState<string | null>(null);
  const [period] = useState(() => previewPeriod(Date.now()));
  const instrument = useMemo(() => {
    if (!instruments || !lastProgram) return null;
    return instruments.find(({ symbol }) => symbol === chosen) ?? defaultSymbol(lastProgram.document, instruments, settings);
  }, [instruments, lastProgram, chosen, settings]);
  const isMinutes = isOfMinutes(lastProgram?.document.timeframe);
  const load = usePreviewBars(instrument, isMinutes ? '1m' : '1d', turn);
  const { outcome, isStale } = usePreviewRun(program, load.bars, period, turn);
  const again = (
    <Button size="sm" onClick={() => setTurn((now) => now + 1)}>
      <RotateCcw aria-hidden />
      {t('again')}
    </Button>
  );

  const face = (): ReactNode => {
    if (!program) return <Notice tone="warn">{t('hasFaults')}</Notice>;
    if (hasFailed || load.state === 'failed' || outcome?.kind === 'failed')
      return (
        <ErrorState title={t('failed')} action={again}>
          {t(hasFailed || load.state === 'failed' ? 'failedBars' : 'failedRun')}
        </ErrorState>
      );
    if (instruments && !instrument) return <EmptyState title={t('noSymbol')}>{t('noSymbolBody')}</EmptyState>;
    if (load.state === 'none')
      return (
        <EmptyState title={t('noBars')} action={again}>
          {t(isMinutes ? 'noMinuteBarsBody' : 'noBarsBody')}
        </EmptyState>
      );
    if (load.state === 'loading' || !outcome) return <Waiting label={t('loading')} />;
    if (outcome.kind === 'faults') return <Refused faults={outcome.faults} />;
    return <PreviewFigures {...outcome} isStale={isStale} capital={period.capital} />;
  };
  return (
    <Card id={PREVIEW_ID} aria-label={t('title')} className="scroll-mt-28">
      <CardHeader title={t('title')} detail={t(isMinutes ? 'detailMinutes' : 'detail', { years: PREVIEW_YEARS })} />
      <CardBody className="flex flex-col gap-3">
        {instrument && (
          <>
            <Subject instrument={instrument} program={program} capital={period.capital} />
            <SymbolPicker label={t('otherSymbol')} value={[]} max={1} onChange={([code]) => code && setChosen(code)} />
          </>
        )}
        {face()}
      </CardBody>
    </Card>
  );
}

/** Which symbol it is about, and how far one symbol speaks for the strategy. */
function Subject({ instrument, program, capital }: { instrument: InstrumentView; program: Program | null; capital: number }) {
  const t = useTranslations('strategies.preview');
  const locale = toLocale(useLocale());
  const most = program?.document.sizing.maxPositions ?? 1;
  return (
    <div>
      <p className="flex flex-wrap items-baseline gap-x-2 font-medium">
        {locale === 'en' && instrument.nameEn ? instrument.nameEn : instrument.nameKo}
        <span className="num font-normal text-muted text-xs">
          {instrument.symbol} · {instrument.market}
        </span>
      </p>
      <p className="mt-0.5 text-muted text-xs leading-relaxed">
        {t('scope', { capital: formatShortWon(capital, locale) })}
        {most > 1 && ` ${t('share', { count: most })}`}
      </p>
      {program && !isInUniverse(program.document, instrument) && (
        <Notice tone="warn" className="mt-2 text-xs">
          {t('outside')}
        </Notice>
      )}
    </div>
  );
}

function Waiting({ label }: { label: string }) {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-3">
      <Skeleton className="h-50 w-full" />
      <Skeleton className="h-48 w-full" />
    </div>
  );
}

/** The document is sound, but these bars cannot serve it. */
function Refused({ faults }: { faults: readonly { code: string; ko: string; en: string }[] }) {
  const t = useTranslations('strategies.preview');
  const locale = toLocale(useLocale());
  return (
    <EmptyState icon={<ChartNoAxesCombined />} title={t('refused')}>
      {[...faults.map((fault) => fault[locale]), t('refusedNext')].join(' ')}
    </EmptyState>
  );
}
