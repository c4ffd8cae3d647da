import type { Fleet } from './fleet.ts';
import { type Stage, untilSo } from './play.ts';
import type { Part } from './rpc.ts';

export interface Roles {
  /** The process that owns the load's accounts. */
  readonly keeper: Part;
  /** The other one. */
  readonly other: Part;
}

/** Who owns the accounts just now: after a death whoever looked first, an old process or a new one. Heartbeats tell pid and instance. */
export async function rolesOf(stage: Stage, fleet: Fleet): Promise<Roles> {
  await fleet.keepTwo();
  let roles: Roles | null = null;
  await untilSo(stage, 'one owner, one beside it', async () => {
    const { rows } = await stage.database.pool.query<{ pid: number }>(
      `select substring(h.instance from '-([0-9]+)-[0-9a-f]{8}$')::int as pid
         from (select instance_id, count(*) as accounts from public.account_leases group by 1 order by 2 desc limit 1) l
         join public.trading_instances i on i.id = l.instance_id and i.expires_at > now()
         join public.service_heartbeats h on h.service = 'trading' and h.instance like '%-' || left(l.instance_id::text, 8)`,
    );
    const parts = fleet.serving();
    const keeper = parts.find(({ child }) => child.pid === rows[0]?.pid);
    const other = parts.find((part) => part !== keeper);
    if (keeper && other) roles = { keeper, other };
    return roles !== null;
  });
  if (!roles) throw new Error('nobody owns the accounts');
  return roles;
}
