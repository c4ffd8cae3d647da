import type { ComponentProps } from 'react';
import { cn } from './class-names.ts';

/** A dense table that scrolls sideways inside itself and never widens the page. `label` names it for screen readers. */
export function Table({ className, label, ...props }: ComponentProps<'table'> & { label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section className="w-full overflow-x-auto focus-visible:outline-offset-[-2px]" tabIndex={0} aria-label={label}>
      <table className={cn('w-full border-collapse text-sm', className)} {...props} />
    </section>
  );
}

export function THead({ className, ...props }: ComponentProps<'thead'>) {
  return <thead className={cn('sticky top-0 z-10 bg-surface', className)} {...props} />;
}

export function Th({ className, isNumber, ...props }: ComponentProps<'th'> & { isNumber?: boolean }) {
  return (
    <th
      scope="col"
      className={cn('h-8 whitespace-nowrap border-b px-3 font-medium text-muted text-xs', isNumber ? 'text-right' : 'text-left', className)}
      {...props}
    />
  );
}

export function Tr({ className, ...props }: ComponentProps<'tr'>) {
  return <tr className={cn('border-line/70 border-b last:border-b-0 hover:bg-raised/70', className)} {...props} />;
}

export function Td({ className, isNumber, ...props }: ComponentProps<'td'> & { isNumber?: boolean }) {
  return <td className={cn('h-9 whitespace-nowrap px-3 py-1', isNumber && 'num text-right', className)} {...props} />;
}
