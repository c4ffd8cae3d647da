'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { toast } from 'sonner';
import { useAction } from '#components/desk/use-action.ts';
import { DecimalInput } from '#components/strategy/decimal-input.tsx';
import { Button } from '#components/ui/button.tsx';
import { FormField } from '#components/ui/form.tsx';
import { NumberInput } from '#components/ui/number-input.tsx';
import { ErrorState, SkeletonRows } from '#components/ui/states.tsx';
import { type RiskLimits, riskRepo } from '#lib/db/order-facts.ts';
import { useDb } from '#lib/realtime/context.tsx';

/** Limits in won or orders; an empty field does not limit. */
const WHOLE = ['maxOrderAmount', 'maxGrossAmount', 'maxDailyLoss', 'maxOrdersAMinute'] as const;

/** A person's risk limits: tightening is instant, loosening takes an administrator; the database decides which it is. */
export function RiskLimitsForm({ userId }: { userId: string }) {
  const t = useTranslations('settings.risk');
  const tCommon = useTranslations('common');
  const db = useDb();
  const { isBusy, run } = useAction();
  const [limits, setLimits] = useState<RiskLimits | null>(null);
  const [hasFailed, setHasFailed] = useState(false);
  useEffect(() => {
    let isOver = false;
    riskRepo(db)
      .limits(userId)
      .then(
        (known) => !isOver && setLimits(known),
        () => !isOver && setHasFailed(true),
      );
    return () => {
      isOver = true;
    };
  }, [db, userId]);
  if (hasFailed) return <ErrorState title={tCommon('errorTitle')}>{tCommon('errorBody')}</ErrorState>;
  if (!limits) return <SkeletonRows label={tCommon('loading')} />;
  const set = (patch: Partial<RiskLimits>) => setLimits({ ...limits, ...patch });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={async (event) => {
        event.preventDefault();
        if (await run(async () => setLimits(await riskRepo(db).setLimits(userId, limits)))) toast.success(tCommon('saved'));
      }}
    >
      {WHOLE.map((name) => (
        <FormField key={name} label={t(name)} help={t(`${name}Help`)}>
          {(control) => (
            <NumberInput
              {...control}
              value={limits[name]}
              unit={t(name === 'maxOrdersAMinute' ? 'times' : 'won')}
              placeholder={t('none')}
              onValueChange={(next) => set({ [name]: next })}
            />
          )}
        </FormField>
      ))}
      <FormField label={t('maxVolumePercent')} help={t('maxVolumePercentHelp')}>
        {(control) => (
          <DecimalInput
            {...control}
            value={limits.maxVolumePercent}
            unit="%"
            placeholder={t('none')}
            onValueChange={(maxVolumePercent) => set({ maxVolumePercent })}
          />
        )}
      </FormField>
      <FormField label={t('collarPercent')} help={t('collarPercentHelp')}>
        {(control) => (
          <DecimalInput {...control} value={limits.collarPercent} unit="%" onValueChange={(next) => set({ collarPercent: next ?? 0 })} />
        )}
      </FormField>
      <div className="flex justify-end">
        <Button type="submit" variant="primary" isBusy={isBusy}>
          {tCommon('save')}
        </Button>
      </div>
    </form>
  );
}
