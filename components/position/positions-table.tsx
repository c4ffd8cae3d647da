'use client';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useDesk } from '#components/desk/desk-context.tsx';
import { LivePrice, useIsStale } from '#components/market/price-cell.tsx';
import { ProfitLoss } from '#components/numbers/change.tsx';
import { formatNumber, formatWon } from '#components/numbers/format.ts';
import { useTicketSheet } from '#components/order/ticket-sheet.tsx';
import { Button } from '#components/ui/button.tsx';
import { cn } from '#components/ui/class-names.ts';
import { Table, Td, THead, Th, Tr } from '#components/ui/table.tsx';
import type { PositionView } from '#lib/db/positions.ts';
import { useQuote } from '#lib/realtime/use-quote.ts';
import { worthOf } from './worth.ts';

/** What a phone leaves out: there a row shows the symbol, how many, the price and the profit, with its actions on a line of their own. */
const WIDE = 'hidden sm:table-cell';

interface Props {
  readonly positions: readonly PositionView[];
  readonly isCompact?: boolean;
  /** Opens the stops of a position. */
  readonly onProtect?: (position: PositionView) => void;
}

/** Holdings with live value; 매도 opens the ticket with what can be sold. */
export function PositionsTable({ positions, isCompact = false, onProtect }: Props) {
  const t = useTranslations('positions');
  return (
    <Table label={t('title')}>
      <THead>
        <tr>
          <Th>{t('col.symbol')}</Th>
          <Th isNumber>{t('col.quantity')}</Th>
          {!isCompact && (
            <Th isNumber className={WIDE}>
              {t('col.sellable')}
            </Th>
          )}
          <Th isNumber className={WIDE}>
            {t('col.average')}
          </Th>
          <Th isNumber>{t('col.price')}</Th>
          {!isCompact && (
            <Th isNumber className={WIDE}>
              {t('col.value')}
            </Th>
          )}
          <Th isNumber>{t('col.profit')}</Th>
          {!isCompact && (
            <Th isNumber className={WIDE}>
              {t('col.realized')}
            </Th>
          )}
          <Th className={WIDE}>
            <span className="sr-only">{t('col.actions')}</span>
          </Th>
        </tr>
      </THead>
      <tbody>
        {positions.map((position) => (
          <PositionRow key={position.id} position={position} isCompact={isCompact} {...(onProtect ? { onProtect } : {})} />
        ))}
      </tbody>
    </Table>
  );
}

function PositionRow({
  position,
  isCompact,
  onProtect,
}: { position: PositionView } & Pick<Required<Props>, 'isCompact'> & Pick<Props, 'onProtect'>) {
  const t = useTranslations('positions');
  const { locale } = useDesk();
  const { openTicket } = useTicketSheet();
  const quote = useQuote(position.symbol);
  const isStale = useIsStale(position.symbol);
  const worth = worthOf(position, quote?.last);
  const sellable = Math.max(0, position.sellable - position.reserved);
  const actions = (
    <>
      {onProtect && (
        <Button size="sm" aria-label={t('stop.openOf', { name: position.name })} onClick={() => onProtect(position)}>
          {t('stop.open')}
        </Button>
      )}
      <Button
        size="sm"
        disabled={sellable === 0}
        title={sellable === 0 ? t('allReserved') : undefined}
        aria-label={t('closeOf', { name: position.name })}
        onClick={() => openTicket({ symbol: position.symbol, side: 'sell', quantity: sellable })}
      >
        {t('close')}
      </Button>
    </>
  );
  return (
    <>
      <Tr className={cn(isStale && 'text-faint', 'max-sm:border-b-0')}>
        <Td>
          <Link href={`/market/${position.symbol}`} className="font-medium hover:underline">
            {position.name}
          </Link>{' '}
          <span className="num hidden text-faint text-xs sm:inline">{position.symbol}</span>
        </Td>
        <Td isNumber>{formatNumber(position.quantity)}</Td>
        {!isCompact && (
          <Td isNumber className={WIDE}>
            {formatNumber(sellable)}
          </Td>
        )}
        <Td isNumber className={WIDE}>
          {position.averagePrice === null ? '—' : formatNumber(position.averagePrice)}
        </Td>
        <Td isNumber>
          <LivePrice symbol={position.symbol} fallback={worth.price ?? 0} />
        </Td>
        {!isCompact && (
          <Td isNumber className={WIDE}>
            {formatWon(worth.value, locale)}
          </Td>
        )}
        <Td isNumber>
          <ProfitLoss amount={worth.profit} rate={worth.rate} locale={locale} isStacked />
        </Td>
        {!isCompact && (
          <Td isNumber className={WIDE}>
            <ProfitLoss amount={position.realizedPnl} locale={locale} />
          </Td>
        )}
        <Td className={cn('text-right', WIDE)}>
          <div className="flex justify-end gap-1.5">{actions}</div>
        </Td>
      </Tr>
      <Tr className="sm:hidden">
        <Td colSpan={4} className="pt-0 pb-2">
          <div className="grid auto-cols-fr grid-flow-col gap-2 [&>button]:h-9">{actions}</div>
        </Td>
      </Tr>
    </>
  );
}
