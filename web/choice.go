package web

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/outcome"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/study"
)

// mostValues is up to how many values of a label are boxes to tick.
const mostValues = 60

// labelPrefix marks, in an address, the values of a label.
const labelPrefix = "s."

// choiceView are the controls.
type choiceView struct {
	Models    []box
	Taken     int
	Labels    []labelView
	Overhead  float64
	Incumbent string
	Size      int // the slider's
	Whole     bool
}

type box struct {
	Name, Beside string
	On           bool
}

type labelView struct {
	Key, Field string
	Values     []box
	Taken      int
}

// chosen is a choice with what the quick measures say of it.
type chosen struct {
	study *study.Study
	live  *study.Live
}

// choose reads a choice from an address and asks the quick measures about it,
// with the ledger applied.
func (s *Server) choose(r *http.Request, d *dataset) (*chosen, error) {
	_, state, err := s.book.read()
	if err != nil {
		return nil, err
	}
	after, err := d.audit(state)
	if err != nil {
		return nil, err
	}
	c, err := choice(r, after.study)
	if err != nil {
		return nil, err
	}
	overhead, err := overheadOf(r, after.study)
	if err != nil {
		return nil, err
	}
	part, err := after.study.With(c)
	if err != nil {
		return nil, err
	}
	incumbent := after.study.Options().Certify.Incumbent
	if r.Form.Has("incumbent") {
		incumbent = r.FormValue("incumbent")
	}
	out := &chosen{study: part.Against(overhead, incumbent)}
	out.live, err = out.study.Live()
	return out, err
}

// choice is the part of the data that an address names: model names those that
// are taken, without those that are not.
func choice(r *http.Request, whole *study.Study) (study.Choice, error) {
	if err := r.ParseForm(); err != nil {
		return study.Choice{}, err
	}
	var c study.Choice
	all := whole.AllModels()
	for _, name := range append(slices.Clone(r.Form["model"]), r.Form["without"]...) {
		if !slices.Contains(all, name) {
			return c, fmt.Errorf("no model is named %s", outcome.Quote(name))
		}
	}
	if len(r.Form["model"]) > 0 || len(r.Form["without"]) > 0 {
		c.Models = []string{}
		for _, name := range all {
			if (len(r.Form["model"]) == 0 || slices.Contains(r.Form["model"], name)) && !slices.Contains(r.Form["without"], name) {
				c.Models = append(c.Models, name)
			}
		}
	}
	for key, values := range r.Form {
		if label, ok := strings.CutPrefix(key, labelPrefix); ok {
			if c.Slices == nil {
				c.Slices = map[string][]string{}
			}
			c.Slices[label] = values
		}
	}
	if c.Models != nil && len(c.Models) < 2 {
		return c, fmt.Errorf("take at least two models: with one there is nothing to choose between")
	}
	return c, nil
}

func overheadOf(r *http.Request, whole *study.Study) (float64, error) {
	text := r.FormValue("overhead")
	if text == "" {
		return whole.Options().Certify.Overhead, nil
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || x < 0 || x >= 1 {
		return 0, fmt.Errorf("overhead: %q: want an accuracy as a fraction from 0 up to 1, as 0.02", text)
	}
	return x, nil
}

// choiceView is the state of the controls for an address.
func (d *dataset) choiceView(r *http.Request, made *chosen) choiceView {
	v := choiceView{Overhead: d.Study.Options().Certify.Overhead, Incumbent: d.Study.Options().Certify.Incumbent}
	if x, err := overheadOf(r, d.Study); err == nil {
		v.Overhead = x
	}
	if r.Form.Has("incumbent") {
		v.Incumbent = r.FormValue("incumbent")
	}
	for _, line := range d.before.PerModel {
		b := box{Name: line.Model, On: (len(r.Form["model"]) == 0 || slices.Contains(r.Form["model"], line.Model)) && !slices.Contains(r.Form["without"], line.Model)}
		if line.Accuracy != nil {
			b.Beside = report.Percent(*line.Accuracy)
		}
		if b.On {
			v.Taken++
		}
		v.Models = append(v.Models, b)
	}
	slices.SortStableFunc(v.Models, func(a, b box) int { return cmp.Compare(d.right(b.Name), d.right(a.Name)) })
	for _, l := range d.labels {
		if n := len(l.Values); n < 2 || n > mostValues {
			continue
		}
		out := labelView{Key: l.Key, Field: labelPrefix + l.Key}
		for value, n := range l.Values {
			b := box{Name: value, Beside: report.Count(n), On: slices.Contains(r.Form[out.Field], value)}
			if b.On {
				out.Taken++
			}
			out.Values = append(out.Values, b)
		}
		slices.SortFunc(out.Values, func(a, b box) int { return cmp.Compare(a.Name, b.Name) })
		v.Labels = append(v.Labels, out)
	}
	v.Size, _ = strconv.Atoi(r.FormValue("size"))
	if v.Size < 1 || v.Size > v.Taken {
		v.Size = v.Taken
	}
	v.Whole = made != nil && made.study.Choice().Models == nil && made.study.Choice().Slices == nil
	return v
}

// right counts the right answers of a model, over all queries.
func (d *dataset) right(model string) int64 {
	i := slices.IndexFunc(d.before.PerModel, func(l certify.ModelLine) bool { return l.Model == model })
	if i < 0 {
		return 0
	}
	return d.before.PerModel[i].Right
}
