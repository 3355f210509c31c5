package chat

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestOpenAIAnswers reads bodies in the forms that servers send.
func TestOpenAIAnswers(t *testing.T) {
	one := func(message, finish string) string {
		return `{"id":"c","object":"chat.completion","created":1,"model":"m-1","choices":[{"index":0,"message":{"role":"assistant",` + message + `},"finish_reason":` + finish + `,"logprobs":null}]}`
	}
	none := Usage{Why: "usage is missing"}
	for name, test := range map[string]struct {
		body string
		want Answer
	}{
		"a text":                     {one(`"content":"2\u00fc"`, `"stop"`), Answer{Text: "2ü", Finish: FinishStop, FinishServed: "stop"}},
		"cut off":                    {one(`"content":"2"`, `"length"`), Answer{Text: "2", Finish: FinishLength, FinishServed: "length"}},
		"cut off, in capitals":       {one(`"content":"2"`, `"MAX_TOKENS"`), Answer{Text: "2", Finish: FinishLength, FinishServed: "MAX_TOKENS"}},
		"filtered":                   {one(`"content":""`, `"content_filter"`), Answer{Finish: FinishFiltered, FinishServed: "content_filter"}},
		"a reason of its own":        {one(`"content":"2"`, `"bored"`), Answer{Text: "2", FinishServed: "bored"}},
		"no reason":                  {one(`"content":"2"`, `null`), Answer{Text: "2"}},
		"null and a refusal":         {one(`"content":null,"refusal":"I will not."`, `"stop"`), Answer{Refusal: "I will not.", Finish: FinishStop, FinishServed: "stop"}},
		"no content at all":          {one(`"refusal":null`, `"stop"`), Answer{Finish: FinishStop, FinishServed: "stop"}},
		"tools":                      {one(`"content":null,"tool_calls":[{"id":"1"},{"id":"2"}]`, `"tool_calls"`), Answer{ToolCalls: 2, Finish: FinishTool, FinishServed: "tool_calls"}},
		"a function":                 {one(`"content":null,"function_call":{"name":"f"}`, `"function_call"`), Answer{ToolCalls: 1, Finish: FinishTool, FinishServed: "function_call"}},
		"reasoning of DeepSeek":      {one(`"content":"2","reasoning_content":"hm"`, `"stop"`), Answer{Text: "2", Reasoning: "hm", Finish: FinishStop, FinishServed: "stop"}},
		"reasoning of OpenRouter":    {one(`"content":"2","reasoning":"hm","reasoning_content":null`, `"stop"`), Answer{Text: "2", Reasoning: "hm", Finish: FinishStop, FinishServed: "stop"}},
		"parts":                      {one(`"content":[{"type":"text","text":"a"},{"type":"text","text":"b"},{"type":"refusal","refusal":"no"},"c"]`, `"stop"`), Answer{Text: "abc", Refusal: "no", Finish: FinishStop, FinishServed: "stop"}},
		"parts with thinking":        {one(`"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"b"}]`, `"stop"`), Answer{Text: "b", Reasoning: "hm", Finish: FinishStop, FinishServed: "stop"}},
		"half a pair of surrogates":  {one(`"content":"\ud800"`, `"stop"`), Answer{Text: "\uFFFD", Finish: FinishStop, FinishServed: "stop"}},
		"an error that is null":      {strings.Replace(one(`"content":"2"`, `"stop"`), "{", `{"error":null,`, 1), Answer{Text: "2", Finish: FinishStop, FinishServed: "stop"}},
		"names that come in capital": {one(`"Content":"3","content":"2"`, `"stop"`), Answer{Text: "2", Finish: FinishStop, FinishServed: "stop"}},
	} {
		got, err := decodeOpenAI([]byte(test.body))
		want := test.want
		want.ID, want.Model, want.Usage = "c", "m-1", none
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("%s: got %+v, %v\nwant %+v", name, got, err, want)
		}
	}
}

func TestAnthropicAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want Answer
	}{
		"a text": {`{"content":[{"type":"text","text":"2"}],"stop_reason":"end_turn","usage":{"input_tokens":5,"output_tokens":1}}`,
			Answer{Text: "2", Finish: FinishStop, FinishServed: "end_turn", Usage: Usage{Known: true, Input: 5, Output: 1}}},
		"thinking": {`{"content":[{"type":"thinking","thinking":"hm","signature":"x"},{"type":"redacted_thinking","data":"x"},{"type":"text","text":"a"},{"type":"text","text":"b"}],"stop_reason":"max_tokens","usage":{"input_tokens":5,"output_tokens":9}}`,
			Answer{Text: "ab", Reasoning: "hm", Finish: FinishLength, FinishServed: "max_tokens", Usage: Usage{Known: true, Input: 5, Output: 9}}},
		"a tool": {`{"content":[{"type":"tool_use","id":"t","name":"f","input":{"text":"no text"}}],"stop_reason":"tool_use","usage":{"input_tokens":5,"output_tokens":9}}`,
			Answer{ToolCalls: 1, Finish: FinishTool, FinishServed: "tool_use", Usage: Usage{Known: true, Input: 5, Output: 9}}},
		"declined": {`{"content":[],"stop_reason":"refusal","usage":{"input_tokens":5,"output_tokens":0}}`,
			Answer{Finish: FinishFiltered, FinishServed: "refusal", Usage: Usage{Known: true, Input: 5}}},
		"caches": {`{"content":[{"type":"text","text":"2"}],"stop_reason":"stop_sequence","usage":{"input_tokens":5,"cache_read_input_tokens":100,"cache_creation_input_tokens":10,"output_tokens":1}}`,
			Answer{Text: "2", Finish: FinishStop, FinishServed: "stop_sequence", Usage: Usage{Known: true, Input: 115, Cached: 100, CacheMade: 10, Output: 1}}},
		"no usage": {`{"content":[{"type":"text","text":"2"}],"stop_reason":"end_turn"}`,
			Answer{Text: "2", Finish: FinishStop, FinishServed: "end_turn", Usage: Usage{Why: "usage is missing"}}},
	} {
		got, err := decodeAnthropic([]byte(test.body))
		if err != nil || !reflect.DeepEqual(*got, test.want) {
			t.Errorf("%s: got %+v, %v\nwant %+v", name, got, err, test.want)
		}
	}
}

func TestUsage(t *testing.T) {
	for raw, want := range map[string]Usage{
		`{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}`: {Known: true, Input: 3, Output: 1, Total: 4},
		`{"prompt_tokens":3,"completion_tokens":1}`:                  {Known: true, Input: 3, Output: 1},
		`{"prompt_tokens":3.0,"completion_tokens":1e0}`:              {Known: true, Input: 3, Output: 1},
		`{"prompt_tokens":30,"completion_tokens":9,"total_tokens":39,"prompt_tokens_details":{"cached_tokens":20},"completion_tokens_details":{"reasoning_tokens":8}}`: {Known: true, Input: 30, Cached: 20, Output: 9, Reasoning: 8, Total: 39},
		// Reasoning beside the completion, as its total says, or has to be.
		`{"prompt_tokens":30,"completion_tokens":9,"total_tokens":139,"completion_tokens_details":{"reasoning_tokens":100}}`: {Known: true, Input: 30, Output: 109, Reasoning: 100, Total: 139},
		`{"prompt_tokens":30,"completion_tokens":9,"total_tokens":139}`:                                                      {Known: true, Input: 30, Output: 109, Reasoning: 100, Total: 139},
		`{"prompt_tokens":30,"completion_tokens":9,"completion_tokens_details":{"reasoning_tokens":100}}`:                    {Known: true, Input: 30, Output: 109, Reasoning: 100},
		// Caches by the names of others.
		`{"prompt_tokens":30,"completion_tokens":9,"prompt_cache_hit_tokens":12,"prompt_cache_miss_tokens":18}`: {Known: true, Input: 30, Cached: 12, Output: 9},
		`{"prompt_tokens":30,"completion_tokens":9,"cached_tokens":12,"prompt_tokens_details":null}`:            {Known: true, Input: 30, Cached: 12, Output: 9},
		// What cannot be.
		``:                    {Why: "usage is missing"},
		`null`:                {Why: "usage is missing"},
		`"17"`:                {Why: "usage: want an object, not a text"},
		`[]`:                  {Why: "usage: want an object, not an array"},
		`{}`:                  {Why: "usage.prompt_tokens is missing"},
		`{"prompt_tokens":3}`: {Why: "usage.completion_tokens is missing"},
		`{"prompt_tokens":"3","completion_tokens":1}`:                        {Why: `usage.prompt_tokens: "3" is no count of tokens`},
		`{"prompt_tokens":-3,"completion_tokens":1}`:                         {Why: "usage.prompt_tokens: -3 is no count of tokens"},
		`{"prompt_tokens":3,"completion_tokens":1.5}`:                        {Why: "usage.completion_tokens: 1.5 is no count of tokens"},
		`{"prompt_tokens":3,"completion_tokens":1e300}`:                      {Why: "usage.completion_tokens: 1e300 is no count of tokens"},
		`{"prompt_tokens":3,"completion_tokens":[1]}`:                        {Why: "usage.completion_tokens: [1] is no count of tokens"},
		`{"prompt_tokens":3,"completion_tokens":0}`:                          {Why: "usage: no output tokens for 1 bytes"},
		`{"prompt_tokens":0,"completion_tokens":1}`:                          {Why: "usage: no input tokens"},
		`{"prompt_tokens":3,"completion_tokens":1,"total_tokens":2}`:         {Why: "usage: total_tokens 2 is less than 3 input and 1 output tokens"},
		`{"prompt_tokens":3,"completion_tokens":1,"cached_tokens":4}`:        {Why: "usage: 4 cached tokens among 3 input tokens"},
		`{"prompt_tokens":3,"completion_tokens":1,"total_tokens":"unknown"}`: {Why: `usage.total_tokens: "unknown" is no count of tokens`},
	} {
		if got, _ := usageOpenAI([]byte(raw), &Answer{Text: "2"}); got != want {
			t.Errorf("%s: got %+v, want %+v", raw, got, want)
		}
	}
}

