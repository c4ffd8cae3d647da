'use client';
import { useEffect, useState } from 'react';
import { useDesk } from '#components/desk/desk-context.tsx';
import { type OrderFacts, riskRepo } from '#lib/db/order-facts.ts';
import { useDb } from '#lib/realtime/context.tsx';

/** Typing and a burst of messages ask once. */
const SETTLE_MS = 250;

/** What the gate knows of the chosen account and a symbol, read again whenever orders, positions or cash moved; null until it is known. */
export function useOrderFacts(symbol: string): OrderFacts | null {
  const db = useDb();
  const { account, orders, positions, balance } = useDesk();
  const accountId = account?.isReady ? account.id : null;
  const [known, setKnown] = useState<{ key: string; facts: OrderFacts } | null>(null);
  const key = `${accountId}|${symbol}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a moved order, position or balance is why the facts are read again.
  useEffect(() => {
    if (accountId === null) return;
    let isOver = false;
    const timer = setTimeout(() => {
      riskRepo(db)
        .orderFacts(accountId, symbol)
        .then(
          (facts) => !isOver && setKnown({ key, facts }),
          () => !isOver && setKnown(null), // advice only: the database decides when the order is sent
        );
    }, SETTLE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [db, accountId, symbol, key, orders, positions, balance]);
  return known?.key === key ? known.facts : null;
}
