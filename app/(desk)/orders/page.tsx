import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { OrdersScreen } from '#components/order/orders-screen.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('orders'))('title') };
}

export default function OrdersPage() {
  return <OrdersScreen />;
}
