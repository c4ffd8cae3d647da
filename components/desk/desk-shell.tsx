import 'server-only';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { TooltipProvider } from '#components/ui/tooltip.tsx';
import { accountRepo } from '#lib/db/accounts.ts';
import { orderRepo } from '#lib/db/orders.ts';
import { platformRepo } from '#lib/db/platform.ts';
import { positionRepo } from '#lib/db/positions.ts';
import { runtimeConfig, serverClient } from '#lib/db/server.ts';
import { AppError } from '#lib/errors.ts';
import { RealtimeProvider } from '#lib/realtime/context.tsx';
import { ACCOUNT_COOKIE } from './account-cookie.ts';
import { DatabaseNotReady } from './database-not-ready.tsx';
import { type DeskData, DeskProvider } from './desk-context.tsx';
import { ShellFrame } from './shell-frame.tsx';

/** The frame of every signed-in page: reads what the desk shows live, or says that the database is not ready. */
export async function DeskShell({ children }: { children: ReactNode }) {
  const data = await loadDesk();
  if (data === 'database_not_ready') return <DatabaseNotReady />;
  return (
    <RealtimeProvider config={runtimeConfig()} userId={data.user.id}>
      <DeskProvider initial={data}>
        <TooltipProvider delayDuration={300}>
          <ShellFrame>{children}</ShellFrame>
        </TooltipProvider>
      </DeskProvider>
    </RealtimeProvider>
  );
}

async function loadDesk(): Promise<DeskData | 'database_not_ready'> {
  const db = await serverClient();
  const { data } = await db.auth.getClaims();
  if (!data?.claims) redirect('/login');
  const userId = data.claims.sub;
  const platform = platformRepo(db);
  const seoulDay = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' }).format(new Date());
  try {
    const [profile, accounts, settings, halts, sessions, orders, working, positions, balances] = await Promise.all([
      platform.profile(userId),
      accountRepo(db).list(),
      platform.settings(),
      platform.halts(),
      platform.sessions(seoulDay),
      orderRepo(db).list({ limit: 100 }),
      orderRepo(db).working(),
      positionRepo(db).list(),
      accountRepo(db).balances(),
    ]);
    return {
      user: { id: userId, email: data.claims.email ?? '', displayName: profile?.displayName ?? '', isAdmin: profile?.isAdmin ?? false },
      accounts,
      selectedAccountId: (await cookies()).get(ACCOUNT_COOKIE)?.value ?? null,
      settings,
      halts,
      sessions,
      orders: [...orders, ...working.filter((row) => !orders.some((known) => known.id === row.id))],
      positions,
      balances,
    };
  } catch (error) {
    if (error instanceof AppError && error.code === 'database_not_ready') return 'database_not_ready';
    throw error;
  }
}
