'use client';
import type { SupabaseClient } from '@supabase/supabase-js';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { z } from 'zod';
import { browserClient } from '#lib/db/browser.ts';
import { marketRepo, quoteRow } from '#lib/db/market.ts';
import type { RuntimeConfig } from '#lib/db/runtime-config.ts';
import { type LinkStatus, RealtimeHub } from './hub.ts';
import { QuoteStore } from './quote-store.ts';
import { quotesTopic } from './topics.ts';

interface Realtime {
  readonly client: SupabaseClient;
  readonly userId: string;
  readonly hub: RealtimeHub;
  readonly quotes: QuoteStore;
}
const RealtimeContext = createContext<Realtime | null>(null);

/** How often the interest in the visible symbols is renewed; it lives 30 s. */
const INTEREST_EVERY_MS = 20_000;
const quotesMessage = z.object({ quotes: z.array(quoteRow) });

/** One link and one quote store for everything below. */
export function RealtimeProvider({ config, userId, children }: { config: RuntimeConfig; userId: string; children: ReactNode }) {
  const [realtime] = useState(() => {
    const client = browserClient(config);
    return { client, hub: new RealtimeHub(client), quotes: new QuoteStore() };
  });
  useEffect(() => carryQuotes(realtime, userId), [realtime, userId]);
  const value = useMemo(() => ({ ...realtime, userId }), [realtime, userId]);
  return <RealtimeContext value={value}>{children}</RealtimeContext>;
}

/** Asks for what is visible, now and every 20 s, and feeds the store from the broadcast and from what the table holds. */
function carryQuotes({ client, hub, quotes }: Omit<Realtime, 'userId'>, userId: string): () => void {
  const market = marketRepo(client);
  const refresh = async () => {
    const wanted = quotes.wanted();
    if (wanted.symbols.length === 0 || document.visibilityState === 'hidden') return;
    // A failed read leaves the prices as they are; they turn grey by their age.
    await market.watch(wanted.symbols, wanted.books).catch(() => {});
    await market.quotes(wanted.symbols).then(
      (rows) => quotes.apply(rows),
      () => {},
    );
  };
  let soon: ReturnType<typeof setTimeout> | undefined;
  const refreshSoon = () => {
    clearTimeout(soon);
    soon = setTimeout(() => void refresh(), 50);
  };
  quotes.onInterestChange(refreshSoon);
  refreshSoon();
  const timer = setInterval(() => void refresh(), INTEREST_EVERY_MS);
  document.addEventListener('visibilitychange', refreshSoon);
  const leave = hub.listen(quotesTopic(userId), {
    onMessage: (_event, payload) => {
      const parsed = quotesMessage.safeParse(payload);
      if (parsed.success) quotes.apply(parsed.data.quotes);
    },
    onJoined: refreshSoon,
  });
  return () => {
    clearTimeout(soon);
    clearInterval(timer);
    document.removeEventListener('visibilitychange', refreshSoon);
    quotes.onInterestChange(() => {});
    leave();
  };
}

export function useRealtime(): Realtime {
  const value = useContext(RealtimeContext);
  if (!value) throw new Error('useRealtime outside RealtimeProvider');
  return value;
}

/** Acts as the signed-in person, in the browser. */
export function useDb(): SupabaseClient {
  return useRealtime().client;
}

const SERVER_STATUS: LinkStatus = { state: 'connecting', lastLiveAt: null, reconnects: 0 };

/** Whether messages arrive. */
export function useLink(): LinkStatus {
  const { hub } = useRealtime();
  return useSyncExternalStore(hub.watchStatus, hub.status, () => SERVER_STATUS);
}
