'use client';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { StaleStrip } from '#components/desk/stale-strip.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Card, PageHeader } from '#components/ui/card.tsx';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '#components/ui/tabs.tsx';
import { type AdminUser, type AuditEntry, adminRepo, type Heartbeat, type Invitation, type PlatformRow } from '#lib/db/admin.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { useReading } from '#lib/realtime/use-reading.ts';
import { AuditPanel } from './audit-panel.tsx';
import { FleetPanel } from './fleet-panel.tsx';
import { HaltPanel } from './halt-panel.tsx';
import { InvitationsPanel } from './invitations-panel.tsx';
import { PlatformPanel } from './platform-panel.tsx';
import { RequestsPanel } from './requests-panel.tsx';
import { UsersPanel } from './users-panel.tsx';

interface Props {
  readonly users: readonly AdminUser[];
  readonly invitations: readonly Invitation[];
  readonly platform: PlatformRow;
  readonly heartbeats: readonly Heartbeat[];
  readonly audit: readonly AuditEntry[];
}

/** People, requests, switches, kill switch, fleet and audit log of the installation. */
export function AdminScreen(props: Props) {
  const t = useTranslations('admin');
  const db = useDb();
  const [users, setUsers] = useState(props.users);
  const { reread, staleSince } = useReading(() => adminRepo(db).users(), setUsers);
  const requests = users.filter((user) => user.request !== null).length;
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description')}
        actions={
          <Link href="/admin/unknown" className="text-brand text-sm hover:underline">
            {t('unknown.link')}
          </Link>
        }
      />
      <Card>
        <StaleStrip since={staleSince} isPolled />
        <Tabs defaultValue="users">
          <TabsList className="px-2" aria-label={t('title')}>
            <TabsTrigger value="users">{t('tab.users')}</TabsTrigger>
            <TabsTrigger value="requests">
              {t('tab.requests')}
              {requests > 0 && (
                <Badge tone="warn" className="ml-1.5">
                  {requests}
                </Badge>
              )}
            </TabsTrigger>
            <TabsTrigger value="platform">{t('tab.platform')}</TabsTrigger>
            <TabsTrigger value="halt">{t('tab.halt')}</TabsTrigger>
            <TabsTrigger value="fleet">{t('tab.fleet')}</TabsTrigger>
            <TabsTrigger value="audit">{t('tab.audit')}</TabsTrigger>
          </TabsList>
          <TabsContent value="users" className="pt-0">
            <UsersPanel users={users} onChanged={reread} />
            <InvitationsPanel initial={props.invitations} />
          </TabsContent>
          <TabsContent value="requests" className="pt-0">
            <RequestsPanel users={users} onChanged={reread} />
          </TabsContent>
          <TabsContent value="platform" className="pt-0">
            <PlatformPanel initial={props.platform} />
          </TabsContent>
          <TabsContent value="halt" className="pt-0">
            <HaltPanel users={users} />
          </TabsContent>
          <TabsContent value="fleet" className="pt-0">
            <FleetPanel initial={props.heartbeats} />
          </TabsContent>
          <TabsContent value="audit" className="pt-0">
            <AuditPanel initial={props.audit} users={users} />
          </TabsContent>
        </Tabs>
      </Card>
    </>
  );
}
