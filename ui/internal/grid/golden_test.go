package grid

import (
	"strings"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/text"
	"imagery/ui/internal/style"
	"imagery/ui/internal/uitest"
)

// framed is a grid in a panel with the heading that a screen gives it.
type framed struct{ g *Grid[account] }

func (f framed) Update(m tea.Msg) tea.Cmd { return f.g.Update(m) }

func (f framed) View(w, h int) (string, *tea.Cursor) {
	p := style.Panel{Title: "账号  已选 2", Info: "第 2/248 页 共 12,384 条", W: w, H: h, Focused: true}
	iw, ih := p.Inner()
	body, cur := f.g.View(iw, ih)
	p.Body = body
	if cur != nil {
		cur.X, cur.Y = cur.X+style.BodyX, cur.Y+style.BodyY
	}
	return f.g.env.Styles.Panel(p), cur
}

func TestAFramedGridLooksAsItShould(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := filled(60)
		g.env.Styles = style.New(style.Options{Dark: true, Unicode: true})
		d := uitest.Drive(t, framed{g}, nil).Press("space", "j", "space").Press("/").Type("张sf")
		d.Golden()
	})
}

func TestAFramedGridFillsEveryWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := uitest.Drive(t, framed{filled(60)}, nil)
		for w := 20; w < 170; w += 7 {
			for h := 4; h < 50; h += 5 {
				d.Resize(w, h)
				if lines := strings.Split(d.Screen(), "\n"); text.Width(lines[0]) != w {
					t.Fatalf("%dx%d: %q", w, h, lines[0])
				}
			}
		}
	})
}

func TestAStormOfKeysBreaksNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := config()
		c.Group = func(a account) string { return a.dept }
		c.CellCursor = true
		g := New(env(), c)
		g.SetFocus(true)
		g.SetRows(accounts(200))
		uitest.Storm(t, uitest.AsModel(framed{g}, nil, 80, 24), 600, "j", "k", "space", "v", "*", "ctrl+a", "left", "right", "/", "z", "s", "enter", "esc", "pgdown", "G", "g",
			"shift+down", "C", "y", "backspace")
	})
}
