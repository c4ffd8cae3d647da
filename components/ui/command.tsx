'use client';
import { Command as Cmdk } from 'cmdk';
import type { ComponentProps } from 'react';
import { cn } from './class-names.ts';

export const Command = Cmdk;
export const CommandList = ({ className, ...props }: ComponentProps<typeof Cmdk.List>) => (
  <Cmdk.List className={cn('max-h-80 overflow-y-auto p-1', className)} {...props} />
);
export const CommandInput = ({ className, ...props }: ComponentProps<typeof Cmdk.Input>) => (
  <Cmdk.Input
    className={cn('h-11 w-full border-b bg-transparent px-4 text-sm outline-none placeholder:text-faint', className)}
    {...props}
  />
);
export const CommandEmpty = ({ className, ...props }: ComponentProps<typeof Cmdk.Empty>) => (
  <Cmdk.Empty className={cn('p-6 text-center text-muted text-sm', className)} {...props} />
);
export const CommandGroup = ({ className, ...props }: ComponentProps<typeof Cmdk.Group>) => (
  <Cmdk.Group
    className={cn(
      '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-muted [&_[cmdk-group-heading]]:text-xs',
      className,
    )}
    {...props}
  />
);
export const CommandItem = ({ className, ...props }: ComponentProps<typeof Cmdk.Item>) => (
  <Cmdk.Item
    className={cn(
      'flex cursor-pointer items-center gap-2 rounded-md px-2.5 py-2 text-sm data-[selected=true]:bg-brand-soft [&_svg]:size-4',
      className,
    )}
    {...props}
  />
);
