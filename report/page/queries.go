package page

import (
	"strings"
	"unicode/utf8"

	"github.com/allwrong/allwrong/audit"
	"github.com/allwrong/allwrong/report"
	"github.com/allwrong/allwrong/study"
)

// What the texts of queries may take of a page, in bytes, and what one may. Where
// little room is left the questions are cut first.
const (
	roomForTexts = 900_000
	mostPrompt   = 1500
	mostText     = 300
	mostGroups   = 12
	mostNames    = 400 // bytes of the names of those who gave one answer
)

// queryView is one query of the list.
type queryView struct {
	Query, Kind, Right, Labels  string
	Rank                        int // right models, to sort by
	Finding, Evidence, Audited  string
	Prompt, Reference, Findings string
	Groups                      []groupView
	Bare                        bool // there is nothing to open
}

// groupView is one answer, and who gave it.
type groupView struct {
	Answer, Verdict, Models string
	Count                   int
}

// queriesView is the list, and what it leaves out.
type queriesView struct {
	Shown []queryView
	Kinds []string
	Left  string
}

func queries(r Report) queriesView {
	shown := study.Shown(r.Queries)
	items := map[string]*audit.Item{}
	if r.Audit != nil {
		for i := range r.Audit.Queue {
			items[r.Audit.Queue[i].Query] = &r.Audit.Queue[i]
		}
	}
	var v queriesView
	keys := keysOf(r)
	seen := map[string]bool{}
	room := roomForTexts
	for _, q := range r.Queries {
		if !shown[q.Query] {
			continue
		}
		x := view(q, items[q.Query], keys)
		if r.Audit != nil {
			if text, ok := r.Audit.Questions[q.Query]; ok {
				x.texts(text, &room)
			}
		}
		x.Bare = x.Prompt == "" && x.Reference == "" && len(x.Groups) == 0 && x.Evidence == ""
		if !seen[x.Kind] {
			seen[x.Kind] = true
			v.Kinds = append(v.Kinds, x.Kind)
		}
		v.Shown = append(v.Shown, x)
	}
	if left := len(r.Queries) - len(v.Shown); left > 0 {
		v.Left = plural(left, "query is", "queries are") + " not listed: here are the first all-wrong queries and near misses, and a sample of the others. The certificate counts all of them."
	}
	return v
}

// keysOf are the labels that tell queries apart.
func keysOf(r Report) []string {
	var keys []string
	for _, cut := range r.Cuts {
		keys = append(keys, cut.Key)
	}
	return keys[:min(len(keys), 3)]
}

func view(q study.Query, item *audit.Item, keys []string) queryView {
	x := queryView{Query: report.Fit(q.Query, 80), Kind: kinds[q.Kind], Right: count(q.Right) + " of " + count(q.Models), Rank: q.Right, Labels: labelsOf(keys, q)}
	if item == nil {
		return x
	}
	if item.Finding != audit.FindNone {
		x.Finding, x.Evidence = item.Finding, report.Fit(item.Evidence, 400)
	}
	x.Audited = string(item.Audited)
	return x
}

// texts fills in what is on file about a query, as far as there is room.
func (x *queryView) texts(q audit.Question, room *int) {
	most := mostPrompt
	if *room < roomForTexts/3 {
		most /= 5
	}
	x.Prompt, x.Reference = cut(strings.TrimSpace(q.Prompt), most), cut(q.Reference, mostText)
	for i, g := range q.Values {
		if i == mostGroups || *room < 0 {
			x.Groups = append(x.Groups, groupView{Answer: "… and " + plural(len(q.Values)-i, "other answer", "other answers")})
			break
		}
		by := map[string][]string{}
		var verdicts []string
		for _, a := range g.Answers {
			said := a.Verdict
			if a.Reason != "" {
				said += ", " + a.Reason
			}
			if by[said] == nil {
				verdicts = append(verdicts, said)
			}
			by[said] = append(by[said], report.Fit(a.Model, 40))
		}
		answer := g.Value
		if len(g.Answers) > 0 && answer == "" {
			answer = g.Answers[0].Answer
		}
		for _, said := range verdicts {
			y := groupView{Answer: cut(answer, mostText), Verdict: strings.ReplaceAll(said, "_", " "), Models: names(by[said]), Count: len(by[said])}
			*room -= len(y.Answer) + len(y.Models) + 150
			x.Groups = append(x.Groups, y)
		}
	}
	*room -= len(x.Prompt) + len(x.Reference) + 400
}

// names joins names up to a length, and says how many are left.
func names(list []string) string {
	out := ""
	for i, s := range list {
		if i > 0 && len(out)+len(s) > mostNames {
			return out + " and " + count(len(list)-i) + " more"
		}
		if i > 0 {
			out += ", "
		}
		out += s
	}
	return out
}

// cut shortens a text to so many bytes, at the end of a letter.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return strings.TrimRight(s[:most], " …") + " …"
}
