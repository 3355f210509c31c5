package replay

import (
	"bytes"
	"net/http"
	"strconv"
	"unicode/utf8"

	"github.com/allwrong/allwrong/internal/jsonscan"
)

// piece is how much of an answer one event of a stream holds, in bytes.
const piece = 64

// events sends an answer as a stream of server-sent events.
func (c *call) events(r *reply) {
	c.w.Header().Set("Content-Type", "text/event-stream")
	c.w.Header().Set("Cache-Control", "no-cache")
	c.w.WriteHeader(http.StatusOK)
	list := c.chunks(r)
	if c.messages {
		list = c.deltas(r)
	}
	flush := http.NewResponseController(c.w)
	for i, e := range list {
		switch {
		case c.fault == Half && i == len(list)/2:
			c.w.Write(e[:len(e)/2])
			c.breakOff()
		case c.fault == BadJSON && i == len(list)/2:
			e = append(e[:len(e)*2/3:len(e)*2/3], "\n\n"...)
		}
		if _, err := c.w.Write(e); err != nil {
			return
		}
		flush.Flush()
	}
}

// pieces cuts a text between characters.
func pieces(text []byte, each func([]byte)) {
	for len(text) > 0 {
		n := min(piece, len(text))
		for n < len(text) && !utf8.RuneStart(text[n]) {
			n++
		}
		each(text[:n])
		text = text[n:]
	}
}

// chunks are the events of a chat completion.
func (c *call) chunks(r *reply) (list [][]byte) {
	chunk := func(delta []byte, finish string, usage bool) {
		b := append(append(append([]byte(nil), `data: {"id":"`...), r.id...), `","object":"chat.completion.chunk","created":0,"model":`...)
		b = append(jsonscan.AppendString(b, c.model), `,"choices":[`...)
		if delta != nil {
			b = append(append(append(b, `{"index":0,"delta":`...), delta...), `,"logprobs":null,"finish_reason":`...)
			b = append(orNull(b, finish), '}')
		}
		b = append(b, ']')
		if c.usage {
			b = append(b, `,"usage":`...)
			if usage {
				b = c.usageOf(b, r)
			} else {
				b = append(b, "null"...)
			}
		}
		list = append(list, append(b, "}\n\n"...))
	}
	chunk([]byte(`{"role":"assistant","content":""}`), "", false)
	pieces(r.text, func(text []byte) {
		chunk(append(jsonscan.AppendString([]byte(`{"content":`), text), '}'), "", false)
	})
	chunk([]byte("{}"), r.finish(false), false)
	if c.usage {
		chunk(nil, "", true)
	}
	return append(list, []byte("data: [DONE]\n\n"))
}

// deltas are the events of a message.
func (c *call) deltas(r *reply) (list [][]byte) {
	event := func(name string, body []byte) {
		b := append(append(append([]byte("event: "), name...), "\ndata: {\"type\":\""...), name...)
		list = append(list, append(append(append(b, '"'), body...), "}\n\n"...))
	}
	empty := *r
	empty.text, empty.out = nil, 0
	start := c.body(&empty)
	start = bytes.Replace(start, []byte(`"stop_reason":"`+r.finish(true)+`"`), []byte(`"stop_reason":null`), 1)
	event("message_start", append([]byte(`,"message":`), start...))
	event("content_block_start", []byte(`,"index":0,"content_block":{"type":"text","text":""}`))
	pieces(r.text, func(text []byte) {
		event("content_block_delta", append(jsonscan.AppendString([]byte(`,"index":0,"delta":{"type":"text_delta","text":`), text), '}'))
	})
	event("content_block_stop", []byte(`,"index":0`))
	b := append([]byte(`,"delta":{"stop_reason":"`), r.finish(true)...)
	b = append(b, `","stop_sequence":null},"usage":`...)
	if r.wrongUsage != "" {
		b = append(b, r.wrongUsage...)
	} else {
		b = append(strconv.AppendInt(append(b, `{"output_tokens":`...), r.out, 10), '}')
	}
	event("message_delta", b)
	event("message_stop", nil)
	return list
}
