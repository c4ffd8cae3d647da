/** `npm run bench -- <name>`: measured figures as JSON lines, each with its baseline from the same run. */

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The named thing it was measured against in the same run, and that thing's own value in the same unit. */
  readonly baseline: { readonly name: string; readonly value: number } | null;
  /** What else the same run showed, each with its unit in its name. */
  readonly details?: Readonly<Record<string, number>>;
}
export type Bench = (report: (figure: Figure) => void) => Promise<void>;

/** Each bench is loaded only when asked for, so that one with heavy needs does not hinder the others. */
const BENCHES: Readonly<Record<string, () => Promise<{ bench: Bench }>>> = {
  agreement: () => import('./sweep/agreement.ts'),
  backtest: () => import('./backtest/bench.ts'),
  fleet: () => import('./fleet.ts'),
  halt: () => import('./halt.ts'),
  orders: () => import('./orders/bench.ts'),
  pairs: () => import('./sweep/pairs.ts'),
  'pairs-alone': async () => ({ bench: (await import('./sweep/pairs.ts')).alone }),
  'sets-alone': async () => ({ bench: (await import('./sweep/pairs.ts')).setsAlone }),
};

const [name] = process.argv.slice(2);
const load = name ? BENCHES[name] : undefined;
if (!load) {
  process.stderr.write(`usage: npm run bench -- <${Object.keys(BENCHES).join('|')}>\n`);
  process.exitCode = 2;
} else {
  const { bench } = await load();
  const rounded = (_key: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
  await bench((figure) => process.stdout.write(`${JSON.stringify(figure, rounded)}\n`));
}
