package runfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/allwrong/allwrong/collect/money"
	"github.com/allwrong/allwrong/outcome"
)

// endpoint reads one [[endpoint]].
func (t *table) endpoint() Endpoint {
	defer t.done()
	e := Endpoint{
		Name:     t.name("name", "a name by which models refer to it"),
		BaseURL:  strings.TrimRight(t.need("base_url", "the address, such as https://openrouter.ai/api/v1"), "/"),
		Protocol: Protocol(t.need("protocol", `"openai" or "anthropic"`)),
		KeyEnv:   t.str("key_env"),
		Headers:  t.texts("headers"),
		Limits:   t.limits(),
	}
	if p := e.Protocol; p != "" && p != OpenAI && p != Anthropic {
		t.fault("protocol", "%s is neither %q nor %q", outcome.Quote(string(p)), OpenAI, Anthropic)
	}
	if e.KeyEnv != "" && !variable.MatchString(e.KeyEnv) {
		t.fault("key_env", "not the name of an environment variable: give the name of the variable that holds the key, never the key")
	}
	if e.Limits.Context != 0 {
		t.fault("limits.context", "is a limit of models: move it to [[model]]")
	}
	if e.BaseURL != "" {
		t.address(e.BaseURL, e.KeyEnv != "")
	}
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
		t.header(name, e.Headers[name])
	}
	return e
}

// address checks where calls go. What is wrong is said without the address, for
// people put keys into addresses.
func (t *table) address(text string, key bool) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		t.fault("base_url", "want http:// or https:// and a host, such as https://openrouter.ai/api/v1")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		t.fault("base_url", "holds a user, a query or a fragment: give the address alone, and name the variable that holds the key in key_env")
	case u.Scheme == "http" && key && !near(u.Hostname()):
		t.fault("base_url", "http:// would send the key in the open: use https://, or leave key_env out")
	}
}

// CheckDatabase refuses what is no address of a PostgreSQL database, and one
// that holds a password. The address is not said.
func CheckDatabase(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.Fragment != "" || u.Opaque != "" {
		return errors.New("want the address of a PostgreSQL database, such as postgres://db.example/runs")
	}
	_, password := u.User.Password()
	for name := range u.Query() {
		password = password || strings.Contains(strings.ToLower(name), "password") && name != "passfile"
	}
	if password {
		return errors.New("holds a password: leave it out, set PGPASSWORD or write it into ~/.pgpass, and change it if this file was ever shared")
	}
	if u.Query().Has("run") {
		return errors.New("holds the name of a run: that is the run file's name")
	}
	return nil
}

// store reads where the run lies, when it is not in its folder.
func (t *table) store() string {
	address := t.str("store")
	if address == "" {
		return ""
	}
	if err := CheckDatabase(address); err != nil {
		t.fault("store", "%v", err)
	}
	if !t.has("name") {
		t.fault("store", `needs a name beside it: several runs may lie in one database, and name = "…" says which this is`)
	}
	return address
}

// near reports whether a host is this machine or on a private network.
func near(host string) bool {
	ip := net.ParseIP(host)
	if ip == nil {
		return host == "localhost" || strings.HasSuffix(host, ".localhost") || !strings.Contains(host, ".")
	}
	return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
}

// model reads one [[model]].
func (t *table) model(r *Run) Model {
	defer t.done()
	m := Model{
		ID:         t.name("id", "the name that the model has in outcomes"),
		Name:       t.str("name"),
		Endpoint:   t.need("endpoint", "the name of the [[endpoint]] that serves the model"),
		Family:     t.str("family"),
		PricedOn:   t.date("priced_on"),
		BudgetName: t.str("budget_name"),
		Limits:     t.limits(),
	}
	if m.Name == "" {
		m.Name = m.ID
	}
	m.Price = t.price()
	if !m.Price.Free() && m.PricedOn == "" {
		t.fault("priced_on", "missing: say on which day the price was looked up, such as priced_on = 2026-11-25")
	}
	e, known := r.Endpoint(m.Endpoint)
	if m.Endpoint != "" && !known {
		t.fault("endpoint", "no [[endpoint]] has the name %s", outcome.Quote(m.Endpoint))
	}
	if b := m.BudgetName; b != "" && b != "max_tokens" && b != "max_completion_tokens" {
		t.fault("budget_name", `want "max_tokens" or "max_completion_tokens"`)
	}
	m.Parameters = t.parameters(known && e.Protocol == Anthropic)
	return m
}

