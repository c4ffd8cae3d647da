import type { QuotaView } from '#lib/db/quotas.ts';

/** A quota as a bar: calls used and allowed in a minute, each lane's width in percent (together never above 100), and whether the broker slowed us. */
export function quotaShare(quota: Pick<QuotaView, 'limitPerSecond' | 'nowPerSecond' | 'used'>) {
  const used = quota.used.reduce((sum, calls) => sum + calls, 0);
  const limit = Math.max(1, Math.floor(quota.limitPerSecond * 60));
  const whole = Math.max(used, limit);
  return {
    used,
    limit,
    isSlowed: quota.nowPerSecond < quota.limitPerSecond,
    widths: quota.used.map((calls) => (calls / whole) * 100),
  };
}
