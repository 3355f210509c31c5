package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/ingest"
	"github.com/allwrong/allwrong/warehouse"
)

const verifyHelp = `Verify computes a certificate again from the same data and compares it to the file
to the last bit. It names each option, input and number that differs.

The digests in the file show what was changed after it was issued. They are no
signature: they prove that the numbers follow from the data, not who said so.

Without PATH the files are looked for where they were read from.
Exit codes: 0 it verifies · 1 it could not be computed · 2 usage · 3 it does not`

func newVerify() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "verify CERTIFICATE [PATH…]",
		Short:   "Compute a certificate again and compare it to the last bit",
		Long:    verifyHelp,
		Example: "  allwrong certify results/ -o certificate.json\n  allwrong verify certificate.json\n  allwrong verify certificate.json /mnt/copy/of/results",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("no certificate: name the file that certify -o wrote")
			}
			return verify(cmd, args[0], args[1:], asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// maxCertificate bounds the size of a certificate file, in bytes.
const maxCertificate = 1 << 30

// difference is one thing that is not as the certificate says.
type difference struct {
	Where    string `json:"where"` // "option confidence", "input results/a.csv", "gain.upper"
	File     string `json:"file"`  // what the certificate says
	Computed string `json:"computed"`
}

func verify(cmd *cobra.Command, path string, paths []string, asJSON bool) error {
	raw, err := readCertificate(path)
	if err != nil {
		return err
	}
	var old certifyDocument
	if err := json.Unmarshal(raw, &old); err != nil {
		return fmt.Errorf("%s: %v", path, err)
	}
	if old.Schema != schemaCertify {
		return fmt.Errorf("%s: schema %q; this version verifies %s", path, old.Schema, schemaCertify)
	}
	diffs, err := tampered(old)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		paths = old.Paths
	}
	if slices.ContainsFunc(paths, warehouse.Is) {
		old.Options.Reading.database.again(old.Inputs)
	}
	now, err := issue(cmd, paths, old.Options)
	if err != nil {
		for _, d := range diffs {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: changed since it was issued\n", d.Where)
		}
		if cmd.Context().Err() != nil {
			return err
		}
		// Options that make no sense are the file's mistake, not a misuse of this command: %v, so that the
		// exit status is that of a failure.
		return fmt.Errorf("%s cannot be computed again: %v", path, err)
	}
	diffs = append(diffs, inputs(old, now)...)
	numbers, err := checkAgainst(raw, now)
	if err != nil {
		return err
	}
	return answer(cmd, path, append(diffs, numbers...), asJSON)
}

func readCertificate(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxCertificate+1))
	if err == nil && len(raw) > maxCertificate {
		err = fmt.Errorf("%s: larger than %d MB", path, maxCertificate>>20)
	}
	return raw, err
}

// tampered finds what in the file does not fit the file's own digests.
func tampered(old certifyDocument) ([]difference, error) {
	sealed, err := old.seal()
	if err != nil {
		return nil, err
	}
	var diffs []difference
	for _, name := range slices.Sorted(maps.Keys(sealed.Options)) {
		if sealed.Options[name] != old.Digests.Options[name] {
			diffs = append(diffs, difference{"option " + name, "changed since the certificate was issued", "digest " + short(old.Digests.Options[name])})
		}
	}
	if sealed.Inputs != old.Digests.Inputs {
		diffs = append(diffs, difference{"inputs", "the list was changed since the certificate was issued", "digest " + short(old.Digests.Inputs)})
	}
	if sealed.Result != old.Digests.Result && len(diffs) == 0 {
		diffs = append(diffs, difference{"result", "changed since the certificate was issued", "digest " + short(old.Digests.Result)})
	}
	return diffs, nil
}

func short(digest string) string {
	if len(digest) > 12 {
		return digest[:12]
	}
	return digest
}

