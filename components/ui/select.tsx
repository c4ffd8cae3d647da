'use client';
import { Check, ChevronDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from './class-names.ts';
import { fieldClasses } from './input.tsx';

export interface SelectOption {
  readonly value: string;
  readonly label: ReactNode;
  readonly isDisabled?: boolean;
  /** A second, quiet line: why it is disabled, what it means. */
  readonly hint?: string;
}

type Props = {
  value: string;
  onValueChange: (value: string) => void;
  options: readonly SelectOption[];
  label: string;
  id?: string;
  placeholder?: string;
  className?: string;
  disabled?: boolean;
};

/** A list to choose one of. `label` is read to those who do not see it. Option values must not be empty. */
export function Select({ value, onValueChange, options, label, id, placeholder, className, disabled }: Props) {
  return (
    <Radix.Root value={value} onValueChange={onValueChange} disabled={disabled}>
      <Radix.Trigger
        id={id}
        aria-label={label}
        className={cn(fieldClasses, 'flex items-center justify-between gap-2 text-left [&>span]:truncate', className)}
      >
        <Radix.Value placeholder={placeholder} />
        <Radix.Icon>
          <ChevronDown className="size-4 text-muted" aria-hidden />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          className="z-50 max-h-80 min-w-(--radix-select-trigger-width) overflow-hidden rounded-lg border bg-raised shadow-float"
        >
          <Radix.Viewport className="p-1">
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                disabled={option.isDisabled}
                className="relative flex cursor-pointer select-none flex-col rounded-md py-1.5 pr-3 pl-7 text-sm outline-none data-disabled:cursor-not-allowed data-disabled:text-faint data-highlighted:bg-brand-soft"
              >
                <Radix.ItemText>{option.label}</Radix.ItemText>
                {option.hint && <span className="text-faint text-xs">{option.hint}</span>}
                <Radix.ItemIndicator className="absolute top-2 left-2">
                  <Check className="size-3.5 text-brand" aria-hidden />
                </Radix.ItemIndicator>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