func TestCosts(t *testing.T) {
	for raw, want := range map[string]float64{`0.00125`: 0.00125, `0`: 0, `{"total_cost":0.5,"request_cost":0.1}`: 0.5, `-1`: -1, `"0.1"`: -1, `1e999`: -1, `null`: -1, `{}`: -1} {
		body := strings.Replace(fine, `"usage":{`, `"usage":{"cost":`+raw+`,`, 1)
		a, err := decodeOpenAI([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if got := a.CostUSD; got == nil && want >= 0 || got != nil && *got != want {
			t.Errorf("cost %s: got %v, want %v (-1: none)", raw, got, want)
		}
	}
	c := dial(t, Endpoint{}, noenv, func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("X-Litellm-Response-Cost", "2.5e-05")
		fmt.Fprint(w, fine)
	})
	if a, err := c.Ask(t.Context(), ask); err != nil || a.CostUSD == nil || *a.CostUSD != 2.5e-5 {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestWrongShapes(t *testing.T) {
	for body, want := range map[string]string{
		`{"choices":[`:                  "body: not a JSON object",
		`[]`:                            "body: not a JSON object",
		fine + `{}`:                     "body: not a JSON object",
		``:                              "body: not a JSON object",
		`{}`:                            "choices: want an array, not nothing",
		`{"choices":null}`:              "choices: want an array, not null",
		`{"choices":[]}`:                "choices: empty",
		`{"choices":[3]}`:               "choices[0]: want an object, not 3",
		`{"choices":[{"text":"2"}]}`:    "choices[0].message: want an object, not nothing",
		`{"choices":[{"message":"2"}]}`: "choices[0].message: want an object, not a text",
		`{"choices":[{"message":{"content":2}}]}`:                                       "choices[0].message.content: want a text or an array of parts, not 2",
		`{"choices":[{"message":{"content":{}}}]}`:                                      "choices[0].message.content: want a text or an array of parts, not an object",
		`{"choices":[{"message":{"content":[2]}}]}`:                                     "choices[0].message.content: want parts that are objects, not 2",
		`{"choices":[{"message":{},"finish_reason":7}]}`:                                "choices[0].finish_reason: want a text, not 7",
		`{"choices":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`: "body: not a JSON object",
	} {
		if a, err := decodeOpenAI([]byte(body)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.100s: got %+v, %v; want %s", body, a, err, want)
		}
	}
	for body, want := range map[string]string{
		`{"content":"2"}`:                   "content: want an array of parts, not a text",
		`{}`:                                "content: want an array of parts, not nothing",
		`{"content":[],"stop_reason":{}}`:   "stop_reason: want a text, not an object",
		`{"content":[null]}`:                "content: want parts that are objects, not null",
		`{"type":"message","content":null}`: "content: want an array of parts, not null",
	} {
		if a, err := decodeAnthropic([]byte(body)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %+v, %v; want %s", body, a, err, want)
		}
	}
}

// TestErrorsOfServers has the bodies of errors that servers send.
func TestErrorsOfServers(t *testing.T) {
	const page = "<!DOCTYPE html>\n<html><head><title>502 Bad\nGateway</title></head></html>"
	for _, test := range []struct {
		who    string
		status int
		body   string
		kind   Kind
		want   string // code and message
	}{
		{"OpenAI", 429, `{"error":{"message":"Rate limit reached","type":"requests","param":null,"code":"rate_limit_exceeded"}}`, RateLimited, "rate_limit_exceeded|Rate limit reached"},
		{"OpenAI without money", 429, `{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}`, Auth, "insufficient_quota|You exceeded your current quota"},
		{"OpenAI", 400, `{"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded"}}`, Refused, "context_length_exceeded|too long"},
		{"OpenAI", 500, `{"error":{"message":"The server had an error","type":"server_error","code":null}}`, Server, "server_error|The server had an error"},
		{"Anthropic", 529, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"r"}`, Overloaded, "overloaded_error|Overloaded"},
		{"Anthropic", 500, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`, Overloaded, "overloaded_error|Overloaded"},
		{"Anthropic", 401, `{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}`, Auth, "authentication_error|invalid x-api-key"},
		{"Anthropic in 200", 200, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`, Overloaded, "overloaded_error|Overloaded"},
		{"OpenRouter", 402, `{"error":{"code":402,"message":"Insufficient credits"},"user_id":"u"}`, Auth, "402|Insufficient credits"},
		{"OpenRouter's filter", 403, `{"error":{"code":403,"message":"Flagged","metadata":{"reasons":["violence"],"flagged_input":"x"}}}`, Refused, "403|Flagged"},
		{"OpenRouter in 200", 200, `{"error":{"code":429,"message":"Provider returned error","metadata":{"raw":"slow\ndown","provider_name":"p"}}}`, RateLimited, "429|Provider returned error: slow down"},
		{"OpenRouter in 200", 200, `{"id":"g","choices":[],"error":{"code":502,"message":"Bad gateway"}}`, Server, "502|Bad gateway"},
		{"OpenRouter's choice", 200, `{"choices":[{"error":{"code":524,"message":"Provider timed out"},"finish_reason":"error","message":{"content":""}}]}`, Timeout, "524|Provider timed out"},
		{"a choice that broke off", 200, `{"choices":[{"finish_reason":"error","message":{"content":"2"}}]}`, Server, "error|the server gave up in the middle of the answer"},
		{"vLLM", 400, `{"object":"error","message":"max_tokens is too large","type":"BadRequestError","param":null,"code":400}`, Refused, "400|max_tokens is too large"},
		{"vLLM in 200", 200, `{"object":"error","message":"engine is dead","type":"InternalServerError","code":500}`, Server, "500|engine is dead"},
		{"Ollama", 404, `{"error":"model \"m\" not found, try pulling it first"}`, Refused, `|model "m" not found, try pulling it first`},
		{"Ollama in 200", 200, `{"error":"out of memory"}`, Server, "|out of memory"},
		{"FastAPI", 422, `{"detail":[{"loc":["body","model"],"msg":"field required"}]}`, Refused, `|[{"loc":["body","model"],"msg":"field required"}]`},
		{"FastAPI", 404, `{"detail":"Not Found"}`, Refused, "|Not Found"},
		{"a proxy", 502, page, Server, `|an HTML page, "502 Bad Gateway"`},
		{"a page without a title", 503, "<html>", Overloaded, "|an HTML page"},
		{"a page in 200", 200, page, Shape, `|body: not a JSON object (byte 1: not a JSON value): an HTML page, "502 Bad Gateway"`},
		{"half JSON", 500, `{"error":{"mess`, Server, `|"{\"error\":{\"mess"`},
		{"nothing", 504, ``, Timeout, "|no more was said"},
		{"nothing", 408, ``, Timeout, "|no more was said"},
		{"nothing", 409, ``, Server, "|no more was said"},
		{"nothing", 413, ``, Refused, "|no more was said"},
		{"nothing", 204, ``, Shape, "|no more was said"},
		{"noise", 500, "\x00\x01\xff text", Server, "|\"\uFFFD text\""},
		{"much", 400, `{"error":"` + strings.Repeat("ü", 5000) + `"}`, Refused, "|" + strings.Repeat("ü", 200) + "…"},
	} {
		c := dial(t, Endpoint{}, noenv, func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(test.status)
			fmt.Fprint(w, test.body)
		})
		e := failure(t, c, t.Context(), test.kind)
		if got := e.Code + "|" + e.Message; got != test.want || e.Status != test.status {
			t.Errorf("%s, %d: got %d %s\nwant %s", test.who, test.status, e.Status, got, test.want)
		}
		if test.kind == RateLimited && e.RetryAfter != 7*time.Second {
			t.Errorf("%s: retry after %v", test.who, e.RetryAfter)
		}
		if string(e.Raw) != test.body {
			t.Errorf("%s: raw %.100q", test.who, e.Raw)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	const now = "Wed, 25 Nov 2026 10:00:00 GMT"
	for _, test := range []struct {
		header, date string
		want         time.Duration
	}{
		{"30", "", 30 * time.Second},
		{" 1.5 ", "", 1500 * time.Millisecond},
		{"0", "", 0}, {"-5", "", 0}, {"NaN", "", 0}, {"soon", "", 0}, {"", "", 0},
		{"1e300", "", 366 * 24 * time.Hour}, {"+Inf", "", 366 * 24 * time.Hour},
		{"Wed, 25 Nov 2026 10:00:42 GMT", now, 42 * time.Second}, // by the server's own clock
		{"Wednesday, 25-Nov-26 10:00:42 GMT", now, 42 * time.Second},
		{"Wed, 25 Nov 2026 09:00:00 GMT", now, 0}, // over already
		{time.Now().Add(time.Hour).UTC().Format(http.TimeFormat), "", time.Hour},
	} {
		h := http.Header{}
		h.Set("Retry-After", test.header)
		h.Set("Date", test.date)
		if got := retryAfter(h); got > test.want || got < test.want-2*time.Second || test.date != "" && got != test.want {
			t.Errorf("%q: got %v, want %v", test.header, got, test.want)
		}
	}
	h := http.Header{}
	h.Set("Retry-After-Ms", "250")
	h.Set("Retry-After", "1")
	if got := retryAfter(h); got != 250*time.Millisecond {
		t.Errorf("250 ms: got %v", got)
	}
}

// respond has a body read as a whole response is.
func respond(p Protocol, status int, body []byte) (*Answer, *Error) {
	c := &Client{wire: wires[p], endpoint: Endpoint{MaxBody: 1 << 20, KeepRaw: 1 << 20}}
	r := httptest.NewRecorder()
	r.WriteHeader(status)
	return c.read(r.Result(), body, nil)
}

func fuzzWire(f *testing.F, p Protocol, seeds ...string) {
	for _, s := range seeds {
		for _, status := range []int{200, 429, 500} {
			f.Add(status, []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 200 || status > 599 {
			return
		}
		a, e := respond(p, status, body)
		switch {
		case (a == nil) == (e == nil):
			t.Fatalf("an answer %v and an error %v", a, e)
		case e != nil && (e.Kind == "" || e.Message == "" || len(e.Message) > 2*longestMessage || strings.ContainsAny(e.Message, "\n\x00\x1b")):
			t.Fatalf("kind %q, message %q", e.Kind, e.Message)
		case a == nil:
			return
		case status != 200:
			t.Fatalf("an answer with status %d", status)
		}
		u := a.Usage
		if !u.Known && (u.Why == "" || u != Usage{Why: u.Why}) || u.Known && (u.Why != "" || u.Input <= 0 || u.Cached+u.CacheMade > u.Input || u.Reasoning > u.Output || u.Cached < 0 || u.Reasoning < 0) {
			t.Fatalf("usage %+v", u)
		}
		if again, _ := respond(p, status, body); !reflect.DeepEqual(a, again) {
			t.Fatalf("read twice: %+v and %+v", a, again)
		}
	})
}

func FuzzOpenAI(f *testing.F) {
	fuzzWire(f, OpenAI, fine, `{"error":{"code":429,"message":"x","metadata":{"raw":"y"}}}`, `{"choices":[{"message":{"content":[{"text":"a"}],"refusal":"b","tool_calls":[1]},"finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":9,"prompt_tokens_details":{"cached_tokens":1},"completion_tokens_details":{"reasoning_tokens":3},"cost":1}}`, `<html><title>x</title>`)
}

func FuzzAnthropic(f *testing.F) {
	fuzzWire(f, Anthropic, `{"content":[{"type":"text","text":"2"},{"type":"thinking","thinking":"x"},{"type":"tool_use"}],"stop_reason":"end_turn","usage":{"input_tokens":5,"cache_read_input_tokens":1,"cache_creation_input_tokens":1,"output_tokens":1}}`, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`)
}
