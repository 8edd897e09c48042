#!/bin/sh
# The reference that `halab up` is compared with: the same four containers from the same images, started by hand
# with initdb and pg_basebackup. It ends, as halab does, when a write through HAProxy is seen on the replica.
#
# Usage: POSTGRES_IMAGE=… HAPROXY_IMAGE=… REDIS_IMAGE=… up.sh NAME
set -eu
name=$1
stack=$(CDPATH='' cd -- "$(dirname -- "$0")/../../stack" && pwd)
password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
cfg=$(mktemp)
trap 'rm -f "$cfg"' EXIT

label="perf.run=$name"
docker network create --label "$label" "$name" > /dev/null

# The commands in single quotes are for the shell inside the container.
# shellcheck disable=SC2016
docker run --detach --name "$name-db-primary" --label "$label" --network "$name" --network-alias db-primary \
  --publish 127.0.0.1::5432 --shm-size 128m --volume "$name-db-primary:/var/lib/postgresql" \
  --entrypoint tini "$POSTGRES_IMAGE" -- sh -c '
    initdb --username=postgres --auth=peer --data-checksums --encoding=UTF8 --locale=C.UTF-8 &&
    cp /etc/halab/postgresql.conf /etc/halab/pg_hba.conf "$PGDATA/" && exec postgres' > /dev/null
docker run --detach --name "$name-redis" --label "$label" --network "$name" --network-alias redis \
  --publish 127.0.0.1::6379 --entrypoint tini "$REDIS_IMAGE" -- redis-server --save '' --appendonly no \
  --maxmemory 64mb --maxmemory-policy allkeys-lru --requirepass "$password" > /dev/null

until docker exec "$name-db-primary" pg_isready --quiet; do sleep 0.05; done
{
  cat "$stack/sql/roles.sql" "$stack/sql/database.sql"
  printf '\\connect shop\n'
  cat "$stack/sql/schema.sql" "$stack/sql/products.sql"
  for role in postgres replicator app monitor; do echo "ALTER ROLE $role PASSWORD '$password';"; done
  echo "SELECT pg_create_physical_replication_slot('db_replica', true);"
} | docker exec --interactive "$name-db-primary" psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 > /dev/null

# shellcheck disable=SC2016
docker run --detach --name "$name-db-replica" --label "$label" --network "$name" --network-alias db-replica \
  --publish 127.0.0.1::5432 --shm-size 128m --volume "$name-db-replica:/var/lib/postgresql" \
  --env PGPASSWORD="$password" --entrypoint tini "$POSTGRES_IMAGE" -- sh -c '
    pg_basebackup --pgdata="$PGDATA" --checkpoint=fast --wal-method=stream --write-recovery-conf \
      --slot=db_replica --dbname="host=db-primary user=replicator application_name=db-replica" &&
    exec postgres' > /dev/null
sed 's/@PRIMARY@/db-primary/g' "$stack/config/haproxy.cfg" > "$cfg"
chmod 644 "$cfg"
docker create --name "$name-haproxy" --label "$label" --network "$name" --network-alias haproxy \
  --publish 127.0.0.1::5432 "$HAPROXY_IMAGE" > /dev/null
docker cp "$cfg" "$name-haproxy:/etc/haproxy/haproxy.cfg" > /dev/null 2>&1
docker start "$name-haproxy" > /dev/null

# Usable: a write through HAProxy is taken, and is seen on the replica; Redis answers.
token=$(cat /proc/sys/kernel/random/uuid)
write="INSERT INTO halab.verification (token) VALUES ('$token')
  ON CONFLICT (only_row) DO UPDATE SET token = excluded.token"
until docker exec --env PGPASSWORD="$password" "$name-db-primary" \
  psql --no-psqlrc --quiet --command="$write" 'host=haproxy user=app dbname=shop connect_timeout=2' 2> /dev/null; do
  sleep 0.05
done
until [ "$(docker exec "$name-db-replica" psql --no-psqlrc --tuples-only --no-align \
  --command='SELECT token FROM halab.verification' shop 2> /dev/null)" = "$token" ]; do
  sleep 0.05
done
until docker exec --env REDISCLI_AUTH="$password" "$name-redis" redis-cli ping 2> /dev/null | grep -q PONG; do sleep 0.05; done
