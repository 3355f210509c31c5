package store

// The statements of claims and settlements, for both kinds of database. Each
// transaction holds the money, so that what one has read is so until its end.
const (
	readPurse = "SELECT cap, settled, lost, reserved, provider, overrun, next_call FROM purse"
	setPurse  = "UPDATE purse SET cap = ?, settled = ?, lost = ?, reserved = ?, provider = ?, overrun = ?, next_call = ?"
	addSpent  = `INSERT INTO spent VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (model) DO UPDATE SET calls = spent.calls + excluded.calls,
		answers = spent.answers + excluded.answers, input = spent.input + excluded.input, output = spent.output + excluded.output, cost = spent.cost + excluded.cost`

	setBeat    = "INSERT INTO process VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET pid = excluded.pid, beat = excluded.beat"
	readBeat   = "SELECT beat FROM process WHERE id = ?"
	forgetSelf = "DELETE FROM process WHERE id = ? AND NOT EXISTS (SELECT 1 FROM reservation WHERE process = ?)"

	// What is known of a request and of its place: the call that answered it, how
	// many are under way, and the cell.
	readPlace = `SELECT (SELECT call FROM request WHERE key = ?), (SELECT count(*) FROM reservation WHERE key = ?),
		coalesce(cell.status, 0), coalesce(cell.verdict, 0), coalesce(cell.tries, 0), coalesce(cell.call, 0)
		FROM (SELECT 1 AS one) AS one LEFT JOIN cell ON cell.query = ? AND cell.model = ? AND cell.attempt = ? AND cell.budget = ?`
	reserve = "INSERT INTO reservation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"

	// What is reserved for a call by this process, and the call that answered its request.
	readCall = "SELECT (SELECT amount FROM reservation WHERE call = ? AND process = ?), (SELECT call FROM request WHERE key = ?)"
	release  = "DELETE FROM reservation WHERE call = ?"

	addAnswer = "INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	setAnswer = `UPDATE answer SET status = ?, why = ?, finish = ?, served = ?, request_id = ?, input = ?, cached = ?, output = ?, reasoning = ?,
		latency = ?, cost = ?, provider = ? WHERE id = ?`
	readAnswer = "SELECT status, reserved, cost FROM answer WHERE id = ? AND key = ?"
	setText    = "INSERT INTO text VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET text = excluded.text, reasoning = excluded.reasoning"
	addRequest = "INSERT INTO request VALUES (?, ?)"

	settleCell = `INSERT INTO cell VALUES (?, ?, ?, ?, ?, 0, 0, ?) ON CONFLICT (query, model, attempt, budget)
		DO UPDATE SET status = excluded.status, verdict = CASE WHEN cell.call = excluded.call THEN cell.verdict ELSE 0 END, call = excluded.call`
	evidenceCell = `INSERT INTO cell VALUES (?, ?, ?, ?, ?, 0, 1, 0) ON CONFLICT (query, model, attempt, budget)
		DO UPDATE SET tries = cell.tries + 1, status = CASE WHEN cell.call > 0 THEN cell.status ELSE excluded.status END`
	untryCell  = "UPDATE cell SET tries = tries - 1 WHERE query = ? AND model = ? AND attempt = ? AND budget = ? AND tries > 0"
	readCell   = "SELECT status, verdict, tries, call FROM cell WHERE query = ? AND model = ? AND attempt = ? AND budget = ?"
	gradeCell  = "UPDATE cell SET verdict = ? WHERE query = ? AND model = ? AND attempt = ? AND budget = ?"
	setVerdict = `INSERT INTO verdict VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (call, query) DO UPDATE SET grader = excluded.grader,
		extracted = excluded.extracted, verdict = excluded.verdict, reason = excluded.reason, rule = excluded.rule`
)

// statement is one of them with its arguments.
type statement struct {
	sql  string
	args []any
}
