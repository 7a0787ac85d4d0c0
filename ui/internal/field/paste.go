package field

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/text"
	"imagery/ui/internal/core"
)

const (
	maxPaste   = 64 << 10 // bytes of a paste that are looked at
	maxPasted  = 500      // values taken from one paste
	maxRefused = 5        // of those that were refused, named in the notice
)

// paste takes a pasted list into a field of several values: one per line, or between commas or spaces, as codes or as names. A single
// piece is looked for like typing.
func (p *Picker) paste(m tea.PasteMsg) tea.Cmd {
	values, refused := p.pasted(m.Content)
	if !p.Multi || len(values)+len(refused) < 2 {
		if !p.open {
			p.show()
		}
		return p.search(m)
	}
	added := 0
	for _, v := range values {
		if p.choose(v) {
			added++
		}
	}
	p.close()
	notice := core.Toast(core.Info, p.Env.T("ui.picker.added", "n", added))
	if len(refused) > 0 {
		names := strings.Join(refused[:min(len(refused), maxRefused)], "  ")
		if len(refused) > maxRefused {
			names += "  .."
		}
		notice = core.Toast(core.Warning, p.Env.T("ui.picker.refused", "values", names, "n", added))
	}
	return tea.Batch(p.changed(), notice)
}

// pasted returns the values that a pasted text names, and what of it is none.
func (p *Picker) pasted(s string) (values, refused []string) {
	pieces := strings.FieldsFunc(s[:min(len(s), maxPaste)], func(r rune) bool { return strings.ContainsRune("\r\n,，、;；", r) })
	for _, piece := range pieces {
		if len(values)+len(refused) >= maxPasted {
			break
		}
		for _, one := range p.words(strings.TrimSpace(piece)) {
			v, known := p.named(one)
			switch clean := join(split(strings.ToValidUTF8(one, ""))); {
			case known:
				values = append(values, v)
			case p.Free && clean != "":
				values = append(values, clean)
			case clean != "":
				refused = append(refused, text.Truncate(text.Steady(clean), 24))
			}
		}
	}
	return values, refused
}

// words breaks a piece at its spaces, unless it is one option with its name.
func (p *Picker) words(piece string) []string {
	all := strings.Fields(piece)
	all = all[:min(len(all), maxPasted)]
	if _, known := p.named(piece); known || len(all) < 2 {
		return []string{piece}
	}
	if _, known := p.named(all[0]); !known {
		return all
	}
	for _, w := range all[1:] {
		if _, known := p.named(w); known {
			return all
		}
	}
	return all[:1] // a code and a name of its own behind it
}

// named returns the option that s is the code, the name, or both of.
func (p *Picker) named(s string) (value string, known bool) {
	for _, o := range p.Options {
		label := o.text(p.Env)
		if strings.EqualFold(o.Value, s) || label == s || strings.TrimSpace(strings.TrimPrefix(label, o.Value)) == s {
			return o.Value, true
		}
	}
	return "", false
}
