import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { SymbolScreen } from '#components/market/symbol-screen.tsx';
import { symbol as symbolSchema } from '#domain/order/order.ts';
import { marketRepo } from '#lib/db/market.ts';
import { serverClient } from '#lib/db/server.ts';

type Props = { params: Promise<{ symbol: string }> };

async function load({ params }: Props) {
  const parsed = symbolSchema.safeParse((await params).symbol);
  return parsed.success ? marketRepo(await serverClient()).instrument(parsed.data) : null;
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const instrument = await load(props);
  return { title: instrument ? `${instrument.nameKo} ${instrument.symbol}` : undefined } as Metadata;
}

export default async function SymbolPage(props: Props) {
  const instrument = await load(props);
  if (!instrument) notFound();
  return <SymbolScreen key={instrument.symbol} instrument={instrument} />;
}
