'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { useDesk } from '#components/desk/desk-context.tsx';
import { ModeBanner } from '#components/desk/mode-badge.tsx';
import { useAction } from '#components/desk/use-action.ts';
import { useInstruments } from '#components/market/use-instruments.ts';
import { formatDay, formatPercent, formatShares, formatWon } from '#components/numbers/format.ts';
import { DecimalInput } from '#components/strategy/decimal-input.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent } from '#components/ui/dialog.tsx';
import { FormField } from '#components/ui/form.tsx';
import { NumberInput } from '#components/ui/number-input.tsx';
import { ToggleGroup } from '#components/ui/toggle-group.tsx';
import { stepTicks, tickTable } from '#domain/market/ticks.ts';
import type { PositionView } from '#lib/db/positions.ts';
import { type StopView, stopViews } from '#lib/db/stops.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { useQuote } from '#lib/realtime/use-quote.ts';
import { distanceTo, type PersonStopKind, planFault, triggerAt } from './stop-plan.ts';

const KINDS: readonly PersonStopKind[] = ['stop_loss', 'take_profit', 'trailing'];
/** Shares of the price behind the quick buttons. */
const SHARES = [0.03, 0.05, 0.1] as const;

interface Props {
  readonly position: PositionView;
  /** The person's own standing stops of this position. */
  readonly stops: readonly StopView[];
  readonly onSet: (stop: StopView) => void;
  readonly onClose: () => void;
}

/** 손절, 익절 or 추적 손절 of one position: one of each kind may stand; setting it again changes it. */
export function StopDialog({ position, stops, onSet, onClose }: Props) {
  const t = useTranslations('positions.stop');
  const tCommon = useTranslations('common');
  const { account, locale } = useDesk();
  const db = useDb();
  const { isBusy, run } = useAction();
  const { instruments } = useInstruments();
  const instrument = instruments?.find((row) => row.symbol === position.symbol) ?? null;
  const price = useQuote(position.symbol)?.last ?? position.lastPrice ?? instrument?.basePrice ?? 0;
  const [kind, setKind] = useState<PersonStopKind>('stop_loss');
  const standing = stops.find((stop) => stop.kind === kind) ?? null;
  const [typed, setTyped] = useState<{ trigger?: number | null; rate?: number | null; quantity?: number | null }>({});
  const trigger = typed.trigger === undefined ? (standing?.trigger ?? null) : typed.trigger;
  const rate = typed.rate === undefined ? (standing?.trailRate ?? null) : typed.rate;
  const quantity = typed.quantity === undefined ? (standing?.quantity ?? position.quantity) : typed.quantity;
  const bands = tickTable({ day: formatDay(new Date()), kind: instrument?.kind ?? 'stock', market: instrument?.market ?? 'KOSPI' });
  const fault = planFault({ kind, trigger, rate, quantity, held: position.quantity, price });
  const distance = distanceTo(trigger, price);

  const save = async () => {
    if (!account || quantity === null) return;
    const isTrailing = kind === 'trailing';
    const isDone = await run(async () =>
      onSet(
        await stopViews(db).set({
          accountId: account.id,
          symbol: position.symbol,
          kind,
          trigger: isTrailing ? null : trigger,
          trailRate: isTrailing ? rate : null,
          quantity,
        }),
      ),
    );
    if (!isDone) return;
    toast.success(t('set', { name: position.name, kind }));
    onClose();
  };
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && !isBusy && onClose()}>
      <DialogContent
        title={t('title', { name: position.name })}
        description={t('help')}
        banner={<ModeBanner isPaper={account?.isPaper ?? true} />}
      >
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (!fault) void save();
          }}
        >
          <ToggleGroup
            label={t('kindLabel')}
            value={kind}
            onValueChange={(next) => {
              setKind(next);
              setTyped({});
            }}
            className="flex"
            options={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
          />
          {kind === 'trailing' ? (
            <FormField label={t('rate')} help={t('rateHelp')}>
              {(control) => (
                <DecimalInput {...control} value={rate} scale={100} unit="%" onValueChange={(next) => setTyped({ ...typed, rate: next })} />
              )}
            </FormField>
          ) : (
            <FormField
              label={t('trigger')}
              help={
                distance === null
                  ? t('now', { price: formatWon(price, locale) })
                  : t('away', { price: formatWon(price, locale), rate: formatPercent(distance) })
              }
            >
              {(control) => (
                <NumberInput
                  {...control}
                  value={trigger}
                  unit={tCommon('won')}
                  onValueChange={(next) => setTyped({ ...typed, trigger: next })}
                  onStep={(direction) => setTyped({ ...typed, trigger: stepTicks(trigger ?? price, direction, bands) })}
                  stepLabels={{ up: tCommon('increase'), down: tCommon('decrease') }}
                />
              )}
            </FormField>
          )}
          <div className="-mt-2 grid grid-cols-3 gap-1">
            {SHARES.map((share) => (
              <Button
                key={share}
                size="sm"
                onClick={() =>
                  setTyped({ ...typed, ...(kind === 'trailing' ? { rate: share } : { trigger: triggerAt(kind, price, share, bands) }) })
                }
              >
                {formatPercent(kind === 'take_profit' ? share : -share)}
              </Button>
            ))}
          </div>
          <FormField label={t('quantity')} help={t('held', { quantity: formatShares(position.quantity, locale) })}>
            {(control) => (
              <NumberInput
                {...control}
                value={quantity}
                unit={tCommon('shares')}
                onValueChange={(next) => setTyped({ ...typed, quantity: next })}
              />
            )}
          </FormField>
          <p aria-live="polite" className="min-h-5 text-sm">
            {fault ? (
              <span className="text-muted">{t(`why.${fault}`)}</span>
            ) : (
              t('summary', { kind, quantity: formatShares(quantity ?? 0, locale) })
            )}
          </p>
          <DialogActions className="mt-0">
            <DialogClose asChild>
              <Button disabled={isBusy}>{tCommon('cancel')}</Button>
            </DialogClose>
            <Button type="submit" variant="primary" isBusy={isBusy} disabled={fault !== null}>
              {t(standing ? 'change' : 'save')}
            </Button>
          </DialogActions>
        </form>
      </DialogContent>
    </Dialog>
  );
}
