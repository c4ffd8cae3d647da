'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useDesk } from '#components/desk/desk-context.tsx';
import { useAction } from '#components/desk/use-action.ts';
import { Button } from '#components/ui/button.tsx';
import { Notice } from '#components/ui/states.tsx';
import { type PermissionView, permissionRow, platformRepo } from '#lib/db/platform.ts';
import { useDb, useRealtime } from '#lib/realtime/context.tsx';
import { permissionsTopic } from '#lib/realtime/topics.ts';
import { useReading } from '#lib/realtime/use-reading.ts';
import { useTopic } from '#lib/realtime/use-topic.ts';

/** Tells who signed up without an invitation why nothing can be ordered yet, and asks for the right. Goes when it is given. */
export function NoRightsNotice({ initial }: { initial: PermissionView | null }) {
  const t = useTranslations('dashboard.noRights');
  const db = useDb();
  const { userId } = useRealtime();
  const { user } = useDesk();
  const [permission, setPermission] = useState(initial);
  const [isAsked, setIsAsked] = useState(false);
  const { isBusy, run } = useAction();
  const { reread, overlay } = useReading(() => platformRepo(db).permission(), setPermission);
  useTopic(permissionsTopic(userId), { permission_changed: permissionRow }, ({ payload }) => overlay(() => setPermission(payload)), reread);
  if (user.isAdmin || permission?.canPaperTrade || permission?.canRealTrade) return null;
  const ask = async () => {
    if (await run(() => platformRepo(db).requestPermission({ can_paper_trade: true }, ''))) setIsAsked(true);
  };
  return (
    <Notice tone="warn" className="mb-4">
      <p>{t('body')}</p>
      {isAsked ? (
        <p className="mt-1">{t('asked')}</p>
      ) : (
        <Button size="sm" className="mt-2" isBusy={isBusy} onClick={() => void ask()}>
          {t('ask')}
        </Button>
      )}
    </Notice>
  );
}
