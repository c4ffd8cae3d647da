import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { UnknownScreen } from '#components/admin/unknown-screen.tsx';
import { platformRepo } from '#lib/db/platform.ts';
import { serverClient } from '#lib/db/server.ts';
import { unknownOrders } from '#lib/db/unknown-orders.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('admin.unknown'))('title') };
}

/** To everybody but administrators this page does not exist; the database refuses their calls besides. */
export default async function UnknownPage() {
  const db = await serverClient();
  const { data } = await db.auth.getClaims();
  const profile = data ? await platformRepo(db).profile(data.claims.sub) : null;
  if (!profile?.isAdmin) notFound();
  return <UnknownScreen initial={await unknownOrders(db)} />;
}
