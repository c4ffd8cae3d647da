'use client';
import { useMemo, useState } from 'react';
import { canonicalJson } from '#domain/canonical-json.ts';
import { compileStrategy, type Program } from '#domain/strategy/compile.ts';
import type { Fault } from '#domain/strategy/fault.ts';
import { type StrategyDocument, strategyDocument } from '#domain/strategy/schema.ts';

export type ParamValues = Readonly<Record<string, number>>;

interface Edited {
  /** What the JSON view shows; the form writes it too, so both always speak of one document. */
  readonly text: string;
  /** Null while the text is no JSON. */
  readonly value: unknown;
  readonly jsonFault: Fault | null;
  /** What the form shows: complete, though a value in it may be refused. Null when the JSON has another shape. */
  readonly form: StrategyDocument | null;
  readonly params: ParamValues;
}

export interface Draft {
  readonly text: string;
  readonly params: ParamValues;
  /** What the form can show; null when the JSON has another shape. It may still have faults. */
  readonly document: StrategyDocument | null;
  /** The runnable form; null while there are faults. */
  readonly program: Program | null;
  readonly faults: readonly Fault[];
  readonly isChanged: boolean;
  faultsAt(path: string): readonly Fault[];
  setText(text: string): void;
  change(edit: (document: StrategyDocument) => StrategyDocument): void;
  setParam(name: string, value: number): void;
  /** Replaces everything, e.g. by an older version. */
  load(document: unknown, params: ParamValues): void;
}

/** How people write an expression; the database keeps no order of members. */
const MEMBER_ORDER = [
  'all',
  'any',
  'not',
  'left',
  'op',
  'right',
  'bars',
  'for',
  'within',
  'indicator',
  'output',
  'field',
  'param',
  'input',
  'args',
  'shift',
];

function inReadingOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inReadingOrder);
  if (value === null || typeof value !== 'object') return value;
  const rank = (name: string) => (MEMBER_ORDER.indexOf(name) + MEMBER_ORDER.length + 1) % (MEMBER_ORDER.length + 1);
  const members = Object.entries(value).sort(([a], [b]) => rank(a) - rank(b));
  return Object.fromEntries(members.map(([name, member]) => [name, inReadingOrder(member)]));
}

const pretty = (value: unknown) => JSON.stringify(inReadingOrder(shapeOf(value) ?? value), null, 2);
const shapeOf = (value: unknown) => strategyDocument.safeParse(value).data ?? null;
const edited = (value: unknown, params: ParamValues): Edited => ({
  text: pretty(value),
  value,
  jsonFault: null,
  form: shapeOf(value),
  params,
});

/** Why a text is no JSON, with the engine's own position when it gives one. */
export function jsonFaultOf(error: unknown): Fault {
  const where = /line (\d+) column (\d+)/.exec(error instanceof Error ? error.message : '');
  return {
    code: 'json',
    path: where ? `${where[1]}:${where[2]}` : '',
    ko: 'JSON으로 읽을 수 없습니다. 괄호, 따옴표, 쉼표를 확인하세요.',
    en: 'This is not JSON. Check brackets, quotes and commas.',
  };
}

function fromText(text: string, params: ParamValues): Edited {
  try {
    return { ...edited(JSON.parse(text) as unknown, params), text };
  } catch (error) {
    return { text, value: null, jsonFault: jsonFaultOf(error), form: null, params };
  }
}

/** Values that differ from the document's own, of parameters it still has: one for a parameter that is gone would be a fault nobody sees. */
function chosenParams(document: StrategyDocument | null, params: ParamValues): ParamValues {
  if (!document) return params;
  return Object.fromEntries(
    Object.entries(params).filter(([name, value]) => name in document.params && document.params[name]?.default !== value),
  );
}

/** The one value that the form, the sentences and the JSON view show and change. */
export function useDraft(saved: { document: unknown; params: ParamValues }): Draft {
  const [state, setState] = useState<Edited>(() => edited(saved.document, saved.params));
  const document = state.form;
  const params = useMemo(() => chosenParams(document, state.params), [document, state.params]);
  const compiled = useMemo(() => compileStrategy(state.value, params), [state.value, params]);
  const faults = state.jsonFault ? [state.jsonFault] : compiled.ok ? [] : compiled.faults;
  const isChanged = useMemo(
    () =>
      state.jsonFault !== null ||
      canonicalJson(state.value) !== canonicalJson(saved.document) ||
      canonicalJson(params) !== canonicalJson(saved.params),
    [state, params, saved.document, saved.params],
  );
  return {
    text: state.text,
    params,
    document,
    program: !state.jsonFault && compiled.ok ? compiled.program : null,
    faults,
    isChanged,
    faultsAt: (path) =>
      faults.filter((fault) => fault.path === path || fault.path.startsWith(`${path}.`) || fault.path.startsWith(`${path}[`)),
    setText: (text) => setState((now) => fromText(text, now.params)),
    change: (edit) => setState((now) => (now.form ? { ...edited(edit(now.form), now.params), form: edit(now.form) } : now)),
    setParam: (name, value) => setState((now) => ({ ...now, params: { ...now.params, [name]: value } })),
    load: (value, values) => setState(edited(value, values)),
  };
}
