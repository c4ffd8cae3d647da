'use client';
import { Check } from 'lucide-react';
import { Checkbox as Radix } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './class-names.ts';

export function Checkbox({ className, ...props }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      className={cn(
        'flex size-4.5 shrink-0 items-center justify-center rounded border border-line-strong bg-sunken data-[state=checked]:border-brand data-[state=checked]:bg-brand data-[state=checked]:text-on-brand',
        className,
      )}
      {...props}
    >
      <Radix.Indicator>
        <Check className="size-3.5" aria-hidden />
      </Radix.Indicator>
    </Radix.Root>
  );
}
