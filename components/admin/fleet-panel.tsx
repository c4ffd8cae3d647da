'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useDesk } from '#components/desk/desk-context.tsx';
import { StaleStrip } from '#components/desk/stale-strip.tsx';
import { formatAge, formatTime } from '#components/numbers/format.ts';
import { Badge } from '#components/ui/badge.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { Table, Td, THead, Th, Tr } from '#components/ui/table.tsx';
import { adminRepo, type Heartbeat, heartbeatRow } from '#lib/db/admin.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { FLEET_TOPIC } from '#lib/realtime/topics.ts';
import { useNow } from '#lib/realtime/use-now.ts';
import { useReading } from '#lib/realtime/use-reading.ts';
import { useTopic } from '#lib/realtime/use-topic.ts';

/** A service beats every 5 s; after four missed beats it is down. */
export const DOWN_AFTER_MS = 20_000;
/** An instance that has been silent this long was replaced by another. */
const GONE_AFTER_MS = 3_600_000;

/** Each process of the fleet and when it was last heard. */
export function FleetPanel({ initial }: { initial: readonly Heartbeat[] }) {
  const t = useTranslations('admin.fleet');
  const db = useDb();
  const now = useNow(1_000);
  const [beats, setBeats] = useState(initial);
  const { reread, overlay, staleSince } = useReading(() => adminRepo(db).heartbeats(), setBeats);
  useTopic(
    FLEET_TOPIC,
    { heartbeat_changed: heartbeatRow },
    ({ payload }) =>
      overlay(() =>
        setBeats((shown) => {
          const others = shown.filter((row) => row.service !== payload.service || row.instance !== payload.instance);
          return [...others, payload].sort((a, b) => (`${a.service} ${a.instance}` < `${b.service} ${b.instance}` ? -1 : 1));
        }),
      ),
    reread,
  );
  const recent = beats.filter((row) => now === null || now - Date.parse(row.beatAt) < GONE_AFTER_MS);
  return (
    <>
      <StaleStrip since={staleSince} />
      {recent.length === 0 ? <EmptyState title={t('empty')}>{t('emptyBody')}</EmptyState> : <FleetTable beats={recent} now={now} />}
    </>
  );
}

function FleetTable({ beats, now }: { beats: readonly Heartbeat[]; now: number | null }) {
  const t = useTranslations('admin.fleet');
  const { locale } = useDesk();
  return (
    <Table label={t('title')}>
      <THead>
        <tr>
          <Th>{t('service')}</Th>
          <Th>{t('state')}</Th>
          <Th isNumber>{t('heard')}</Th>
          <Th>{t('version')}</Th>
          <Th>{t('since')}</Th>
          <Th>{t('instance')}</Th>
          <Th>{t('detail')}</Th>
        </tr>
      </THead>
      <tbody>
        {beats.map((row) => {
          const age = now === null ? 0 : Math.max(0, now - Date.parse(row.beatAt));
          const isDown = age > DOWN_AFTER_MS;
          return (
            <Tr key={`${row.service} ${row.instance}`}>
              <Td className="font-medium">{row.service}</Td>
              <Td>
                <Badge tone={isDown ? 'danger' : 'ok'}>{t(isDown ? 'down' : 'up')}</Badge>
              </Td>
              <Td isNumber>{now === null ? '—' : t('ago', { age: formatAge(age, locale) })}</Td>
              <Td className="num">{row.version || '—'}</Td>
              <Td className="num text-muted">{formatTime(row.startedAt)}</Td>
              <Td className="text-muted text-xs">{row.instance}</Td>
              <Td className="max-w-96 truncate font-mono text-faint text-xs" title={JSON.stringify(row.detail)}>
                {JSON.stringify(row.detail)}
              </Td>
            </Tr>
          );
        })}
      </tbody>
    </Table>
  );
}
