-- Roles of the stack. None has a password yet: each stack sets its own.
CREATE ROLE replicator LOGIN REPLICATION;
-- What pg_rewind needs (manual, pg_rewind, Notes). A base backup, which this role
-- may take, gives it the same files.
GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean),
  pg_read_binary_file(text), pg_read_binary_file(text, bigint, bigint, boolean) TO replicator;
CREATE ROLE app LOGIN;
CREATE ROLE monitor LOGIN;
-- For HAProxy's checks: whoever is in the stack's network may be it, without a password.
CREATE ROLE probe LOGIN CONNECTION LIMIT 20;
-- Reads the statistics views and pg_control, no table.
GRANT pg_monitor TO monitor;
-- A switchover has the server end sessions that are idle: not those that watch it.
ALTER ROLE monitor SET idle_session_timeout = 0;
ALTER ROLE postgres SET idle_session_timeout = 0;
