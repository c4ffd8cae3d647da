'use client';
import { useTranslations } from 'next-intl';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { useDesk } from '#components/desk/desk-context.tsx';
import { useInstruments } from '#components/market/use-instruments.ts';
import { Command, CommandEmpty, CommandInput, CommandItem, CommandList } from '#components/ui/command.tsx';
import { Sheet, SheetContent } from '#components/ui/dialog.tsx';
import { ErrorState, SkeletonRows } from '#components/ui/states.tsx';
import { OrderTicket } from './order-ticket.tsx';
import type { TicketSide } from './use-ticket.ts';

interface TicketRequest {
  readonly symbol: string;
  readonly side?: TicketSide;
  readonly quantity?: number;
}
interface TicketSheetValue {
  readonly isOpen: boolean;
  readonly request: TicketRequest | null;
  /** Opens the sheet; without a symbol it asks for one first. */
  readonly openTicket: (request: TicketRequest | null) => void;
  readonly close: () => void;
}
const TicketSheetContext = createContext<TicketSheetValue | null>(null);

export function TicketSheetProvider({ children }: { children: ReactNode }) {
  const [isOpen, setIsOpen] = useState(false);
  const [request, setRequest] = useState<TicketRequest | null>(null);
  const openTicket = useCallback((next: TicketRequest | null) => {
    setRequest(next);
    setIsOpen(true);
  }, []);
  const close = useCallback(() => setIsOpen(false), []);
  const value = useMemo(() => ({ isOpen, request, openTicket, close }), [isOpen, request, openTicket, close]);
  return <TicketSheetContext value={value}>{children}</TicketSheetContext>;
}

export function useTicketSheet(): TicketSheetValue {
  const value = useContext(TicketSheetContext);
  if (!value) throw new Error('useTicketSheet outside TicketSheetProvider');
  return value;
}

/** The ticket from the bottom edge on a phone, or wherever a list offers to buy or sell. */
export function TicketSheet() {
  const t = useTranslations('ticket');
  const tCommon = useTranslations('common');
  const { locale } = useDesk();
  const { isOpen, request, openTicket, close } = useTicketSheet();
  const { instruments, hasFailed } = useInstruments(isOpen);
  const instrument = instruments?.find((row) => row.symbol === request?.symbol) ?? null;
  const name = instrument && (locale === 'en' && instrument.nameEn ? instrument.nameEn : instrument.nameKo);
  return (
    <Sheet open={isOpen} onOpenChange={(open) => !open && close()}>
      <SheetContent
        title={name ? `${name} ${instrument.symbol}` : t('chooseSymbol')}
        className="md:inset-x-auto md:inset-y-0 md:right-0 md:max-h-none md:w-96 md:rounded-none"
      >
        {hasFailed ? (
          <ErrorState title={tCommon('errorTitle')}>{tCommon('errorBody')}</ErrorState>
        ) : !instruments ? (
          <SkeletonRows label={tCommon('loading')} />
        ) : instrument ? (
          <OrderTicket
            key={`${instrument.symbol}${request?.side}`}
            instrument={instrument}
            initialSide={request?.side ?? 'buy'}
            initialQuantity={request?.quantity ?? null}
            onSent={close}
          />
        ) : (
          <Command label={t('chooseSymbol')} className="-m-4">
            <CommandInput placeholder={t('searchSymbol')} autoFocus />
            <CommandList className="max-h-[60dvh]">
              <CommandEmpty>{t('noSymbol')}</CommandEmpty>
              {instruments.slice(0, 300).map((row) => (
                <CommandItem
                  key={row.symbol}
                  value={`${row.symbol} ${row.nameKo} ${row.nameEn}`}
                  onSelect={() => openTicket({ symbol: row.symbol })}
                >
                  {locale === 'en' && row.nameEn ? row.nameEn : row.nameKo}
                  <span className="num ml-auto text-faint text-xs">{row.symbol}</span>
                </CommandItem>
              ))}
            </CommandList>
          </Command>
        )}
      </SheetContent>
    </Sheet>
  );
}
