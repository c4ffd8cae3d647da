import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { RealtimeChannel, SupabaseClient } from '@supabase/supabase-js';
import { accountMask, sealCredentials } from '#lib/credentials/account-credentials.ts';
import { accountRepo } from '#lib/db/accounts.ts';
import { ordersTopic } from '#lib/realtime/topics.ts';
import { signIn } from '../../stack/sign-in.ts';
import type { RunningStack } from '../../stack/start-stack.ts';

export interface BenchAccount {
  readonly id: string;
  readonly accountNumber: string;
}
/** What one order took, in milliseconds of performance.now. */
export interface PlacedOrder {
  readonly intentKey: string;
  readonly accountNumber: string;
  readonly quantity: number;
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly acknowledgedAt: number;
}
type Look = (event: string, payload: Record<string, unknown>) => void;

/** A signed-in person of the demo with accounts of their own, who hears their private channel. */
export interface Trader {
  readonly userId: string;
  readonly accounts: readonly BenchAccount[];
  /** Resolves with the moment a message that fits arrived on the owner's channel. */
  heard(fits: (event: string, payload: Record<string, unknown>) => boolean): Promise<number>;
  /** Places a resting buy and waits for the broker's yes on the channel. */
  place(account: BenchAccount, symbol: { code: string; price: number }, quantity: number): Promise<PlacedOrder>;
  close(): Promise<void>;
}

const PATIENCE_MS = 20_000;

/** Signs in and opens `count` paper accounts, each with keys of its own, as on the accounts page. */
export async function openTrader(stack: RunningStack, count: number): Promise<Trader> {
  const { client, userId } = await signIn(stack, 'trader1');
  const looks = new Set<Look>();
  const channel = client.channel(ordersTopic(userId), { config: { private: true } });
  channel.on('broadcast', { event: '*' }, ({ event, payload }) => {
    for (const look of looks) look(event, payload as Record<string, unknown>);
  });
  await subscribed(channel);
  const accounts = await Promise.all(Array.from({ length: count }, () => openAccount(stack, client, userId)));
  const heard: Trader['heard'] = (fits) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing heard on the channel for ${PATIENCE_MS} ms`)), PATIENCE_MS);
      const look: Look = (event, payload) => {
        if (!fits(event, payload)) return;
        clearTimeout(timer);
        looks.delete(look);
        resolve(performance.now());
      };
      looks.add(look);
    });
  return {
    userId,
    accounts,
    heard,
    async place({ id, accountNumber }, symbol, quantity) {
      const key = randomUUID();
      const acknowledged = heard(
        (_, order) => order.intent_key === key && (order.order_status === 'accepted' || order.order_status === 'denied'),
      );
      const askedAt = performance.now();
      const { data, error } = await client.rpc('place_order', {
        p_account_id: id,
        p_stock_code: symbol.code,
        p_side: 'buy',
        p_quantity: quantity,
        p_price_type: 'limit',
        p_price: symbol.price,
        p_intent_key: key,
        p_body_hash: key,
        p_allow_duplicate: true,
      });
      const answeredAt = performance.now();
      if (error) throw new Error(`place_order: ${error.message}`);
      if (data.denial) throw new Error(`place_order denied: ${JSON.stringify(data.denial)}`);
      return { intentKey: key, accountNumber, quantity, askedAt, answeredAt, acknowledgedAt: await acknowledged };
    },
    async close() {
      await client.removeAllChannels();
    },
  };
}

async function openAccount(stack: RunningStack, client: SupabaseClient, userId: string): Promise<BenchAccount> {
  const credentials = {
    appKey: `PS${randomBytes(17).toString('hex')}`,
    appSecret: randomBytes(135).toString('base64').slice(0, 180),
    accountNumber: String(randomInt(50_000_000, 59_999_999)),
    productCode: '01',
    htsId: `b${randomBytes(4).toString('hex')}`,
  };
  const answer = await fetch(`${stack.venueRestUrl}/_venue/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-venue-token': stack.venueControlToken },
    body: JSON.stringify({ environment: 'paper', ...credentials, cash: 1_000_000_000_000 }),
  });
  if (!answer.ok) throw new Error(`the venue opened no account: HTTP ${answer.status}`);
  const repo = accountRepo(client);
  const key = await repo.activeSealingKey();
  if (!key) throw new Error('the fleet has published no sealing key');
  const accountId = randomUUID();
  const context = { userId, accountId, brokerType: 'kis', isPaper: true, keyId: key.keyId };
  await repo.saveCredentials({
    accountId,
    broker: 'kis',
    label: 'bench',
    mask: accountMask(credentials.accountNumber, credentials.productCode),
    isPaper: true,
    sealed: await sealCredentials(key.publicKey, context, credentials),
    keyId: key.keyId,
  });
  return { id: accountId, accountNumber: credentials.accountNumber };
}

function subscribed(channel: RealtimeChannel): Promise<void> {
  return new Promise((resolve, reject) => {
    channel.subscribe((status, error) => {
      if (status === 'SUBSCRIBED') resolve();
      else if (status !== 'CLOSED') reject(error ?? new Error(`channel: ${status}`));
    });
  });
}
