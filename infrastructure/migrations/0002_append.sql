-- One event's link in the chain: sha256(previous hash ‖ encoding).
-- The encoding is these fields in this order, each as its length in bytes (int4) and then its bytes:
-- venue (16), position (int8), stream (16), version (int4), tag (UTF-8), recorded_at (int8: microseconds since
-- 2000-01-01 00:00 UTC), actor, request_id, caused_by (UTF-8), data. Numbers are big-endian two's complement.
-- infrastructure/ledger/chain.py says the same in Python, independently; a test holds the two together.
create function ledger_hash(
    previous bytea, venue uuid, at_position bigint, stream uuid, version integer, tag text, at_time timestamptz,
    actor text, request_id text, caused_by text, data bytea
) returns bytea
language sql immutable parallel safe
return sha256(
    previous
    || '\x00000010'::bytea || uuid_send(venue)
    || '\x00000008'::bytea || int8send(at_position)
    || '\x00000010'::bytea || uuid_send(stream)
    || '\x00000004'::bytea || int4send(version)
    || int4send(octet_length(convert_to(tag, 'UTF8'))) || convert_to(tag, 'UTF8')
    || '\x00000008'::bytea || timestamptz_send(at_time)
    || int4send(octet_length(convert_to(actor, 'UTF8'))) || convert_to(actor, 'UTF8')
    || int4send(octet_length(convert_to(request_id, 'UTF8'))) || convert_to(request_id, 'UTF8')
    || int4send(octet_length(convert_to(caused_by, 'UTF8'))) || convert_to(caused_by, 'UTF8')
    || int4send(octet_length(data)) || data
);

-- Append all of it or nothing, in one transaction and one round trip, and say which without raising:
--   ok         done: last_position is the venue's position now, appended_at the time that was written
--   duplicate  the receipt key was used before: last_position and the first_… columns are what was stored then
--   conflict   a judged stream's last version is not the expected one, or the bookmark would not move forward
-- judged[i] must be at expected[i]; a stream that does not exist is at 0 and at -1, so that it may begin with 1 or 0.
-- Event k belongs to the stream judged[owners[k]] and gets that stream's next version; events keep their order.
-- The isolation level (read committed) and the time-outs are the caller's. No sequential scan is planned, because a
-- plan that was made while a table was small would be kept while it grows.
create function ledger_append(
    venue uuid,
    receipt_key bytea, receipt_fingerprint bytea, receipt_status integer, receipt_body bytea, receipt_subject uuid,
    keep_for interval,
    judged uuid[], expected integer[],
    owners integer[], tags text[], datas bytea[],
    by_actor text, for_request text, because_of text,
    bookmark_name text default null, bookmark_position bigint default null,
    out outcome text, out last_position bigint, out appended_at timestamptz,
    out first_fingerprint bytea, out first_status integer, out first_body bytea, out first_subject uuid
)
language plpgsql volatile security invoker
set search_path = public, pg_temp
set enable_seqscan = off
as $$
declare
    head record;
    receipt record;
    reached integer[] := expected;
    versions integer[] := '{}';
    hashes bytea[] := '{}';
    link bytea;
    owner integer;
begin
    select h.position, h.hash, h.recorded_at into head from heads h where h.venue_id = venue for update;
    if not found then
        -- The venue's first append. Who loses this race waits here, and below for the row.
        insert into heads (venue_id, position, hash, recorded_at)
        values (venue, 0, decode(repeat('00', 32), 'hex'), 'epoch') on conflict (venue_id) do nothing;
        select h.position, h.hash, h.recorded_at into head from heads h where h.venue_id = venue for update;
    end if;

    select r.fingerprint, r.status, r.body, r.subject, r.position into receipt
    from receipts r where r.venue_id = venue and r.key = receipt_key;
    if found then
        outcome := 'duplicate';
        last_position := receipt.position;
        first_fingerprint := receipt.fingerprint;
        first_status := receipt.status;
        first_body := receipt.body;
        first_subject := receipt.subject;
        return;
    end if;

    if exists (
        select from unnest(judged, expected) as j (stream, version)
        left join streams s on s.venue_id = venue and s.stream = j.stream
        where s.version is distinct from j.version and not (s.version is null and j.version in (0, -1))
    ) then
        outcome := 'conflict';
        return;
    end if;

    if bookmark_name is not null then
        insert into bookmarks as b (venue_id, name, position) values (venue, bookmark_name, bookmark_position)
        on conflict (venue_id, name) do update set position = excluded.position, moved_at = clock_timestamp()
        where b.position < excluded.position;
        if not found then
            outcome := 'conflict';
            return;
        end if;
    end if;

    appended_at := greatest(clock_timestamp(), head.recorded_at);
    last_position := head.position;
    link := head.hash;
    for k in 1 .. cardinality(owners) loop
        owner := owners[k];
        reached[owner] := reached[owner] + 1;
        last_position := last_position + 1;
        link := ledger_hash(
            link, venue, last_position, judged[owner], reached[owner], tags[k], appended_at,
            by_actor, for_request, because_of, datas[k]
        );
        versions := versions || reached[owner];
        hashes := hashes || link;
    end loop;

    if last_position > head.position then
        insert into events (
            venue_id, position, stream, version, tag, recorded_at, actor, request_id, caused_by, data, hash
        )
        select
            venue, head.position + e.k, judged[e.owner], e.version, e.tag, appended_at,
            by_actor, for_request, because_of, e.data, e.hash
        from unnest(owners, versions, tags, datas, hashes) with ordinality as e (owner, version, tag, data, hash, k);

        insert into streams (venue_id, stream, version)
        select venue, j.stream, j.reached
        from unnest(judged, expected, reached) as j (stream, expected, reached)
        where j.reached > j.expected
        on conflict (venue_id, stream) do update set version = excluded.version;

        update heads h set position = last_position, hash = link, recorded_at = appended_at where h.venue_id = venue;
    end if;

    insert into receipts (venue_id, key, fingerprint, status, body, subject, position, kept_until)
    values (
        venue, receipt_key, receipt_fingerprint, receipt_status, receipt_body, receipt_subject, last_position,
        clock_timestamp() + keep_for
    );
    outcome := 'ok';
end
$$;
