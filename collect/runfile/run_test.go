package runfile

import (
	"testing"
)

func TestExampleParses(t *testing.T) {
	r, err := Parse([]byte(Example()), "run.toml")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", r)
}

func TestPositions(t *testing.T) {
	_, err := Parse([]byte("cap_usd = -1\nsed = 3\n[[endpoint]]\nname=\"x\"\nbase_url = \"http://u:p@h.com\"\n[[endpoint]]\nname = \"x\"\nprotocol=\"oai\"\n[[model]]\nid=\"m\"\nprice = { input = 3, outpt = 4 }\n[model.parameters]\nmodel = 3\nt = 2026-01-01\n"), "run.toml")
	t.Log(err)
	_, err = Parse([]byte("a = [1,2\nb = ]"), "run.toml")
	t.Log(err)
	_, err = Parse([]byte("a = 1\na = 2"), "run.toml")
	t.Log(err)
}
