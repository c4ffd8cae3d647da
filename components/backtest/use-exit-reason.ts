'use client';
import { useTranslations } from 'next-intl';

const KNOWN = [
  'exit_signal',
  'max_bars',
  'session_end',
  'stop_loss',
  'take_profit',
  'trailing_stop',
  'atr_stop',
  'delisted',
  'split',
] as const;
type Known = (typeof KNOWN)[number];

/** Why a position was sold, in words; a reason of a newer engine stays as it is written. */
export function useExitReason(): (reason: string) => string {
  const t = useTranslations('report.exit');
  return (reason) => ((KNOWN as readonly string[]).includes(reason) ? t(reason as Known) : reason);
}
