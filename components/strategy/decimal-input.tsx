'use client';
import { type ComponentProps, useState } from 'react';
import { cn } from '#components/ui/class-names.ts';
import { fieldClasses } from '#components/ui/input.tsx';

type Props = Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'type'> & {
  /** Null while nothing is typed. */
  value: number | null;
  onValueChange: (value: number | null) => void;
  /** What is shown is the value times this: 100 for fractions shown as percent. */
  scale?: number;
  unit?: string;
};

/** Takes the noise of binary fractions off: 0.07 × 100 is shown as 7. */
const tidy = (value: number) => Number(value.toPrecision(10));

/** A number with decimals; what is typed stays as typed until the field is left. */
export function DecimalInput({ value, onValueChange, scale = 1, unit, className, ...props }: Props) {
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <div
      className={cn(
        fieldClasses,
        'flex items-stretch p-0 focus-within:outline-2 focus-within:outline-focus',
        props.disabled && 'opacity-60',
        className,
      )}
    >
      <input
        {...props}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        value={draft ?? (value === null ? '' : String(tidy(value * scale)))}
        className="num min-w-0 flex-1 bg-transparent px-2.5 text-right text-sm outline-none"
        onChange={(event) => {
          const text = event.target.value.replaceAll(/[^\d.]/g, '');
          setDraft(text);
          const typed = text === '' || text === '.' ? null : Number(text);
          if (typed === null || Number.isFinite(typed)) onValueChange(typed === null ? null : tidy(typed / scale));
        }}
        onBlur={(event) => {
          setDraft(null);
          props.onBlur?.(event);
        }}
      />
      {unit && (
        <span className="flex shrink-0 items-center pr-2.5 text-muted text-xs" aria-hidden>
          {unit}
        </span>
      )}
    </div>
  );
}
