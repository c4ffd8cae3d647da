import type { ComponentProps, ReactNode } from 'react';
import { cn } from './class-names.ts';

/** A framed part of a page. */
export function Card({ className, ...props }: ComponentProps<'section'>) {
  return <section className={cn('min-w-0 rounded-lg border bg-surface', className)} {...props} />;
}

/** Title at the left, quiet detail beside it, actions at the right. */
export function CardHeader({
  title,
  detail,
  actions,
  className,
}: {
  title: ReactNode;
  detail?: ReactNode;
  actions?: ReactNode;
  className?: string;
}) {
  return (
    <header className={cn('flex min-h-11 flex-wrap items-center justify-between gap-2 border-b px-4 py-1.5', className)}>
      <div className="flex min-w-0 items-baseline gap-2">
        <h2 className="font-semibold text-sm">{title}</h2>
        {detail && <span className="text-muted text-xs">{detail}</span>}
      </div>
      {actions && <div className="flex items-center gap-1.5">{actions}</div>}
    </header>
  );
}

export function CardBody({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('p-4', className)} {...props} />;
}

/** Title of a page with its actions. */
export function PageHeader({ title, description, actions }: { title: ReactNode; description?: ReactNode; actions?: ReactNode }) {
  return (
    <header className="mb-4 flex flex-wrap items-end justify-between gap-3">
      <div className="min-w-0">
        <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
        {description && <p className="mt-0.5 text-muted text-sm">{description}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

/** One headline figure: label, value, small print. */
export function Stat({ label, value, detail, className }: { label: ReactNode; value: ReactNode; detail?: ReactNode; className?: string }) {
  return (
    <div className={cn('min-w-0 px-4 py-3', className)}>
      <p className="text-muted text-xs">{label}</p>
      <p className="num mt-0.5 truncate font-semibold text-lg leading-tight">{value}</p>
      {detail && <p className="num mt-0.5 truncate text-muted text-xs">{detail}</p>}
    </div>
  );
}
