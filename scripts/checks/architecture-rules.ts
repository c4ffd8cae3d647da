import { posix } from 'node:path';
import { type Import, importsOf, lineAt, readSource, type SourceText } from '#scripts/checks/source-text.ts';

/** A broken arrow or a forbidden expression, as `file:line: message`. */
export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Path from the project's root → text. */
export type SourceFiles = ReadonlyMap<string, string>;

interface Loaded {
  readonly file: string;
  readonly source: SourceText;
  readonly imports: readonly (Import & { readonly target: string | null })[];
}

const ALIASES: readonly (readonly [string, string])[] = [
  ['#domain/', 'lib/domain/'],
  ['#lib/', 'lib/'],
  ['#components/', 'components/'],
  ['#nas/', 'nas/'],
  ['#supabase/', 'supabase/'],
  ['#scripts/', 'scripts/'],
];

/** The file an import names, from the root; null for packages. */
function targetOf(file: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(file), specifier));
  const alias = ALIASES.find(([prefix]) => specifier.startsWith(prefix));
  return alias ? posix.normalize(alias[1] + specifier.slice(alias[0].length)) : null;
}

const isTest = (file: string) => /\.(test|spec)\.tsx?$/.test(file) || file.startsWith('lib/testing/');
const within = (file: string | null, ...folders: readonly string[]) =>
  file !== null && folders.some((folder) => file === folder || file.startsWith(`${folder}/`));
const topFolder = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '');

/** The private doors of the database: they bypass row-level security, so only wiring outside the web may open them. */
const PRIVATE_DOORS = ['lib/db/service.ts', 'lib/db/fleet'] as const;