// price reads what a million tokens cost. Nothing is free unless it says so.
func (t *table) price() money.Price {
	v, given := t.get("price")
	if !given {
		t.fault("price", "missing: give price = { input = …, output = … } in US dollars for a million tokens; price = 0 if it is free")
		return money.Price{}
	}
	if x, ok := float(v); ok {
		if x != 0 {
			t.fault("price", "one number does for a free model only, price = 0: give price = { input = …, output = … } in US dollars for a million tokens")
		}
		return money.Price{}
	}
	s := t.sub("price")
	defer s.done()
	var p money.Price
	for _, x := range []struct {
		key string
		to  *money.Nano
	}{{"input", &p.Input}, {"output", &p.Output}} {
		if !s.has(x.key) {
			s.fault(x.key, "missing: give US dollars for a million tokens; 0 if they are free")
		}
		*x.to = s.amount(x.key, 0)
	}
	// What has no price of its own is charged like the rest of its side.
	p.CachedInput = s.amount("cached_input", p.Input)
	p.Reasoning = s.amount("reasoning", p.Output)
	return p
}

func (t *table) amount(key string, standard money.Nano) money.Nano {
	x, given := t.number(key, maxPrice)
	if !given {
		return standard
	}
	n, _ := money.Dollars(x)
	if x > 0 && n == 0 {
		t.fault(key, "%v dollars for a million tokens is less than a nano-dollar: write 0", x)
	}
	return n
}

// taken are the members of a request that the run itself fills in.
var taken = map[string]string{
	"model": "name", "messages": "queries", "system": "queries.system",
	"max_tokens": "budgets", "max_completion_tokens": "budgets", "max_output_tokens": "budgets",
	"stream": "", "stream_options": "", "n": "attempts", "tools": "", "tool_choice": "", "functions": "",
}

// parameters reads the members of a request.
func (t *table) parameters(anthropic bool) Parameters {
	s := t.sub("parameters")
	out := Parameters{}
	for _, key := range slices.Sorted(maps.Keys(s.m)) {
		if instead, no := taken[key]; no {
			if instead == "" {
				s.fault(key, "is not to be set: answers are asked for whole, and without tools")
			} else {
				s.fault(key, "is not to be set here: %s says it", instead)
			}
			continue
		}
		v := s.m[key]
		s.bounds(key, v, anthropic)
		plain, err := jsonable(v)
		var raw []byte
		if err == nil {
			raw, err = json.Marshal(plain)
		}
		switch {
		case err != nil:
			s.fault(key, "%v", err)
		case len(raw) > 64<<10:
			s.fault(key, "%d bytes; a parameter has at most 65536", len(raw))
		default:
			out[key] = raw
		}
	}
	return out
}

// bounds checks the parameters that every protocol has.
func (t *table) bounds(key string, v any, anthropic bool) {
	most := map[string]float64{"temperature": 2, "top_p": 1}[key]
	if key == "temperature" && anthropic {
		most = 1
	}
	x, number := float(v)
	_, whole := v.(int64)
	switch {
	case most > 0 && (!number || x < 0 || x > most):
		t.fault(key, "want a number from 0 to %v, not %s", most, show(v))
	case key == "seed" && !whole:
		t.fault(key, "want a whole number, not %s", show(v))
	}
}

// jsonable refuses what TOML has and JSON has not.
func jsonable(v any) (any, error) {
	switch v := v.(type) {
	case string, bool, int64:
		return v, nil
	case float64:
		if _, ok := float(v); !ok {
			return nil, fmt.Errorf("%v is no number", v)
		}
		return v, nil
	case []any:
		for _, x := range v {
			if _, err := jsonable(x); err != nil {
				return nil, err
			}
		}
		return v, nil
	case map[string]any:
		for _, x := range v {
			if _, err := jsonable(x); err != nil {
				return nil, err
			}
		}
		return v, nil
	}
	return nil, fmt.Errorf("a date cannot be sent: put it in quotes")
}
