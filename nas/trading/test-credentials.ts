import type { TradingRepo } from '#lib/db/fleet/trading.ts';
import { AppError } from '#lib/errors.ts';
import type { Log } from '#lib/log.ts';
import type { OpenedAccount, SealedAccount } from '#nas/brokers/open-account.ts';

export type CredentialState = 'ok' | 'bad_key' | 'wrong_environment' | 'wrong_account' | 'untested';
interface Finding {
  readonly state: CredentialState;
  readonly message: string;
  /** True proves, false un-proves, null leaves what was proved before. */
  readonly proved: boolean | null;
}

const OK: Finding = { state: 'ok', message: '연결을 확인했습니다. (The connection works.)', proved: true };
const UNREADABLE: Finding = {
  state: 'bad_key',
  message: '저장된 키를 열 수 없습니다. 키를 다시 입력하세요. (The stored keys cannot be opened. Enter them again.)',
  proved: false,
};
const BAD_KEY: Finding = {
  state: 'bad_key',
  message:
    '증권사가 앱키 또는 시크릿을 거절했습니다. 확인 후 다시 입력하세요. (The broker refused the app key or secret. Check and enter them again.)',
  proved: false,
};
const WRONG_ENVIRONMENT: Finding = {
  state: 'wrong_environment',
  message:
    '실전용 키와 모의투자용 키가 바뀌었습니다. 계좌 종류에 맞는 키로 새 계좌를 등록하세요. (The keys belong to the other environment, real or paper. Register a new account with matching keys.)',
  proved: false,
};
const WRONG_ACCOUNT: Finding = {
  state: 'wrong_account',
  message:
    '이 키로 조회할 수 없는 계좌번호입니다. 계좌번호와 상품코드를 확인하세요. (These keys do not reach this account number. Check number and product code.)',
  proved: false,
};
const NO_ANSWER: Finding = {
  state: 'untested',
  message:
    '증권사가 응답하지 않아 확인하지 못했습니다. 자동으로 다시 시도합니다. (The broker did not answer; we will try again by ourselves.)',
  proved: null,
};

/** KIS codes by what they say about credentials (KIS reference §6.4). */
const FINDINGS: readonly (readonly [RegExp, Finding])[] = [
  [/^EGW0200[47]$|^EGW00213$|^EGW2004$/, WRONG_ENVIRONMENT],
  [/^EGW001(0[1-9]|1[0-8])$/, BAD_KEY],
  [/^OPSQ200[012]$/, WRONG_ACCOUNT],
];

/**
 * Proves an account's keys against its own environment's host: a token and a balance. Only then may anything be sent for it.
 * Resolves false when the broker could not be asked: then it should be tried again.
 */
export async function testCredentials(deps: {
  readonly repo: TradingRepo;
  readonly open: (account: SealedAccount) => Promise<OpenedAccount>;
  readonly account: SealedAccount;
  readonly log: Log;
}): Promise<boolean> {
  const { repo, account, log } = deps;
  const { accountId } = account;
  const write = ({ state, message, proved }: Finding, opened?: OpenedAccount) =>
    repo.setCredentialState(accountId, {
      state,
      message,
      environmentProved: proved,
      appKeyTag: opened?.appKeyTag ?? null,
      accountMask: opened?.accountMask ?? null,
    });

  let opened: OpenedAccount;
  try {
    opened = await deps.open(account);
  } catch (error) {
    log.warn({ err: error, accountId }, 'credentials could not be opened');
    const isAboutKeys = !(error instanceof AppError && error.code === 'database_not_ready');
    await write(isAboutKeys ? UNREADABLE : NO_ANSWER);
    return isAboutKeys;
  }
  await repo.setCredentialState(accountId, { state: 'testing', message: '', environmentProved: null, appKeyTag: null, accountMask: null });
  try {
    await opened.broker.balance();
    await write(OK, opened);
    log.info({ accountId }, 'credentials proved');
    return true;
  } catch (error) {
    const finding = judge(error);
    log.warn(
      { accountId, state: finding.state, code: error instanceof AppError ? error.detail.code : undefined },
      'credentials not proved',
    );
    await write(finding, opened);
    return finding !== NO_ANSWER;
  } finally {
    await opened.broker.close();
  }
}

function judge(error: unknown): Finding {
  const code = error instanceof AppError ? String(error.detail.code ?? '') : '';
  return FINDINGS.find(([pattern]) => pattern.test(code))?.[1] ?? NO_ANSWER;
}
