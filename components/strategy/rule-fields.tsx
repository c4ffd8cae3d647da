'use client';
import { useLocale, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { FormField } from '#components/ui/form.tsx';
import { NumberInput } from '#components/ui/number-input.tsx';
import { Select } from '#components/ui/select.tsx';
import { Switch } from '#components/ui/switch.tsx';
import type { Numeric, StrategyDocument } from '#domain/strategy/schema.ts';
import { toLocale } from '#lib/i18n/locale.ts';
import { DecimalInput } from './decimal-input.tsx';
import type { Draft } from './use-draft.ts';

type Props = { draft: Draft; document: StrategyDocument };
type StopName = 'loss' | 'profit' | 'trailing' | 'maxBars';
const STOPS: readonly { name: StopName; standard: number }[] = [
  { name: 'loss', standard: 0.08 },
  { name: 'profit', standard: 0.2 },
  { name: 'trailing', standard: 0.12 },
  { name: 'maxBars', standard: 20 },
];

/** A number the document writes itself; one that follows a parameter is named and left alone. */
function Figure({ value, children }: { value: Numeric; children: (value: number) => ReactNode }) {
  const t = useTranslations('strategies.form');
  return typeof value === 'number' ? (
    children(value)
  ) : (
    <p className="h-9 text-muted text-sm leading-9">{t('fromParam', { name: value.param })}</p>
  );
}

export function StopFields({ draft, document }: Props) {
  const t = useTranslations('strategies.form');
  const locale = toLocale(useLocale());
  const set = (name: StopName, value: Numeric | undefined) =>
    draft.change((now) => ({
      ...now,
      stops: Object.fromEntries(Object.entries({ ...now.stops, [name]: value }).filter(([, stop]) => stop !== undefined)),
    }));
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {STOPS.map(({ name, standard }) => {
        const value = document.stops[name];
        return (
          <div key={name} className="flex min-w-0 items-start gap-3">
            <Switch
              className="mt-7"
              checked={value !== undefined}
              aria-label={t('useStop', { name: t(`stop.${name}`) })}
              onCheckedChange={(on) => set(name, on ? standard : undefined)}
            />
            <FormField
              className="min-w-0 flex-1"
              label={t(`stop.${name}`)}
              help={t(`stopHelp.${name}`)}
              error={draft.faultsAt(`stops.${name}`)[0]?.[locale]}
            >
              {(control) =>
                value === undefined ? (
                  <p className="h-9 text-faint text-sm leading-9">{t('unused')}</p>
                ) : (
                  <Figure value={value}>
                    {(figure) =>
                      name === 'maxBars' ? (
                        <NumberInput
                          {...control}
                          value={figure}
                          unit={t('bars')}
                          onValueChange={(next) => next !== null && set(name, next)}
                        />
                      ) : (
                        <DecimalInput
                          {...control}
                          value={figure}
                          scale={100}
                          unit="%"
                          onValueChange={(next) => next !== null && set(name, next)}
                        />
                      )
                    }
                  </Figure>
                )
              }
            </FormField>
          </div>
        );
      })}
    </div>
  );
}

/** Kinds of sizing with fields of their own; a document of another kind shows its name here and is changed as JSON. */
const EDITED_SIZINGS = ['equal_weight', 'percent_equity', 'fixed_amount'] as const satisfies readonly StrategyDocument['sizing']['kind'][];

export function SizingFields({ draft, document }: Props) {
  const t = useTranslations('strategies.form');
  const locale = toLocale(useLocale());
  const { sizing } = document;
  const set = (next: StrategyDocument['sizing']) => draft.change((now) => ({ ...now, sizing: next }));
  const choose = (kind: string) => {
    const { maxPositions } = sizing;
    if (kind === sizing.kind) return;
    if (kind === 'percent_equity') return set({ kind, percent: 0.1, maxPositions });
    if (kind === 'fixed_amount') return set({ kind, amount: 1_000_000, maxPositions });
    return set({ kind: 'equal_weight', maxPositions });
  };
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <FormField label={t('sizing')}>
        {(control) => (
          <Select
            id={control.id}
            label={t('sizing')}
            value={sizing.kind}
            onValueChange={choose}
            options={[...new Set([...EDITED_SIZINGS, sizing.kind])].map((value) => ({
              value,
              label: t(`sizingKind.${value}`),
            }))}
          />
        )}
      </FormField>
      {sizing.kind === 'percent_equity' && (
        <FormField label={t('percent')} error={draft.faultsAt('sizing.percent')[0]?.[locale]}>
          {(control) => (
            <Figure value={sizing.percent}>
              {(figure) => (
                <DecimalInput
                  {...control}
                  value={figure}
                  scale={100}
                  unit="%"
                  onValueChange={(next) => next !== null && set({ ...sizing, percent: next })}
                />
              )}
            </Figure>
          )}
        </FormField>
      )}
      {sizing.kind === 'fixed_amount' && (
        <FormField label={t('amount')} error={draft.faultsAt('sizing.amount')[0]?.[locale]}>
          {(control) => (
            <Figure value={sizing.amount}>
              {(figure) => (
                <NumberInput
                  {...control}
                  value={figure}
                  unit={t('won')}
                  onValueChange={(next) => next !== null && set({ ...sizing, amount: next })}
                />
              )}
            </Figure>
          )}
        </FormField>
      )}
      <FormField label={t('maxPositions')} error={draft.faultsAt('sizing.maxPositions')[0]?.[locale]}>
        {(control) => (
          <NumberInput
            {...control}
            value={sizing.maxPositions}
            unit={t('symbols')}
            onValueChange={(next) => next !== null && set({ ...sizing, maxPositions: next })}
          />
        )}
      </FormField>
    </div>
  );
}

