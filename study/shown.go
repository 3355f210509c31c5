package study

// How many queries of a report have texts: all that defeat every model and all
// near misses come first, then every so many-th of the others.
const (
	mostAllWrong = 300
	mostNear     = 150
	sampled      = 50
)

// NearMiss is up to how many right models a query is a near miss.
const NearMiss = 3

// Shown chooses, of queries in the order of Study.Queries, those that a report
// shows one by one.
func Shown(queries []Query) map[string]bool {
	out := map[string]bool{}
	var rest []Query
	wrong, near := 0, 0
	for _, q := range queries {
		switch {
		case q.Kind == AllWrong && wrong < mostAllWrong:
			wrong++
		case q.Kind != AllWrong && q.Kind != AllRight && q.Right <= NearMiss && near < mostNear:
			near++
		default:
			rest = append(rest, q)
			continue
		}
		out[q.Query] = true
	}
	for i := range min(sampled, len(rest)) {
		out[rest[i*len(rest)/min(sampled, len(rest))].Query] = true
	}
	return out
}
