package replay

import (
	"encoding/hex"
	"net/http"
	"strconv"
	"unicode/utf8"

	"github.com/allwrong/allwrong/internal/jsonscan"
)

// reply is an answer as it will be sent.
type reply struct {
	id         string
	text       []byte
	cut        bool
	in, out    int64  // tokens
	wrongUsage string // in place of the usage; "": none
}

// finish is why the answer ended, in the words of one protocol or the other.
func (r *reply) finish(anthropic bool) string {
	switch {
	case anthropic && r.cut:
		return "max_tokens"
	case anthropic:
		return "end_turn"
	case r.cut:
		return "length"
	}
	return "stop"
}

// answer sends a recorded answer, with the faults that answers may have.
func (c *call) answer(x answer) {
	r, err := c.reply(x)
	if err != nil {
		(&failure{http.StatusInternalServerError, "api_error", "", "", "the recorded answers cannot be read: " + err.Error(), 0}).write(c.w, c.messages)
		return
	}
	switch c.fault {
	case Empty:
		r.text, r.out = nil, 0
	case BadUsage:
		list := wrongUsages[c.messages]
		r.wrongUsage = list[c.draws().IntN(len(list))]
	}
	if c.fault != None && c.fault != Slow {
		c.s.count(c.fault)
	} else {
		c.s.tally.answers.Add(1)
		if r.cut && !x.cut {
			c.s.tally.cut.Add(1)
		}
	}
	if c.stream {
		c.events(r)
		return
	}
	c.send(c.body(r))
}

// reply reads a recorded answer, as far as the budget has room for it.
func (c *call) reply(x answer) (*reply, error) {
	text, err := c.s.answers.text(nil, x, c.room())
	if err != nil {
		return nil, err
	}
	r := &reply{text: text, cut: x.cut || len(text) < int(x.bytes), in: max(1, tokens(c.bytes))}
	if len(text) < int(x.bytes) {
		for range utf8.UTFMax - 1 {
			if last, size := utf8.DecodeLastRune(r.text); last == utf8.RuneError && size == 1 {
				r.text = r.text[:len(r.text)-1]
			}
		}
	}
	r.out = tokens(int64(len(r.text)))
	r.id = "replay-" + hex.EncodeToString(c.content[:8]) + "-" + strconv.FormatUint(uint64(c.before), 10)
	return r, nil
}

// body is the whole answer as JSON.
func (c *call) body(r *reply) []byte {
	b := make([]byte, 0, len(r.text)+len(r.text)/8+512)
	if c.messages {
		b = append(append(append(b, `{"id":"`...), r.id...), `","type":"message","role":"assistant","model":`...)
		b = append(jsonscan.AppendString(b, c.model), `,"content":[`...)
		if len(r.text) > 0 {
			b = append(jsonscan.AppendString(append(b, `{"type":"text","text":`...), r.text), '}')
		}
		b = append(append(append(b, `],"stop_reason":"`...), r.finish(true)...), `","stop_sequence":null,"usage":`...)
		return append(c.usageOf(b, r), '}')
	}
	b = append(append(append(b, `{"id":"`...), r.id...), `","object":"chat.completion","created":0,"model":`...)
	b = append(jsonscan.AppendString(b, c.model), `,"choices":[{"index":0,"message":{"role":"assistant","content":`...)
	b = append(jsonscan.AppendString(b, r.text), `,"refusal":null},"logprobs":null,"finish_reason":"`...)
	b = append(append(b, r.finish(false)...), `"}],"usage":`...)
	return append(c.usageOf(b, r), '}')
}

func (c *call) usageOf(b []byte, r *reply) []byte {
	switch {
	case r.wrongUsage != "":
		return append(b, r.wrongUsage...)
	case c.messages:
		b = strconv.AppendInt(append(b, `{"input_tokens":`...), r.in, 10)
		b = strconv.AppendInt(append(b, `,"output_tokens":`...), r.out, 10)
	default:
		b = strconv.AppendInt(append(b, `{"prompt_tokens":`...), r.in, 10)
		b = strconv.AppendInt(append(b, `,"completion_tokens":`...), r.out, 10)
		b = strconv.AppendInt(append(b, `,"total_tokens":`...), r.in+r.out, 10)
	}
	return append(b, '}')
}

// send sends a body, or what the faults leave of it.
func (c *call) send(b []byte) {
	switch c.fault {
	case BadJSON:
		send(c.w, http.StatusOK, b[:len(b)*2/3])
	case Half:
		c.w.Header()["Content-Type"] = jsonType
		c.w.Header().Set("Content-Length", strconv.Itoa(len(b)))
		c.w.WriteHeader(http.StatusOK)
		c.w.Write(b[:len(b)/2])
		c.breakOff()
	default:
		send(c.w, http.StatusOK, b)
	}
}

// breakOff sends what was written, and closes the connection.
func (c *call) breakOff() {
	http.NewResponseController(c.w).Flush()
	panic(http.ErrAbortHandler)
}
