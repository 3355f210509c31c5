// Package tell answers one question: who is told of what a watch has seen, and
// how? [Metrics] writes a summary for Prometheus to scrape, [Serve] answers on an
// address, and a [Hook] posts each alarm to a URL, again and again until it is
// taken. Nothing here holds up the watch.
package tell
