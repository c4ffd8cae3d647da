'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useRef, useState } from 'react';
import { toast } from 'sonner';
import { useDesk } from '#components/desk/desk-context.tsx';
import { ModeBanner } from '#components/desk/mode-badge.tsx';
import { formatNumber, formatShares, formatTime, formatWon } from '#components/numbers/format.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogActions, DialogContent } from '#components/ui/dialog.tsx';
import { Notice } from '#components/ui/states.tsx';
import type { InstrumentView } from '#lib/db/market.ts';
import type { Locale } from '#lib/i18n/locale.ts';
import type { Estimate } from './estimate.ts';
import { cancelOrder, type OrderWish, type SendResult, sendOrder } from './send-order.ts';

interface Props {
  readonly wish: OrderWish;
  readonly instrument: InstrumentView;
  readonly estimate: Estimate | null;
  readonly onClose: () => void;
  readonly onSent: () => void;
}

/** One sentence, the mode across the whole width, and the key that makes a repeat harmless. */
export function ConfirmOrder({ wish: given, instrument, estimate, onClose, onSent }: Props) {
  const t = useTranslations('ticket');
  const locale = useLocale() as Locale;
  const { account, showOrder } = useDesk();
  // What was confirmed is what is sent, whatever moves behind the dialog.
  const [wish] = useState(given);
  // The key is made when the dialog opens and lives as long as this wish: sending twice places one order.
  const intentKey = useRef(crypto.randomUUID());
  const [isBusy, setIsBusy] = useState(false);
  const [result, setResult] = useState<SendResult | null>(null);
  const name = locale === 'en' && instrument.nameEn ? instrument.nameEn : instrument.nameKo;
  const isBuy = wish.side === 'buy';

  const send = async (allowDuplicate: boolean) => {
    setIsBusy(true);
    const answer = await sendOrder(wish, intentKey.current, allowDuplicate);
    setIsBusy(false);
    setResult(answer);
    if (answer.kind === 'refused' && answer.order) showOrder(answer.order);
    if (answer.kind !== 'placed') return;
    showOrder(answer.order);
    toast.success(t(wish.sendAt ? 'reserved' : 'sent', { name, quantity: formatNumber(wish.quantity) }), {
      action: {
        label: t('undo'),
        onClick: async () => {
          const cancelled = await cancelOrder(answer.order.id);
          if (cancelled.kind === 'placed') showOrder(cancelled.order);
          else toast.error(cancelled.kind === 'refused' ? cancelled.message : t('cancelUnheard'));
        },
      },
    });
    onSent();
  };
  const sendDespiteTwin = () => {
    intentKey.current = crypto.randomUUID(); // the refused wish keeps its own key and answer
    void send(true);
  };

  const isTwin = result?.kind === 'refused' && result.code === 'duplicate_suspected';
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && !isBusy && onClose()}>
      <DialogContent title={t('confirmTitle')} banner={<ModeBanner isPaper={account?.isPaper ?? true} />}>
        <p className="text-base leading-relaxed">
          {t.rich(wish.price === null ? 'summaryMarket' : 'summaryLimit', {
            account: account?.label || account?.mask || '',
            name,
            symbol: wish.symbol,
            quantity: formatShares(wish.quantity, locale),
            price: wish.price === null ? '' : formatWon(wish.price, locale),
            amount: estimate ? formatWon(estimate.amount, locale) : '',
            side: wish.side,
            b: (chunks) => <strong className={isBuy ? 'text-up' : 'text-down'}>{chunks}</strong>,
          })}
        </p>
        {wish.sendAt && <p className="mt-2 text-muted text-sm">{t('reservedSentence', { time: formatTime(wish.sendAt).slice(0, 16) })}</p>}
        <div aria-live="polite" className="mt-3 empty:mt-0">
          {result?.kind === 'refused' && <Notice tone={isTwin ? 'warn' : 'danger'}>{result.message}</Notice>}
          {result?.kind === 'unheard' && <Notice tone="warn">{t('unheard')}</Notice>}
        </div>
        <DialogActions>
          <Button onClick={onClose} disabled={isBusy}>
            {t(result?.kind === 'refused' ? 'change' : 'notNow')}
          </Button>
          {isTwin ? (
            <Button variant={isBuy ? 'buy' : 'sell'} isBusy={isBusy} onClick={sendDespiteTwin}>
              {t('sendTwin')}
            </Button>
          ) : (
            result?.kind !== 'refused' && (
              <Button autoFocus variant={isBuy ? 'buy' : 'sell'} isBusy={isBusy} onClick={() => send(false)}>
                {t(result?.kind === 'unheard' ? 'sendAgain' : wish.sendAt ? 'confirmReserve' : isBuy ? 'confirmBuy' : 'confirmSell')}
              </Button>
            )
          )}
        </DialogActions>
      </DialogContent>
    </Dialog>
  );
}
