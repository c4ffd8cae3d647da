import type { ChaosDatabase } from './database.ts';

/** Writes down for the judge what the product keeps only as its present state: who owned an account when, and when a halt stood. */
export async function keepLogs({ pool }: ChaosDatabase): Promise<void> {
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
    create trigger account_leases_log after insert or update on public.account_leases for each row execute function private.log_lease();

    create table private.halt_log (scope_id text not null, from_at timestamptz not null, lifted_at timestamptz not null default 'infinity');
    create function private.log_halt() returns trigger language plpgsql security definer set search_path = chaos_clock, pg_catalog
    as $f$
    begin
      update private.halt_log set lifted_at = clock_timestamp() where scope_id = new.scope_id and lifted_at = 'infinity';
      if new.scope = 'account' and new.level in ('halt', 'cancel_all') then
        insert into private.halt_log values (new.scope_id, clock_timestamp());
      end if;
      return null;
    end
    $f$;
    create trigger trading_halts_log after insert or update on public.trading_halts for each row execute function private.log_halt();`);
}
