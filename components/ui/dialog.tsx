'use client';
import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Dialog as Radix } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from './class-names.ts';

export const Dialog = Radix.Root;
export const DialogTrigger = Radix.Trigger;
export const DialogClose = Radix.Close;

type ContentProps = Omit<ComponentProps<typeof Radix.Content>, 'title'> & {
  title: ReactNode;
  description?: ReactNode;
  /** Drawn edge to edge above the title, e.g. the mode banner of an order. */
  banner?: ReactNode;
};

function CloseButton() {
  const t = useTranslations('common');
  return (
    <Radix.Close className="absolute top-3 right-3 rounded-md p-1 text-muted hover:bg-sunken hover:text-text" aria-label={t('close')}>
      <X className="size-4" aria-hidden />
    </Radix.Close>
  );
}

/** A question or form above the page. Esc closes; focus stays inside and returns to where it was. */
export function DialogContent({ title, description, banner, className, children, ...props }: ContentProps) {
  return (
    <Radix.Portal>
      <Radix.Overlay className="animate-appear fixed inset-0 z-40 bg-black/60" />
      <Radix.Content
        {...(description ? {} : { 'aria-describedby': undefined })}
        className={cn(
          'animate-appear fixed top-1/2 left-1/2 z-50 max-h-[92dvh] w-[calc(100vw-1.5rem)] max-w-md -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-lg border bg-surface shadow-float',
          className,
        )}
        {...props}
      >
        {banner}
        <div className="relative p-5">
          <CloseButton />
          <Radix.Title className="pr-8 font-semibold text-base">{title}</Radix.Title>
          {description && <Radix.Description className="mt-1 text-muted text-sm">{description}</Radix.Description>}
          <div className="mt-4">{children}</div>
        </div>
      </Radix.Content>
    </Radix.Portal>
  );
}

/** A row of buttons at the end of a dialog. */
export function DialogActions({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('mt-5 flex flex-wrap justify-end gap-2', className)} {...props} />;
}

export const Sheet = Radix.Root;
export const SheetTrigger = Radix.Trigger;

/** A panel from an edge: the order ticket and menus on a phone. */
export function SheetContent({
  title,
  side = 'bottom',
  className,
  children,
  ...props
}: Omit<ContentProps, 'banner' | 'description'> & { side?: 'bottom' | 'right' | 'left' }) {
  return (
    <Radix.Portal>
      <Radix.Overlay className="animate-appear fixed inset-0 z-40 bg-black/60" />
      <Radix.Content
        aria-describedby={undefined}
        className={cn(
          'animate-appear fixed z-50 overflow-y-auto border bg-surface shadow-float',
          side === 'bottom' && 'inset-x-0 bottom-0 max-h-[92dvh] rounded-t-xl pb-[env(safe-area-inset-bottom)]',
          side === 'right' && 'inset-y-0 right-0 w-[min(26rem,100vw)]',
          side === 'left' && 'inset-y-0 left-0 w-72',
          className,
        )}
        {...props}
      >
        <div className="relative border-b px-4 py-3">
          <Radix.Title className="font-semibold text-base">{title}</Radix.Title>
          <CloseButton />
        </div>
        <div className="p-4">{children}</div>
      </Radix.Content>
    </Radix.Portal>
  );
}
