package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// maxWeights bounds the size of a weights file, in bytes.
const maxWeights = 256 << 20

// readWeights reads a production mix: a JSON object of numbers, or CSV rows of
// value and weight with an optional header. Values may not repeat.
func readWeights(path string) (map[string]float64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxWeights+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxWeights {
		return nil, fmt.Errorf("%s: larger than %d MB", path, maxWeights>>20)
	}
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		var weights map[string]float64
		if err := json.Unmarshal(data, &weights); err != nil {
			return nil, fmt.Errorf("%s: %v; want an object of value: weight", path, err)
		}
		return weights, nil
	}
	return csvWeights(path, data)
}

func csvWeights(path string, data []byte) (map[string]float64, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = 2
	weights := map[string]float64{}
	for first := true; ; first = false {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %v; want two columns, value and weight", path, err)
		}
		line, _ := r.FieldPos(0)
		w, err := strconv.ParseFloat(strings.TrimSpace(row[1]), 64)
		if err != nil {
			if first {
				continue // a header
			}
			return nil, fmt.Errorf("%s:%d: weight: %q is not a number", path, line, row[1])
		}
		if _, twice := weights[row[0]]; twice {
			return nil, fmt.Errorf("%s:%d: %q has a weight already", path, line, row[0])
		}
		weights[row[0]] = w
	}
	if len(weights) == 0 {
		return nil, fmt.Errorf("%s: no weights", path)
	}
	return weights, nil
}
