import { useTranslations } from 'next-intl';
import { SkeletonRows } from '#components/ui/states.tsx';

export default function AdminLoading() {
  const t = useTranslations('common');
  return <SkeletonRows rows={8} label={t('loading')} />;
}
