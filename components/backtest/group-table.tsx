import { useTranslations } from 'next-intl';
import { changeColour } from '#components/numbers/change.tsx';
import { formatNumber, formatPercent } from '#components/numbers/format.ts';
import { Table, Td, THead, Th, Tr } from '#components/ui/table.tsx';
import type { TradeGroup } from './group-trades.ts';

/** Sums by symbol or by reason; a symbol's name shows its trades on the chart. */
export function GroupTable(props: {
  groups: readonly TradeGroup[];
  label: string;
  keyLabel: string;
  nameOf: (key: string) => string;
  onChoose?: (key: string) => void;
  chosen?: string;
}) {
  const t = useTranslations('report.groups');
  return (
    <div className="max-h-96 overflow-y-auto">
      <Table label={props.label}>
        <THead>
          <tr>
            <Th>{props.keyLabel}</Th>
            <Th isNumber>{t('trades')}</Th>
            <Th isNumber>{t('winRate')}</Th>
            <Th isNumber>{t('pnl')}</Th>
            <Th isNumber>{t('averageReturn')}</Th>
            <Th isNumber>{t('averageBars')}</Th>
          </tr>
        </THead>
        <tbody>
          {props.groups.map((group) => (
            <Tr key={group.key}>
              <Td>
                {props.onChoose ? (
                  <button
                    type="button"
                    className="font-medium hover:text-brand hover:underline"
                    aria-pressed={props.chosen === group.key}
                    onClick={() => props.onChoose?.(group.key)}
                  >
                    {props.nameOf(group.key)}
                  </button>
                ) : (
                  props.nameOf(group.key)
                )}
              </Td>
              <Td isNumber>{formatNumber(group.trades)}</Td>
              <Td isNumber>{Math.round((group.wins / group.trades) * 100)}%</Td>
              <Td isNumber className={changeColour(group.pnl)}>
                {formatNumber(group.pnl)}
              </Td>
              <Td isNumber className={changeColour(group.averageReturn)}>
                {formatPercent(group.averageReturn)}
              </Td>
              <Td isNumber>{group.averageBars.toFixed(1)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
