import type { ReactNode } from 'react';

/** The frame of a sign-in form. */
export function AuthCard({
  title,
  description,
  children,
  footer,
}: {
  title: string;
  description?: string;
  children: ReactNode;
  footer?: ReactNode;
}) {
  return (
    <section className="rounded-xl border bg-surface p-6 shadow-float">
      <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
      {description && <p className="mt-1 text-muted text-sm">{description}</p>}
      <div className="mt-5">{children}</div>
      {footer && <div className="mt-5 border-t pt-4 text-muted text-sm">{footer}</div>}
    </section>
  );
}
