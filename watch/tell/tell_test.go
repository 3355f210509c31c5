package tell

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/allwrong/allwrong/watch"
)

// parse reads the text format by its definition, and nothing of how it is written:
// name{label="value",…} number, with \\, \" and \n in values.
func parse(t *testing.T, text string) map[string]float64 {
	t.Helper()
	out, types := map[string]float64{}, map[string]string{}
	for n, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		fail := func(why string) { t.Fatalf("line %d: %s: %s", n+1, why, line) }
		if rest, ok := strings.CutPrefix(line, "# "); ok {
			f := strings.SplitN(rest, " ", 3)
			if len(f) < 3 || f[0] != "HELP" && f[0] != "TYPE" {
				fail("no comment of the format")
			}
			if f[0] == "TYPE" {
				if types[f[1]] != "" {
					fail("a family that comes twice")
				}
				types[f[1]] = f[2]
			}
			continue
		}
		i := strings.IndexAny(line, "{ ")
		if i < 0 || types[line[:i]] == "" {
			fail("a sample before its type")
		}
		key, rest := line[:i], line[i:]
		if rest[0] == '{' {
			rest = rest[1:]
			for rest[0] != '}' {
				name, after, ok := strings.Cut(strings.TrimPrefix(rest, ","), `="`)
				if !ok || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "" {
					fail("a label's name")
				}
				var value strings.Builder
				for after[0] != '"' {
					if after[0] != '\\' {
						value.WriteByte(after[0])
						after = after[1:]
						continue
					}
					switch after[1] {
					case 'n':
						value.WriteByte('\n')
					case '\\', '"':
						value.WriteByte(after[1])
					default:
						fail("an escape")
					}
					after = after[2:]
				}
				key += "|" + name + "=" + value.String()
				rest = after[1:]
			}
			rest = rest[1:]
		}
		x, err := strconv.ParseFloat(strings.TrimPrefix(rest, " "), 64)
		if err != nil {
			fail("a number")
		}
		if _, twice := out[key]; twice {
			fail("a sample that comes twice")
		}
		out[key] = x
	}
	return out
}

func TestMetrics(t *testing.T) {
	odd := "a \"b\" \\ \n{}=, ü"
	s, err := watch.New(watch.Options{Models: []string{"a", "b"}, Incumbent: "a", Overhead: 0.1, Slice: "topic", Beta: watch.Level{High: 0.02}, Baseline: 30, Both: true})
	if err != nil {
		t.Fatal(err)
	}
	for q := range 200 {
		s.Count([]string{odd, "plain"}[q%2], []bool{q%5 != 0, q%5 != 0})
	}
	var b bytes.Buffer
	if err := Metrics(&b, s.Summary(), Health{Unreadable: 3, Read: 12.5}); err != nil {
		t.Fatal(err)
	}
	got := parse(t, b.String())
	for key, want := range map[string]float64{
		"allwrong_watch_queries_total|scope=all|slice=":                                         200,
		"allwrong_watch_queries_total|scope=slice|slice=" + odd:                                 100,
		"allwrong_watch_all_wrong_total|scope=all|slice=":                                       40,
		"allwrong_watch_beta|scope=all|slice=":                                                  0.2,
		"allwrong_watch_beta|scope=slice|slice=plain":                                           0.2,
		"allwrong_watch_level|scope=all|slice=|rate=beta|direction=rising":                      0.02,
		"allwrong_watch_verdict|scope=all|slice=|verdict=no":                                    1,
		"allwrong_watch_verdict|scope=all|slice=|verdict=room":                                  0,
		"allwrong_watch_alarm|scope=all|slice=|kind=change|rate=beta|direction=rising|verdict=": 1,
		"allwrong_watch_alarms":                                                                 float64(len(s.Alarms)),
		"allwrong_watch_unreadable_total":                                                       3,
		"allwrong_watch_last_read_timestamp_seconds":                                            12.5,
	} {
		if x, ok := got[key]; !ok || x != want {
			t.Errorf("%q is %v (%v), want %v", key, x, ok, want)
		}
	}
	for _, key := range []string{"allwrong_watch_beta_lower|scope=all|slice=", "allwrong_watch_gain_upper|scope=slice|slice=plain", "allwrong_watch_evidence_ratio|scope=all|slice=|rate=gain|direction=rising|kind=level"} {
		if _, ok := got[key]; !ok {
			t.Errorf("%q is not there", key)
		}
	}
}

