#!/bin/sh
# Removes what up.sh made under a name, also when it was interrupted.
#
# Usage: remove.sh NAME
set -eu
containers=$(docker ps --all --quiet --filter "label=perf.run=$1")
# shellcheck disable=SC2086 # One word a container.
[ -z "$containers" ] || docker rm --force --volumes $containers > /dev/null
docker volume rm --force "$1-db-primary" "$1-db-replica" > /dev/null
docker network rm "$1" > /dev/null 2>&1 || true
