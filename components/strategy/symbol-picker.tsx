'use client';
import { X } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useId, useMemo, useState } from 'react';
import { useInstruments } from '#components/market/use-instruments.ts';
import { Input, Label } from '#components/ui/input.tsx';

const CODE = /^[0-9A-Z]{6}$/;
const SHOWN = 8;

/** Chooses symbols by name or code; several codes can be pasted at once. */
export function SymbolPicker(props: {
  label: string;
  help?: string;
  value: readonly string[];
  onChange: (symbols: string[]) => void;
  max: number;
}) {
  const t = useTranslations('strategies.symbols');
  const locale = useLocale();
  const id = useId();
  const { instruments } = useInstruments();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const names = useMemo(
    () => new Map((instruments ?? []).map((row) => [row.symbol, locale === 'en' && row.nameEn ? row.nameEn : row.nameKo])),
    [instruments, locale],
  );
  const query = text.trim().toLowerCase();
  const found =
    query === ''
      ? []
      : (instruments ?? [])
          .filter((row) => !props.value.includes(row.symbol))
          .filter(
            (row) =>
              row.symbol.toLowerCase().startsWith(query) ||
              row.nameKo.toLowerCase().includes(query) ||
              row.nameEn.toLowerCase().includes(query),
          )
          .slice(0, SHOWN);
  const add = (codes: readonly string[]) => {
    props.onChange([...new Set([...props.value, ...codes])].slice(0, props.max));
    setText('');
    setActive(0);
  };
  const take = () => {
    const codes = text
      .toUpperCase()
      .split(/[\s,]+/)
      .filter((code) => CODE.test(code));
    if (codes.length > 0) add(codes);
    else if (found[active]) add([found[active].symbol]);
  };
  return (
    <div>
      <Label htmlFor={id}>{props.label}</Label>
      <div className="relative mt-1">
        <Input
          id={id}
          role="combobox"
          aria-expanded={found.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={found[active] ? `${id}-${found[active].symbol}` : undefined}
          aria-autocomplete="list"
          placeholder={t('placeholder')}
          autoComplete="off"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
          }}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
              event.preventDefault();
              setActive((at) => Math.max(0, Math.min(found.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1))));
            } else if (event.key === 'Enter') {
              event.preventDefault();
              take();
            } else if (event.key === 'Escape' && text !== '') {
              event.stopPropagation();
              setText('');
            }
          }}
        />
        <div
          id={`${id}-list`}
          role="listbox"
          aria-label={props.label}
          className={found.length > 0 ? 'absolute inset-x-0 top-full z-20 mt-1 rounded-lg border bg-raised p-1 shadow-float' : 'hidden'}
        >
          {found.map((row, at) => (
            <div
              key={row.symbol}
              id={`${id}-${row.symbol}`}
              role="option"
              tabIndex={-1}
              aria-selected={at === active}
              className={`flex cursor-pointer justify-between rounded-md px-2.5 py-1.5 text-sm ${at === active ? 'bg-brand-soft' : ''}`}
              onPointerDown={(event) => {
                event.preventDefault();
                add([row.symbol]);
              }}
            >
              <span>{names.get(row.symbol)}</span>
              <span className="num text-muted text-xs">
                {row.symbol} · {row.market}
              </span>
            </div>
          ))}
        </div>
      </div>
      {props.value.length > 0 && (
        <ul className="mt-2 flex max-h-32 flex-wrap gap-1.5 overflow-y-auto">
          {props.value.map((symbol) => (
            <li key={symbol} className="inline-flex items-center gap-1 rounded-md border bg-sunken py-0.5 pr-1 pl-2 text-xs">
              <span>
                {names.get(symbol) ?? symbol} {names.has(symbol) && <span className="num text-muted">{symbol}</span>}
              </span>
              <button
                type="button"
                className="rounded p-0.5 text-muted hover:text-text"
                aria-label={t('remove', { symbol: names.get(symbol) ?? symbol })}
                onClick={() => props.onChange(props.value.filter((code) => code !== symbol))}
              >
                <X className="size-3" aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      {props.help && <p className="mt-1 text-faint text-xs">{props.help}</p>}
    </div>
  );
}
