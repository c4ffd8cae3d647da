import { z } from 'zod';
import { open, type Sealed, seal } from './hpke.ts';

/** What a person types in for one broker account; it exists in the clear in their browser and in the trading service's memory only. */
export const accountCredentials = z.strictObject({
  appKey: z.string().trim().min(20).max(200),
  appSecret: z.string().trim().min(20).max(400),
  /** KIS 계좌번호 앞 8자리 (CANO). */
  accountNumber: z.string().regex(/^\d{8,12}$/),
  /** KIS 계좌상품코드 뒤 2자리 (ACNT_PRDT_CD). */
  productCode: z.string().regex(/^\d{2}$/),
  /** HTS ID, needed for order notices. */
  htsId: z.string().trim().min(1).max(40).optional(),
});
export type AccountCredentials = z.infer<typeof accountCredentials>;

export const sealedCredentials = z.strictObject({
  v: z.literal(1),
  kid: z.string().min(1).max(64),
  enc: z.string().min(1).max(200),
  ct: z.string().min(1).max(8_000),
});

/** Everything that decides whose money the keys can move. It is authenticated with the ciphertext: change one and it will not open. */
export interface CredentialContext {
  readonly userId: string;
  readonly accountId: string;
  readonly brokerType: string;
  readonly isPaper: boolean;
  readonly keyId: string;
}

/** user | account | broker | real or paper | key id. */
export function credentialAad(context: CredentialContext): string {
  const { userId, accountId, brokerType, isPaper, keyId } = context;
  return [userId, accountId, brokerType, isPaper ? 'paper' : 'real', keyId].join('|');
}

/** Seals an account's credentials to the fleet's key. Runs in the browser; the result goes to `save_credentials` as `p_sealed`. */
export async function sealCredentials(
  publicKey: string,
  context: CredentialContext,
  credentials: z.input<typeof accountCredentials>,
): Promise<Sealed> {
  const checked = accountCredentials.parse(credentials);
  return seal({ keyId: context.keyId, publicKey }, credentialAad(context), JSON.stringify(checked));
}

/** Opens them; throws when they were sealed for another person, account, broker, environment or key. */
export async function openCredentials(privateKey: CryptoKey, context: CredentialContext, sealed: Sealed): Promise<AccountCredentials> {
  return accountCredentials.parse(JSON.parse(await open(privateKey, credentialAad(context), sealed)));
}

/** What screens show of an account number: `5012****-01`. */
export function accountMask(accountNumber: string, productCode: string): string {
  return `${accountNumber.slice(0, 4)}${'*'.repeat(Math.max(0, accountNumber.length - 4))}-${productCode}`;
}
