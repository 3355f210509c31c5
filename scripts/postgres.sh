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
export ALLWRONG_NEED_POSTGRES=1
mapfile -t files < <(grep -rl --include='*_test.go' '"github.com/allwrong/allwrong/internal/pgtest"' .)
mapfile -t packages < <(printf '%s\n' "${files[@]}" | xargs -n 1 dirname | grep -v '^./cmd/' | sort -u)
go test -count 1 -timeout 10m "$@" ./internal/pgtest "${packages[@]}"
# Of the commands, whose tests are many, those that name a database.
tests=$(grep -h '^func Test' $(printf '%s\n' "${files[@]}" | grep '^./cmd/') | sed 's/func \(Test[A-Za-z0-9]*\).*/\1/' | paste -sd'|')
go test -count 1 -timeout 10m -run "^($tests)\$" "$@" ./cmd/allwrong
