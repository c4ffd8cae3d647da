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

/** What a phone leaves out: there a row shows the symbol, how many, the price and the profit, and leads to the symbol's page. */
const WIDE = 'hidden sm:table-cell';

/** Holdings with live value; 매도 opens the ticket with what can be sold. */
export function PositionsTable({ positions, isCompact = false }: { positions: readonly PositionView[]; isCompact?: boolean }) {
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
          <PositionRow key={position.id} position={position} isCompact={isCompact} />
        ))}
      </tbody>
    </Table>
  );
}

function PositionRow({ position, isCompact }: { position: PositionView; isCompact: boolean }) {
  const t = useTranslations('positions');
  const { locale } = useDesk();
  const { openTicket } = useTicketSheet();
  const quote = useQuote(position.symbol);
  const isStale = useIsStale(position.symbol);
  const worth = worthOf(position, quote?.last);
  const sellable = Math.max(0, position.sellable - position.reserved);
  return (
    <Tr className={cn(isStale && 'text-faint')}>
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
        <Button
          size="sm"
          disabled={sellable === 0}
          title={sellable === 0 ? t('allReserved') : undefined}
          onClick={() => openTicket({ symbol: position.symbol, side: 'sell', quantity: sellable })}
        >
          {t('close')}
        </Button>
      </Td>
    </Tr>
  );
}
