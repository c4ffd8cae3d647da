'use client';
import { useMemo, useState } from 'react';
import { useDesk, useMarketState } from '#components/desk/desk-context.tsx';
import { formatDay } from '#components/numbers/format.ts';
import { denialSentence } from '#domain/risk/denials.ts';
import type { InstrumentView } from '#lib/db/market.ts';
import { useQuote } from '#lib/realtime/use-quote.ts';
import { affordableShares, estimateOrder } from './estimate.ts';
import type { OrderWish } from './send-order.ts';
import { bandsOf, priceFault, steppedPrice } from './ticket-price.ts';

export type TicketSide = 'buy' | 'sell';
/** Why the send button is off; each has a sentence under `ticket.why`. */
export type Blocked =
  | 'no_account'
  | 'account_not_ready'
  | 'orders_off'
  | 'halted'
  | 'entries_paused'
  | 'no_price'
  | 'no_quantity'
  | 'price_fault'
  | 'no_session'
  | 'too_large';

/** What the ticket knows and reckons; the screen only draws it. Every check here is advice: the database decides. */
export function useTicket(instrument: InstrumentView, initial: { side: TicketSide; price: number | null }) {
  const { account, balance, positions, settings, halt, locale } = useDesk();
  const market = useMarketState();
  const quote = useQuote(instrument.symbol, true);
  const [side, setSide] = useState<TicketSide>(initial.side);
  const [priceType, setPriceType] = useState<'limit' | 'market'>('limit');
  const [typedPrice, setPrice] = useState<number | null>(initial.price);
  const [quantity, setQuantity] = useState<number | null>(null);

  const day = useMemo(() => formatDay(new Date()), []);
  const bands = useMemo(() => bandsOf(instrument, day), [instrument, day]);
  const last = quote?.last ?? instrument.basePrice;
  // Until something is typed the ticket follows no price: a limit must not move under the hand.
  const price = typedPrice;
  const position = positions.find((row) => row.symbol === instrument.symbol && row.accountId === account?.id) ?? null;
  const sellable = position ? Math.max(0, position.sellable - position.reserved) : 0;
  const commissionRate = account?.commissionRate ?? 0;
  const reckonedPrice = priceType === 'limit' ? price : side === 'buy' ? instrument.upperLimit : instrument.lowerLimit;
  const cash = balance?.orderable ?? 0;
  const most = side === 'sell' ? sellable : reckonedPrice ? affordableShares(cash, reckonedPrice, commissionRate) : 0;
  const fault = priceType === 'limit' && price !== null ? priceFault(price, instrument, bands) : null;
  const estimate =
    reckonedPrice !== null && quantity !== null
      ? estimateOrder({ side, quantity, price: reckonedPrice, commissionRate, market: instrument.market, kind: instrument.kind, day })
      : null;

  const blocked: Blocked | null = !account
    ? 'no_account'
    : !account.isReady
      ? 'account_not_ready'
      : !settings.ordersEnabled
        ? 'orders_off'
        : halt === 'halt' || halt === 'cancel_all'
          ? 'halted'
          : halt !== 'none' && side === 'buy'
            ? 'entries_paused'
            : priceType === 'limit' && price === null
              ? 'no_price'
              : fault
                ? 'price_fault'
                : quantity === null || quantity === 0
                  ? 'no_quantity'
                  : !estimate
                    ? 'too_large'
                    : market?.kind === 'closed' && market.nextOrderFrom === null
                      ? 'no_session'
                      : null;

  const wish: OrderWish | null =
    account && quantity && !blocked
      ? {
          accountId: account.id,
          symbol: instrument.symbol,
          side,
          quantity,
          priceType,
          price: priceType === 'limit' ? price : null,
          sendAt: market?.kind === 'closed' ? market.nextOrderFrom : null,
        }
      : null;

  return {
    account,
    balance,
    position,
    sellable,
    quote,
    last,
    side,
    setSide,
    priceType,
    setPriceType,
    price,
    setPrice,
    quantity,
    setQuantity,
    most,
    reckonedPrice,
    estimate,
    blocked,
    wish,
    reservedFor: market?.kind === 'closed' ? market.nextOrderFrom : null,
    faultSentence: fault ? denialSentence(fault.code, fault.numbers, locale) : undefined,
    step: (direction: 1 | -1) => setPrice(steppedPrice(price ?? last, direction, instrument, bands)),
    setShareOfMost: (fraction: number) => setQuantity(Math.floor(most * fraction)),
    setByAmount: (won: number | null) =>
      setQuantity(won === null || !reckonedPrice ? null : affordableShares(won, reckonedPrice, commissionRate)),
  };
}
export type Ticket = ReturnType<typeof useTicket>;
