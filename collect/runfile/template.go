package runfile

import (
	"errors"
	"fmt"
	"strings"
	"text/template"
	"text/template/parse"
)

// prompts makes prompts of rows by a template of fields:
//
//	{{.question}}                the text of a field
//	{{if .hint}}…{{else}}…{{end}}  one text or another, by whether a field is there and not empty
//	{{.lettered_options}}        the options, a line each: A. first
//
// Nothing else of the template language is taken: no function runs.
type prompts struct {
	t      *template.Template
	fields []string // that the template names
}

// lettered is the field that the options of a row are lettered in.
const lettered = "lettered_options"

// newPrompts reads a template.
func newPrompts(text string) (*prompts, error) {
	if len(text) > maxText {
		return nil, fmt.Errorf("%d bytes; a template has at most %d", len(text), maxText)
	}
	t, err := template.New("").Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, fmt.Errorf("not a template: %s", strings.TrimPrefix(err.Error(), "template: :"))
	}
	p := &prompts{t: t}
	if len(t.Templates()) > 1 {
		return nil, errTemplate
	}
	if t.Tree == nil {
		return nil, errors.New("empty: give a prompt with {{.field}} in it")
	}
	if err := p.allow(t.Root, 0); err != nil {
		return nil, err
	}
	if len(p.fields) == 0 {
		return nil, errors.New("names no field: every query would be the same; write {{.field}} where the question goes")
	}
	return p, nil
}

var errTemplate = errors.New("only {{.field}} and {{if .field}}…{{else}}…{{end}} are taken")

// allow refuses all but texts, fields and choices by a field.
func (p *prompts) allow(n parse.Node, depth int) error {
	if depth > 16 {
		return fmt.Errorf("{{if}} nested more than 16 deep")
	}
	switch n := n.(type) {
	case nil:
		return nil
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		for _, x := range n.Nodes {
			if err := p.allow(x, depth); err != nil {
				return err
			}
		}
		return nil
	case *parse.TextNode, *parse.CommentNode:
		return nil
	case *parse.ActionNode:
		return p.field(n.Pipe)
	case *parse.IfNode:
		if err := p.field(n.Pipe); err != nil {
			return err
		}
		if err := p.allow(n.List, depth+1); err != nil {
			return err
		}
		return p.allow(n.ElseList, depth+1)
	}
	return errTemplate
}

// field refuses a pipeline that is more than one field.
func (p *prompts) field(pipe *parse.PipeNode) error {
	if len(pipe.Decl) > 0 || len(pipe.Cmds) != 1 || len(pipe.Cmds[0].Args) != 1 {
		return errTemplate
	}
	f, ok := pipe.Cmds[0].Args[0].(*parse.FieldNode)
	if !ok || len(f.Ident) != 1 {
		return errTemplate
	}
	p.fields = append(p.fields, f.Ident[0])
	return nil
}

// render makes the prompt of a row.
func (p *prompts) render(r *row, options []string) (string, error) {
	values := make(map[string]string, len(p.fields))
	for _, name := range p.fields {
		if name == lettered {
			if len(options) == 0 {
				return "", fmt.Errorf("the template names %s, and there are no options: say with options = … which field holds them", lettered)
			}
			values[name] = letters(options)
			continue
		}
		text, given := r.text(name)
		if !given {
			return "", fmt.Errorf("the template names the field %q, which is not there", name)
		}
		values[name] = text
	}
	var b strings.Builder
	if err := p.t.Execute(&b, values); err != nil {
		return "", err
	}
	return b.String(), nil
}

// letters writes options as exams do.
func letters(options []string) string {
	var b strings.Builder
	for i, o := range options {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i < 26 {
			fmt.Fprintf(&b, "%c. %s", 'A'+i, o)
		} else {
			fmt.Fprintf(&b, "%d. %s", i+1, o)
		}
	}
	return b.String()
}
