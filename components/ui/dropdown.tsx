'use client';
import { DropdownMenu as Radix } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './class-names.ts';

export const Dropdown = Radix.Root;
export const DropdownTrigger = Radix.Trigger;

export function DropdownContent({ className, ...props }: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        align="end"
        sideOffset={6}
        className={cn('z-50 min-w-48 rounded-lg border bg-raised p-1 shadow-float', className)}
        {...props}
      />
    </Radix.Portal>
  );
}

export function DropdownItem({ className, ...props }: ComponentProps<typeof Radix.Item>) {
  return (
    <Radix.Item
      className={cn(
        'flex cursor-pointer select-none items-center gap-2 rounded-md px-2.5 py-1.5 text-sm outline-none data-disabled:cursor-not-allowed data-disabled:text-faint data-highlighted:bg-brand-soft [&_svg]:size-4',
        className,
      )}
      {...props}
    />
  );
}

export function DropdownLabel({ className, ...props }: ComponentProps<typeof Radix.Label>) {
  return <Radix.Label className={cn('px-2.5 py-1.5 text-muted text-xs', className)} {...props} />;
}

export function DropdownSeparator() {
  return <Radix.Separator className="my-1 h-px bg-line" />;
}
