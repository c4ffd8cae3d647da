import { z } from 'zod';
import type { Fault } from '#domain/strategy/fault.ts';
import type { StrategyDocument } from '#domain/strategy/schema.ts';

/** More than this is a search for luck, and a result that nobody can look through. */
export const MAX_CELLS = 100_000;
/** Lattice points that are looked at while constraints take most of them away. */
const MAX_POINTS = 5_000_000;

const COMPARE = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '!=': (a: number, b: number) => a !== b,
} as const;

/** What a grid search walks: for each parameter a part of the document's range, and what must hold between two of them. */
export const gridSpec = z.strictObject({
  /** What is left out stays as the document has it; `min` = `max` holds a parameter still. */
  params: z
    .record(z.string(), z.strictObject({ min: z.number().optional(), max: z.number().optional(), step: z.number().positive().optional() }))
    .default({}),
  /** `fast < slow`. */
  where: z
    .array(z.strictObject({ left: z.string(), op: z.enum(['<', '<=', '>', '>=', '!=']), right: z.string() }))
    .max(20)
    .default([]),
});
export type GridSpec = z.input<typeof gridSpec>;
type Constraint = z.output<typeof gridSpec>['where'][number];

interface Axis {
  readonly name: string;
  /** Ascending. */
  readonly values: readonly number[];
}

/** Every set of parameters of a search. The same document and spec give the same cells at the same places. */
export interface Grid {
  /** By name: the order of keys in a document does not survive a database, so it decides nothing. */
  readonly axes: readonly Axis[];
  readonly size: number;
  /** For each cell its place in the whole lattice, ascending; the last axis varies fastest. */
  readonly points: Int32Array;
}
type Gridded = { readonly ok: true; readonly grid: Grid } | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * The lattice of a document's parameters, narrowed by `spec`, in lexicographic order (axes by name, values ascending), without the
 * points that break a constraint. At most `MAX_CELLS` cells.
 */
