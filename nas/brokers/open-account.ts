import type pg from 'pg';
import { accountMask, openCredentials, sealedCredentials } from '#lib/credentials/account-credentials.ts';
import type { SealingKey } from '#lib/credentials/key-file.ts';
import { brokerQuotas } from '#lib/db/fleet/broker-quotas.ts';
import { brokerTokens } from '#lib/db/fleet/broker-tokens.ts';
import { type FleetEnv, kisEndpoints } from '#lib/env/fleet.ts';
import { AppError } from '#lib/errors.ts';
import type { Log } from '#lib/log.ts';
import { appKeyTag } from './kis/auth.ts';
import { createKisBroker } from './kis/broker.ts';
import { systemClock } from './kis/clock.ts';
import { createGovernor, type Governor } from './kis/governor.ts';
import { LIMITS_VERSION, OUR_CALLS_PER_SECOND } from './kis/limits.ts';
import { sharedCalls } from './kis/shared-calls.ts';
import { paperOpener } from './paper/open.ts';
import type { Broker } from './port.ts';

/** An account as the fleet reads it: whose it is, where it says it belongs, and the ciphertext that proves it. */
export interface SealedAccount {
  readonly accountId: string;
  readonly userId: string;
  readonly brokerType: string;
  readonly isPaper: boolean;
  readonly keyId: string | null;
  readonly sealed: unknown;
  /** The lease's, where the caller holds one; a paper account is changed under it only. */
  readonly token?: number;
}
export interface OpenedAccount {
  readonly broker: Broker;
  readonly appKeyTag: string;
  readonly accountMask: string;
  /** Order notices need the HTS id; without it fills are found by inquiry only. */
  readonly hasNotices: boolean;
}

/**
 * Opens accounts for one process: credentials are decrypted here and live in memory only, everything that shares an app key shares
 * one token and one quota. Environment and host come from the authenticated context of the ciphertext: a row that was changed to the
 * other environment does not open.
 */
export function accountOpener(deps: { pool: pg.Pool; lockPool: pg.Pool; key: SealingKey; env: FleetEnv; log: Log }) {
  const tokenStore = brokerTokens(deps);
  const endpoints = kisEndpoints(deps.env);
  const governors = new Map<string, Governor>();
  const paper = paperOpener(deps);
  /** No credentials, no host, and never anything but paper. */
  function openPaper({ accountId, isPaper, token }: SealedAccount): OpenedAccount {
    if (!isPaper) throw new AppError('invalid_input', 'the paper broker trades no real money', { detail: { accountId } });
    return {
      broker: paper({ accountId, token }),
      appKeyTag: `paper:${accountId}`,
      accountMask: `****${accountId.slice(-4).toUpperCase()}`,
      hasNotices: true,
    };
  }

  function governorOf(tag: string, environment: 'real' | 'paper'): Governor {
    const name = `${environment}:${tag}`;
    const known = governors.get(name);
    if (known) return known;
    const set = deps.env.KIS_REQUESTS_PER_SECOND;
    const requestsPerSecond = set ?? OUR_CALLS_PER_SECOND[environment];
    const newKeyPerSecond = set ?? (environment === 'real' ? OUR_CALLS_PER_SECOND.newKey : requestsPerSecond); // paper is exempt
    const store = brokerQuotas(deps.pool, { tag, environment }, { version: LIMITS_VERSION, perSecond: requestsPerSecond, newKeyPerSecond });
    const source = sharedCalls({ store, requestsPerSecond: newKeyPerSecond, clock: systemClock, log: deps.log });
    const governor = createGovernor({ source, clock: systemClock });
    governors.set(name, governor);
    return governor;
  }

  return async function open(account: SealedAccount): Promise<OpenedAccount> {
    if (account.brokerType === 'paper') return openPaper(account);
    if (account.brokerType !== 'kis')
      throw new AppError('invalid_input', 'broker type is not served yet', { detail: { broker: account.brokerType } });
    const sealed = sealedCredentials.safeParse(account.sealed);
    if (!sealed.success)
      throw new AppError('invalid_input', 'credentials are not in the sealed form', { detail: { accountId: account.accountId } });
    if (sealed.data.kid !== deps.key.keyId) {
      throw new AppError('invalid_input', 'credentials were sealed to another key', {
        detail: { accountId: account.accountId, keyId: sealed.data.kid },
      });
    }
    const { userId, accountId, brokerType, isPaper } = account;
    const credentials = await openCredentials(
      deps.key.privateKey,
      { userId, accountId, brokerType, isPaper, keyId: deps.key.keyId },
      sealed.data,
    );
    const environment = isPaper ? 'paper' : 'real';
    const etns = await etnCodes(deps.pool);
    const tag = appKeyTag(credentials.appKey);
    const broker = createKisBroker({
      credentials,
      environment,
      endpoints: endpoints[environment],
      tokenStore,
      governor: governorOf(tag, environment),
      clock: systemClock,
      log: deps.log,
      isEtn: (symbol) => etns.has(symbol),
    });
    return {
      broker,
      appKeyTag: tag,
      accountMask: accountMask(credentials.accountNumber, credentials.productCode),
      hasNotices: credentials.htsId !== undefined,
    };
  };
}

/** Codes that KIS wants as `Q` + code. An ETN listed later is known when the account is opened the next time. */
async function etnCodes(pool: pg.Pool): Promise<ReadonlySet<string>> {
  const { rows } = await pool
    .query<{ code: string }>(`select stock_code as code from public.instruments where kind = 'etn'`)
    .catch((cause: unknown) => {
      throw new AppError('database_not_ready', 'instruments could not be read', { cause }); // says nothing about the keys
    });
  return new Set(rows.map((row) => row.code));
}
