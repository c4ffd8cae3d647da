import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { AdminScreen } from '#components/admin/admin-screen.tsx';
import { adminRepo } from '#lib/db/admin.ts';
import { platformRepo } from '#lib/db/platform.ts';
import { serverClient } from '#lib/db/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('admin'))('title') };
}

/** To everybody but administrators this page does not exist; the database refuses their calls besides. */
export default async function AdminPage() {
  const db = await serverClient();
  const { data } = await db.auth.getClaims();
  const profile = data ? await platformRepo(db).profile(data.claims.sub) : null;
  if (!profile?.isAdmin) notFound();
  const repo = adminRepo(db);
  const [users, invitations, platform, heartbeats, audit] = await Promise.all([
    repo.users(),
    repo.invitations(),
    repo.platform(),
    repo.heartbeats(),
    repo.audit(),
  ]);
  return <AdminScreen users={users} invitations={invitations} platform={platform} heartbeats={heartbeats} audit={audit} />;
}
