import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { z } from 'zod';
import { LegacyStrategy } from '#components/strategy/legacy-strategy.tsx';
import { StrategyEditor } from '#components/strategy/strategy-editor.tsx';
import { preferenceRepo } from '#lib/db/preferences.ts';
import { serverClient } from '#lib/db/server.ts';
import { strategyRepo } from '#lib/db/strategies.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('strategies'))('title') };
}

export default async function StrategyPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  if (!z.uuid().safeParse(id).success) notFound();
  const db = await serverClient();
  const repo = strategyRepo(db);
  const strategy = await repo.byId(id);
  if (!strategy) notFound();
  const [saved, versions, datasets, settings] = await Promise.all([
    repo.document(id, strategy.latestVersion),
    repo.versions(id),
    repo.datasets(),
    preferenceRepo(db).investment(),
  ]);
  if (!saved || strategy.latestVersion === 0) return <LegacyStrategy strategy={strategy} document={saved?.document ?? null} />;
  return <StrategyEditor strategy={strategy} saved={saved} versions={versions} datasets={datasets} settings={settings} />;
}
