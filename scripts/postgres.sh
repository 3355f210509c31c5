#!/usr/bin/env bash
# What needs PostgreSQL: outcomes read from it, runs shared through it, watching it.
# Needs Go; Debian's PostgreSQL is installed where there is none. Each test starts
# a cluster of its own; the one that Debian starts is neither used nor touched.
# Usage: scripts/postgres.sh [-run NAME …]   further arguments go to go test
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql >/dev/null
fi
mapfile -t packages < <(grep -rl --include='*_test.go' '"github.com/allwrong/allwrong/internal/pgtest"' . | xargs -n 1 dirname | sort -u)
ALLWRONG_NEED_POSTGRES=1 go test -count 1 -timeout 5m "$@" ./internal/pgtest "${packages[@]}"
