'use client';
import { Minus, Plus } from 'lucide-react';
import { type ComponentProps, useState } from 'react';
import { cn } from './class-names.ts';
import { fieldClasses } from './input.tsx';

type Props = Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'type'> & {
  /** Null while nothing is typed. */
  value: number | null;
  onValueChange: (value: number | null) => void;
  /** What ↑, ↓ and the two buttons lead to. Without it there are no buttons. */
  onStep?: (direction: 1 | -1) => void;
  /** Words of the two buttons. */
  stepLabels?: { up: string; down: string };
  unit?: string;
};

const grouped = (value: number | null) => (value === null ? '' : value.toLocaleString('ko-KR'));

/** Whole numbers with thousands separators; ↑ and ↓ step. */
export function NumberInput({ value, onValueChange, onStep, stepLabels, unit, className, disabled, ...props }: Props) {
  const [draft, setDraft] = useState<string | null>(null);
  const stepClasses = 'flex w-9 shrink-0 items-center justify-center text-muted hover:text-text disabled:opacity-50 [&_svg]:size-3.5';
  return (
    <div
      className={cn(
        fieldClasses,
        'flex items-stretch p-0 focus-within:outline-2 focus-within:outline-focus',
        disabled && 'opacity-60',
        className,
      )}
    >
      {onStep && (
        <button
          type="button"
          tabIndex={-1}
          className={cn(stepClasses, 'border-line border-r')}
          disabled={disabled}
          onClick={() => onStep(-1)}
          aria-label={stepLabels?.down}
        >
          <Minus aria-hidden />
        </button>
      )}
      <input
        {...props}
        type="text"
        inputMode="numeric"
        autoComplete="off"
        disabled={disabled}
        value={draft ?? grouped(value)}
        className="num min-w-0 flex-1 bg-transparent px-2 text-right text-sm outline-none placeholder:text-faint"
        onChange={(event) => {
          const digits = event.target.value.replaceAll(/[^\d]/g, '').slice(0, 15);
          const next = digits === '' ? null : Number(digits);
          setDraft(grouped(next));
          onValueChange(next);
        }}
        onBlur={() => setDraft(null)}
        onKeyDown={(event) => {
          if (onStep && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
            event.preventDefault();
            setDraft(null);
            onStep(event.key === 'ArrowUp' ? 1 : -1);
          }
          props.onKeyDown?.(event);
        }}
      />
      {unit && (
        <span className="flex shrink-0 items-center pr-2.5 text-muted text-xs" aria-hidden>
          {unit}
        </span>
      )}
      {onStep && (
        <button
          type="button"
          tabIndex={-1}
          className={cn(stepClasses, 'border-line border-l')}
          disabled={disabled}
          onClick={() => onStep(1)}
          aria-label={stepLabels?.up}
        >
          <Plus aria-hidden />
        </button>
      )}
    </div>
  );
}
