#!/usr/bin/env bash
# A hundred million outcomes in PostgreSQL: what a certificate costs there,
# against the engine's own two GROUP BYs over the same rows, in turns.
# Needs Go and PostgreSQL's programs; a cluster of its own is made in a folder
# that is gone afterwards, or kept if KEEP names one (about 10 GB).
# Usage: [QUERIES=10000000] [MODELS=10] [RUNS=3] [KEEP=FOLDER] scripts/scale_postgres.sh [load]
# With "load" it stops once the rows are there.
set -euo pipefail
cd "$(dirname "$0")/.."
queries=${QUERIES:-10000000} models=${MODELS:-10} runs=${RUNS:-3}
bin=$(dirname "$(command -v initdb || ls /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)")
folder=${KEEP:-$(mktemp -d)}
mkdir -p "$folder"
as=()
if [ "$(id -u)" = 0 ]; then # PostgreSQL does not run as root
  chown postgres "$folder"
  as=(setpriv --reuid postgres --regid postgres --init-groups)
fi
port=${PORT:-54399}
export PGHOST=$folder PGPORT=$port PGUSER=postgres PGDATABASE=postgres
finish() {
  "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -m fast -s stop || true
  [ -n "${KEEP:-}" ] || rm -rf "$folder"
}
trap finish EXIT

if [ ! -d "$folder/data" ]; then
  (cd "$folder" && "${as[@]}" "$bin/initdb" -D data --no-sync -E UTF8 --locale C.UTF-8 -U postgres -A trust >/dev/null)
  "${as[@]}" tee -a "$folder/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$folder'
fsync = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 8GB
shared_buffers = 4GB
work_mem = 1GB
hash_mem_multiplier = 2
maintenance_work_mem = 1GB
max_parallel_workers_per_gather = 2
max_parallel_workers = 2
effective_io_concurrency = 200
random_page_cost = 1.1
CONF
fi
(cd "$folder" && "${as[@]}" "$bin/pg_ctl" -D data -o "-p $port" -l log -w -s start)
say=(psql -qAtX -v ON_ERROR_STOP=1)

if [ -z "$("${say[@]}" -c "select 1 from pg_class where relname = 'outcomes' and reltuples > 0")" ]; then
  printf 'loading %d × %d rows\n' "$queries" "$models"
  time nice -n 15 go run scripts/scale.go -queries "$queries" -models "$models" -csv | nice -n 15 "${say[@]}" \
    -c 'begin' \
    -c 'drop table if exists outcomes' \
    -c 'create table outcomes (query text, model text, verdict text, attempt integer, subject text, day date)' \
    -c 'copy outcomes from stdin with (format csv, header, freeze)' \
    -c 'commit' \
    -c 'vacuum analyze outcomes'
fi
"${say[@]}" -c "select reltuples::bigint || ' rows in ' || pg_size_pretty(pg_table_size(oid)) from pg_class where relname = 'outcomes'"
if [ "${1:-}" = load ]; then exit; fi
