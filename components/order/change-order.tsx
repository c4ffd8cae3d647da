'use client';
import { PencilLine } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId, useMemo, useRef, useState } from 'react';
import { toast } from 'sonner';
import { useDesk } from '#components/desk/desk-context.tsx';
import { ModeBanner } from '#components/desk/mode-badge.tsx';
import { useInstruments } from '#components/market/use-instruments.ts';
import { formatDay, formatShares, formatWon } from '#components/numbers/format.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogActions, DialogContent } from '#components/ui/dialog.tsx';
import { FormField } from '#components/ui/form.tsx';
import { NumberInput } from '#components/ui/number-input.tsx';
import { ErrorState, Notice, SkeletonRows } from '#components/ui/states.tsx';
import { ToggleGroup } from '#components/ui/toggle-group.tsx';
import { leavesOf } from '#domain/order/order.ts';
import { denialSentence } from '#domain/risk/denials.ts';
import type { InstrumentView } from '#lib/db/market.ts';
import type { OrderView } from '#lib/db/orders.ts';
import { type ChangeMode, canChange, changeFault } from './change-wish.ts';
import { cancelOrder, replaceOrder, type SendResult } from './send-order.ts';
import { bandsOf, steppedPrice } from './ticket-price.ts';

/** Opens the change (정정) of one working order; nothing where nothing can be changed. */
export function ChangeButton({ order }: { order: OrderView }) {
  const t = useTranslations('orders.changeOrder');
  const [isOpen, setIsOpen] = useState(false);
  if (!isOpen && !canChange(order)) return null;
  return (
    <>
      <Button size="sm" variant="secondary" onClick={() => setIsOpen(true)}>
        <PencilLine aria-hidden />
        {t('open')}
      </Button>
      {isOpen && <ChangeDialog order={order} onClose={() => setIsOpen(false)} />}
    </>
  );
}

function ChangeDialog({ order, onClose }: { order: OrderView; onClose: () => void }) {
  const t = useTranslations('orders.changeOrder');
  const tCommon = useTranslations('common');
  const { accounts, locale } = useDesk();
  const { instruments, hasFailed } = useInstruments(true);
  const instrument = instruments?.find((row) => row.symbol === order.symbol) ?? null;
  const isPaper = accounts.find((row) => row.id === order.accountId)?.isPaper ?? false;
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent
        title={t('title', { name: order.name })}
        description={t('now', {
          side: order.side,
          left: formatShares(leavesOf(order), locale),
          price: order.price === null ? t('market') : formatWon(order.price, locale),
        })}
        banner={<ModeBanner isPaper={isPaper} />}
      >
        {hasFailed ? (
          <ErrorState title={tCommon('errorTitle')}>{tCommon('errorBody')}</ErrorState>
        ) : instrument ? (
          <ChangeForm order={order} instrument={instrument} onClose={onClose} />
        ) : (
          <SkeletonRows label={tCommon('loading')} />
        )}
      </DialogContent>
    </Dialog>
  );
}

function ChangeForm({ order, instrument, onClose }: { order: OrderView; instrument: InstrumentView; onClose: () => void }) {
  const t = useTranslations('orders.changeOrder');
  const tTicket = useTranslations('ticket');
  const tCommon = useTranslations('common');
  const { locale, showOrder } = useDesk();
  const bands = useMemo(() => bandsOf(instrument, formatDay(new Date())), [instrument]);
  const [mode, setMode] = useState<ChangeMode>('price');
  const [price, setPrice] = useState<number | null>(order.price);
  const [quantity, setQuantity] = useState<number | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [result, setResult] = useState<SendResult | null>(null);
  // One key for one wish: another price or quantity is another wish.
  const intentKey = useRef(crypto.randomUUID());
  const whyId = useId();
  const change = (apply: () => void) => {
    apply();
    intentKey.current = crypto.randomUUID();
    setResult(null);
  };
  const against = changeFault(order, { mode, price, quantity }, { instrument, bands });
  const send = async () => {
    setIsBusy(true);
    const answer =
      mode === 'cancel'
        ? await cancelOrder(order.id, quantity)
        : await replaceOrder({ orderId: order.id, price: price ?? 0, quantity }, intentKey.current);
    setIsBusy(false);
    setResult(answer);
    if (answer.kind !== 'unheard' && answer.order) showOrder(answer.order);
    if (answer.kind !== 'placed') return;
    toast.success(t(mode === 'cancel' ? 'partAsked' : 'asked'));
    onClose();
  };
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (!against && !isBusy) void send();
      }}
    >
      <ToggleGroup
        label={t('mode')}
        value={mode}
        onValueChange={(next: ChangeMode) => change(() => setMode(next))}
        className="flex p-1 [&>button]:flex-1 [&>button]:py-1.5 [&>button]:text-sm"
        options={[
          { value: 'price', label: t('modePrice') },
          { value: 'cancel', label: t('modeCancel') },
        ]}
      />
      {mode === 'price' && (
        <FormField
          label={t('price')}
          error={against?.fault ? denialSentence(against.fault.code, against.fault.numbers, locale) : undefined}
        >
          {(control) => (
            <NumberInput
              {...control}
              autoFocus
              value={price}
              onValueChange={(next) => change(() => setPrice(next))}
              onStep={(direction) => change(() => setPrice(steppedPrice(price ?? instrument.basePrice, direction, instrument, bands)))}
              stepLabels={{ up: tTicket('tickUp'), down: tTicket('tickDown') }}
              unit={tCommon('won')}
            />
          )}
        </FormField>
      )}
      <FormField label={t(mode === 'cancel' ? 'quantityToCancel' : 'quantity')} help={mode === 'price' ? t('quantityHelp') : undefined}>
        {(control) => (
          <NumberInput
            {...control}
            value={quantity}
            onValueChange={(next) => change(() => setQuantity(next))}
            placeholder={mode === 'price' ? t('all') : undefined}
            unit={tCommon('shares')}
          />
        )}
      </FormField>
      <p id={whyId} aria-live="polite" className="min-h-4 text-muted text-xs">
        {against && !against.fault ? t(`why.${against.blocked}`, { left: formatShares(leavesOf(order), locale) }) : ''}
      </p>
      <div aria-live="polite" className="empty:hidden">
        {result?.kind === 'refused' && <Notice tone="danger">{result.message}</Notice>}
        {result?.kind === 'unheard' && <Notice tone="warn">{t(mode === 'cancel' ? 'partUnheard' : 'unheard')}</Notice>}
      </div>
      <DialogActions className="mt-1">
        <Button onClick={onClose} disabled={isBusy}>
          {tCommon('close')}
        </Button>
        <Button
          type="submit"
          variant={mode === 'cancel' ? 'danger' : order.side}
          isBusy={isBusy}
          disabled={against !== null || (mode === 'cancel' && result?.kind === 'unheard')}
          aria-describedby={whyId}
        >
          {t(mode === 'cancel' ? 'sendCancel' : result?.kind === 'unheard' ? 'sendAgain' : 'send')}
        </Button>
      </DialogActions>
    </form>
  );
}
