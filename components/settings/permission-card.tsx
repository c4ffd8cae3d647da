'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { useDesk } from '#components/desk/desk-context.tsx';
import { formatNumber, formatTime, formatWon } from '#components/numbers/format.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx';
import { Dialog, DialogActions, DialogContent } from '#components/ui/dialog.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Textarea } from '#components/ui/input.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { type PermissionView, permissionRow, platformRepo } from '#lib/db/platform.ts';
import { useDb, useRealtime } from '#lib/realtime/context.tsx';
import { permissionsTopic } from '#lib/realtime/topics.ts';
import { useReading } from '#lib/realtime/use-reading.ts';
import { useTopic } from '#lib/realtime/use-topic.ts';

/** What a person may trade and up to which limits; only an administrator raises them. */
export function PermissionCard({ initial }: { initial: PermissionView | null }) {
  const t = useTranslations('settings');
  const db = useDb();
  const { userId } = useRealtime();
  const { locale } = useDesk();
  const [permission, setPermission] = useState(initial);
  const [isAsking, setIsAsking] = useState(false);
  const [reason, setReason] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const { reread, overlay } = useReading(() => platformRepo(db).permission(), setPermission);
  useTopic(permissionsTopic(userId), { permission_changed: permissionRow }, ({ payload }) => overlay(() => setPermission(payload)), reread);
  const ask = async () => {
    setIsBusy(true);
    try {
      await platformRepo(db).requestPermission({ can_real_trade: true }, reason.trim());
      setIsAsking(false);
      toast.success(t('asked'));
    } catch {
      toast.error(t('askFailed'));
    } finally {
      setIsBusy(false);
    }
  };
  const won = (amount: number | null) => (amount === null ? t('nothing') : formatWon(amount, locale));
  return (
    <Card>
      <CardHeader
        title={t('permission')}
        actions={
          permission && !permission.canRealTrade ? (
            <Button size="sm" onClick={() => setIsAsking(true)}>
              {t('askReal')}
            </Button>
          ) : undefined
        }
      />
      {permission ? (
        <CardBody>
          <div className="flex gap-2">
            <Badge tone={permission.canPaperTrade ? 'ok' : 'danger'}>{t(permission.canPaperTrade ? 'paperYes' : 'paperNo')}</Badge>
            <Badge tone={permission.canRealTrade ? 'real' : 'neutral'}>{t(permission.canRealTrade ? 'realYes' : 'realNo')}</Badge>
          </div>
          <dl className="num mt-4 flex flex-col gap-1.5 text-sm">
            {(
              [
                ['dailyLimit', won(permission.dailyTradeLimit)],
                ['positionLimit', won(permission.maxPositionSize)],
                ['orderLimit', formatNumber(permission.dailyOrderLimit)],
                ['expires', permission.limitsExpireAt ? formatTime(permission.limitsExpireAt) : t('never')],
              ] as const
            ).map(([name, value]) => (
              <div key={name} className="flex justify-between">
                <dt className="text-muted">{t(name)}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </CardBody>
      ) : (
        <EmptyState title={t('noPermission')}>{t('noPermissionBody')}</EmptyState>
      )}
      <Dialog open={isAsking} onOpenChange={setIsAsking}>
        <DialogContent title={t('askReal')} description={t('askBody')}>
          <FormField label={t('reason')}>
            {(control) => <Textarea {...control} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />}
          </FormField>
          <DialogActions>
            <Button variant="primary" isBusy={isBusy} disabled={reason.trim() === ''} onClick={ask}>
              {t('send')}
            </Button>
          </DialogActions>
        </DialogContent>
      </Dialog>
    </Card>
  );
}
