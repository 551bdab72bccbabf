-- What the application's role may do; applied again at every `comanda migrate`, so that what stands here is what holds.
-- Events are only ever added: nobody who holds the application's password can change or remove one.
grant usage on schema public to :"app_role";

revoke all on heads, streams, events, receipts, bookmarks, personal_keys, snapshots from :"app_role";
grant select, insert on events to :"app_role";
grant select, insert, update on heads, streams, bookmarks to :"app_role";
grant select, insert, delete on receipts, personal_keys to :"app_role";
grant select, insert, delete on snapshots to :"app_role";

revoke all on function
    ledger_hash,
    ledger_append,
    ledger_read
from public, :"app_role";
grant execute on function
    ledger_hash,
    ledger_append,
    ledger_read
to :"app_role";

revoke all on passwords, refresh_tokens, failed_logins from :"app_role";
grant select, insert, update on passwords to :"app_role";
grant select, insert, update, delete on refresh_tokens to :"app_role";
grant select, insert, delete on failed_logins to :"app_role";

-- So that `health/ready` can tell a database that was not brought up to date.
grant select on migrations to :"app_role";
