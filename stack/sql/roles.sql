-- Roles of the stack. None has a password yet: each stack sets its own.
CREATE ROLE replicator LOGIN REPLICATION;
CREATE ROLE app LOGIN;
CREATE ROLE monitor LOGIN;
-- Reads the statistics views and pg_control, no table.
GRANT pg_monitor TO monitor;
