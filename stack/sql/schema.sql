-- The products of the REST API, and the row by which halab proves that a
-- write went through the proxy and was replayed on the replica.

CREATE TABLE products (
  id          bigint        GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sku         text          NOT NULL UNIQUE CHECK (char_length(sku) BETWEEN 1 AND 64),
  name        text          NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  description text          NOT NULL DEFAULT '' CHECK (char_length(description) <= 2000),
  price       numeric(12,2) NOT NULL CHECK (price >= 0),
  stock       integer       NOT NULL DEFAULT 0 CHECK (stock >= 0),
  version     bigint        NOT NULL DEFAULT 1,
  created_at  timestamptz   NOT NULL DEFAULT now(),
  updated_at  timestamptz   NOT NULL DEFAULT now()
);

-- The version counts updates, whoever makes them: a reader that has seen
-- version 3 can prove that an answer with version 2 is stale.
CREATE FUNCTION products_next_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  NEW.updated_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER products_next_version BEFORE UPDATE ON products
  FOR EACH ROW EXECUTE FUNCTION products_next_version();

GRANT SELECT, INSERT, UPDATE, DELETE ON products TO app;

-- Which product a POST with an Idempotency-Key made, and from what: a repeated
-- request is answered with it. The id comes before the product, so that one
-- statement writes both.
CREATE TABLE idempotency_keys (
  key        text        PRIMARY KEY CHECK (char_length(key) BETWEEN 1 AND 255),
  request    jsonb       NOT NULL,
  product_id bigint      NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON idempotency_keys (created_at);
GRANT SELECT, INSERT, DELETE ON idempotency_keys TO app;
-- FOR UPDATE asks for it; no statement of the application updates a key.
GRANT UPDATE (created_at) ON idempotency_keys TO app;
GRANT USAGE ON SEQUENCE products_id_seq TO app;

CREATE SCHEMA halab;
CREATE TABLE halab.verification (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  token    uuid    NOT NULL
);
GRANT USAGE ON SCHEMA halab TO app, monitor;
GRANT SELECT, INSERT, UPDATE ON halab.verification TO app;

-- How far a server's WAL goes: on a primary where it ends, on a replica what it
-- has replayed, with the timeline that it receives (null: it receives none).
-- A read that must see a certain write asks for it. The application may not
-- see pg_stat_wal_receiver's columns, hence SECURITY DEFINER.
CREATE FUNCTION halab.wal_position(OUT timeline integer, OUT lsn pg_lsn)
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT
    CASE WHEN pg_is_in_recovery() THEN (SELECT received_tli FROM pg_stat_wal_receiver)
      ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer END,
    CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END
$$;
REVOKE EXECUTE ON FUNCTION halab.wal_position() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION halab.wal_position() TO app;

-- The timelines that a server's newest one descends from, and where each ended:
-- its newest timeline history file. A monitor may not read files, hence
-- SECURITY DEFINER. A server on its first timeline has no such file.
CREATE FUNCTION halab.ended_timelines() RETURNS TABLE (timeline integer, end_lsn pg_lsn)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT part[1]::integer, part[2]::pg_lsn
  FROM (SELECT max(name) AS newest FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{8}\.history$') AS files,
    regexp_matches(pg_read_file('pg_wal/' || newest), '^(\d+)\t([0-9A-F]+/[0-9A-F]+)\t', 'gn') AS part
  WHERE newest IS NOT NULL
$$;
REVOKE EXECUTE ON FUNCTION halab.ended_timelines() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION halab.ended_timelines() TO monitor;

-- What its own settings hide from it: a switchover that was cut off has left one
-- in the server's files.
GRANT EXECUTE ON FUNCTION pg_show_all_file_settings() TO monitor;
GRANT SELECT ON pg_file_settings TO monitor;
