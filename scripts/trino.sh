#!/usr/bin/env bash
# A distributed engine, really run: Trino with one coordinator and two workers on
# loopback, over folders of Parquet. It unpacks the server once, from Maven
# Central, into a cache of the user's, starts it, and ends it whatever happens.
#
# usage: scripts/trino.sh ALLWRONG              the check: a file, Parquet and Trino certify the same, to the last digit
#        scripts/trino.sh ALLWRONG scale        the same of 100 million rows, timed; QUERIES=N takes fewer
#        scripts/trino.sh run COMMAND…          any command, with ALLWRONG_TRINO (a URL) and ALLWRONG_TRINO_FILES (a folder) set
#
# Needs go, Maven, a JDK from 24 on and 2 GB of disk; where there is none of them it says so and passes,
# unless ALLWRONG_NEED_TRINO=1. HEAP is that of each worker.
set -euo pipefail
cd "$(dirname "$0")/.."
version=476 # the newest that Maven Central holds as an archive
without() { echo "trino.sh: $1: nothing was checked"; [ -z "${ALLWRONG_NEED_TRINO:-}" ] && exit 0 || exit 1; }

java=
for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
  [ -x "$home/bin/java" ] || continue
  found=$("$home/bin/java" -version 2>&1 | sed -n '1s/[^"]*"\([0-9]*\).*/\1/p')
  [ "${found:-0}" -ge 24 ] && { java=$home/bin/java; break; }
done
[ -n "$java" ] || without "no JDK from 24 on (JAVA_HOME names one), which Trino $version needs"

home=${XDG_CACHE_HOME:-$HOME/.cache}/allwrong/trino-$version
if [ ! -e "$home/complete" ]; then
  command -v mvn >/dev/null || without "no Maven to fetch Trino with"
  mvn -q -B dependency:get -Dartifact=io.trino:trino-server:$version:tar.gz -Dtransitive=false >/dev/null || without "Trino $version cannot be had from Maven Central"
  mkdir -p "${home%/*}"
  unpacked=$(mktemp -d "${home%/*}/unpack.XXXXXX")
  trap 'rm -rf "$unpacked"' EXIT
  tar xzf "${MAVEN_REPOSITORY:-$HOME/.m2/repository}/io/trino/trino-server/$version/trino-server-$version.tar.gz" -C "$unpacked"
  # Of its fifty plugins one is needed; they share files, so that they are unpacked together.
  find "$unpacked"/*/plugin "$unpacked"/*/secrets-plugin -mindepth 1 -maxdepth 1 ! -name hive -exec rm -rf {} +
  touch "$unpacked/trino-server-$version/complete"
  rm -rf "$home"
  mv "$unpacked/trino-server-$version" "$home"
  rm -rf "$unpacked"
fi

dir=$(mktemp -d)
nodes=()
end() {
  for node in "${nodes[@]}"; do kill "$node" 2>/dev/null || true; done
  for node in "${nodes[@]}"; do
    for _ in $(seq 100); do kill -0 "$node" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$node" 2>/dev/null || true
  done
  rm -rf "$dir"
}
trap end EXIT
trap 'exit 130' INT TERM HUP

read -r -a ports < <(python3 -c '
import socket
held = [socket.socket() for _ in range(3)]
for s in held: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in held))')
export ALLWRONG_TRINO=trino://allwrong@127.0.0.1:${ports[0]}/files/default ALLWRONG_TRINO_FILES=$dir/files

