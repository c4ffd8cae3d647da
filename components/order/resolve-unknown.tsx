'use client';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { toast } from 'sonner';
import { z } from 'zod';
import { useDesk } from '#components/desk/desk-context.tsx';
import { useAction } from '#components/desk/use-action.ts';
import { formatShares } from '#components/numbers/format.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent } from '#components/ui/dialog.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Input } from '#components/ui/input.tsx';
import { Notice } from '#components/ui/states.tsx';
import { type OrderView, orderDoors } from '#lib/db/orders.ts';
import { useDb } from '#lib/realtime/context.tsx';

const candidate = z.object({ brokerOrderId: z.string(), orderTime: z.string().default(''), cumQuantity: z.number().default(0) });
const NOT_PLACED = 'not_placed';
const OTHER = 'other';

/** Broker orders that could be this one, as the reconciler wrote them down. */
export const candidatesOf = (order: Pick<OrderView, 'candidates'>) =>
  order.candidates.flatMap((row) => {
    const parsed = candidate.safeParse(row);
    return parsed.success ? [parsed.data] : [];
  });

/** HHMMSS of the broker as a time of day. */
export const brokerTime = (text: string): string => text.replace(/^(\d{2})(\d{2})(\d{2})$/, '$1:$2:$3');

/** A person who has looked at the broker's own screen says what became of an order: one of the candidates, a number, or nothing. */
export function ResolveUnknown({ order, isReal, onSettled }: { order: OrderView; isReal: boolean; onSettled: (order: OrderView) => void }) {
  const t = useTranslations('orders.resolve');
  const db = useDb();
  const { locale } = useDesk();
  const { isBusy, run } = useAction();
  const name = useId();
  const [isOpen, setIsOpen] = useState(false);
  const [choice, setChoice] = useState('');
  const [number, setNumber] = useState('');
  const [reason, setReason] = useState('');
  const candidates = candidatesOf(order);
  const wanted = choice === NOT_PLACED ? null : choice === OTHER ? number.trim() : choice;
  const settle = async () => {
    const isDone = await run(async () => onSettled(await orderDoors(db).resolveUnknown(order.id, wanted, reason.trim())));
    if (!isDone) return;
    toast.success(t('done'));
    setIsOpen(false);
  };
  const options = [
    ...candidates.map(({ brokerOrderId, orderTime, cumQuantity }) => ({
      value: brokerOrderId,
      label: t('candidate', { number: brokerOrderId, time: brokerTime(orderTime), filled: formatShares(cumQuantity, locale) }),
    })),
    ...(candidates.length === 0 ? [{ value: OTHER, label: t('other') }] : []),
    { value: NOT_PLACED, label: t('notPlaced') },
  ];
  return (
    <>
      <Button size="sm" onClick={() => setIsOpen(true)}>
        {t('open')}
      </Button>
      <Dialog open={isOpen} onOpenChange={setIsOpen}>
        <DialogContent title={t('title')} description={t('body')}>
          <div className="flex flex-col gap-3">
            {isReal && (
              <Notice tone="warn">
                {t('realNeedsUnlock')}{' '}
                <Link href="/settings/security" className="underline">
                  {t('unlock')}
                </Link>
              </Notice>
            )}
            <fieldset className="flex flex-col gap-1.5">
              <legend className="mb-1 font-medium text-sm">{t('choose')}</legend>
              {options.map(({ value, label }) => (
                <label key={value} className="flex items-center gap-2 rounded-md border px-3 py-2 text-sm has-checked:border-brand">
                  <input type="radio" name={name} value={value} checked={choice === value} onChange={() => setChoice(value)} />
                  <span className="num">{label}</span>
                </label>
              ))}
            </fieldset>
            {choice === OTHER && (
              <FormField label={t('number')}>
                {(control) => <Input {...control} value={number} maxLength={50} onChange={(event) => setNumber(event.target.value)} />}
              </FormField>
            )}
            {choice !== '' && <p className="text-muted text-sm">{t(wanted === null ? 'meansNotPlaced' : 'meansPlaced')}</p>}
            <FormField label={t('reason')} help={t('reasonHelp')}>
              {(control) => <Input {...control} value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />}
            </FormField>
          </div>
          <DialogActions>
            <DialogClose asChild>
              <Button>{t('keep')}</Button>
            </DialogClose>
            <Button
              variant="danger"
              isBusy={isBusy}
              disabled={choice === '' || wanted === '' || reason.trim() === ''}
              onClick={() => void settle()}
            >
              {t('confirm')}
            </Button>
          </DialogActions>
        </DialogContent>
      </Dialog>
    </>
  );
}
