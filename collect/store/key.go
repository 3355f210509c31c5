package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"

	"github.com/allwrong/allwrong/collect/runfile"
)

// keySchema is part of every content address: who changes what is asked for one
// and the same run file changes it.
const keySchema = "allwrong/request/1"

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// messagesDigest is the content address of what a query says.
func messagesDigest(q *runfile.Query) [32]byte {
	var list []message
	if q.System != "" {
		list = append(list, message{"system", q.System})
	}
	return digest(append(list, message{"user", q.Prompt}))
}

// gradingDigest is the content address of what a grader is told.
func gradingDigest(q *runfile.Query) [32]byte {
	return digest([]any{q.Prompt, q.Reference, q.Kind, q.Options})
}

// digest is that of a value's JSON, whose form encoding/json fixes: members of
// structs in order, those of maps sorted.
func digest(v any) [32]byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("store: " + err.Error()) // strings and JSON that has been read
	}
	return sha256.Sum256(raw)
}

// keyPrefix is the beginning of the canonical JSON of a model's requests: all
// that they have in common. The model's own name is part of it, since one name at
// two endpoints is two models.
func keyPrefix(m *runfile.Model, p runfile.Protocol) []byte {
	params := m.Parameters
	if params == nil {
		params = runfile.Parameters{}
	}
	raw, err := json.Marshal(struct {
		Schema     string             `json:"schema"`
		Model      string             `json:"model"`
		Name       string             `json:"name"`
		Protocol   runfile.Protocol   `json:"protocol"`
		Parameters runfile.Parameters `json:"parameters"`
	}{keySchema, m.ID, m.Name, p, params})
	if err != nil {
		panic("store: " + err.Error())
	}
	return raw[:len(raw)-1] // without the closing brace
}

// requestKey is the content address of a request. The messages go in by their
// own address, so that a million keys are made in a moment.
func requestKey(prefix []byte, messages [32]byte, budget int64, attempt int) Key {
	var room [512]byte
	b := append(room[:0], prefix...)
	b = append(b, `,"messages_sha256":"`...)
	b = hex.AppendEncode(b, messages[:])
	b = append(b, `","budget":`...)
	b = strconv.AppendInt(b, budget, 10)
	b = append(b, `,"attempt":`...)
	b = strconv.AppendInt(b, int64(attempt), 10)
	return sha256.Sum256(append(b, '}'))
}
