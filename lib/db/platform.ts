import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { decimal, instant, rowId, whole } from './columns.ts';
import { must } from './fault.ts';

/** The staged roll-out's switches. */
export const settingsRow = z
  .object({ orders_enabled: z.boolean(), auto_enabled: z.boolean(), real_enabled: z.boolean(), version: whole })
  .transform((row) => ({
    ordersEnabled: row.orders_enabled,
    autoEnabled: row.auto_enabled,
    realEnabled: row.real_enabled,
    version: row.version,
  }));
export type PlatformSettings = z.infer<typeof settingsRow>;

/** From the mildest to the strictest; `cancel_all` is a halt that also cancels what works. */
export const HALT_LEVELS = ['none', 'pause_entries', 'reduce_only', 'halt', 'cancel_all'] as const;
export type HaltLevel = (typeof HALT_LEVELS)[number];

/** One row of the kill switch. */
export const haltRow = z
  .object({
    scope: z.enum(['platform', 'broker', 'user', 'account', 'strategy']),
    scope_id: z.string(),
    level: z.enum(HALT_LEVELS),
    reason: z.string(),
    cause: z.string(),
    numbers: z.record(z.string(), z.unknown()),
    set_by: rowId.nullable(),
    version: whole,
    updated_at: instant,
  })
  .transform((row) => ({
    scope: row.scope,
    scopeId: row.scope_id,
    level: row.level,
    reason: row.reason,
    /** `person`, or what set it by itself, with the figures it was set for. */
    cause: row.cause,
    numbers: row.numbers,
    setBy: row.set_by,
    version: row.version,
    updatedAt: row.updated_at,
  }));
export type HaltView = z.infer<typeof haltRow>;

const haltProgress = z.object({ left: whole, cancelled: whole, filled: whole });
export type HaltProgress = z.infer<typeof haltProgress>;

export const sessionRow = z
  .object({
    day: z.string(),
    session: z.string(),
    order_from: instant.nullable(),
    open_at: instant.nullable(),
    close_at: instant.nullable(),
    is_open: z.boolean(),
  })
  .transform((row) => ({
    day: row.day,
    session: row.session,
    orderFrom: row.order_from,
    openAt: row.open_at,
    closeAt: row.close_at,
    isOpen: row.is_open,
  }));
export type SessionView = z.infer<typeof sessionRow>;

export const permissionRow = z
  .object({
    can_paper_trade: z.boolean(),
    can_real_trade: z.boolean(),
    daily_trade_limit: decimal.nullable(),
    max_position_size: decimal.nullable(),
    daily_order_limit: whole,
    limits_expire_at: instant.nullable(),
  })
  .transform((row) => ({
    canPaperTrade: row.can_paper_trade,
    canRealTrade: row.can_real_trade,
    dailyTradeLimit: row.daily_trade_limit,
    maxPositionSize: row.max_position_size,
    dailyOrderLimit: row.daily_order_limit,
    limitsExpireAt: row.limits_expire_at,
  }));
export type PermissionView = z.infer<typeof permissionRow>;

export const notificationRow = z
  .object({
    id: rowId,
    kind: z.string(),
    severity: z.enum(['info', 'warning', 'critical']),
    payload: z.record(z.string(), z.unknown()),
    read_at: instant.nullable(),
    created_at: instant,
  })
  .transform((row) => ({
    id: row.id,
    kind: row.kind,
    severity: row.severity,
    payload: row.payload,
    readAt: row.read_at,
    createdAt: row.created_at,
  }));
export type NotificationView = z.infer<typeof notificationRow>;

export const platformRepo = (db: SupabaseClient) => ({
  async settings(): Promise<PlatformSettings> {
    return settingsRow.parse(
      must(await db.from('platform_settings').select('orders_enabled,auto_enabled,real_enabled,version').single(), 'platform.settings'),
    );
  },
  async halts(): Promise<HaltView[]> {
    const rows = must(
      await db.from('trading_halts').select('scope,scope_id,level,reason,cause,numbers,set_by,version,updated_at'),
      'platform.halts',
    );
    return z.array(haltRow).parse(rows);
  },
  /** KRX sessions from a Seoul day on, by time. */
  async sessions(fromDay: string): Promise<SessionView[]> {
    const rows = must(
      await db
        .from('market_calendar')
        .select('day,session,order_from,open_at,close_at,is_open')
        .eq('market', 'KRX')
        .gte('day', fromDay)
        .order('day')
        .order('open_at')
        .limit(60),
      'platform.sessions',
    );
    return z.array(sessionRow).parse(rows);
  },
  async permission(): Promise<PermissionView | null> {
    const { data, error } = await db
      .from('trading_permissions')
      .select('can_paper_trade,can_real_trade,daily_trade_limit,max_position_size,daily_order_limit,limits_expire_at')
      .limit(1)
      .maybeSingle();
    if (error) must({ data, error }, 'platform.permission');
    return data ? permissionRow.parse(data) : null;
  },
  async armedUntil(): Promise<string | null> {
    const { data, error } = await db
      .from('trading_arms')
      .select('expires_at')
      .order('expires_at', { ascending: false })
      .limit(1)
      .maybeSingle();
    if (error) must({ data, error }, 'platform.armedUntil');
    return data ? instant.parse(data.expires_at) : null;
  },
  async profile(userId: string): Promise<{ displayName: string; isAdmin: boolean } | null> {
    const { data, error } = await db.from('profiles').select('display_name,is_admin').eq('user_id', userId).maybeSingle();
    if (error) must({ data, error }, 'platform.profile');
    if (!data) return null;
    const row = z.object({ display_name: z.string(), is_admin: z.boolean() }).parse(data);
    return { displayName: row.display_name, isAdmin: row.is_admin };
  },
  async notifications(limit = 20): Promise<NotificationView[]> {
    const rows = must(
      await db
        .from('notifications')
        .select('id,kind,severity,payload,read_at,created_at')
        .order('created_at', { ascending: false })
        .limit(limit),
      'platform.notifications',
    );
    return z.array(notificationRow).parse(rows);
  },
  async markRead(ids: readonly string[]): Promise<void> {
    const { error } = await db.rpc('mark_notifications_read', { p_ids: [...ids] });
    if (error) must({ data: null, error }, 'mark_notifications_read');
  },
  async setHalt(scope: HaltView['scope'], scopeId: string, level: HaltLevel, reason: string): Promise<HaltView> {
    const answer = await db.rpc('set_halt', { p_scope: scope, p_scope_id: scopeId, p_level: level, p_reason: reason });
    return haltRow.parse(must(answer, 'set_halt'));
  },
  /** How far a cancel-all is, in orders. */
  async haltProgress(scope: HaltView['scope'], scopeId: string): Promise<HaltProgress> {
    return haltProgress.parse(must(await db.rpc('halt_progress', { p_scope: scope, p_scope_id: scopeId }), 'halt_progress'));
  },
  async armRealTrading(password: string): Promise<string> {
    const answer = must(await db.rpc('arm_real_trading', { p_password: password }), 'arm_real_trading');
    return z.object({ expires_at: instant }).parse(answer).expires_at;
  },
  async requestPermission(wanted: Record<string, unknown>, reason: string): Promise<void> {
    const { error } = await db.rpc('request_permission', { p_wanted: wanted, p_reason: reason });
    if (error) must({ data: null, error }, 'request_permission');
  },
});
