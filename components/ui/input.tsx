import type { ComponentProps } from 'react';
import { cn } from './class-names.ts';

export const fieldClasses =
  'h-9 w-full min-w-0 rounded-md border border-line-strong bg-field px-3 text-sm text-text placeholder:text-faint focus-visible:outline-offset-0 disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-danger';

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input className={cn(fieldClasses, className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea className={cn(fieldClasses, 'h-auto min-h-20 py-2', className)} {...props} />;
}

export function Label({ className, ...props }: ComponentProps<'label'>) {
  // biome-ignore lint/a11y/noLabelWithoutControl: the caller names the control by htmlFor.
  return <label className={cn('font-medium text-muted text-xs', className)} {...props} />;
}
