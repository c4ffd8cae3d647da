import { registerHooks } from 'node:module';

/** Wrong trading services. Each must make the run fail; `no-lease-check` alters the database as well. */
export const MUTANTS = ['resend-on-timeout', 'no-lease-check', 'notices-added', 'absent-after-one-page', 'stale-halt'] as const;
export type Mutant = (typeof MUTANTS)[number];

const at = (path: string) => new URL(`../../../${path}`, import.meta.url).href;
const stand = (name: string) => new URL(`./stand-ins/${name}.ts`, import.meta.url).href;

/** Always: the doors of the submit path, so that a process can be struck at each of them. */
const DOORS = {
  [at('lib/db/fleet/trading.ts')]: stand('trading-repo'),
  [at('lib/db/fleet/gate-facts.ts')]: stand('gate-facts'),
  [at('nas/brokers/open-account.ts')]: stand('open-account'),
};
const WRONG: Partial<Record<Mutant, Record<string, string>>> = {
  'no-lease-check': { [at('nas/trading/instance.ts')]: stand('immortal-instance') },
  'absent-after-one-page': {
    [at('lib/domain/order/fingerprint.ts')]: stand('hasty-absence'),
    [at('nas/trading/account/holdings.ts')]: stand('believing-ledger'),
  },
  'stale-halt': { [at('nas/trading/halts.ts')]: stand('stale-halts') },
};

/** From now on, whoever loads a production module gets its stand-in, which alone gets the original. */
export function replaceModules(mutant: Mutant | null): void {
  const replaced: Record<string, string> = { ...DOORS, ...(mutant && WRONG[mutant]) };
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const replacement = replaced[found.url];
      return replacement && context.parentURL !== replacement ? { ...found, url: replacement } : found;
    },
  });
}
