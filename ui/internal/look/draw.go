package look

import (
	"strings"

	"imagery/internal/i18n"
	"imagery/internal/picture"
	"imagery/internal/picture/screen"
	"imagery/internal/text"
)

// View draws the area: the picture, or words that say why there is none. It is exactly the cells of the last Resize.
func (p *Pane) View() string {
	words := p.words()
	if lines := p.out.Lines(false); lines != nil && p.err == nil && !p.stale() {
		if !p.env.Graphics.Covered {
			return strings.Join(lines, "\n")
		}
		words = p.env.T("look.covered") // what is behind a dialog loses its colours, and no picture survives that
	}
	if words == "" || p.cols < 1 {
		return text.Block("", p.cols, p.rows)
	}
	lines := text.Wrap(words, max(1, p.cols-2))
	for i, l := range lines {
		lines[i] = text.FitCenter(l, p.cols)
	}
	return text.Block(strings.Repeat("\n", max(0, (p.rows-len(lines))/2))+strings.Join(lines, "\n"), p.cols, p.rows)
}

// stale reports whether the picture on show is another file's than the one asked for.
func (p *Pane) stale() bool {
	return p.draw.Busy() && p.shown != nil && p.shown.Item.FileID != p.want.item.FileID
}

// words stand in a picture's place.
func (p *Pane) words() string {
	t, s := p.env.T, p.env.Styles
	switch {
	case !p.wanted:
		return ""
	case p.err != nil:
		return s.Error.Render("! " + p.svc.Explain(p.err))
	case p.draw.Busy():
		return s.Info.Render(p.env.Spinner() + " " + t("look.loading"))
	case p.shown == nil:
		return ""
	case p.env.Graphics.Caps.Protocol == screen.None:
		return s.Muted.Render(t("look.no_graphics", "key", p.env.KeyOf(p.open, "O")))
	}
	return s.Muted.Render(p.outside(p.shown.Look.Info))
}

// outside says why a file has to be opened by another program.
func (p *Pane) outside(i picture.Info) string {
	key := map[picture.Note]i18n.Key{
		picture.NotePassword: i18n.Key("look.password"), picture.NoteDrawn: i18n.Key("look.drawn"), picture.NoteVariant: i18n.Key("look.variant"),
	}[i.Note]
	switch {
	case key == "" && i.Format == picture.Other:
		return p.env.T("look.outside_other", "key", p.env.KeyOf(p.open, "O"))
	case key == "":
		key = "look.outside"
	}
	return p.env.T(key, "format", format(p.env, i.Format), "key", p.env.KeyOf(p.open, "O"))
}
