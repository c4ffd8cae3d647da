'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useAction } from '#components/desk/use-action.ts';
import { formatTime } from '#components/numbers/format.ts';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { Table, Td, THead, Th, Tr } from '#components/ui/table.tsx';
import { type AdminUser, type AuditEntry, adminRepo } from '#lib/db/admin.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { nameOf } from './name-of.ts';

const PAGE = 50;

/** Who changed which right, limit, switch or key; nothing here can be changed. */
export function AuditPanel({ initial, users }: { initial: readonly AuditEntry[]; users: readonly AdminUser[] }) {
  const t = useTranslations('admin.audit');
  const db = useDb();
  const { isBusy, run } = useAction();
  const [entries, setEntries] = useState(initial);
  const [isEnd, setIsEnd] = useState(initial.length < PAGE);
  const more = () =>
    run(async () => {
      const next = await adminRepo(db).audit(entries.at(-1)?.id);
      setEntries((shown) => [...shown, ...next]);
      setIsEnd(next.length < PAGE);
    });
  const renew = () =>
    run(async () => {
      const newest = await adminRepo(db).audit();
      setEntries(newest);
      setIsEnd(newest.length < PAGE);
    });
  if (entries.length === 0) return <EmptyState title={t('empty')} />;
  return (
    <>
      <Table label={t('title')}>
        <THead>
          <tr>
            <Th>{t('at')}</Th>
            <Th>{t('who')}</Th>
            <Th>{t('what')}</Th>
            <Th>{t('whom')}</Th>
            <Th>{t('detail')}</Th>
          </tr>
        </THead>
        <tbody>
          {entries.map((entry) => (
            <Tr key={entry.id}>
              <Td className="num text-muted">{formatTime(entry.at)}</Td>
              <Td>{entry.actorId ? nameOf(users, entry.actorId) : t('system')}</Td>
              <Td className="font-mono text-xs">{entry.action}</Td>
              <Td className="text-muted">{nameOf(users, entry.subjectId || null)}</Td>
              <Td className="max-w-lg truncate font-mono text-faint text-xs" title={JSON.stringify(entry.detail)}>
                {JSON.stringify(entry.detail)}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      <div className="flex justify-center gap-2 p-3">
        <Button size="sm" isBusy={isBusy} onClick={() => void renew()}>
          {t('renew')}
        </Button>
        {!isEnd && (
          <Button size="sm" isBusy={isBusy} onClick={() => void more()}>
            {t('more')}
          </Button>
        )}
      </div>
    </>
  );
}
