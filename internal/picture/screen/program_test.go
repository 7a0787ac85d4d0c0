package screen

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// gallery is a program that shows pictures one after the other, and quits.
type gallery struct {
	writer   *Writer
	pane     *Pane
	pictures []*Picture
}

type nextMsg struct{}

func next() tea.Msg { return nextMsg{} }

func (g *gallery) Init() tea.Cmd { return next }

func (g *gallery) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(nextMsg); !ok {
		return g, nil
	}
	if len(g.pictures) == 0 {
		return g, tea.Quit
	}
	g.pane.Show(g.pictures[0])
	g.pictures = g.pictures[1:]
	return g, next
}

func (g *gallery) View() tea.View {
	lines := g.pane.Lines(false)
	if lines == nil {
		lines = make([]string, 10)
	}
	v := tea.NewView(g.writer.Frame(beside(list(40, 10, 1), lines), 60))
	v.AltScreen = true
	return v
}

func TestAProgramLeavesNothingInTheTerminal(t *testing.T) {
	sent, deleted := regexp.MustCompile(`_Ga=[tT],[^;]*?i=(\d+)`), regexp.MustCompile(`_Ga=d,d=I,i=(\d+)`)
	for _, protocol := range []Protocol{Kitty, KittyDirect, Sixel} {
		var out bytes.Buffer
		g := &gallery{writer: NewWriter(&out)}
		g.pane = NewPane(g.writer)
		for range 30 {
			g.pictures = append(g.pictures, prepared(t, photo(100, 100), capsOf(protocol), 20, 10))
		}
		program := tea.NewProgram(g, tea.WithInput(nil), tea.WithOutput(g.writer), tea.WithoutSignalHandler(), tea.WithWindowSize(60, 10),
			tea.WithColorProfile(colorprofile.TrueColor), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
		if _, err := program.Run(); err != nil {
			t.Fatal(err)
		}
		shown, _, left := strings.Cut(out.String(), leaveAlt)
		there := map[string]bool{}
		for _, command := range regexp.MustCompile(`_G[^;\x1b]*`).FindAllString(shown, -1) {
			if m := sent.FindStringSubmatch(command); m != nil {
				there[m[1]] = true
			}
			if m := deleted.FindStringSubmatch(command); m != nil {
				delete(there, m[1])
			}
		}
		if !left || len(there) > 0 || strings.Contains(out.String(), pictureStart) || strings.Contains(out.String(), wideStart) {
			t.Errorf("%v: pictures %v stay; marks or no end in %.80q", protocol, there, out.String())
		}
		if protocol != Sixel && !sent.MatchString(shown) || protocol == Sixel && !strings.Contains(shown, "\x1bP0;1") {
			t.Errorf("%v: nothing was shown", protocol)
		}
	}
}
