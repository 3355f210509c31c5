package corpus

import (
	"os"
	"reflect"
	"testing"
	"testing/fstest"
)

func TestGenerateIsTheSameAtEachCall(t *testing.T) {
	if !reflect.DeepEqual(Generate(), Generate()) {
		t.Error("two calls give different pairs")
	}
}

// Every class has pairs that are right and pairs that are wrong, and no pair has
// two verdicts.
func TestVerdictsAreOne(t *testing.T) {
	written, err := Read(os.DirFS("../../testdata/corpus"))
	if err != nil {
		t.Fatal(err)
	}
	wants := map[[2]string]Want{}
	right, wrong := map[string]int{}, map[string]int{}
	for _, p := range append(written, Generate()...) {
		switch p.Want {
		case Right:
			right[p.Class]++
		case Wrong:
			wrong[p.Class]++
		}
		key := [2]string{p.Reference, p.Answer}
		if w, ok := wants[key]; ok && w != p.Want {
			t.Errorf("%s: %q, %q is %c and %c", p.Class, p.Reference, p.Answer, w, p.Want)
		}
		wants[key] = p.Want
		if right[p.Class] == 0 {
			right[p.Class] = 0
		}
	}
	for class := range right {
		if right[class] == 0 || wrong[class] == 0 {
			t.Errorf("%s: %d right, %d wrong", class, right[class], wrong[class])
		}
	}
	if len(wants) < 2500 {
		t.Errorf("%d pairs, want 2500 and more", len(wants))
	}
	t.Logf("%d different pairs", len(wants))
}

func TestReadSaysWhere(t *testing.T) {
	for text, want := range map[string]string{
		"= 1\n":      "a.txt: line 1: an answer before any reference",
		"> 1\n? 2\n": `a.txt: line 2: begins with '?', not with one of > = ! - #`,
	} {
		_, err := Read(fstest.MapFS{"a.txt": {Data: []byte(text)}})
		if err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}