start() { # number, heap, further settings
  local node=$dir/node-$1 coordinator=false
  [ "$1" = 0 ] && coordinator=true
  mkdir -p "$node/etc/catalog" "$ALLWRONG_TRINO_FILES"
  cat >"$node/etc/config.properties" <<END
node.environment=allwrong
node.id=allwrong-$1
node.bind-ip=127.0.0.1
node.internal-address=127.0.0.1
plugin.dir=$home/plugin
catalog.config-dir=$node/etc/catalog
coordinator=$coordinator
http-server.http.port=${ports[$1]}
discovery.uri=http://127.0.0.1:${ports[0]}
query.max-memory-per-node=${3:-300MB}
query.max-memory=20GB
memory.heap-headroom-per-node=${4:-200MB}
END
  [ "$coordinator" = false ] || echo node-scheduler.include-coordinator=false >>"$node/etc/config.properties"
  # The names of partitions and tables are kept in files too; whoever may reach this port may create tables over the folder.
  cat >"$node/etc/catalog/files.properties" <<END
connector.name=hive
hive.metastore=file
hive.metastore.catalog.dir=local:///metastore
hive.non-managed-table-creates-enabled=true
hive.storage-format=PARQUET
fs.native-local.enabled=true
local.location=$ALLWRONG_TRINO_FILES
END
  echo 'io.trino=WARN' >"$node/etc/log.properties"
  (cd "$node" && exec "$java" -Xmx"$2" -XX:+ExitOnOutOfMemoryError -Djdk.attach.allowAttachSelf=true --add-modules=jdk.incubator.vector \
    --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED -Dfile.encoding=UTF-8 -Duser.timezone=UTC \
    ${JVM:--XX:+UseSerialGC} -Dconfig="$node/etc/config.properties" -Dlog.levels-file="$node/etc/log.properties" -cp "$home/lib/*" io.trino.server.TrinoServer >"$node/log" 2>&1) &
  nodes+=($!)
}

cat >"$dir/sql" <<'PY'
#!/usr/bin/env python3
# Runs statements and prints the rows, tab-separated.
import json, os, sys, urllib.request

for statement in sys.argv[1:]:
    r = urllib.request.Request(os.environ["TRINO_AT"] + "/v1/statement", statement.encode(), {"X-Trino-User": "allwrong"})
    while True:
        said = json.load(urllib.request.urlopen(r))
        if "error" in said:
            sys.exit(said["error"]["message"])
        for row in said.get("data", []):
            print(*row, sep="\t")
        if "nextUri" not in said:
            break
        r = said["nextUri"]
PY
chmod +x "$dir/sql"
export TRINO_AT=http://127.0.0.1:${ports[0]}
sql() { "$dir/sql" "$@"; }

up() { # waits until both workers are there
  start 0 "${COORDINATOR_HEAP:-1G}"
  start 1 "${HEAP:-1G}" "${MEMORY:-500MB}"
  start 2 "${HEAP:-1G}" "${MEMORY:-500MB}"
  for _ in $(seq "${PATIENCE:-240}"); do
    for n in 0 1 2; do
      kill -0 "${nodes[$n]}" 2>/dev/null || { tail -40 "$dir/node-$n/log"; echo "trino.sh: node $n of Trino ended at once"; exit 1; }
    done
    [ "$(sql "select count(*) from system.runtime.nodes where state = 'active' and not coordinator" 2>/dev/null)" = 2 ] && return
    sleep 1
  done
  tail -20 "$dir"/node-*/log
  echo "trino.sh: after ${PATIENCE:-240} s there are not two workers"
  exit 1
}

# The files of the check, as table outcomes: one folder a day, each with a file.
table() {
  sql "create schema if not exists files.default" \
    "create table files.default.outcomes (query varchar, model varchar, verdict varchar, attempt integer, subject varchar, day varchar)
     with (external_location = 'local:///outcomes', format = 'PARQUET', partitioned_by = array['day'])" \
    "call files.system.sync_partition_metadata('default', 'outcomes', 'ADD')"
}

if [ "${1:-}" = run ]; then
  shift
  up
  sql "create schema if not exists files.default"
  "$@"
  exit
fi

allwrong=$(realpath "$1")
go build -o "$dir/scale" scripts/scale.go
timed() { # name, command…: wall and CPU seconds of the process and, once they run, of the nodes; the most memory that each held
  local name=$1 begun
  shift
  begun=$(spent)
  /usr/bin/env time -f "%e s wall, %U + %S s CPU, %M kB" -o "$dir/time" "$@"
  echo "$name: $(tail -1 "$dir/time")${nodes:+; the nodes: $(($(spent) - begun)) s CPU, $(held) kB}" >&2
}
spent() { # CPU seconds of the nodes so far
  local ticks=0 node fields
  for node in "${nodes[@]}"; do
    read -r -a fields <<<"$(sed 's/.*) //' "/proc/$node/stat")"
    ticks=$((ticks + fields[11] + fields[12]))
  done
  echo $((ticks / $(getconf CLK_TCK)))
}
held() { for node in "${nodes[@]}"; do sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$node/status"; done | paste -sd+; }
certificate() { # source, further arguments…: a certificate but for what names its source
  "$allwrong" certify "$@" --overhead 0.02 --label subject --slice subject --json | python3 -c '
import json, sys
c = json.load(sys.stdin)
for key in "inputs", "paths", "digests": c.pop(key, None)
json.dump(c, sys.stdout, indent=1, sort_keys=True)'
}
watched() { # source, further arguments…: how many queries a watch counted, how many wait, and on how many all are wrong
  "$allwrong" watch "$@" --beta 0.5 --once --json | python3 -c '
import json, sys
w = json.load(sys.stdin)
print(w["queries"], w["open"], w["scopes"][0]["all_wrong"])'
}

case ${2:-check} in
check)
  "$dir/scale" -queries 20000 -o "$ALLWRONG_TRINO_FILES/outcomes"
  "$dir/scale" -queries 20000 -csv | python3 -c '
