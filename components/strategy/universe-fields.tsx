'use client';
import { useTranslations } from 'next-intl';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Select } from '#components/ui/select.tsx';
import { market } from '#domain/market/instrument.ts';
import { symbol } from '#domain/order/order.ts';
import type { StrategyDocument } from '#domain/strategy/schema.ts';
import { SymbolPicker } from './symbol-picker.tsx';
import type { Draft } from './use-draft.ts';

type Universe = StrategyDocument['universe'];

/** Markets, chosen and excluded symbols. Filters are read in the sentences and changed in the JSON view. */
export function UniverseFields({ draft, document }: { draft: Draft; document: StrategyDocument }) {
  const t = useTranslations('strategies.form');
  const { universe } = document;
  const set = (patch: Partial<Universe>) => draft.change((now) => ({ ...now, universe: { ...now.universe, ...patch } }));
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <fieldset>
        <legend className="font-medium text-muted text-xs">{t('markets')}</legend>
        <div className="mt-2 flex flex-wrap gap-4">
          {market.options.map((name) => (
            // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox inside is the control.
            <label key={name} className="flex items-center gap-2 text-sm">
              <Checkbox
                checked={universe.markets.includes(name)}
                onCheckedChange={(on) =>
                  set({ markets: market.options.filter((one) => (one === name ? on === true : universe.markets.includes(one))) })
                }
              />
              {name}
            </label>
          ))}
        </div>
      </fieldset>
      <FormField label={t('refresh')} help={t('filters', { count: universe.filters.length })}>
        {(control) => (
          <Select
            id={control.id}
            label={t('refresh')}
            value={universe.refresh}
            onValueChange={(refresh) => set({ refresh: refresh as Universe['refresh'] })}
            options={(['daily', 'weekly', 'monthly'] as const).map((value) => ({ value, label: t(`refreshEvery.${value}`) }))}
          />
        )}
      </FormField>
      <SymbolPicker
        label={t('onlySymbols')}
        help={t('onlySymbolsHelp')}
        value={universe.symbols}
        onChange={(codes) => set({ symbols: codes.map((code) => symbol.parse(code)) })}
        max={5_000}
      />
      <SymbolPicker
        label={t('exclude')}
        help={t('excludeHelp')}
        value={universe.exclude}
        onChange={(codes) => set({ exclude: codes.map((code) => symbol.parse(code)) })}
        max={5_000}
      />
    </div>
  );
}
