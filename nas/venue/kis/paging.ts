import { padded } from './codes.ts';

export interface Page<T> {
  readonly rows: readonly T[];
  readonly more: boolean;
  readonly first: boolean;
  /** Both cursors, padded with blanks to 100 characters as KIS sends them. */
  readonly cursors: { ctx_area_fk100: string; ctx_area_nk100: string };
}

/**
 * One page after the row named by the cursor. A following page is asked for with header `tr_cont: N`; without it the first page
 * comes, whatever the cursor says. The cursor is also filled on the last page: only the header tells the end.
 */
export function pageOf<T>(
  all: readonly T[],
  request: { size: number; trCont: string; cursor: string; filter: string; keyOf: (row: T) => string },
): Page<T> {
  const key = request.cursor.trim();
  const first = request.trCont !== 'N' || key === '';
  const start = first ? 0 : all.findIndex((row) => request.keyOf(row) === key) + 1;
  const rows = all.slice(start, start + request.size);
  const more = start + request.size < all.length;
  const last = rows.at(-1);
  const nextKey = last && (more || !first) ? request.keyOf(last) : '';
  return { rows, more, first, cursors: { ctx_area_fk100: padded(request.filter, 100), ctx_area_nk100: padded(nextKey, 100) } };
}