export function gridOf(params: StrategyDocument['params'], spec: GridSpec = {}): Gridded {
  const { params: narrowed = {}, where = [] } = spec;
  const faults = specFaults(params, narrowed, where);
  if (faults.length > 0) return { ok: false, faults };
  const ranges = Object.entries(params)
    .map(([name, param]) => ({ name, range: { min: param.min, max: param.max, step: param.step, ...narrowed[name] } }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const lattice = ranges.reduce((product, { range }) => product * stepsOf(range), 1);
  if (lattice > MAX_POINTS) return { ok: false, faults: [tooLarge(lattice)] };
  const axes = ranges.map(({ name, range }) => ({ name, values: valuesOf(range) }));
  const points = pointsWhere(axes, lattice, where);
  if (points.length > MAX_CELLS) return { ok: false, faults: [tooLarge(points.length)] };
  if (points.length === 0) return { ok: false, faults: [NO_CELLS] };
  return { ok: true, grid: { axes, size: points.length, points: Int32Array.from(points) } };
}

/** The parameters of a cell, 0 … size − 1. */
export function cellAt(grid: Grid, cell: number): Record<string, number> {
  return Object.fromEntries(stepsAt(grid, cell).map((step, a) => [grid.axes[a]!.name, grid.axes[a]!.values[step]!]));
}

/** Where on each axis a cell lies. */
export function stepsAt({ axes, points, size }: Grid, cell: number): number[] {
  if (!Number.isInteger(cell) || cell < 0 || cell >= size) throw new RangeError(`cell ${cell} of a grid of ${size}`);
  return stepsOfPoint(axes, points[cell]!);
}

function stepsOfPoint(axes: readonly Axis[], point: number): number[] {
  const steps = new Array<number>(axes.length);
  let rest = point;
  for (let a = axes.length - 1; a >= 0; a -= 1) {
    const { length } = axes[a]!.values;
    steps[a] = rest % length;
    rest = Math.floor(rest / length);
  }
  return steps;
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** A range whose end is a rounding error short of a whole step still has that step: 0.1, 0.2, 0.3. */
function stepsOf({ min, max, step }: Range): number {
  return Math.floor((max - min) / step + 1e-9) + 1;
}

/** Values as people write them, with the decimals of the first and of the step: 0.1 + 2 × 0.1 is 0.3, −4.7 + 5 × 0.94 is 0. */
function valuesOf(range: Range): number[] {
  const { min, max, step } = range;
  const decimals = Math.max(decimalsOf(min), decimalsOf(step));
  // + 0: a rounding error below zero would be −0.
  return Array.from({ length: stepsOf(range) }, (_, k) => Math.min(max, Number((min + k * step).toFixed(decimals)) + 0));
}

/** Digits behind the point in the shortest form of a number, which may have an exponent; `toFixed` takes up to 100. */
function decimalsOf(value: number): number {
  const [digits = '', exponent = '0'] = String(value).split('e');
  return Math.min(100, Math.max(0, (digits.split('.')[1] ?? '').length - Number(exponent)));
}

function pointsWhere(axes: readonly Axis[], lattice: number, where: readonly Constraint[]): number[] {
  const axisOf = (name: string) => axes.findIndex((axis) => axis.name === name);
  const rules = where.map(({ left, op, right }) => ({ holds: COMPARE[op], left: axisOf(left), right: axisOf(right) }));
  const points: number[] = [];
  for (let point = 0; point < lattice; point += 1) {
    const steps = stepsOfPoint(axes, point);
    const value = (a: number) => axes[a]!.values[steps[a]!]!;
    if (rules.every(({ holds, left, right }) => holds(value(left), value(right)))) points.push(point);
  }
  return points;
}

function specFaults(params: StrategyDocument['params'], narrowed: NonNullable<GridSpec['params']>, where: readonly Constraint[]): Fault[] {
  const faults: Fault[] = [];
  if (Object.keys(params).length === 0)
    faults.push({
      code: 'no_params',
      path: 'params',
      ko: '이 전략에는 매개변수가 없어 찾을 것이 없습니다. 전략에 매개변수를 만드세요.',
      en: 'This strategy has no parameters, so there is nothing to search. Give it some.',
    });
  for (const name of [...Object.keys(narrowed), ...where.flatMap(({ left, right }) => [left, right])]) {
    if (!Object.hasOwn(params, name))
      faults.push({
        code: 'param_unknown',
        path: `grid.${name}`,
        ko: `이 전략에는 '${name}' 매개변수가 없습니다.`,
        en: `This strategy has no parameter '${name}'.`,
      });
  }
  for (const [name, param] of Object.entries(params)) {
    const { min, max, step } = { ...param, ...narrowed[name] };
    if (![min, max, step].every(Number.isFinite) || !(min <= max) || !(step > 0))
      faults.push({
        code: 'param_range',
        path: `grid.${name}`,
        ko: `'${name}'의 범위가 잘못되었습니다 (${min}–${max}, 간격 ${step}). 최솟값은 최댓값 이하, 간격은 0보다 커야 합니다.`,
        en: `The range of '${name}' is wrong (${min}–${max} by ${step}). The minimum must not be above the maximum, the step must be above 0.`,
      });
    else if (min < param.min || max > param.max)
      faults.push({
        code: 'param_outside',
        path: `grid.${name}`,
        ko: `'${name}'의 ${min}–${max}은(는) 허용 범위 ${param.min}–${param.max} 밖입니다.`,
        en: `${min}–${max} of '${name}' is outside the allowed range ${param.min}–${param.max}.`,
      });
  }
  return faults;
}

function tooLarge(cells: number): Fault {
  return {
    code: 'grid_too_large',
    path: 'grid',
    ko: `조합이 ${cells}개입니다. 최대 ${MAX_CELLS}개까지 가능합니다. 범위를 줄이거나 간격을 넓히세요.`,
    en: `There are ${cells} combinations; at most ${MAX_CELLS} can be searched. Narrow the ranges or widen the steps.`,
  };
}

const NO_CELLS: Fault = {
  code: 'grid_empty',
  path: 'grid',
  ko: '조건을 만족하는 조합이 없습니다. 조건이나 범위를 고치세요.',
  en: 'No combination meets the conditions. Mend the conditions or the ranges.',
};
