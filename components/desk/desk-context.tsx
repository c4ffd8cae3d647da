'use client';
import { useLocale } from 'next-intl';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { type MarketState, marketStateAt } from '#components/market/market-state.ts';
import { type AccountView, accountRepo, accountRow, type BalanceView, balanceRow } from '#lib/db/accounts.ts';
import { type OrderView, orderRepo, orderRow } from '#lib/db/orders.ts';
import {
  type HaltLevel,
  type HaltView,
  haltRow,
  type PlatformSettings,
  platformRepo,
  type SessionView,
  settingsRow,
} from '#lib/db/platform.ts';
import { type PositionView, positionRepo, positionRow } from '#lib/db/positions.ts';
import type { Locale } from '#lib/i18n/locale.ts';
import { useDb, useRealtime } from '#lib/realtime/context.tsx';
import { accountsTopic, balancesTopic, ordersTopic, PLATFORM_TOPIC, permissionsTopic, positionsTopic } from '#lib/realtime/topics.ts';
import { useNow } from '#lib/realtime/use-now.ts';
import { useReading } from '#lib/realtime/use-reading.ts';
import { useTopic } from '#lib/realtime/use-topic.ts';
import { ACCOUNT_COOKIE } from './account-cookie.ts';
import { effectiveHalt, upsertNewer } from './live-rows.ts';

export interface DeskData {
  readonly user: { readonly id: string; readonly email: string; readonly displayName: string; readonly isAdmin: boolean };
  readonly accounts: readonly AccountView[];
  readonly selectedAccountId: string | null;
  readonly settings: PlatformSettings;
  readonly halts: readonly HaltView[];
  readonly sessions: readonly SessionView[];
  readonly orders: readonly OrderView[];
  readonly positions: readonly PositionView[];
  readonly balances: readonly BalanceView[];
}

interface Desk extends Omit<DeskData, 'selectedAccountId'> {
  /** The account every list and the ticket work on; null while there is none. */
  readonly account: AccountView | null;
  readonly balance: BalanceView | null;
  readonly selectAccount: (id: string) => void;
  readonly halt: HaltLevel;
  readonly locale: Locale;
  /** Puts an answer of the server on the screen before its message arrives. */
  readonly showOrder: (order: OrderView) => void;
  readonly showHalt: (halt: HaltView) => void;
  /** Reads everything again; a failure is told by `staleSince`. */
  readonly reload: () => Promise<void>;
  /** Since when what is shown may be overtaken, ms since the epoch: it could not be read again. Null while it is fresh. */
  readonly staleSince: number | null;
}
const DeskContext = createContext<Desk | null>(null);

/** Everything the desk shows live: read once with the page, moved by messages, read again after every reconnect. */
export function DeskProvider({ initial, children }: { initial: DeskData; children: ReactNode }) {
  const db = useDb();
  const { userId } = useRealtime();
  const locale = useLocale() as Locale;
  const [selectedId, setSelectedId] = useState(initial.selectedAccountId);
  const [accounts, setAccounts] = useState(initial.accounts);
  const [settings, setSettings] = useState(initial.settings);
  const [halts, setHalts] = useState(initial.halts);
  const [orders, setOrders] = useState(initial.orders);
  const [positions, setPositions] = useState(initial.positions);
  const [balances, setBalances] = useState(initial.balances);

  const read = () =>
    Promise.all([
      accountRepo(db).list(),
      orderRepo(db).list({ limit: 200 }),
      positionRepo(db).list(),
      accountRepo(db).balances(),
      platformRepo(db).settings(),
      platformRepo(db).halts(),
    ]);
  const reading = useReading(read, ([nextAccounts, nextOrders, nextPositions, nextBalances, nextSettings, nextHalts]) => {
    setAccounts(nextAccounts);
    setOrders((shown) => nextOrders.reduce<readonly OrderView[]>(upsertNewer, shown));
    setPositions(nextPositions);
    setBalances(nextBalances);
    setSettings(nextSettings);
    setHalts(nextHalts);
  });
  const { reread: reload, overlay: show, staleSince } = reading;
  const showOrder = useCallback((order: OrderView) => setOrders((shown) => upsertNewer(shown, order)), []);

  useTopic(ordersTopic(userId), { order_changed: orderRow }, ({ payload }) => showOrder(payload), reload);
  useTopic(positionsTopic(userId), { position_changed: positionRow }, ({ payload }) =>
    show(() => setPositions((shown) => upsertNewer(shown, payload))),
  );
  useTopic(balancesTopic(userId), { balance_changed: balanceRow }, ({ payload }) =>
    show(() => setBalances((shown) => [...shown.filter((row) => row.accountId !== payload.accountId), payload])),
  );
  useTopic(accountsTopic(userId), { account_changed: accountRow }, ({ payload }) =>
    show(() =>
      setAccounts((shown) =>
        shown.some((row) => row.id === payload.id) ? shown.map((row) => (row.id === payload.id ? payload : row)) : [...shown, payload],
      ),
    ),
  );
  const showHalt = useCallback(
    (halt: HaltView) =>
      show(() => setHalts((shown) => [...shown.filter((row) => row.scope !== halt.scope || row.scopeId !== halt.scopeId), halt])),
    [show],
  );
  useTopic(
    PLATFORM_TOPIC,
    { settings_changed: settingsRow.transform((settings) => ({ settings })), halt_changed: haltRow.transform((halt) => ({ halt })) },
    ({ payload }) => {
      if ('settings' in payload) show(() => setSettings(payload.settings));
      else showHalt(payload.halt);
    },
  );
  // A person's own halt is nobody else's business, so it comes on their own topic.
  useTopic(permissionsTopic(userId), { halt_changed: haltRow }, ({ payload }) => showHalt(payload));

  const active = accounts.filter((row) => row.isActive);
  const account = active.find((row) => row.id === selectedId) ?? active[0] ?? null;
  const accountId = account?.id ?? null;
  const selectAccount = useCallback((id: string) => {
    // biome-ignore lint/suspicious/noDocumentCookie: the server reads the choice with the next page; cookieStore is missing in some browsers.
    document.cookie = `${ACCOUNT_COOKIE}=${id}; path=/; max-age=31536000; samesite=lax`;
    setSelectedId(id);
  }, []);

  const desk = useMemo<Desk>(
    () => ({
      user: initial.user,
      sessions: initial.sessions,
      accounts,
      settings,
      halts,
      orders,
      positions,
      balances,
      account: accounts.find((row) => row.id === accountId) ?? null,
      balance: balances.find((row) => row.accountId === accountId) ?? null,
      selectAccount,
      halt: effectiveHalt(halts, { userId, account: accounts.find((row) => row.id === accountId) ?? null }),
      locale,
      showOrder,
      showHalt,
      reload,
      staleSince,
    }),
    [
      initial.user,
      initial.sessions,
      accounts,
      settings,
      halts,
      orders,
      positions,
      balances,
      accountId,
      selectAccount,
      userId,
      locale,
      showOrder,
      showHalt,
      reload,
      staleSince,
    ],
  );
  return <DeskContext value={desk}>{children}</DeskContext>;
}

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error('useDesk outside DeskProvider');
  return desk;
}

/** Whether the market takes orders now; null at the first paint, when the browser's clock is not read yet. */
export function useMarketState(): MarketState | null {
  const { sessions } = useDesk();
  const now = useNow(5_000);
  return useMemo(() => (now === null ? null : marketStateAt(sessions, now)), [sessions, now]);
}
