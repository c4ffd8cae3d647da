import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { DashboardScreen } from '#components/dashboard/dashboard-screen.tsx';
import { deploymentRepo } from '#lib/db/deployments.ts';
import { platformRepo } from '#lib/db/platform.ts';
import { serverClient } from '#lib/db/server.ts';
import { strategyNames } from '#lib/db/strategy-names.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('shell'))('nav.home') };
}

export default async function DashboardPage() {
  const db = await serverClient();
  const [deployments, alerts, permission] = await Promise.all([
    deploymentRepo(db).active(),
    platformRepo(db).notifications(),
    platformRepo(db).permission(),
  ]);
  const names = await strategyNames(
    db,
    deployments.map((row) => row.strategyId),
  );
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' }).format(new Date());
  return (
    <DashboardScreen
      initial={{
        deployments: deployments.map((row) => ({ ...row, name: names.get(row.strategyId) ?? row.strategyId.slice(0, 8) })),
        alerts,
        permission,
        dayStart: `${day}T00:00:00+09:00`,
      }}
    />
  );
}