/** Checks every arrow of the house and the purity of the domain. Tests may load what they like but still may not climb out. */
export function checkArchitecture(files: SourceFiles): readonly Violation[] {
  const loaded = new Map<string, Loaded>();
  for (const [file, text] of files) {
    const source = readSource(text);
    const imports = importsOf(source).map((one) => ({ ...one, target: targetOf(file, one.specifier) }));
    loaded.set(file, { file, source, imports });
  }
  const violations = [...loaded.values()].flatMap((one) => [
    ...climbs(one),
    ...(isTest(one.file) ? [] : [...brokenArrows(one), ...impurities(one), ...reaches(one, loaded)]),
  ]);
  return violations.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

function climbs({ file, imports }: Loaded): readonly Violation[] {
  const top = topFolder(file);
  if (top === '' || within(file, 'supabase/functions')) return [];
  // Data (JSON) has no package import; code has.
  const isCode = (specifier: string) => specifier.startsWith('.') && !specifier.endsWith('.json');
  return imports
    .filter(({ specifier, target }) => isCode(specifier) && target !== null && topFolder(target) !== top)
    .map(({ line, specifier }) => ({ file, line, message: `'${specifier}' climbs out of ${top}/: use a package import (#…)` }));
}

/** Which direct imports a folder may not make, and why. */
function forbidden(file: string, { specifier, target, isTypeOnly }: Loaded['imports'][number]): string | null {
  if (within(file, 'lib/domain')) {
    const isOwn = within(target, 'lib/domain');
    return isOwn || specifier === 'zod' ? null : 'lib/domain is pure: it imports only itself and zod';
  }
  if (within(file, 'lib/use-cases')) {
    if (within(target, 'app', 'components')) return 'use-cases know no screens';
    if (within(target, 'lib/db', 'nas') && !isTypeOnly) return 'use-cases are handed repositories and brokers: import only their types';
    return null;
  }
  if (within(file, 'lib') && within(target, 'app', 'components', 'nas') && !(isTypeOnly && within(target, 'nas/brokers'))) {
    return 'lib never imports app, components or nas';
  }
  if (within(file, 'app', 'components') && within(target, 'nas')) return 'the web never imports nas';
  if (within(file, 'nas') && within(target, 'app', 'components')) return 'nas never imports screens';
  return null;
}

function brokenArrows({ file, imports }: Loaded): readonly Violation[] {
  return imports.flatMap((one) => {
    const why = forbidden(file, one);
    return why ? [{ file, line: one.line, message: `'${one.specifier}': ${why}` }] : [];
  });
}

/** Results must be equal in every engine and in every run (BACKTEST §2.11): exact operations only, no clock, no chance, no locale. */
const IMPURE: readonly (readonly [RegExp, string])[] = [
  [
    /\bMath\s*\.\s*(?!(?:abs|sqrt|floor|ceil|round|trunc|min|max|sign|imul|clz32|fround|[A-Z][A-Z0-9_]*)\b)\w+/g,
    'differs between engines or runs: use lib/domain/math.ts or pass it in',
  ],
  [/\*\*/g, 'differs between engines: multiply, or use lib/domain/math.ts'],
  [/\bDate\s*\.\s*now\b/g, 'no clock in the domain: pass the time in'],
  [/\bnew\s+Date\s*(?:\(\s*\)|(?![\s\w]*\())/g, 'no clock in the domain: pass the time in'],
  [/\bperformance\s*\./g, 'no clock in the domain: pass the time in'],
  [/(?<![.\w#'"])process\s*\./g, 'no process in the domain'],
  [/(?<![.\w])fetch\s*\(/g, 'no network in the domain'],
  [/(?<![.\w])(?:setTimeout|setInterval|queueMicrotask)\s*\(/g, 'no timers in the domain'],
  [/\bIntl\s*\.|\.\s*(?:localeCompare|toLocale\w+)\s*\(/g, 'locale data differs between engines: compare by code unit, format at the edge'],
  [/(?<![.\w])crypto\s*\./g, 'no randomness in the domain: pass it in'],
];

function impurities({ file, source }: Loaded): readonly Violation[] {
  if (!within(file, 'lib/domain')) return [];
  return IMPURE.flatMap(([pattern, why]) =>
    [...source.code.matchAll(pattern)].map((match) => ({
      file,
      line: lineAt(source.code, match.index),
      message: `'${match[0].trim()}': ${why}`,
    })),
  );
}

const DIRECTIVE = /^\s*(['"])use (client|server)\1/;
const directive = (one: Loaded | undefined) => one && DIRECTIVE.exec(one.source.withoutComments)?.[2];

/** The entry of a Web Worker runs in the browser like a client component, but nothing imports it: its name says so. */
const isWorker = (file: string) => within(file, 'components') && file.endsWith('-worker.ts');

/** What a web file must not load, however long the chain. */
function reaches(one: Loaded, loaded: ReadonlyMap<string, Loaded>): readonly Violation[] {
  const isWeb = within(one.file, 'app', 'components') || one.file === 'proxy.ts';
  if (!isWeb) return [];
  const isClient = directive(one) === 'client' || isWorker(one.file);
  return one.imports.flatMap((first) => {
    const chain = findChain(first, loaded, isClient);
    return chain ? [{ file: one.file, line: first.line, message: `reaches ${chain.join(' → ')}` }] : [];
  });
}

/** The shortest way from an import to something the web, or the browser, must not load; null when there is none. */
function findChain(first: Loaded['imports'][number], loaded: ReadonlyMap<string, Loaded>, isClient: boolean): readonly string[] | null {
  const seen = new Set<string>();
  let ways: readonly (readonly [Loaded['imports'][number], readonly string[]])[] = [[first, []]];
  while (ways.length > 0) {
    const longer: [Loaded['imports'][number], readonly string[]][] = [];
    for (const [step, before] of ways) {
      if (step.isTypeOnly) continue;
      const name = step.target ?? step.specifier;
      const way = [...before, name];
      // Direct imports of nas are told by the arrows; here is the long way round.
      if (within(name, ...PRIVATE_DOORS) || (before.length > 0 && within(step.target, 'nas'))) return way;
      if (isClient && (name === 'server-only' || name.startsWith('node:'))) return way;
      if (step.target === null || seen.has(step.target)) continue;
      seen.add(step.target);
      const next = loaded.get(step.target);
      // A client may call server actions: Next turns that import into a request.
      if (!next || (isClient && directive(next) === 'server')) continue;
      longer.push(...next.imports.map((one): [Loaded['imports'][number], readonly string[]] => [one, way]));
    }
    ways = longer;
  }
  return null;
}
