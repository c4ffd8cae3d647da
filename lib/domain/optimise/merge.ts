import { canonicalJson } from '#domain/canonical-json.ts';
import { hashOf } from '#domain/hash.ts';
import type { Fault } from '#domain/strategy/fault.ts';
import type { CellResult } from './cell-result.ts';
import { cellAt, type Grid } from './grid.ts';

type Merged = { readonly ok: true; readonly cells: readonly CellResult[] } | { readonly ok: false; readonly faults: readonly Fault[] };

/** Puts the parts of a search together in the grid's order, whatever order they came in; each cell must be there exactly once. */
export function mergeCells(grid: Grid, parts: readonly (readonly CellResult[])[]): Merged {
  const cells = new Array<CellResult | undefined>(grid.size).fill(undefined);
  const faults: Fault[] = [];
  for (const result of parts.flat()) {
    const { cell, params } = result;
    if (!Number.isInteger(cell) || cell < 0 || cell >= grid.size) faults.push(strange(cell));
    else if (canonicalJson(params) !== canonicalJson(cellAt(grid, cell))) faults.push(strange(cell));
    else if (cells[cell] !== undefined) faults.push(twice(cell));
    else cells[cell] = result;
  }
  const missing = cells.indexOf(undefined);
  if (missing >= 0) faults.push(absent(missing, cells.filter((result) => result === undefined).length));
  return faults.length > 0 ? { ok: false, faults } : { ok: true, cells: cells as CellResult[] };
}

/** The identity of a search's outcome: SHA-256 of the canonical JSON of all its cells in the grid's order. */
export function optimisationHash(cells: readonly CellResult[]): string {
  return hashOf(cells);
}

const strange = (cell: number): Fault => ({
  code: 'cell_strange',
  path: `cells[${cell}]`,
  ko: `${cell}번 결과는 이 격자의 것이 아닙니다. 같은 전략과 범위로 다시 실행하세요.`,
  en: `Result ${cell} does not belong to this grid. Run it again with the same strategy and ranges.`,
});
const twice = (cell: number): Fault => ({
  code: 'cell_twice',
  path: `cells[${cell}]`,
  ko: `${cell}번 결과가 두 번 왔습니다. 조각이 겹치지 않는지 확인하세요.`,
  en: `Result ${cell} came twice. See that the chunks do not overlap.`,
});
const absent = (first: number, count: number): Fault => ({
  code: 'cells_missing',
  path: `cells[${first}]`,
  ko: `${first}번부터 결과 ${count}개가 없습니다. 빠진 조각을 다시 실행하세요.`,
  en: `${count} results are missing, the first is ${first}. Run the missing chunks again.`,
});
