'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { FlaskConical } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useAction } from '#components/desk/use-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent } from '#components/ui/dialog.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Input } from '#components/ui/input.tsx';
import { NumberInput } from '#components/ui/number-input.tsx';
import { Select } from '#components/ui/select.tsx';
import { Notice } from '#components/ui/states.tsx';
import { Switch } from '#components/ui/switch.tsx';
import { isOfMinutes } from '#domain/strategy/execution-moment.ts';
import type { Timeframe } from '#domain/strategy/schema.ts';
import { backtestRepo } from '#lib/db/backtests.ts';
import type { InvestmentSettings } from '#lib/db/preferences.ts';
import type { DatasetView } from '#lib/db/strategies.ts';
import { useDb } from '#lib/realtime/context.tsx';
import type { ParamValues } from './use-draft.ts';

const wish = z
  .object({
    dataset: z.string().min(1, 'datasetMissing'),
    from: z.iso.date('dayMissing'),
    to: z.iso.date('dayMissing'),
    capital: z.number('capitalMissing').int().min(1, 'capitalMissing').max(1e14, 'capitalTooLarge'),
    appliesSettings: z.boolean(),
  })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: 'daysReversed' });
type Wish = z.infer<typeof wish>;
type FieldFault = 'datasetMissing' | 'dayMissing' | 'capitalMissing' | 'capitalTooLarge' | 'daysReversed';

const PERIODS = [1, 3, 5, 10] as const;
/** The same day `years` earlier, not before the data begins. */
function yearsBefore(day: string, years: number, first: string): string {
  const moved = `${Number(day.slice(0, 4)) - years}${day.slice(4)}`;
  return moved > first ? moved : first;
}

interface Props {
  readonly isOpen: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly strategyName: string;
  readonly timeframe: Timeframe;
  readonly datasets: readonly DatasetView[];
  readonly settings: InvestmentSettings;
  readonly initial?: Partial<Wish>;
  /** Gives the saved version to run; saves first when something is unsaved. */
  readonly prepare: () => Promise<{ strategyId: string | null; version: number | null; document: unknown; params: ParamValues }>;
}

/** Asks what to test on and queues the run. */
export function BacktestDialog(props: Props) {
  const t = useTranslations('strategies.backtest');
  const wantsMinutes = isOfMinutes(props.timeframe);
  const fitting = props.datasets.filter((dataset) => dataset.isIntraday === wantsMinutes);
  return (
    <Dialog open={props.isOpen} onOpenChange={props.onOpenChange}>
      <DialogContent title={t('title')} description={t('body', { name: props.strategyName })} className="max-w-lg">
        {fitting.length === 0 ? (
          <Notice tone="warn">{t(wantsMinutes ? 'noMinuteData' : 'noDailyData')}</Notice>
        ) : (
          <BacktestForm {...props} fitting={fitting} wantsMinutes={wantsMinutes} />
        )}
      </DialogContent>
    </Dialog>
  );
}

