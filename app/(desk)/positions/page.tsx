import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { PositionsScreen } from '#components/position/positions-screen.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('positions'))('title') };
}

export default function PositionsPage() {
  return <PositionsScreen />;
}
