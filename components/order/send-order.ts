import type { OrderView } from '#lib/db/orders.ts';

export interface OrderWish {
  readonly accountId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly priceType: 'limit' | 'market';
  readonly price: number | null;
  /** Reserved for this moment when the market is closed. */
  readonly sendAt: string | null;
}

export type SendResult =
  | { readonly kind: 'placed'; readonly order: OrderView; readonly isReplay: boolean }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly order: OrderView | null }
  /** Nobody answered: the order may be in. The same key may be sent again and places it at most once. */
  | { readonly kind: 'unheard' };

const PATIENCE_MS = 15_000;

async function post(body: unknown): Promise<SendResult> {
  try {
    const answer = await fetch('/api/trading', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const json = (await answer.json()) as { order?: OrderView; replayed?: boolean; error?: { code: string; message: string } };
    if (json.error && answer.status < 500)
      return { kind: 'refused', code: json.error.code, message: json.error.message, order: json.order ?? null };
    if (answer.ok && json.order) return { kind: 'placed', order: json.order, isReplay: json.replayed ?? false };
    return { kind: 'unheard' };
  } catch {
    return { kind: 'unheard' };
  }
}

/** Sends a wish under its key. A repeat with the same key is safe. */
export function sendOrder(wish: OrderWish, intentKey: string, allowDuplicate: boolean): Promise<SendResult> {
  return post({
    action: wish.side,
    stockCode: wish.symbol,
    quantity: wish.quantity,
    price: wish.price,
    priceType: wish.priceType,
    accountId: wish.accountId,
    intentKey,
    allowDuplicate,
    ...(wish.sendAt ? { sendAt: wish.sendAt } : {}),
  });
}

/** Asks for the cancel of what is left of an order, or of a part of it. */
export function cancelOrder(orderId: string, quantity: number | null = null): Promise<SendResult> {
  return post({ action: 'cancel', orderId, quantity });
}

/** Asks for another price of a working order, under its key. A repeat with the same key is safe. */
export function replaceOrder(
  change: { readonly orderId: string; readonly price: number; readonly quantity: number | null },
  intentKey: string,
): Promise<SendResult> {
  return post({ action: 'replace', ...change, priceType: 'limit', intentKey });
}
