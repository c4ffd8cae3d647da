import type { Numeric, StrategyDraft } from '../schema.ts';
import type { KisFile } from './kis-file.ts';

type KisParams = NonNullable<KisFile['strategy']['params']>;
type Params = NonNullable<StrategyDraft['params']>;

/** Steps between a fraction's least and greatest value. */
const STEPS = 20;

/** Their parameters under names that a document may have; `params(draft)` gives those the draft reads. */
export function readKisParams(given: KisParams): {
  numeric: (value: string | number) => Numeric | null;
  params: (draft: unknown) => Params;
} {
  const names = new Map<string, string>();
  const all: Params = {};
  for (const [theirs, { default: standard, min, max, type, description }] of Object.entries(given)) {
    const name = freeName(theirs, all);
    names.set(theirs, name);
    const least = Math.min(min ?? standard, standard);
    const most = Math.max(max ?? standard, standard);
    const isWhole = type === 'int' || (type == null && [standard, least, most].every(Number.isInteger));
    const step = isWhole || most === least ? 1 : Number(((most - least) / STEPS).toPrecision(2));
    all[name] = { default: standard, min: least, max: most, step, ...(description ? { ko: description } : {}) };
  }
  return {
    numeric(value) {
      if (typeof value === 'number') return Number.isFinite(value) ? value : null;
      const [, name] = /^\$([A-Za-z_]\w*)$/.exec(value) ?? [];
      if (name !== undefined) return names.has(name) ? { param: names.get(name)! } : null;
      return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : null;
    },
    params(draft) {
      const read = paramsReadBy(draft);
      return Object.fromEntries(Object.entries(all).filter(([name]) => read.has(name)));
    },
  };
}

/** A document's names begin with a small letter and have 31 characters at most. */
function freeName(theirs: string, taken: Params): string {
  const plain = theirs.replace(/\W/g, '_').replace(/^[^a-z]+/i, '');
  const base = `${plain.charAt(0).toLowerCase()}${plain.slice(1)}`.slice(0, 27) || 'value';
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? base : `${base}_${n}`;
    if (!Object.hasOwn(taken, name)) return name;
  }
}

function paramsReadBy(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return found;
  if ('param' in value && typeof value.param === 'string') found.add(value.param);
  for (const part of Object.values(value)) paramsReadBy(part, found);
  return found;
}
