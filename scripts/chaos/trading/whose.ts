const owners = new Map<string, string>();

/** Which account an order belongs to, as this process has read it. */
export function rememberOrders(accountId: string, orders: readonly { readonly id: string }[]): void {
  for (const { id } of orders) owners.set(id, accountId);
}

export function accountOfOrder(orderId: string): string | null {
  return owners.get(orderId) ?? null;
}