// inputs compares what was read by digest: files may have moved.
func inputs(old, now certifyDocument) []difference {
	var diffs []difference
	have, want := now.sums(), old.sums()
	for _, in := range old.Inputs {
		if in.SHA256 == "" || slices.Contains(have, in.SHA256) {
			continue
		}
		computed := "not there"
		for _, other := range now.Inputs {
			if other.Path == in.Path {
				computed = "sha256 " + short(other.SHA256)
			}
		}
		diffs = append(diffs, difference{"input " + in.Path, "sha256 " + short(in.SHA256), computed})
	}
	for _, in := range now.Inputs {
		known := slices.ContainsFunc(old.Inputs, func(o ingest.Input) bool { return o.Path == in.Path })
		if in.SHA256 != "" && !slices.Contains(want, in.SHA256) && !known {
			diffs = append(diffs, difference{"input " + in.Path, "not there", "sha256 " + short(in.SHA256)})
		}
	}
	return diffs
}

// checkAgainst walks both documents as they are written. Paths and the places inside
// messages may differ; digests were compared before.
func checkAgainst(raw []byte, now certifyDocument) ([]difference, error) {
	again, err := json.Marshal(now)
	if err != nil {
		return nil, err
	}
	file, err := generic(raw)
	if err != nil {
		return nil, err
	}
	computed, err := generic(again)
	if err != nil {
		return nil, err
	}
	for _, doc := range []map[string]any{file, computed} {
		for _, name := range []string{"paths", "inputs", "digests", "options"} {
			delete(doc, name)
		}
		if list, ok := doc["warnings"].([]any); ok {
			for _, w := range list {
				if m, ok := w.(map[string]any); ok {
					delete(m, "message")
				}
			}
		}
	}
	var diffs []difference
	walk("", file, computed, &diffs)
	return diffs, nil
}

func generic(raw []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber() // numbers are compared as written: to the last bit
	var v map[string]any
	return v, d.Decode(&v)
}

func walk(where string, a, b any, diffs *[]difference) {
	am, aok := a.(map[string]any)
	bm, bok := b.(map[string]any)
	if aok && bok {
		names := map[string]bool{}
		for k := range am {
			names[k] = true
		}
		for k := range bm {
			names[k] = true
		}
		for _, k := range slices.Sorted(maps.Keys(names)) {
			walk(join(where, k), am[k], bm[k], diffs)
		}
		return
	}
	al, aok := a.([]any)
	bl, bok := b.([]any)
	if aok && bok && len(al) == len(bl) {
		for i := range al {
			walk(fmt.Sprintf("%s[%d]", where, i), al[i], bl[i], diffs)
		}
		return
	}
	if !reflect.DeepEqual(a, b) {
		*diffs = append(*diffs, difference{where, shown(a), shown(b)})
	}
}

func join(where, key string) string {
	if where == "" {
		return key
	}
	return where + "." + key
}

func shown(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	if len(b) > 60 {
		return string(b[:60]) + "…"
	}
	return string(b)
}

// shownDifferences is how many differences the text names; JSON has all.
const shownDifferences = 20

func answer(cmd *cobra.Command, path string, diffs []difference, asJSON bool) error {
	w := cmd.OutOrStdout()
	if asJSON {
		if diffs == nil {
			diffs = []difference{}
		}
		if err := writeJSON(w, map[string]any{"schema": "allwrong/verify/1", "certificate": path,
			"verified": len(diffs) == 0, "differences": diffs}); err != nil {
			return err
		}
	} else if len(diffs) == 0 {
		fmt.Fprintf(w, "%s verifies: same data, same options, the same numbers to the last bit.\n", path)
	} else {
		fmt.Fprintf(w, "%s does not verify:\n", path)
		for i, d := range diffs {
			if i == shownDifferences {
				fmt.Fprintf(w, "  and %d more (--json lists all)\n", len(diffs)-i)
				break
			}
			fmt.Fprintf(w, "  %s: the certificate says %s, computed %s\n", d.Where, d.File, d.Computed)
		}
	}
	if len(diffs) > 0 {
		return errNo
	}
	return nil
}
