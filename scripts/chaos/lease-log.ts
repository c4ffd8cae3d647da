import type { ChaosDatabase } from './database.ts';

/** Writes down who owned an account when, for the judge: the product keeps only the present owner. */
export async function keepLeaseLog({ pool }: ChaosDatabase): Promise<void> {
  await pool.query(`
    create table private.lease_log (
      account_id uuid not null, instance_id uuid not null, token bigint not null,
      taken_at timestamptz not null, lost_at timestamptz not null default 'infinity'
    );
    create index on private.lease_log (account_id);
    create function private.log_lease() returns trigger language plpgsql security definer set search_path = chaos_clock, pg_catalog
    as $f$
    begin
      update private.lease_log set lost_at = clock_timestamp() where account_id = new.account_id and lost_at = 'infinity';
      insert into private.lease_log values (new.account_id, new.instance_id, new.token, clock_timestamp());
      return null;
    end
    $f$;
    create trigger account_leases_log after insert or update on public.account_leases for each row execute function private.log_lease();`);
}
