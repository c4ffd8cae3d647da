'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { Dialog as Radix } from 'radix-ui';
import { useEffect, useState } from 'react';
import { useInstruments } from '#components/market/use-instruments.ts';
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from '#components/ui/command.tsx';
import { useDesk } from './desk-context.tsx';
import { MAIN_NAV } from './navigation.ts';

/** Symbols and pages by name; opens with / or Ctrl+K. */
export function CommandPalette({ isOpen, onOpenChange }: { isOpen: boolean; onOpenChange: (isOpen: boolean) => void }) {
  const t = useTranslations('shell');
  const tCommon = useTranslations('common');
  const router = useRouter();
  const { locale } = useDesk();
  const { instruments } = useInstruments(isOpen);
  const [typed, setTyped] = useState('');
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.closest('input,textarea,select,[contenteditable]');
      const wantsSearch =
        (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey) || (event.key === 'k' && (event.ctrlKey || event.metaKey));
      if (!wantsSearch) return;
      event.preventDefault();
      onOpenChange(true);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onOpenChange]);
  const go = (href: string) => {
    onOpenChange(false);
    setTyped('');
    router.push(href);
  };
  const wanted = typed.trim().toUpperCase();
  const found = (instruments ?? [])
    .filter(
      (row) =>
        wanted === '' ||
        row.symbol.includes(wanted) ||
        row.nameKo.toUpperCase().includes(wanted) ||
        row.nameEn.toUpperCase().includes(wanted),
    )
    .slice(0, 20);
  const pages = MAIN_NAV.filter((entry) => wanted === '' || t(`nav.${entry.label}`).toUpperCase().includes(wanted));
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/60" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed top-[12dvh] left-1/2 z-50 w-[calc(100vw-1.5rem)] max-w-lg -translate-x-1/2 overflow-hidden rounded-lg border bg-raised shadow-float"
        >
          <Radix.Title className="sr-only">{t('search')}</Radix.Title>
          <Command shouldFilter={false} label={t('search')}>
            <CommandInput value={typed} onValueChange={setTyped} placeholder={t('searchPlaceholder')} />
            <CommandList>
              <CommandEmpty>{instruments === null ? tCommon('loading') : t('searchEmpty')}</CommandEmpty>
              {found.length > 0 && (
                <CommandGroup heading={t('symbols')}>
                  {found.map((row) => (
                    <CommandItem key={row.symbol} value={row.symbol} onSelect={() => go(`/market/${row.symbol}`)}>
                      <span>{locale === 'en' && row.nameEn ? row.nameEn : row.nameKo}</span>
                      <span className="num text-faint text-xs">{row.symbol}</span>
                      <span className="ml-auto text-faint text-xs">{row.market}</span>
                    </CommandItem>
                  ))}
                </CommandGroup>
              )}
              {pages.length > 0 && (
                <CommandGroup heading={t('pages')}>
                  {pages.map(({ href, label, icon: Icon }) => (
                    <CommandItem key={href} value={href} onSelect={() => go(href)}>
                      <Icon aria-hidden />
                      {t(`nav.${label}`)}
                    </CommandItem>
                  ))}
                </CommandGroup>
              )}
            </CommandList>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
