'use client';
import { useTranslations } from 'next-intl';
import { useDesk } from '#components/desk/desk-context.tsx';
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx';
import { RiskLimitsForm } from './risk-limits-form.tsx';

/** Limits a person sets against their own haste. */
export function RiskLimitsCard() {
  const t = useTranslations('settings.risk');
  const { user } = useDesk();
  return (
    <Card>
      <CardHeader title={t('title')} />
      <CardBody>
        <p className="mb-4 text-muted text-sm">{t('help')}</p>
        <RiskLimitsForm userId={user.id} />
      </CardBody>
    </Card>
  );
}