function BacktestForm(props: Props & { fitting: readonly DatasetView[]; wantsMinutes: boolean }) {
  const t = useTranslations('strategies.backtest');
  const router = useRouter();
  const db = useDb();
  const { isBusy, run } = useAction();
  const first = props.fitting.find(({ name }) => name === props.initial?.dataset) ?? props.fitting[0];
  const { control, register, handleSubmit, formState, setValue, watch } = useForm<Wish>({
    resolver: zodResolver(wish),
    defaultValues: {
      dataset: first?.name ?? '',
      from: first?.from ?? '',
      to: first?.to ?? '',
      capital: 100_000_000,
      appliesSettings: true,
      ...props.initial,
    },
  });
  const dataset = props.datasets.find(({ name }) => name === watch('dataset'));
  const setDays = (from: string, to: string) => {
    setValue('from', from, { shouldValidate: true });
    setValue('to', to, { shouldValidate: true });
  };
  const words = (message: string | undefined) => (message ? t(`fault.${message as FieldFault}`) : undefined);
  const submit = handleSubmit((values) =>
    run(async () => {
      const { strategyId, version, document, params } = await props.prepare();
      const { markets, exclude } = props.settings;
      const mask = values.appliesSettings ? { markets, exclude } : null;
      const id = await backtestRepo(db).start({
        strategyId,
        version,
        name: props.strategyName.slice(0, 120),
        request: { document, params, dataset: values.dataset, from: values.from, to: values.to, capital: values.capital, mask, seed: 1 },
      });
      router.push(`/backtests/${id}`);
    }),
  );
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <FormField label={t('dataset')} error={words(formState.errors.dataset?.message)}>
        {({ id }) => (
          <Controller
            control={control}
            name="dataset"
            render={({ field }) => (
              <Select
                id={id}
                label={t('dataset')}
                value={field.value}
                onValueChange={(name) => {
                  field.onChange(name);
                  const chosen = props.datasets.find((row) => row.name === name);
                  if (chosen) setDays(chosen.from, chosen.to);
                }}
                options={props.datasets.map((row) => ({
                  value: row.name,
                  label: row.name,
                  isDisabled: row.isIntraday !== props.wantsMinutes,
                  hint: t('datasetHint', {
                    from: row.from,
                    to: row.to,
                    symbols: row.symbols,
                    kind: row.isIntraday ? 'minute' : 'day',
                    prices: row.isAdjusted ? 'adjusted' : 'raw',
                  }),
                }))}
              />
            )}
          />
        )}
      </FormField>
      <div>
        <div className="grid grid-cols-2 gap-3">
          <FormField label={t('from')} error={words(formState.errors.from?.message)}>
            {(field) => <Input {...field} type="date" min={dataset?.from} max={dataset?.to} {...register('from')} />}
          </FormField>
          <FormField label={t('to')} error={words(formState.errors.to?.message)}>
            {(field) => <Input {...field} type="date" min={dataset?.from} max={dataset?.to} {...register('to')} />}
          </FormField>
        </div>
        {dataset && (
          <div className="mt-2 flex flex-wrap gap-1.5">
            {!props.wantsMinutes &&
              PERIODS.map((years) => (
                <Button
                  key={years}
                  size="sm"
                  variant="ghost"
                  onClick={() => setDays(yearsBefore(dataset.to, years, dataset.from), dataset.to)}
                >
                  {t('lastYears', { years })}
                </Button>
              ))}
            <Button size="sm" variant="ghost" onClick={() => setDays(dataset.from, dataset.to)}>
              {t('wholePeriod')}
            </Button>
          </div>
        )}
      </div>
      <FormField label={t('capital')} error={words(formState.errors.capital?.message)}>
        {(field) => (
          <Controller
            control={control}
            name="capital"
            render={({ field: { value, onChange } }) => (
              <NumberInput {...field} value={value} unit={t('won')} onValueChange={(next) => onChange(next ?? Number.NaN)} />
            )}
          />
        )}
      </FormField>
      <Controller
        control={control}
        name="appliesSettings"
        render={({ field: { value, onChange } }) => (
          <div className="flex items-start gap-3">
            <Switch id="applies-settings" checked={value} onCheckedChange={onChange} />
            <label htmlFor="applies-settings" className="text-sm">
              {t('appliesSettings')}
              <span className="block text-faint text-xs">
                {value
                  ? t('settingsOn', { markets: props.settings.markets.join(', ') || '—', count: props.settings.exclude.length })
                  : t('settingsOff')}
              </span>
            </label>
          </div>
        )}
      />
      <DialogActions>
        <DialogClose asChild>
          <Button>{t('cancel')}</Button>
        </DialogClose>
        <Button type="submit" variant="primary" isBusy={isBusy}>
          {!isBusy && <FlaskConical aria-hidden />}
          {t('start')}
        </Button>
      </DialogActions>
    </form>
  );
}
