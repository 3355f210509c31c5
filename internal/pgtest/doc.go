// Package pgtest gives tests a PostgreSQL of their own.
//
// The first test that asks starts one cluster for the whole test binary, in a
// temporary folder; each call of [New] then makes a database in it. A test that
// stops, restarts or pauses the server takes a cluster for itself with [Own].
// Nothing is durable (no fsync), the locale is C and the encoding UTF-8; a
// database that wants another says so when it is made.
//
// Tests connect over loopback as the role "allwrong", which needs no password,
// owns its database and may do nothing else: a superuser on a port of loopback
// would be open to everybody on the machine. The superuser is reached by a
// socket in a folder that only the cluster's user may enter, see
// [Server.Superuser].
//
// Each cluster has a guard, a shell that waits for the test binary to end,
// however it ends: a pipe between them closes. It then stops the server and
// removes the folder, so that a binary that panics, times out or is killed
// leaves nothing behind, and no test needs a TestMain.
//
// PostgreSQL is looked for in PATH, then in /usr/lib/postgresql/*/bin, where
// Debian keeps it. Without it tests are skipped, in words; with
// ALLWRONG_NEED_POSTGRES=1 in the environment they fail instead. PostgreSQL
// refuses to run as root: there, servers run as the user "postgres".
package pgtest
