"""The engine's SQL. Each statement that locks or writes names one venue, so that it goes to one machine of many."""

from typing import Final

BEHIND: Final = """
select h.venue_id from public.heads h
where exists (
    select from unnest(%s::text[]) as n (name)
    left join public.bookmarks b on b.venue_id = h.venue_id and b.name = n.name
    where b.parked_at is null and coalesce(b.position, 0) < h.position
)
limit %s
"""

MAKE_BOOKMARKS: Final = """
insert into public.bookmarks (venue_id, name, position) select %s, name, 0 from unnest(%s::text[]) as n (name)
on conflict (venue_id, name) do nothing
"""

# A plan without an index, made while a table was small, would be kept while it grows. And a host that vanishes says no
# good-bye: without a limit its locks would stay until the network notices, hours later.
PREPARE: Final = """
select set_config('enable_seqscan', 'off', true), set_config('idle_in_transaction_session_timeout', '30s', true)
"""

CLAIM: Final = """
select name, position from public.bookmarks
where venue_id = %s and name = any(%s) and parked_at is null
order by name for update skip locked
"""

EVENTS: Final = """
select position, stream, version, tag, recorded_at, actor, request_id, caused_by, data from public.events
where venue_id = %s and position > %s order by position limit %s
"""

AT_HOME: Final = "select set_config('search_path', %s, true)"

MOVE: Final = """
update public.bookmarks set position = %s, moved_at = clock_timestamp()
where venue_id = %s and name = any(%s)
"""

PARK: Final = """
update public.bookmarks set parked_position = %s, parked_at = clock_timestamp(), parked_reason = %s
where venue_id = %s and name = %s
"""
