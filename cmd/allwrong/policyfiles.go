package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/policy"
)

// policyFiles are the tables that a comparison of policies takes beside results.
type policyFiles struct {
	Routers    []string `json:"routers,omitempty"`
	Confidence string   `json:"confidence,omitempty"`
	Embeddings string   `json:"embeddings,omitempty"`
	Cascades   []string `json:"cascades,omitempty"`
	moneyFlags

	choices []policy.Choices
	conf    map[[2]string]float64 // by query and model
	vectors map[string][]float64
}

func (x *policyFiles) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&x.Routers, "router", nil, "score the policy of `FILE` as well: a table of query and model, or query and answer (may be repeated)")
	f.StringVar(&x.Confidence, "confidence", "", "how sure models are: a `FILE` of query, model and confidence")
	f.StringVar(&x.Embeddings, "embeddings", "", "what queries are like: a `FILE` of query and embedding, a list of numbers")
	f.StringArrayVar(&x.Cascades, "cascade", nil, "ask `MODEL,MODEL…` in this order (may be repeated; default: chosen on what is learnt from)")
}

func (x *policyFiles) cascades() [][]string {
	var out [][]string
	for _, list := range x.Cascades {
		var chain []string
		for _, name := range strings.Split(list, ",") {
			chain = append(chain, strings.TrimSpace(name))
		}
		out = append(out, chain)
	}
	return out
}

// read reads the tables.
func (x *policyFiles) read() error {
	for _, path := range x.Routers {
		of := map[string]policy.Choice{}
		err := eachRow(path, func(row tableRow) error {
			c := policy.Choice{Model: row.fields["model"], Answer: row.fields["answer"]}
			if (c.Model == "") == (c.Answer == "") {
				return errors.New("want a model or an answer, and not both")
			}
			if cost := row.fields["cost_usd"]; cost != "" {
				usd, err := strconv.ParseFloat(cost, 64)
				if err != nil || !(usd >= 0) || math.IsInf(usd, 0) {
					return fmt.Errorf("cost_usd: %s is no price", outcome.Quote(cost))
				}
				c.CostUSD = &usd
			}
			return once(of, row.query, c)
		})
		if err != nil {
			return err
		}
		x.choices = append(x.choices, policy.Choices{Name: filepath.Base(path), Of: func(query string) (policy.Choice, bool) {
			c, ok := of[query]
			return c, ok
		}})
	}
	if x.Confidence != "" {
		x.conf = map[[2]string]float64{}
		err := eachRow(x.Confidence, func(row tableRow) error {
			c, err := strconv.ParseFloat(row.fields["confidence"], 64)
			if err != nil || math.IsNaN(c) {
				return fmt.Errorf("confidence: %s is no number", outcome.Quote(row.fields["confidence"]))
			}
			if row.fields["model"] == "" {
				return errors.New("want a model")
			}
			return once(x.conf, [2]string{row.query, row.fields["model"]}, c)
		})
		if err != nil {
			return err
		}
	}
	if x.Embeddings == "" {
		return nil
	}
	x.vectors = map[string][]float64{}
	return eachRow(x.Embeddings, func(row tableRow) error {
		var v []float64
		if err := json.Unmarshal([]byte(row.fields["embedding"]), &v); err != nil || len(v) == 0 {
			return errors.New("embedding: want a list of numbers, [0.1, -0.2, …]")
		}
		return once(x.vectors, row.query, v)
	})
}

func once[K comparable, V any](in map[K]V, key K, value V) error {
	if _, twice := in[key]; twice {
		return fmt.Errorf("%v comes a second time", key)
	}
	in[key] = value
	return nil
}

func (x *policyFiles) own() []policy.Choices { return x.choices }

func (x *policyFiles) vector() func(string) []float64 {
	if x.vectors == nil {
		return nil
	}
	return func(query string) []float64 { return x.vectors[query] }
}

func (x *policyFiles) sure() func(query, model string) (float64, bool) {
	if x.conf == nil {
		return nil
	}
	return func(query, model string) (float64, bool) {
		c, ok := x.conf[[2]string{query, model}]
		return c, ok
	}
}

// tableRow is a row of a table of queries.
type tableRow struct {
	query  string
	fields map[string]string // by lower-case name; values of JSON that are no text as they stand
}

// mostTable bounds what is read of one table, in bytes.
const mostTable = 1 << 30

// eachRow reads a CSV or TSV file with a header, or JSON lines. Errors name the line.
func eachRow(path string, visit func(tableRow) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	next := jsonRows(io.LimitReader(f, mostTable))
	if ext := strings.ToLower(filepath.Ext(path)); ext == ".csv" || ext == ".tsv" {
		if next, err = csvRows(io.LimitReader(f, mostTable), ext == ".tsv"); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	rows := 0
	for {
		fields, line, err := next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = outcome.CheckName("query", fields["query"])
		}
		if err == nil {
			err = visit(tableRow{fields["query"], fields})
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", path, line, err)
		}
		rows++
	}
	if rows == 0 {
		return fmt.Errorf("%s: no rows", path)
	}
	return nil
}

// rowReader gives one row after the other, and its line.
type rowReader func() (fields map[string]string, line int, err error)

func csvRows(from io.Reader, tabs bool) (rowReader, error) {
	r := csv.NewReader(from)
	if r.ReuseRecord = true; tabs {
		r.Comma = '\t'
	}
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("no header: want columns query and model, answer, confidence or embedding")
	}
	var names []string
	for _, h := range header {
		names = append(names, strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff"))))
	}
	return func() (map[string]string, int, error) {
		row, err := r.Read()
		line, _ := r.FieldPos(0)
		if err != nil {
			return nil, line, err
		}
		fields := map[string]string{}
		for k, v := range row {
			fields[names[k]] = strings.TrimSpace(v)
		}
		return fields, line, nil
	}, nil
}

func jsonRows(from io.Reader) rowReader {
	d := json.NewDecoder(from)
	line := 0
	return func() (map[string]string, int, error) {
		line++
		var raw map[string]json.RawMessage
		if err := d.Decode(&raw); err == io.EOF {
			return nil, line, err
		} else if err != nil {
			return nil, line, fmt.Errorf("want one JSON object a line: %w", err)
		}
		fields := map[string]string{}
		for name, v := range raw {
			var text string
			if json.Unmarshal(v, &text) != nil {
				text = string(v)
			}
			fields[strings.ToLower(name)] = text
		}
		return fields, line, nil
	}
}
