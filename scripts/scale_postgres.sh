#!/usr/bin/env bash
# A hundred million outcomes in PostgreSQL: what a certificate costs there,
# against the engine's own two GROUP BYs over the same rows, in turns.
# Needs Go, psql and PostgreSQL's programs; the cluster is its own, in a folder
# that is gone afterwards, or kept if KEEP names one (13 GB for 10 million queries).
# Usage: scripts/scale_postgres.sh [load | plain | slices | messy | attempts]…, all of them by default
#   with QUERIES=10000000 MODELS=10 RUNS=3 KEEP=FOLDER PORT=54399 in the environment
# messy: 1 % of the verdicts are NULL, and 1 % of the rows are there twice.
# attempts: the same verdicts as two attempts of half as many models.
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
size() { "${say[@]}" -c "select '$1: ' || reltuples::bigint || ' rows, ' || pg_size_pretty(pg_table_size(oid)) from pg_class where relname = '$1'"; }
size outcomes

url="postgres://postgres@/postgres?host=$folder&port=$port"
go build -o "$folder/allwrong" ./cmd/allwrong

# The question as one would ask it by hand, for a table and, maybe, a column that labels queries.
bits=
for m in $(seq 0 $((models - 1))); do bits+=$(printf " when 'model-%02d' then %d" "$m" "$m"); done
bare() {
  echo "select w${2:+, l}, count(*) from (select query, bit_or(1::bigint <<
    (case verdict when 'right' then 0 when 'wrong' then 20 when 'no_answer' then 40 end + case model$bits end${later:-})) as w${2:+, min($2) as l}
    from $1 group by query) as queries group by w${2:+, l}"
}

# The processes of the server are its children: what they took is known once they have ended.
spent() { awk '{ printf "%.2f", ($16 + $17) / 100 }' "/proc/$(head -n 1 "$folder/data/postmaster.pid")/stat"; }
now() { date +%s.%N; }
minus() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a - b }'; }
timed() { # name, command…
  local name=$1 begun from
  shift
  from=$(spent) begun=$(now)
  "$@" >"$folder/out"
  local ended=$(now)
  sleep 0.5
  printf '%-28s %7.1f s wall, %7.1f s CPU in the engine\n' "$name" "$(minus "$ended" "$begun")" "$(minus "$(spent)" "$from")"
}
pairs() { # table [label]
  local at
  for _ in $(seq "$runs"); do
    timed "$1${2:+ by $2}, GROUP BY" "${say[@]}" -c "$(bare "$@")"
    timed "$1${2:+ by $2}, certify" "$folder/allwrong" certify "$url" --table "$1" ${2:+--label "$2" --slice "$2"} --overhead 0.02 --json
  done
  sed -n 's/^ *"bytes": \([0-9]*\),/  \1 bytes left the engine/p' "$folder/out"
}

for what in "${@:-plain slices messy attempts}"; do
  for one in $what; do
    case $one in
    load) ;;
    plain) pairs outcomes ;;
    slices) pairs outcomes subject ;;
    messy)
      if [ -z "$("${say[@]}" -c "select 1 from pg_class where relname = 'messy' and reltuples > 0")" ]; then
        "${say[@]}" -c "create unlogged table messy as
          select query, model, case when hashtext(query || model) % 100 <> 0 then verdict end as verdict, attempt, subject, day from outcomes
          union all select * from outcomes tablesample bernoulli (1) repeatable (1)" -c 'vacuum analyze messy'
      fi
      size messy
      pairs messy
      ;;
    attempts)
      half=$((models / 2))
      if [ -z "$("${say[@]}" -c "select 1 from pg_class where relname = 'tries' and reltuples > 0")" ]; then
        "${say[@]}" -c "create unlogged table tries as
          select query, 'model-' || lpad((right(model, 2)::int % $half)::text, 2, '0') as model, verdict, right(model, 2)::int / $half as attempt, subject, day
          from outcomes where right(model, 2)::int < 2 * $half" -c 'vacuum analyze tries'
      fi
      size tries
      later=" + $half * attempt" pairs tries
      ;;
    *) echo "scale_postgres.sh: $one is none of load, plain, slices, messy, attempts" && exit 2 ;;
    esac
  done
done