import csv, json, sys
for r in csv.DictReader(sys.stdin):
    print(json.dumps({"query": r["query"], "model": r["model"], "verdict": r["verdict"], "slices": {"subject": r["subject"], "day": r["day"]}}))' >"$dir/outcomes.jsonl"
  certificate "$dir/outcomes.jsonl" >"$dir/file.json"
  certificate "$ALLWRONG_TRINO_FILES/outcomes" >"$dir/parquet.json"
  diff "$dir/file.json" "$dir/parquet.json"
  echo "a file and a folder of Parquet certify the same"
  up
  table
  certificate "$ALLWRONG_TRINO" --table outcomes >"$dir/trino.json"
  diff "$dir/file.json" "$dir/trino.json"
  echo "a file and Trino with two workers certify the same"
  watched "$dir/outcomes.jsonl" >"$dir/file.txt"
  watched "$ALLWRONG_TRINO" --query "select query, model, verdict, cast(day as date) as time from outcomes" --since 2020-01-01 >"$dir/trino.txt"
  diff "$dir/file.txt" "$dir/trino.txt"
  echo "a file and Trino are watched alike: $(cat "$dir/trino.txt")"
  go test -count=1 -run '^TestTrino' -v ./warehouse | grep -E '^(---|ok|FAIL|panic|    )' | tee "$dir/tests"
  grep -q '^ok' "$dir/tests" ;;
scale)
  timed "writing" "$dir/scale" -queries "${QUERIES:-10000000}" -o "$ALLWRONG_TRINO_FILES/outcomes"
  du -sh "$ALLWRONG_TRINO_FILES/outcomes"
  timed "one process over the Parquet" "$allwrong" certify "$ALLWRONG_TRINO_FILES/outcomes" --overhead 0.02 --json >"$dir/parquet.json"
  HEAP=${HEAP:-5G} MEMORY=${MEMORY:-3800MB} JVM=-XX:+UseParallelGC up
  table
  sql "analyze files.default.outcomes with (columns = array[])" >/dev/null # how many rows there are, as other formats know anyway
  bits=
  for m in $(seq 0 9); do bits+=$(printf " when 'model-%02d' then %d" "$m" "$m"); done
  for run in $(seq "${RUNS:-3}"); do
    timed "Trino, GROUP BY query" "$dir/sql" "select max(n), count(*) from (select query, count(*) n from files.default.outcomes group by query)"
    timed "Trino, the two GROUP BYs" "$dir/sql" "select max(n), count(*) from (select w, count(*) n from (select query, bitwise_or_agg(bitwise_left_shift(bigint '1',
      case verdict when 'right' then 0 when 'wrong' then 20 when 'no_answer' then 40 end + case model$bits end)) w from files.default.outcomes group by query) group by w)"
    timed "Trino, certified" "$allwrong" certify "$ALLWRONG_TRINO" --table outcomes --overhead 0.02 --json >"$dir/trino.json"
  done
  python3 - "$dir/parquet.json" "$dir/trino.json" <<'PY' ;;
import json, sys
a, b = (json.load(open(p)) for p in sys.argv[1:])
came = b["inputs"][0]
for c in a, b:
    for key in "inputs", "paths", "digests":
        c.pop(key, None)
print("the same certificate" if a == b else "the certificates differ: " + ", ".join(k for k in a if a.get(k) != b.get(k)), "-", came["bytes"], "bytes came back of", came["rows"], "rows")
sys.exit(a != b)
PY
*)
  echo "trino.sh: $2 is neither check nor scale"
  exit 2 ;;
esac
