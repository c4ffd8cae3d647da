import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { cn } from './class-names.ts';

const badgeVariants = cva('inline-flex items-center gap-1 whitespace-nowrap rounded px-1.5 py-0.5 font-medium text-2xs [&_svg]:size-3', {
  variants: {
    tone: {
      neutral: 'bg-sunken text-muted ring-1 ring-line ring-inset',
      brand: 'bg-brand-soft text-brand',
      ok: 'bg-ok-soft text-ok',
      warn: 'bg-warn-soft text-warn',
      danger: 'bg-danger-soft text-danger',
      up: 'bg-up-soft text-up',
      down: 'bg-down-soft text-down',
      paper: 'bg-paper-mode text-on-paper-mode',
      real: 'bg-danger-solid text-white',
    },
  },
  defaultVariants: { tone: 'neutral' },
});
export type BadgeTone = NonNullable<VariantProps<typeof badgeVariants>['tone']>;

export function Badge({ className, tone, ...props }: ComponentProps<'span'> & VariantProps<typeof badgeVariants>) {
  return <span className={cn(badgeVariants({ tone }), className)} {...props} />;
}