func TestBoard(t *testing.T) {
	l, err := Listen("0")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(l.Addr().String(), "127.0.0.1:") {
		t.Errorf("a port alone listens on %s", l.Addr())
	}
	b := Serve(l)
	s, err := watch.New(watch.Options{Models: []string{"a", "b"}})
	if err != nil {
		t.Fatal(err)
	}
	b.Show(s.Summary(), Health{})
	for _, c := range []struct {
		method, path string
		status       int
	}{{"GET", "/metrics", 200}, {"GET", "/", 404}, {"POST", "/metrics", 405}} {
		q, _ := http.NewRequest(c.method, "http://"+l.Addr().String()+c.path, nil)
		r, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(r.Body)
		r.Body.Close()
		if r.StatusCode != c.status {
			t.Errorf("%s %s: %s", c.method, c.path, r.Status)
		}
		if c.status == 200 && (r.Header.Get("Content-Type") != "text/plain; version=0.0.4; charset=utf-8" || parse(t, string(text))["allwrong_watch_alarms"] != 0) {
			t.Errorf("%v\n%s", r.Header, text)
		}
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if _, err := Listen("127.0.0.1:99999"); err == nil {
		t.Error("a port that is none was taken")
	}
}

// receiver answers with statuses in turn, the last one for ever, and keeps what it took.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	statuses []int
	asked    int
	taken    []string
	header   http.Header
}

func receive(t *testing.T, statuses ...int) *receiver {
	r := &receiver{statuses: statuses}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		status := r.statuses[min(r.asked, len(r.statuses)-1)]
		r.asked++
		r.header = q.Header
		if status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(status)
		if status < 300 {
			r.taken = append(r.taken, string(body))
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) got() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.taken, "")
}

func hooked(t *testing.T, url string, waiting [][]byte) (*Hook, *strings.Builder) {
	t.Helper()
	var told strings.Builder
	h, err := NewHook(url, "secret", nil, func(s string) { told.WriteString(s) })
	if err != nil {
		t.Fatal(err)
	}
	h.first = time.Millisecond
	for _, l := range waiting {
		h.Send(l)
	}
	return h, &told
}

func closed(h *Hook, most time.Duration) {
	ctx, stop := context.WithTimeout(context.Background(), most)
	defer stop()
	h.Close(ctx)
}

func TestHookDelivers(t *testing.T) {
	r := receive(t, 500, 503, 429, 200)
	h, told := hooked(t, r.URL, [][]byte{[]byte("1\n"), []byte("2\n")})
	for i := 3; i <= 50; i++ {
		h.Send(fmt.Appendf(nil, "%d\n", i))
	}
	closed(h, 10*time.Second)
	want := ""
	for i := 1; i <= 50; i++ {
		want += fmt.Sprintln(i)
	}
	if got := r.got(); got != want || told.Len() > 0 || len(h.Undelivered()) > 0 {
		t.Errorf("received %q, told %q, left %d", got, told, len(h.Undelivered()))
	}
	if r.header.Get("Authorization") != "Bearer secret" || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("%v", r.header)
	}
	closed(h, time.Second) // twice does no harm
	h.Send([]byte("late\n"))
}

// What is refused, redirected or not answered stays, is told of, and the URL is not said.
func TestHookKeeps(t *testing.T) {
	for _, status := range []int{401, 302, 500} {
		r := receive(t, status)
		h, told := hooked(t, r.URL+"/secret-path", [][]byte{[]byte("1\n")})
		closed(h, 10*time.Second)
		if got := h.Undelivered(); len(got) != 1 || string(got[0]) != "1\n" || r.got() != "" {
			t.Errorf("%d: left %q, received %q", status, got, r.got())
		}
		if !strings.Contains(told.String(), fmt.Sprint(status)) || strings.Contains(told.String(), "secret") {
			t.Errorf("%d: told %q", status, told)
		}
		if status != 500 && r.asked > 2 {
			t.Errorf("%d: asked %d times", status, r.asked)
		}
	}
	r := receive(t, 200)
	url := r.URL
	r.Close()
	h, told := hooked(t, url+"/secret-path", [][]byte{[]byte("1\n")})
	closed(h, 10*time.Second)
	if len(h.Undelivered()) != 1 || told.Len() == 0 || strings.Contains(told.String(), "secret") {
		t.Errorf("nobody there: left %d, told %q", len(h.Undelivered()), told)
	}
}

// A receiver that hangs holds up nobody.
func TestHookHangs(t *testing.T) {
	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stop }))
	defer s.Close()
	defer close(stop)
	h, _ := hooked(t, s.URL, nil)
	begun := time.Now()
	for range 1000 {
		h.Send([]byte("x\n"))
	}
	closed(h, 50*time.Millisecond)
	if took := time.Since(begun); took > 5*time.Second || len(h.Undelivered()) != 1000 {
		t.Errorf("%v, %d left", took, len(h.Undelivered()))
	}
}

func TestHookRefuses(t *testing.T) {
	for _, url := range []string{"", "example.com/x", "ftp://example.com", "https://", "https://me:secret@example.com", "http://[::1"} {
		if _, err := NewHook(url, "", nil, nil); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", url, err)
		}
	}
}
