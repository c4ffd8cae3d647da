'use client';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useDesk } from '#components/desk/desk-context.tsx';
import { ProfitLoss } from '#components/numbers/change.tsx';
import { formatNumber } from '#components/numbers/format.ts';
import { Table, Td, THead, Th, Tr } from '#components/ui/table.tsx';
import type { HoldingView } from '#lib/db/deployments-web.ts';
import { useQuotes } from '#lib/realtime/use-quote.ts';

/** What a strategy holds inside its account, valued at the live price, and what it has realised. */
export function HoldingList({ holdings, symbolName }: { holdings: readonly HoldingView[]; symbolName: (symbol: string) => string }) {
  const t = useTranslations('auto.holdings');
  const { locale } = useDesk();
  const held = holdings.filter(({ quantity }) => quantity > 0);
  const quotes = useQuotes(held.map(({ symbol }) => symbol));
  const realized = holdings.reduce((sum, row) => sum + row.realizedPnl, 0);
  return (
    <section aria-label={t('title')} className="min-w-0">
      <div className="flex items-baseline justify-between gap-2 px-4 pt-3 pb-1">
        <h3 className="font-medium text-sm">{t('title')}</h3>
        <span className="text-muted text-xs">
          {t('realized')} <ProfitLoss amount={realized} locale={locale} />
        </span>
      </div>
      {held.length === 0 ? (
        <p className="px-4 py-6 text-center text-muted text-sm">{t('empty')}</p>
      ) : (
        <Table label={t('title')}>
          <THead>
            <tr>
              <Th>{t('symbol')}</Th>
              <Th isNumber>{t('quantity')}</Th>
              <Th isNumber>{t('average')}</Th>
              <Th isNumber>{t('last')}</Th>
              <Th isNumber>{t('open')}</Th>
            </tr>
          </THead>
          <tbody>
            {held.map((row) => {
              const last = quotes.get(row.symbol)?.last;
              const open = last === undefined ? null : last * row.quantity - row.purchaseAmount;
              return (
                <Tr key={row.symbol}>
                  <Td>
                    <Link href={`/market/${row.symbol}`} className="hover:text-brand hover:underline">
                      {symbolName(row.symbol)}
                    </Link>
                  </Td>
                  <Td isNumber>{formatNumber(row.quantity)}</Td>
                  <Td isNumber>{formatNumber(row.purchaseAmount / row.quantity)}</Td>
                  <Td isNumber>{last === undefined ? '—' : formatNumber(last)}</Td>
                  <Td isNumber>
                    {open === null ? (
                      '—'
                    ) : (
                      <ProfitLoss amount={open} rate={row.purchaseAmount > 0 ? open / row.purchaseAmount : null} locale={locale} />
                    )}
                  </Td>
                </Tr>
              );
            })}
          </tbody>
        </Table>
      )}
    </section>
  );
}
