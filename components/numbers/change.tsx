import { cn } from '#components/ui/class-names.ts';
import type { Locale } from '#lib/i18n/locale.ts';
import { arrowOf, formatNumber, formatPercent, formatSignedWon } from './format.ts';

/** Text colour of a rise, a fall or neither. */
export function changeColour(change: number): string {
  return change > 0 ? 'text-up' : change < 0 ? 'text-down' : 'text-muted';
}

/** ▲1,200 (+1.23%): colour, arrow and sign together. */
export function Change({ change, rate, className }: { change: number; rate?: number; className?: string }) {
  return (
    <span className={cn('num whitespace-nowrap', changeColour(change), className)}>
      {arrowOf(change)}
      {formatNumber(Math.abs(change))}
      {rate !== undefined && ` (${formatPercent(rate)})`}
    </span>
  );
}

/** A profit or loss in won, with its rate when known. */
export function ProfitLoss({
  amount,
  rate,
  locale,
  className,
  isStacked = false,
}: {
  amount: number;
  rate?: number | null;
  locale: Locale;
  className?: string;
  /** On a phone the rate goes below the amount: in a table both do not fit beside each other. */
  isStacked?: boolean;
}) {
  return (
    <span className={cn('num whitespace-nowrap', changeColour(amount), className)}>
      {arrowOf(amount)} {formatSignedWon(amount, locale)}
      {rate !== undefined && rate !== null && (
        <span className={cn('ml-1 text-[0.85em]', isStacked && 'block sm:inline')}>{formatPercent(rate)}</span>
      )}
    </span>
  );
}
