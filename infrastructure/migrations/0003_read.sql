-- The events of several streams beyond the given versions, in one round trip, with the database's clock.
-- A stream with nothing new is one row that has only its name and the clock.
create function ledger_read(venue uuid, wanted uuid[], after_versions integer[])
returns table (
    stream uuid, read_at timestamptz, "position" bigint, version integer, tag text, recorded_at timestamptz,
    actor text, request_id text, caused_by text, data bytea
)
language plpgsql stable security invoker
set search_path = public, pg_temp
set enable_seqscan = off
as $$
begin
    return query
    select w.stream, statement_timestamp(), e.position, e.version, e.tag, e.recorded_at,
        e.actor, e.request_id, e.caused_by, e.data
    from unnest(wanted, after_versions) with ordinality as w (stream, after_version, k)
    left join lateral (
        select * from events f
        where f.venue_id = venue and f.stream = w.stream and f.version > w.after_version
        order by f.version
    ) e on true
    order by w.k, e.version;
end
$$;
