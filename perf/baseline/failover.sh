#!/bin/sh
# The reference that halab's failover is compared with: the four steps as a person would script them, on a stack
# that halab made. Each begins when the one before it has ended.
#
# Usage: failover.sh STACK
set -eu
stack=$1
here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cfg=$(mktemp)
trap 'rm -f "$cfg"' EXIT
# Prepared before the primary dies, as an operator would.
sed 's/@PRIMARY@/db-replica/g' "$here/stack/config/haproxy.cfg" > "$cfg"
chmod 644 "$cfg"

docker kill "$stack-db-primary" > /dev/null
docker exec "$stack-db-replica" pg_ctl promote --wait --silent
docker cp "$cfg" "$stack-haproxy:/etc/haproxy/haproxy.cfg" > /dev/null 2>&1
docker kill --signal USR2 "$stack-haproxy" > /dev/null
