import type { NumberNode } from './expression.ts';
import { type Fault, pathText } from './fault.ts';
import type { BarField } from './schema.ts';

/** What every step of a compilation shares: the parameters to fill in, and where faults and fields are written down. */
export interface CompileScope {
  readonly params: Readonly<Record<string, number>>;
  readonly faults: Fault[];
  /** Collects the bar fields that are read, so that data without them is refused before the run. */
  readonly fields: Set<BarField>;
  readonly allowsPosition: boolean;
  /** The document decides before the close: of the current bar only the open is known, so all else reads the bar before it. */
  readonly isBeforeClose: boolean;
  /** What other parameter sets of the same document have shown; absent when it is compiled once. */
  readonly known?: KnownDocument;
}

export interface KnownDocument {
  /** It has compiled without a fault: what does not depend on parameters need not be looked at again. */
  isProved: boolean;
  /** By the place in the document, then by the values of the parameters that are read there. */
  readonly indicators: Map<unknown, { readonly params: readonly string[]; readonly nodes: Map<string | number, KnownIndicator> }>;
}
export interface KnownIndicator {
  readonly node: NumberNode;
  readonly fields: ReadonlySet<BarField>;
}

export type Path = readonly PropertyKey[];
export type Json = Readonly<Record<string, unknown>>;
/** `compileNumber`, handed to the kinds of operand that hold operands themselves. */
export type CompileOperand = (value: unknown, path: Path, scope: CompileScope) => NumberNode | null;

/** Levels of nesting; a level takes two parts of a path (`args`, `0`). */
export const MAX_DEPTH = 40;

/** Writes a fault down; null, so that the caller can return it as its answer. */
export function fault(scope: CompileScope, path: Path, code: string, ko: string, en: string): null {
  scope.faults.push({ code, path: pathText(path), ko, en });
  return null;
}

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

export const includes = <T extends string>(names: readonly T[], value: unknown): value is T =>
  (names as readonly unknown[]).includes(value);

/** A misspelt key would be ignored in silence: it is a fault instead. */
export function checkKeys(value: Json, allowed: readonly string[], path: Path, scope: CompileScope): void {
  if (scope.known?.isProved) return;
  for (const key of Object.keys(value)) {
    if (!allowed.includes(key))
      fault(
        scope,
        [...path, key],
        'unknown_field',
        `모르는 항목 '${key}'입니다. 쓸 수 있는 항목: ${allowed.join(', ')}.`,
        `Unknown field '${key}'. Allowed here: ${allowed.join(', ')}.`,
      );
  }
}
