'use client';
import { ToggleGroup as Radix } from 'radix-ui';
import { cn } from './class-names.ts';

export interface ToggleOption<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly className?: string;
}

/** Two to six choices side by side, one of them on. */
export function ToggleGroup<T extends string>(props: {
  value: T;
  onValueChange: (value: T) => void;
  options: readonly ToggleOption<T>[];
  label: string;
  className?: string;
}) {
  return (
    <Radix.Root
      type="single"
      value={props.value}
      aria-label={props.label}
      onValueChange={(value) => value && props.onValueChange(value as T)}
      className={cn('inline-flex rounded-md border bg-sunken p-0.5', props.className)}
    >
      {props.options.map((option) => (
        <Radix.Item
          key={option.value}
          value={option.value}
          className={cn(
            'flex-1 whitespace-nowrap rounded px-2.5 py-1 font-medium text-muted text-xs hover:text-text data-[state=on]:bg-surface data-[state=on]:text-text data-[state=on]:shadow-sm dark:data-[state=on]:bg-line',
            option.className,
          )}
        >
          {option.label}
        </Radix.Item>
      ))}
    </Radix.Root>
  );
}
