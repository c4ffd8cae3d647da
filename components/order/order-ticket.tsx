'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect, useId, useState } from 'react';
import { ModeBanner } from '#components/desk/mode-badge.tsx';
import { formatNumber, formatShares, formatTime, formatWon } from '#components/numbers/format.ts';
import { Button } from '#components/ui/button.tsx';
import { cn } from '#components/ui/class-names.ts';
import { FormField } from '#components/ui/form.tsx';
import { NumberInput } from '#components/ui/number-input.tsx';
import { Select } from '#components/ui/select.tsx';
import { ToggleGroup } from '#components/ui/toggle-group.tsx';
import type { InstrumentView } from '#lib/db/market.ts';
import type { Locale } from '#lib/i18n/locale.ts';
import { ConfirmOrder } from './confirm-order.tsx';
import { OrderPreview } from './order-preview.tsx';
import { type Ticket, type TicketSide, useTicket } from './use-ticket.ts';

/** Order types that come later; shown so that nobody searches for them. */
const COMING = ['best', 'own_best', 'conditional', 'mid', 'pre_close', 'post_close'] as const;

interface Props {
  readonly instrument: InstrumentView;
  readonly initialSide?: TicketSide;
  /** A price clicked in the book; a new object sets it again. */
  readonly picked?: { readonly price: number } | null;
  readonly initialQuantity?: number | null;
  readonly onSent?: () => void;
}

/** Buy or sell one instrument. */
export function OrderTicket({ instrument, initialSide = 'buy', picked = null, initialQuantity = null, onSent }: Props) {
  const t = useTranslations('ticket');
  const ticket = useTicket(instrument, { side: initialSide, price: picked?.price ?? null });
  const { setPrice, setPriceType, setQuantity } = ticket;
  const [isConfirming, setIsConfirming] = useState(false);
  useEffect(() => {
    if (!picked) return;
    setPriceType('limit');
    setPrice(picked.price);
  }, [picked, setPrice, setPriceType]);
  useEffect(() => {
    if (initialQuantity !== null) setQuantity(initialQuantity);
  }, [initialQuantity, setQuantity]);
  const isBuy = ticket.side === 'buy';
  return (
    <form
      aria-label={t('label')}
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (ticket.wish) setIsConfirming(true);
      }}
    >
      {ticket.account && (
        <div className="-mx-4 -mt-4 [&>p]:px-4 [&>p]:py-1.5 [&>p]:text-xs">{<ModeBanner isPaper={ticket.account.isPaper} />}</div>
      )}
      <SideTabs side={ticket.side} onChange={ticket.setSide} />
      <PriceTypeField ticket={ticket} />
      {ticket.priceType === 'limit' ? (
        <LimitPriceField ticket={ticket} instrument={instrument} />
      ) : (
        <MarketPriceNote ticket={ticket} instrument={instrument} />
      )}
      <QuantityField ticket={ticket} />
      <EstimateLines ticket={ticket} />
      <OrderPreview ticket={ticket} instrument={instrument} />
      <Button
        type="submit"
        size="lg"
        variant={isBuy ? 'buy' : 'sell'}
        disabled={ticket.wish === null}
        aria-describedby="ticket-why"
        className="h-auto min-h-11 whitespace-normal py-2"
      >
        {ticket.reservedFor ? t('reserve', { time: formatTime(ticket.reservedFor).slice(5, 16) }) : t(isBuy ? 'buy' : 'sell')}
      </Button>
      <p id="ticket-why" className="min-h-4 text-center text-muted text-xs">
        {ticket.blocked ? t(`why.${ticket.blocked}`) : ticket.reservedFor ? t('reserveHelp') : ''}
      </p>
      {isConfirming && ticket.wish && (
        <ConfirmOrder
          wish={ticket.wish}
          instrument={instrument}
          estimate={ticket.estimate}
          onClose={() => setIsConfirming(false)}
          onSent={() => {
            setIsConfirming(false);
            setQuantity(null);
            onSent?.();
          }}
        />
      )}
    </form>
  );
}

function SideTabs({ side, onChange }: { side: TicketSide; onChange: (side: TicketSide) => void }) {
  const t = useTranslations('ticket');
  return (
    <ToggleGroup
      label={t('side')}
      value={side}
      onValueChange={onChange}
      className="flex p-1 [&>button]:py-1.5 [&>button]:text-sm"
      options={[
        {
          value: 'buy',
          label: t('buy'),
          className: 'data-[state=on]:bg-up-solid dark:data-[state=on]:bg-up-solid data-[state=on]:text-white',
        },
        {
          value: 'sell',
          label: t('sell'),
          className: 'data-[state=on]:bg-down-solid dark:data-[state=on]:bg-down-solid data-[state=on]:text-white',
        },
      ]}
    />
  );
}

function PriceTypeField({ ticket }: { ticket: Ticket }) {
  const t = useTranslations('ticket');
  return (
    <FormField label={t('priceType')}>
      {(control) => (
        <Select
          id={control.id}
          label={t('priceType')}
          value={ticket.priceType}
          onValueChange={(value) => ticket.setPriceType(value as 'limit' | 'market')}
          options={[
            { value: 'limit', label: t('type.limit') },
            { value: 'market', label: t('type.market') },
            ...COMING.map((type) => ({ value: type, label: t(`type.${type}`), isDisabled: true, hint: t('coming') })),
          ]}
        />
      )}
    </FormField>
  );
}

