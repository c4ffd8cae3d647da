import { padded } from './codes.ts';

/** How a page is cut wrongly; see `faults/kinds.ts`. */
export type PageFault = 'short_page' | 'shifted_page' | 'unmarked_page';

export interface Page<T> {
  readonly rows: readonly T[];
  readonly more: boolean;
  readonly first: boolean;
  readonly isUnmarked: boolean;
  /** Both cursors, padded with blanks to 100 characters as KIS sends them. */
  readonly cursors: { ctx_area_fk100: string; ctx_area_nk100: string };
}

/**
 * One page after the row named by the cursor. A following page is asked for with header `tr_cont: N`; without it the first page
 * comes, whatever the cursor says. The cursor is also filled on the last page: only the header tells the end.
 */
export function pageOf<T>(
  all: readonly T[],
  request: { size: number; trCont: string; cursor: string; filter: string; keyOf: (row: T) => string; fault: PageFault | null },
): Page<T> {
  const key = request.cursor.trim();
  const first = request.trCont !== 'N' || key === '';
  const after = first ? 0 : all.findIndex((row) => request.keyOf(row) === key) + 1;
  const start = request.fault === 'shifted_page' ? Math.max(0, after - 1) : after;
  const size = request.fault === 'short_page' ? Math.max(1, Math.floor(request.size / 3)) : request.size;
  const rows = all.slice(start, start + size);
  const more = start + size < all.length;
  const last = rows.at(-1);
  const nextKey = last && (more || !first) ? request.keyOf(last) : '';
  const isUnmarked = request.fault === 'unmarked_page';
  return { rows, more, first, isUnmarked, cursors: { ctx_area_fk100: padded(request.filter, 100), ctx_area_nk100: padded(nextKey, 100) } };
}
