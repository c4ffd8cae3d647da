import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { z } from 'zod';
import { OrderDetail } from '#components/order/order-detail.tsx';
import { orderRepo } from '#lib/db/orders.ts';
import { serverClient } from '#lib/db/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('orders'))('detail.title') };
}

export default async function OrderPage({ params }: { params: Promise<{ id: string }> }) {
  const id = z.uuid().safeParse((await params).id);
  if (!id.success) notFound();
  const orders = orderRepo(await serverClient());
  const [order, events] = await Promise.all([orders.byId(id.data), orders.events(id.data)]);
  if (!order) notFound();
  return <OrderDetail initial={order} initialEvents={events} initialFamily={await orders.family(order)} />;
}
