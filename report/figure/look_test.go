package figure

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var look = flag.String("look", "", "write every figure of every size into this folder, to be looked at")

// figures draws everything that there is of a size.
func figures(t testing.TB, s size) []*Figure {
	m := s.matrix(t)
	c := s.certificate(t, m)
	return []*Figure{FourParts(c)}
}

// TestLook writes the figures for the eye; there is nothing to fail.
func TestLook(t *testing.T) {
	if *look == "" {
		t.Skip("with -look FOLDER it writes the figures")
	}
	for _, s := range sizes {
		for _, f := range figures(t, s) {
			for theme, suffix := range map[Theme]string{Light: "light", Dark: "dark"} {
				file, err := os.Create(filepath.Join(*look, f.Kind+"-"+s.name+"-"+suffix+".png"))
				if err != nil {
					t.Fatal(err)
				}
				if err := f.PNG(file, theme); err != nil {
					t.Fatal(err)
				}
				file.Close()
			}
			if err := os.WriteFile(filepath.Join(*look, f.Kind+"-"+s.name+".svg"), f.SVG(Auto), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
