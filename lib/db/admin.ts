import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { decimal, instant, rowId, whole } from './columns.ts';
import { must } from './fault.ts';

const wanted = z.looseObject({});
const openRequest = z
  .looseObject({ id: rowId, wanted, reason: z.string(), created_at: instant })
  .transform((row) => ({ id: row.id, wanted: row.wanted as Record<string, unknown>, reason: row.reason, createdAt: row.created_at }));
export type PermissionRequest = z.infer<typeof openRequest>;

/** A person with what they may do. Limits are whole won; null means nothing may be bought. */
const userRow = z
  .object({
    user_id: rowId,
    email: z.string().nullable(),
    display_name: z.string().nullable(),
    is_admin: z.boolean(),
    created_at: instant,
    last_sign_in_at: instant.nullable(),
    can_paper_trade: z.boolean(),
    can_real_trade: z.boolean(),
    daily_trade_limit: decimal.nullable(),
    max_position_size: decimal.nullable(),
    daily_order_limit: whole.nullable(),
    limits_expire_at: instant.nullable(),
    open_request: openRequest.nullable(),
  })
  .transform((row) => ({
    id: row.user_id,
    email: row.email ?? '',
    name: row.display_name || row.email || row.user_id,
    isAdmin: row.is_admin,
    createdAt: row.created_at,
    lastSignInAt: row.last_sign_in_at,
    canPaper: row.can_paper_trade,
    canReal: row.can_real_trade,
    dailyTradeLimit: row.daily_trade_limit,
    maxPositionSize: row.max_position_size,
    dailyOrderLimit: row.daily_order_limit ?? 0,
    limitsExpireAt: row.limits_expire_at,
    request: row.open_request,
  }));
export type AdminUser = z.infer<typeof userRow>;
export type Rights = Pick<AdminUser, 'canPaper' | 'canReal' | 'dailyTradeLimit' | 'maxPositionSize' | 'dailyOrderLimit' | 'limitsExpireAt'>;

export const SIGNUP_POLICIES = ['closed', 'invite', 'approval', 'open'] as const;
export const platformRow = z
  .object({
    orders_enabled: z.boolean(),
    auto_enabled: z.boolean(),
    real_enabled: z.boolean(),
    members_allowed: z.boolean(),
    signup_policy: z.enum(SIGNUP_POLICIES),
    version: whole,
    updated_at: instant,
  })
  .transform((row) => ({
    ordersEnabled: row.orders_enabled,
    autoEnabled: row.auto_enabled,
    realEnabled: row.real_enabled,
    membersAllowed: row.members_allowed,
    signupPolicy: row.signup_policy,
    version: row.version,
    updatedAt: row.updated_at,
  }));
export type PlatformRow = z.infer<typeof platformRow>;
export type SwitchName = 'orders_enabled' | 'auto_enabled' | 'real_enabled' | 'members_allowed';

/** One fleet process; it beats every 5 s. */
export const heartbeatRow = z
  .object({
    service: z.string(),
    instance: z.string(),
    version: z.string(),
    detail: z.looseObject({}).catch({}),
    started_at: instant,
    beat_at: instant,
  })
  .transform((row) => ({
    service: row.service,
    instance: row.instance,
    version: row.version,
    detail: row.detail as Record<string, unknown>,
    startedAt: row.started_at,
    beatAt: row.beat_at,
  }));
export type Heartbeat = z.infer<typeof heartbeatRow>;

const auditRow = z
  .object({
    id: whole,
    at: instant,
    actor_id: rowId.nullable(),
    action: z.string(),
    subject_id: z.string(),
    detail: z.looseObject({}).catch({}),
  })
  .transform((row) => ({
    id: row.id,
    at: row.at,
    actorId: row.actor_id,
    action: row.action,
    subjectId: row.subject_id,
    detail: row.detail as Record<string, unknown>,
  }));
export type AuditEntry = z.infer<typeof auditRow>;

const invitationRow = z
  .object({ id: rowId, email: z.string(), expires_at: instant, accepted_at: instant.nullable() })
  .transform((row) => ({ id: row.id, email: row.email, expiresAt: row.expires_at, acceptedAt: row.accepted_at }));
/** An address that may begin trading on paper by itself until `expiresAt`. */
export type Invitation = z.infer<typeof invitationRow>;

/** Doors for administrators; the database checks again. */
export const adminRepo = (db: SupabaseClient) => ({
  async users(): Promise<AdminUser[]> {
    return z.array(userRow).parse(must(await db.rpc('admin_users'), 'admin_users'));
  },
  async setRights(userId: string, rights: Rights): Promise<void> {
    const { error } = await db.rpc('set_trading_permission', {
      p_user_id: userId,
      p_can_paper: rights.canPaper,
      p_can_real: rights.canReal,
      p_daily_trade_limit: rights.dailyTradeLimit,
      p_max_position_size: rights.maxPositionSize,
      p_daily_order_limit: rights.dailyOrderLimit,
      p_limits_expire_at: rights.limitsExpireAt,
    });
    if (error) must({ data: null, error }, 'set_trading_permission');
  },
  async decide(requestId: string, state: 'granted' | 'refused'): Promise<void> {
    const { error } = await db.rpc('decide_request', { p_request_id: requestId, p_state: state });
    if (error) must({ data: null, error }, 'decide_request');
  },
  /** The newest hundred. */
  async invitations(): Promise<Invitation[]> {
    const query = db.from('invitations').select('id,email,expires_at,accepted_at').order('created_at', { ascending: false }).limit(100);
    return z.array(invitationRow).parse(must(await query, 'admin.invitations'));
  },
  async invite(email: string): Promise<void> {
    must(await db.rpc('invite_person', { p_email: email }), 'invite_person');
  },
  async withdrawInvitation(email: string): Promise<void> {
    const { error } = await db.rpc('withdraw_invitation', { p_email: email });
    if (error) must({ data: null, error }, 'withdraw_invitation');
  },
  async platform(): Promise<PlatformRow> {
    const row = must(
      await db
        .from('platform_settings')
        .select('orders_enabled,auto_enabled,real_enabled,members_allowed,signup_policy,version,updated_at')
        .single(),
      'admin.platform',
    );
    return platformRow.parse(row);
  },
  async setPlatform(
    patch: Partial<Record<SwitchName, boolean>> & { signup_policy?: (typeof SIGNUP_POLICIES)[number] },
  ): Promise<PlatformRow> {
    return platformRow.parse(must(await db.rpc('set_platform_settings', { p_patch: patch }), 'set_platform_settings'));
  },
  async heartbeats(): Promise<Heartbeat[]> {
    const rows = must(
      await db.from('service_heartbeats').select('service,instance,version,detail,started_at,beat_at').order('service').order('instance'),
      'admin.heartbeats',
    );
    return z.array(heartbeatRow).parse(rows);
  },
  /** Newest first; `before` pages on. */
  async audit(before?: number, limit = 50): Promise<AuditEntry[]> {
    const query = db.from('audit_log').select('id,at,actor_id,action,subject_id,detail').order('id', { ascending: false }).limit(limit);
    return z.array(auditRow).parse(must(await (before ? query.lt('id', before) : query), 'admin.audit'));
  },
  async setFeedScope(accountId: string, scope: 'private' | 'shared'): Promise<void> {
    const { error } = await db.rpc('set_feed_scope', { p_account_id: accountId, p_scope: scope });
    if (error) must({ data: null, error }, 'set_feed_scope');
  },
});
