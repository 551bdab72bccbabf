-- What proves who somebody is. Kept beside the ledger and never in it: a secret must be forgettable.
-- Accounts live in one ledger, the house's, so venue_id is that of the house in every row.

create table passwords (
    venue_id uuid not null,
    account_id uuid not null,
    hash text not null, -- argon2id, with its parameters and salt
    changed_at timestamptz not null default clock_timestamp(),
    primary key (venue_id, account_id)
);

-- A refresh token is good for one use. A second use means that two parties hold it, and ends the whole log-in.
create table refresh_tokens (
    venue_id uuid not null,
    token_hash bytea not null, -- SHA-256; the token itself is kept nowhere
    account_id uuid not null,
    login_id uuid not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    primary key (venue_id, token_hash)
);

create index refresh_tokens_by_login on refresh_tokens (venue_id, account_id, login_id);
create index refresh_tokens_by_age on refresh_tokens (venue_id, expires_at);

-- Wrong log-ins of the last minutes. Unlogged: after a crash everybody may try again, and nothing else is lost.
create unlogged table failed_logins (
    venue_id uuid not null,
    failure_id bigint generated always as identity,
    address text not null,
    pair bytea not null, -- SHA-256 of e-mail and address, so that no list of e-mails lies about
    failed_at timestamptz not null default clock_timestamp(),
    primary key (venue_id, failure_id)
);

create index failed_logins_by_address on failed_logins (venue_id, address, failed_at);
