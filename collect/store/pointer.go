package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/allwrong/allwrong/collect/runfile"
)

// PointerName is the file, in the folder of a run that machines share, that says
// where it lies.
const PointerName = "shared.json"

const pointerSchema = "allwrong/shared-run/1"

// pointer is what it holds.
type pointer struct {
	Schema   string `json:"schema"`
	Database string `json:"database"`
	Run      string `json:"run"`
}

// isPointer reports whether a file is one, by its beginning.
func isPointer(head []byte) bool {
	return bytes.HasPrefix(head, []byte(`{"schema":"`+pointerSchema+`"`))
}

// point writes where the run of a folder lies.
func point(dir string, o Options) error {
	raw, err := json.Marshal(pointer{pointerSchema, o.Database, o.Run})
	if err != nil {
		return err
	}
	path := filepath.Join(dir, PointerName)
	raw = append(raw, '\n')
	if was, err := os.ReadFile(path); err == nil && bytes.Equal(was, raw) {
		return nil
	}
	return os.WriteFile(path, raw, 0o666)
}

var errNoPointer = errors.New("no pointer")

// pointed reads where a run lies; errNoPointer: this file does not say.
func pointed(path string) (pointer, error) {
	f, err := os.Open(path)
	if err != nil {
		return pointer{}, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err != nil {
		return pointer{}, err
	}
	if !isPointer(raw) {
		return pointer{}, errNoPointer
	}
	var p pointer
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, fmt.Errorf("%s: %w", path, err)
	}
	if err := p.check(); err != nil {
		return p, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

func (p *pointer) check() error {
	if p.Run == "" {
		return errors.New("which run? several lie in one database: give its name")
	}
	return runfile.CheckDatabase(p.Database)
}

// IsAddress reports whether a path is no path but the address of a run that
// machines share, postgres://host/database?run=NAME.
func IsAddress(path string) bool {
	if !strings.HasPrefix(path, "postgres://") && !strings.HasPrefix(path, "postgresql://") {
		return false
	}
	u, err := url.Parse(path)
	return err == nil && u.Query().Has("run")
}

// Address is where a run in a shared database is read: OpenFile takes it, and so
// does every command in place of a path.
func Address(database, run string) string {
	u, err := url.Parse(database)
	if err != nil {
		return database
	}
	q := u.Query()
	q.Set("run", run)
	u.RawQuery = q.Encode()
	return u.String()
}

// CheckAddress refuses an address that holds a password, or is none. It does not
// say the address.
func CheckAddress(address string) error {
	_, err := parseAddress(address)
	return err
}

// parseAddress takes the name of the run out of an address.
func parseAddress(text string) (pointer, error) {
	u, err := url.Parse(text)
	if err != nil {
		return pointer{}, errors.New("no address of a database: want postgres://host/database?run=NAME")
	}
	q := u.Query()
	p := pointer{Run: q.Get("run")}
	q.Del("run")
	u.RawQuery = q.Encode()
	p.Database = u.String()
	return p, p.check()
}
