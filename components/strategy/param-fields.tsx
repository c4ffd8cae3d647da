'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useId } from 'react';
import { Label } from '#components/ui/input.tsx';
import type { StrategyDocument } from '#domain/strategy/schema.ts';
import { toLocale } from '#lib/i18n/locale.ts';
import { DecimalInput } from './decimal-input.tsx';
import type { Draft } from './use-draft.ts';

type Param = StrategyDocument['params'][string];

/** A slider and a number for each parameter the document declares. */
export function ParamFields({ draft, document }: { draft: Draft; document: StrategyDocument }) {
  const t = useTranslations('strategies.form');
  const entries = Object.entries(document.params);
  if (entries.length === 0) return <p className="text-muted text-sm">{t('noParams')}</p>;
  return (
    <div className="grid gap-x-6 gap-y-4 sm:grid-cols-2">
      {entries.map(([name, param]) => (
        <ParamField key={name} name={name} param={param} value={draft.params[name] ?? param.default} draft={draft} />
      ))}
    </div>
  );
}

function ParamField({ name, param, value, draft }: { name: string; param: Param; value: number; draft: Draft }) {
  const t = useTranslations('strategies.form');
  const locale = toLocale(useLocale());
  const id = useId();
  const fault = draft.faultsAt(`params.${name}`)[0];
  return (
    <div>
      <div className="flex items-center justify-between gap-2">
        <Label htmlFor={id} className="min-w-0 text-sm text-text">
          {param[locale] ?? name}
        </Label>
        <DecimalInput
          id={id}
          className="w-24"
          value={value}
          aria-invalid={fault ? true : undefined}
          aria-describedby={`${id}-note`}
          onValueChange={(next) => next !== null && draft.setParam(name, next)}
        />
      </div>
      <input
        type="range"
        aria-label={t('slider', { name: param[locale] ?? name })}
        className="mt-2 h-5 w-full accent-[var(--brand)]"
        min={param.min}
        max={param.max}
        step={param.step}
        value={Math.min(param.max, Math.max(param.min, value))}
        onChange={(event) => draft.setParam(name, Number(event.target.value))}
      />
      <p id={`${id}-note`} className={fault ? 'text-danger text-xs' : 'num text-faint text-xs'} role={fault ? 'alert' : undefined}>
        {fault ? fault[locale] : t('range', { min: param.min, max: param.max, standard: param.default })}
      </p>
    </div>
  );
}
