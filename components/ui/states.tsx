import { AlertTriangle, CircleSlash, Clock } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './class-names.ts';

/** A grey shape in the size of what will stand there. */
export function Skeleton({ className }: { className?: string }) {
  return <div className={cn('animate-pulse rounded bg-line/70', className)} aria-hidden />;
}

/** Rows of a list that is still being read. */
export function SkeletonRows({ rows = 5, label }: { rows?: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-3 p-4">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move.
        <Skeleton key={row} className="h-5 w-full" />
      ))}
    </div>
  );
}

/** An empty list that teaches: what will stand here and how to get there. */
export function EmptyState({
  title,
  children,
  action,
  icon,
}: {
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  icon?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-1.5 px-6 py-8 text-center">
      <span className="mb-1 text-faint [&_svg]:size-7" aria-hidden>
        {icon ?? <CircleSlash />}
      </span>
      <p className="font-medium">{title}</p>
      {children && <p className="max-w-md text-muted text-sm">{children}</p>}
      {action && <div className="mt-3">{action}</div>}
    </div>
  );
}

/** Something could not be read: what, why, and what to do next. */
export function ErrorState({ title, children, action }: { title: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return (
    <div role="alert" className="flex flex-col items-center gap-1.5 px-6 py-10 text-center">
      <AlertTriangle className="mb-1 size-7 text-danger" aria-hidden />
      <p className="font-medium">{title}</p>
      {children && <p className="max-w-md text-muted text-sm">{children}</p>}
      {action && <div className="mt-3">{action}</div>}
    </div>
  );
}

/** A strip above numbers that may be old. */
export function StaleNote({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="flex items-center gap-1.5 bg-warn-soft px-3 py-1.5 text-warn text-xs">
      <Clock className="size-3.5 shrink-0" aria-hidden />
      {children}
    </p>
  );
}

/** A sentence that belongs to the form or page around it. */
export function Notice({
  tone = 'info',
  children,
  className,
}: {
  tone?: 'info' | 'warn' | 'danger' | 'ok';
  children: ReactNode;
  className?: string;
}) {
  const tones = {
    info: 'bg-brand-soft text-text border-brand/30',
    warn: 'bg-warn-soft text-warn border-warn/30',
    danger: 'bg-danger-soft text-danger border-danger/30',
    ok: 'bg-ok-soft text-ok border-ok/30',
  };
  return (
    <div role={tone === 'danger' ? 'alert' : 'status'} className={cn('rounded-md border px-3 py-2 text-sm', tones[tone], className)}>
      {children}
    </div>
  );
}
