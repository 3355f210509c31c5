package judge

import (
	"context"

	"github.com/allwrong/allwrong/agreement"
	"github.com/allwrong/allwrong/grade"
)

// Item is an answer whose verdict is known, to calibrate judges with.
type Item struct {
	Query    grade.Query
	Response string
	Right    bool
}

// Calibration is how one judge does on items whose verdict is known.
type Calibration struct {
	Judge      string `json:"judge"`
	Items      int    `json:"items"`
	RightAsOne int    `json:"right_as_right"` // right answers that it called right
	RightAll   int    `json:"right"`          // right answers that it voted on
	WrongAsOne int    `json:"wrong_as_wrong"` // wrong answers that it called wrong
	WrongAll   int    `json:"wrong"`          // wrong answers that it voted on
	NoVote     int    `json:"no_vote"`
}

// Calibrate asks every judge about every item.
func (p *Panel) Calibrate(ctx context.Context, items []Item) ([]Calibration, error) {
	out := make([]Calibration, len(p.Judges))
	for i, j := range p.Judges {
		out[i] = Calibration{Judge: j.Model, Items: len(items)}
	}
	for _, item := range items {
		b, err := p.Grade(ctx, &item.Query, item.Response, Judge{})
		if err != nil {
			return nil, err
		}
		for i, v := range b.Votes { // nobody is left out: the candidate has no name
			out[i].note(item.Right, v.Verdict)
		}
	}
	return out, nil
}

func (c *Calibration) note(right bool, v grade.Verdict) {
	switch {
	case v != grade.Right && v != grade.Wrong:
		c.NoVote++
	case right:
		c.RightAll++
		if v == grade.Right {
			c.RightAsOne++
		}
	default:
		c.WrongAll++
		if v == grade.Wrong {
			c.WrongAsOne++
		}
	}
}

// Agreement is how far the judges of a panel agree.
type Agreement struct {
	Pairs []Pair              `json:"pairs"`
	Alpha agreement.Statistic `json:"alpha"` // Krippendorff's, over all judges
}

// Pair is two judges with Cohen's κ.
type Pair struct {
	A     string              `json:"a"`
	B     string              `json:"b"`
	Kappa agreement.Statistic `json:"kappa"`
}

// Agree compares the votes of all pairs of judges over these ballots. A judge
// that has no vote on an answer is missing there.
func (p *Panel) Agree(ballots []Ballot, o agreement.Options) (Agreement, error) {
	labels := make([][]string, len(p.Judges))
	at := map[string]int{}
	for i, j := range p.Judges {
		labels[i], at[j.Model] = make([]string, len(ballots)), i
	}
	for u, b := range ballots {
		for _, v := range b.Votes {
			if i, ok := at[v.Judge]; ok && v.Verdict != grade.CannotTell {
				labels[i][u] = v.Verdict.String()
			}
		}
	}
	out := Agreement{Pairs: []Pair{}}
	for i := range labels {
		for j := i + 1; j < len(labels); j++ {
			k, err := agreement.Kappa(labels[i], labels[j], o)
			if err != nil {
				return out, err
			}
			out.Pairs = append(out.Pairs, Pair{p.Judges[i].Model, p.Judges[j].Model, k})
		}
	}
	var err error
	out.Alpha, err = agreement.Alpha(labels, o)
	return out, err
}
