import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '#domain/canonical-json.ts';
import { hashOf, sha256Hex } from '#domain/hash.ts';
import { searchCells, searchGrid } from '#lib/testing/search-cells.ts';
import type { CellResult } from './cell-result.ts';
import { mergeCells, optimisationHash } from './merge.ts';

const grid = searchGrid({ fast: [2, 6, 1], slow: [10, 30, 5] }); // 25 cells
const cells = searchCells(
  grid,
  Array.from({ length: 25 }, (_, i) => ({ sharpe: Math.sqrt(i) - 2 })),
  Array.from({ length: 25 }, (_, i) => ({ sharpe: 1 / (i + 3) })),
);
const codes = (parts: readonly (readonly CellResult[])[]) => {
  const merged = mergeCells(grid, parts);
  return merged.ok ? [] : merged.faults.map((fault) => fault.code);
};

describe('the parts of a search', () => {
  test('merge to the same bytes and hash however they are cut and in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { minLength: 25, maxLength: 25 }), fc.shuffledSubarray(cells, { minLength: 25 }), (owner, order) => {
        const parts = Array.from({ length: 7 }, (_, part) => order.filter((_cell, i) => owner[i] === part));
        const merged = mergeCells(grid, parts);
        if (!merged.ok) throw new Error(merged.faults[0]!.en);
        expect(canonicalJson(merged.cells)).toBe(canonicalJson(cells));
        expect(optimisationHash(merged.cells)).toBe(optimisationHash(cells));
      }),
      { numRuns: 100 },
    );
  });

  test('are the same after a journey through JSON that turns their keys around', () => {
    const turned = cells.map(
      (cell) => Object.fromEntries(Object.entries(JSON.parse(JSON.stringify(cell))).reverse()) as unknown as CellResult,
    );
    const merged = mergeCells(grid, [turned]);
    expect(merged.ok && optimisationHash(merged.cells)).toBe(optimisationHash(cells));
  });

  test('are refused when some are missing, and the first is named', () => {
    const merged = mergeCells(grid, [cells.filter(({ cell }) => cell !== 7 && cell !== 20)]);
    expect(merged).toMatchObject({ ok: false, faults: [{ code: 'cells_missing', en: expect.stringMatching(/^2 results .* 7\./) }] });
  });

  test.each([
    { why: 'one that came twice', parts: [cells, [cells[3]!]], code: 'cell_twice' },
    { why: 'one beyond the grid', parts: [cells, [{ ...cells[3]!, cell: 25 }]], code: 'cell_strange' },
    { why: 'one without a place', parts: [cells, [{ ...cells[3]!, cell: 0.5 }]], code: 'cell_strange' },
    { why: 'one with the parameters of another', parts: [cells.with(3, { ...cells[3]!, params: cells[4]!.params })], code: 'cell_strange' },
    {
      why: 'one of a grid with more parameters',
      parts: [cells.with(3, { ...cells[3]!, params: { ...cells[3]!.params, wings: 1 } })],
      code: 'cell_strange',
    },
  ])('are refused with $why', ({ parts, code }) => {
    expect(codes(parts)).toContain(code);
  });

  test('have the hash of their canonical JSON in the grid’s order, and another when a figure moves by its last bit', () => {
    expect(optimisationHash(cells)).toBe(sha256Hex(canonicalJson(cells)));
    const nudged = cells.with(5, { ...cells[5]!, params: { ...cells[5]!.params, fast: 3 * (1 + Number.EPSILON) } });
    expect(hashOf(nudged)).not.toBe(optimisationHash(cells));
  });
});