function LimitPriceField({ ticket, instrument }: { ticket: Ticket; instrument: InstrumentView }) {
  const t = useTranslations('ticket');
  const tCommon = useTranslations('common');
  const presets = [
    ['last', ticket.last],
    ['ask1', ticket.quote?.bestAsk ?? null],
    ['bid1', ticket.quote?.bestBid ?? null],
    ['upper', instrument.upperLimit],
    ['lower', instrument.lowerLimit],
  ] as const;
  return (
    <div>
      <FormField label={t('price')} error={ticket.faultSentence}>
        {(control) => (
          <NumberInput
            {...control}
            value={ticket.price}
            onValueChange={ticket.setPrice}
            onStep={ticket.step}
            stepLabels={{ up: t('tickUp'), down: t('tickDown') }}
            unit={tCommon('won')}
            placeholder={formatNumber(ticket.last)}
          />
        )}
      </FormField>
      <div className="mt-1.5 grid grid-cols-5 gap-1">
        {presets.map(([name, price]) => (
          <Button
            key={name}
            size="sm"
            className="px-1"
            disabled={price === null}
            title={price === null ? undefined : formatNumber(price)}
            onClick={() => ticket.setPrice(price)}
          >
            {t(`preset.${name}`)}
          </Button>
        ))}
      </div>
    </div>
  );
}

function MarketPriceNote({ ticket, instrument }: { ticket: Ticket; instrument: InstrumentView }) {
  const t = useTranslations('ticket');
  const locale = useLocale() as Locale;
  const worst = ticket.side === 'buy' ? instrument.upperLimit : instrument.lowerLimit;
  return (
    <p className="rounded-md border bg-sunken px-3 py-2 text-muted text-xs">
      {t('marketNote', { last: formatWon(ticket.last, locale), worst: formatWon(worst, locale) })}
    </p>
  );
}

function QuantityField({ ticket }: { ticket: Ticket }) {
  const t = useTranslations('ticket');
  const tCommon = useTranslations('common');
  const locale = useLocale() as Locale;
  const [mode, setMode] = useState<'shares' | 'won'>('shares');
  const [won, setWon] = useState<number | null>(null);
  const id = useId();
  return (
    <div>
      <div className="flex items-end justify-between">
        <label htmlFor={id} className="font-medium text-muted text-xs">
          {t(mode === 'shares' ? 'quantity' : 'amountToUse')}
        </label>
        <ToggleGroup
          label={t('quantityBy')}
          value={mode}
          onValueChange={(next) => {
            setMode(next);
            setWon(null);
          }}
          options={[
            { value: 'shares', label: tCommon('shares') },
            { value: 'won', label: '₩' },
          ]}
          className="[&>button]:py-0"
        />
      </div>
      <div className="mt-1">
        {mode === 'shares' ? (
          <NumberInput
            id={id}
            value={ticket.quantity}
            onValueChange={ticket.setQuantity}
            onStep={(direction) => ticket.setQuantity(Math.max(0, (ticket.quantity ?? 0) + direction))}
            stepLabels={{ up: tCommon('increase'), down: tCommon('decrease') }}
            unit={tCommon('shares')}
            placeholder="0"
          />
        ) : (
          <NumberInput
            id={id}
            value={won}
            unit={tCommon('won')}
            placeholder="0"
            onValueChange={(next) => {
              setWon(next);
              ticket.setByAmount(next);
            }}
          />
        )}
      </div>
      <div className="mt-1.5 grid grid-cols-4 gap-1">
        {[0.1, 0.25, 0.5].map((fraction) => (
          <Button key={fraction} size="sm" disabled={ticket.most === 0} onClick={() => ticket.setShareOfMost(fraction)}>
            {fraction * 100}%
          </Button>
        ))}
        <Button size="sm" disabled={ticket.most === 0} onClick={() => ticket.setShareOfMost(1)}>
          {t('most')}
        </Button>
      </div>
      <p className="num mt-1 flex justify-between text-faint text-xs">
        <span>{mode === 'won' && ticket.quantity !== null ? formatShares(ticket.quantity, locale) : ''}</span>
        <span>
          {t(ticket.side === 'buy' ? 'canBuy' : 'canSell')} {formatShares(ticket.most, locale)}
        </span>
      </p>
    </div>
  );
}

function EstimateLines({ ticket }: { ticket: Ticket }) {
  const t = useTranslations('ticket');
  const locale = useLocale() as Locale;
  const { estimate, balance, side } = ticket;
  const cashAfter = balance && estimate ? balance.orderable + estimate.cashChange : null;
  const lines = [
    ['amount', estimate ? formatWon(estimate.amount, locale) : null],
    ['fee', estimate ? formatWon(estimate.fee, locale) : null],
    ...(side === 'sell' ? [['tax', estimate ? formatWon(estimate.tax, locale) : null] as const] : []),
    ['cashAfter', cashAfter === null ? null : formatWon(cashAfter, locale)],
  ] as const;
  return (
    <dl className="rounded-md bg-sunken px-3 py-2 text-xs">
      {lines.map(([name, value]) => (
        <div key={name} className="flex justify-between py-0.5">
          <dt className="text-muted">{t(`estimate.${name}`)}</dt>
          <dd className={cn('num', name === 'cashAfter' && cashAfter !== null && cashAfter < 0 && 'text-danger')}>{value ?? '—'}</dd>
        </div>
      ))}
    </dl>
  );
}
