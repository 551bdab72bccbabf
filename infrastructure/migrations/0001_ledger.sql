-- The ledger: for each venue one ordered list of all that happened in it.
-- venue_id leads every key and index, so that a venue's rows can live together on one machine of many.

-- The end of each venue's list. Whoever appends locks this row first, which puts the venue's appends in line.
create table heads (
    venue_id uuid primary key,
    position bigint not null,
    hash bytea not null,
    recorded_at timestamptz not null
) with (fillfactor = 50); -- updated by every append: room for the new version on the same page

-- How far each stream has come. Kept as a row, so that nothing about events needs a key without the position.
create table streams (
    venue_id uuid not null,
    stream uuid not null,
    version integer not null,
    primary key (venue_id, stream)
) with (fillfactor = 80);

create table events (
    venue_id uuid not null,
    position bigint not null,
    stream uuid not null,
    version integer not null,
    tag text not null,
    recorded_at timestamptz not null,
    actor text not null,
    request_id text not null,
    caused_by text not null,
    data bytea not null, -- exactly the bytes that were appended; never parsed here
    hash bytea not null,
    primary key (venue_id, position),
    unique (venue_id, stream, version)
);

-- What each append was answered with, so that asking again does nothing twice.
create table receipts (
    venue_id uuid not null,
    key bytea not null,
    fingerprint bytea not null,
    status integer not null,
    body bytea not null, -- ciphertext under the subject's key where there is a subject
    subject uuid,
    position bigint not null,
    kept_until timestamptz not null,
    primary key (venue_id, key)
);

create index receipts_by_age on receipts (venue_id, kept_until);

-- How far each reader has come in each venue; it only moves forward. A parked reader names what stopped it.
create table bookmarks (
    venue_id uuid not null,
    name text not null,
    position bigint not null,
    moved_at timestamptz not null default clock_timestamp(),
    parked_position bigint,
    parked_at timestamptz,
    parked_reason text,
    primary key (venue_id, name)
) with (fillfactor = 50);

-- One key per person and venue. Deleting a row forgets everything that was ever sealed for that person.
create table personal_keys (
    venue_id uuid not null,
    subject uuid not null,
    key bytea not null,
    created_at timestamptz not null default clock_timestamp(),
    primary key (venue_id, subject)
);

-- States that the eventsourcing library saved to spare itself a replay. They can be thrown away at any time.
create table snapshots (
    venue_id uuid not null,
    purpose text not null,
    stream uuid not null,
    version integer not null,
    tag text not null,
    data bytea not null,
    primary key (venue_id, purpose, stream, version)
);
