'use client';
import { useTranslations } from 'next-intl';
import { useDesk } from '#components/desk/desk-context.tsx';
import { formatClock, formatDay } from '#components/numbers/format.ts';
import { Notice } from '#components/ui/states.tsx';
import { calendarDayOf } from '#domain/market/calendar-day.ts';
import { secondOfDay } from '#domain/market/day.ts';
import type { InstrumentView } from '#lib/db/market.ts';
import { useNow } from '#lib/realtime/use-now.ts';
import { type Preview, previewOrder } from '#lib/use-cases/preview-order.ts';
import { useOrderFacts } from './use-order-facts.ts';
import type { Ticket } from './use-ticket.ts';

/** What the gate would say to this order, before it is sent: every refusal with what to change, and what is good to know. */
export function OrderPreview({ ticket, instrument }: { ticket: Ticket; instrument: InstrumentView }) {
  const t = useTranslations('ticket');
  const { locale } = useDesk();
  const { denials, notes } = usePreview(ticket, instrument);
  return (
    <div aria-live="polite" className="flex flex-col gap-2 empty:hidden">
      {denials.length > 0 && (
        <Notice tone="warn" className="text-xs">
          <p className="font-medium">{t('preview.refused')}</p>
          <ul className="mt-1 flex list-disc flex-col gap-1 pl-4">
            {denials.map((denial) => (
              <li key={denial.code}>
                {denial[locale]} {denial.whatToChange[locale]}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {notes.length > 0 && (
        <Notice className="text-xs">
          {notes.map((note) => (
            <p key={note.code}>{note[locale]}</p>
          ))}
        </Notice>
      )}
    </div>
  );
}

const NOTHING: Preview = { denials: [], notes: [] };

function usePreview({ wish, quote }: Ticket, instrument: InstrumentView): Preview {
  const { sessions, halt } = useDesk();
  const facts = useOrderFacts(instrument.symbol);
  const now = useNow(5_000);
  if (!wish || !facts || now === null) return NOTHING;
  const sentAt = wish.sendAt ?? now;
  const day = formatDay(sentAt);
  const stored = sessions.flatMap(({ orderFrom, openAt, closeAt, ...row }) =>
    row.day === day && row.isOpen && orderFrom && openAt && closeAt ? [{ session: row.session, orderFrom, openAt, closeAt }] : [],
  );
  return previewOrder(wish, facts, {
    instrument,
    quote: quote ? { last: quote.last, expected: quote.book?.expectedPrice || null, isHalted: quote.isHalted } : null,
    day,
    second: secondOfDay(formatClock(sentAt)),
    calendarDay: calendarDayOf(day, stored),
    isReserved: wish.sendAt !== null,
    halt: halt === 'cancel_all' ? 'halt' : halt,
  });
}
