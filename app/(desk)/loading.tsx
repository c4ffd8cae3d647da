import { useTranslations } from 'next-intl';
import { SkeletonRows } from '#components/ui/states.tsx';

export default function DeskLoading() {
  const t = useTranslations('common');
  return <SkeletonRows rows={8} label={t('loading')} />;
}
