import type { BrokerOrder } from '#nas/brokers/port.ts';

/** What the rows of one list that change or cancel other orders say about those orders. */
export interface Changes {
  /** Shares that live on under another number after a change (정정) of this order. */
  movedFrom(brokerOrderId: string): number;
  /** Shares of this order that were taken back, whichever row tells it: its own or those of the cancels (KIS reference §11.8). */
  cancelledOf(row: BrokerOrder): number;
  /** A change whose shares traded or may still trade; a cancel's own row never does. */
  isLive(row: BrokerOrder): boolean;
  /** The nearest order of ours that this row changes, over changes that are no rows of ours; null for a new order. */
  ancestorOf(row: BrokerOrder): string | null;
  /** Where the shares of an order are; null while the list does not show it. Not accounted: some may be in a change nobody claims. */
  sharesOf(brokerOrderId: string): { readonly isFilled: boolean; readonly isAccounted: boolean } | null;
}

/** `known`: numbers that are rows of ours. */
export function changesIn(rows: readonly BrokerOrder[], known: { has(brokerOrderId: string): boolean }): Changes {
  const byNumber = new Map(rows.map((row) => [row.brokerOrderId, row]));
  const isLive = (row: BrokerOrder) => row.isCancel !== true && row.leavesQuantity + row.cumQuantity > 0;
  const ancestorOf = (row: BrokerOrder): string | null => {
    let number = row.originalOrderId;
    // A broken list could go round in circles: no chain is longer than the list.
    for (let steps = 0; number !== null && !known.has(number) && steps < rows.length; steps += 1)
      number = byNumber.get(number)?.originalOrderId ?? null;
    return number;
  };
  const moved = new Map<string, number>();
  const unclaimed = new Set<string>();
  for (const row of rows) {
    if (row.originalOrderId === null || !isLive(row)) continue;
    const from = ancestorOf(row) ?? row.originalOrderId;
    if (row.isApiOrder && !known.has(row.brokerOrderId)) unclaimed.add(from);
    moved.set(from, (moved.get(from) ?? 0) + row.quantity);
  }
  const takenBack = new Map<string, number>();
  for (const { isCancel, originalOrderId, cancelledQuantity } of rows) {
    if (isCancel && originalOrderId !== null) takenBack.set(originalOrderId, (takenBack.get(originalOrderId) ?? 0) + cancelledQuantity);
  }
  const cancelledOf = (row: BrokerOrder) => Math.max(row.cancelledQuantity, takenBack.get(row.brokerOrderId) ?? 0);
  const movedFrom = (brokerOrderId: string) => moved.get(brokerOrderId) ?? 0;
  return {
    movedFrom,
    cancelledOf,
    isLive,
    ancestorOf,
    sharesOf(brokerOrderId) {
      const row = byNumber.get(brokerOrderId);
      if (!row) return null;
      const told = row.cumQuantity + row.leavesQuantity + cancelledOf(row) + row.rejectedQuantity + movedFrom(brokerOrderId);
      return { isFilled: row.cumQuantity === row.quantity, isAccounted: told === row.quantity && !unclaimed.has(brokerOrderId) };
    },
  };
}
