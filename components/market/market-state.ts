import type { SessionView } from '#lib/db/platform.ts';

/** Sessions we send orders to (the others are shown and refused for now). */
const SENDABLE = ['open_auction', 'regular', 'close_auction'];

export type MarketState =
  | { readonly kind: 'open'; readonly session: string; readonly closeAt: string }
  | { readonly kind: 'closed'; readonly nextOrderFrom: string | null };

/** Whether orders go out now, or when they may next. Rows come from `market_calendar`; a day without one trades nothing. */
export function marketStateAt(sessions: readonly SessionView[], now: number): MarketState {
  const sendable = sessions.filter((row) => row.isOpen && row.orderFrom && row.closeAt && SENDABLE.includes(row.session));
  const current = sendable.find((row) => now >= Date.parse(row.orderFrom as string) && now < Date.parse(row.closeAt as string));
  if (current) return { kind: 'open', session: current.session, closeAt: current.closeAt as string };
  const next = sendable
    .map((row) => row.orderFrom as string)
    .filter((from) => Date.parse(from) > now)
    .sort((a, b) => Date.parse(a) - Date.parse(b))[0];
  return { kind: 'closed', nextOrderFrom: next ?? null };
}