type Slippage = StrategyDocument['costs']['slippage'];

export function CostFields({ draft, document }: Props) {
  const t = useTranslations('strategies.form');
  const locale = toLocale(useLocale());
  const { costs, execution } = document;
  const set = (patch: Partial<StrategyDocument['costs']>) => draft.change((now) => ({ ...now, costs: { ...now.costs, ...patch } }));
  const taxKind = typeof costs.tax === 'string' ? costs.tax : 'rate';
  const slippages: Record<Slippage['kind'], Slippage> = {
    none: { kind: 'none' },
    ticks: { kind: 'ticks', value: 1 },
    rate: { kind: 'rate', value: 0.001 },
    impact: { kind: 'impact', value: 0.1 },
  };
  const { slippage } = costs;
  return (
    <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
      <FormField label={t('commission')} help={t('commissionHelp')} error={draft.faultsAt('costs.commissionRate')[0]?.[locale]}>
        {(control) => (
          <DecimalInput
            {...control}
            value={costs.commissionRate}
            scale={100}
            unit="%"
            onValueChange={(next) => next !== null && set({ commissionRate: next })}
          />
        )}
      </FormField>
      <FormField label={t('tax')} help={t('taxHelp')}>
        {(control) => (
          <Select
            id={control.id}
            label={t('tax')}
            value={taxKind}
            onValueChange={(kind) => set({ tax: kind === 'rate' ? { rate: 0.002 } : (kind as 'krx' | 'none') })}
            options={(['krx', 'none', 'rate'] as const).map((value) => ({ value, label: t(`taxKind.${value}`) }))}
          />
        )}
      </FormField>
      {typeof costs.tax === 'object' && (
        <FormField label={t('taxRate')} error={draft.faultsAt('costs.tax')[0]?.[locale]}>
          {(control) => (
            <DecimalInput
              {...control}
              value={(costs.tax as { rate: number }).rate}
              scale={100}
              unit="%"
              onValueChange={(next) => next !== null && set({ tax: { rate: next } })}
            />
          )}
        </FormField>
      )}
      <FormField label={t('slippage')}>
        {(control) => (
          <Select
            id={control.id}
            label={t('slippage')}
            value={slippage.kind}
            onValueChange={(kind) => set({ slippage: slippages[kind as Slippage['kind']] })}
            options={(['ticks', 'rate', 'impact', 'none'] as const).map((value) => ({ value, label: t(`slippageKind.${value}`) }))}
          />
        )}
      </FormField>
      {slippage.kind !== 'none' && (
        <FormField label={t('slippageSize')} error={draft.faultsAt('costs.slippage')[0]?.[locale]}>
          {(control) =>
            slippage.kind === 'ticks' ? (
              <NumberInput
                {...control}
                value={slippage.value}
                unit={t('ticks')}
                onValueChange={(value) => value !== null && set({ slippage: { kind: 'ticks', value } })}
              />
            ) : (
              <DecimalInput
                {...control}
                value={slippage.value}
                scale={100}
                unit="%"
                onValueChange={(value) => value !== null && set({ slippage: { kind: slippage.kind, value } })}
              />
            )
          }
        </FormField>
      )}
      <FormField label={t('participation')} help={t('participationHelp')} error={draft.faultsAt('execution.participation')[0]?.[locale]}>
        {(control) => (
          <DecimalInput
            {...control}
            value={execution.participation}
            scale={100}
            unit="%"
            onValueChange={(next) =>
              next !== null && draft.change((now) => ({ ...now, execution: { ...now.execution, participation: next } }))
            }
          />
        )}
      </FormField>
    </div>
  );
}
