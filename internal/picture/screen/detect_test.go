package screen

import (
	"errors"
	"image"
	"image/color"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"golang.org/x/text/runes"
)

// feed decodes what a terminal answered, as a Reader gives it, and hands it over as Bubble Tea does.
func feed(d *Detector, answer string) {
	var decoder uv.EventDecoder
	for b := runes.ReplaceIllFormed().Bytes([]byte(answer)); len(b) > 0; {
		n, event := decoder.Decode(b)
		b = b[n:]
		switch e := event.(type) {
		case uv.TerminalVersionEvent:
			d.Update(tea.TerminalVersionMsg(e))
		default:
			d.Update(event)
		}
	}
}

func detector(t *testing.T, env Env, name string) *Detector {
	t.Helper()
	d, err := NewDetector(env, name)
	if err != nil {
		t.Fatal(err)
	}
	d.Update(tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
	d.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	return d
}

// The answers of xterm 379, kitty 0.26.5 and tmux 3.3a in them were taken down
// from those programs; the others are put together from what these terminals
// document or have in their sources.
var terminals = []struct {
	name, answer string
	env          Env
	protocol     Protocol
	cell         image.Point
}{
	{
		name:   "xterm as a VT340, which tells its size to the system only",
		answer: "\x1bP>|XTerm(379)\x1b\\\x1b[?1;0;1024S\x1b[?2;0;1000;1000S\x1b[?63;1;2;4;6;9;15;16;22;28c\x1b[4;316;484t",
		env:    Env{Term: "xterm"}, protocol: Sixel, cell: image.Pt(6, 13),
	},
	{
		name:   "xterm",
		answer: "\x1bP>|XTerm(379)\x1b\\\x1b[?1;3S\x1b[?2;3S\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c",
		env:    Env{Term: "xterm"}, protocol: Cells, cell: image.Pt(10, 20),
	},
	{
		name:   "kitty 0.26, without placeholders",
		answer: "\x1bP>|kitty(0.26.5)\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[6;20;9t\x1b[4;480;720t\x1b[?62;c",
		env:    Env{Term: "xterm-kitty"}, protocol: KittyDirect, cell: image.Pt(9, 20),
	},
	{
		name:   "kitty 0.41",
		answer: "\x1bP>|kitty(0.41.1)\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[6;20;9t\x1b[4;480;720t\x1b[?62;c",
		env:    Env{Term: "xterm-kitty"}, protocol: Kitty, cell: image.Pt(9, 20),
	},
	{
		name:   "Ghostty",
		answer: "\x1bP>|ghostty 1.1.3\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[6;34;16t\x1b[?62;22c",
		env:    Env{Term: "xterm-ghostty"}, protocol: Kitty, cell: image.Pt(16, 34),
	},
	{
		name:   "Konsole",
		answer: "\x1bP>|Konsole 25.04.0\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[6;18;9t\x1b[?1;0;256S\x1b[?62;1;4c",
		env:    Env{Term: "xterm-256color"}, protocol: KittyDirect, cell: image.Pt(9, 18),
	},
	{
		name:   "WezTerm",
		answer: "\x1bP>|WezTerm 20240203-110809-5046fc22\x1b\\\x1b[6;22;10t\x1b[?65;4;6;18;22c",
		env:    Env{Term: "xterm-256color"}, protocol: Inline, cell: image.Pt(10, 22),
	},
	{
		name:   "iTerm2",
		answer: "\x1bP>|iTerm2 3.5.4\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[6;17;8t\x1b[?64;1;2;4;6;17;18;21;22;52c",
		env:    Env{Term: "xterm-256color"}, protocol: Inline, cell: image.Pt(8, 17),
	},
	{
		name:   "mintty, by its variable",
		answer: "\x1b[4;480;720t\x1b[?64;1;2;4;6;9;15;21;22;28;29c",
		env:    Env{Term: "xterm", TermProgram: "mintty"}, protocol: Inline, cell: image.Pt(9, 20),
	},
	{
		name:   "foot",
		answer: "\x1bP>|foot(1.20.2)\x1b\\\x1b[6;16;8t\x1b[?1;0;1024S\x1b[?2;0;10000;10000S\x1b[?62;4;22;28;52c",
		env:    Env{Term: "foot"}, protocol: Sixel, cell: image.Pt(8, 16),
	},
	{
		name:   "Windows Terminal 1.22",
		answer: "\x1b[6;20;10t\x1b[?61;4;6;7;14;21;22;23;24;28;32;42c",
		env:    Env{}, protocol: Sixel, cell: image.Pt(10, 20),
	},
	{
		name:   "Windows Terminal 1.21",
		answer: "\x1b[?61;6;7;14;21;22;23;24;28;32;42c",
		env:    Env{}, protocol: Cells, cell: image.Pt(10, 20),
	},
	{
		name:   "an unknown terminal with kitty graphics",
		answer: "\x1b_Gi=31;OK\x1b\\\x1b[?62c",
		env:    Env{Term: "xterm-256color"}, protocol: KittyDirect, cell: image.Pt(10, 20),
	},
	{
		name:   "a terminal that knows of kitty graphics and refuses",
		answer: "\x1b_Gi=31;ENOTSUP:no\x1b\\\x1b[?62c",
		env:    Env{Term: "xterm-256color"}, protocol: Cells, cell: image.Pt(10, 20),
	},
	{
		name:   "tmux without passthrough",
		answer: "\x1bP>|tmux 3.5a\x1b\\\x1b[?1;2;4c",
		env:    Env{Term: "tmux-256color", Tmux: true}, protocol: Cells, cell: image.Pt(10, 20),
	},
	{
		name:   "tmux 3.3a, without sixel, in xterm",
		answer: "\x1bP>|tmux 3.3a\x1b\\\x1b[?1;2c\x1bP>|XTerm(379)\x1b\\\x1b[?63;1;2;4;6;9;15;16;22;28c",
		env:    Env{Term: "tmux-256color", Tmux: true}, protocol: Cells, cell: image.Pt(10, 20),
	},
	{
		name:   "tmux 3.5a in xterm as a VT340",
		answer: "\x1bP>|tmux 3.5a\x1b\\\x1b[6;13;6t\x1b[?1;2;4c\x1bP>|XTerm(379)\x1b\\\x1b[?63;1;2;4;6;9;15;16;22;28c",
		env:    Env{Term: "tmux-256color", Tmux: true}, protocol: Sixel, cell: image.Pt(6, 13),
	},
	{
		name:   "tmux 3.5a in a terminal without sixel",
		answer: "\x1bP>|tmux 3.5a\x1b\\\x1b[?1;2;4c\x1bP>|XTerm(379)\x1b\\\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c",
		env:    Env{Term: "tmux-256color", Tmux: true}, protocol: Cells, cell: image.Pt(10, 20),
	},
	{
		name:   "tmux in kitty 0.26",
		answer: "\x1bP>|tmux 3.3a\x1b\\\x1b[?1;2c\x1bP>|kitty(0.26.5)\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[?62;c",
		env:    Env{Term: "tmux-256color", Tmux: true}, protocol: Cells, cell: image.Pt(10, 20),
	},
	{
		name:   "tmux in kitty 0.41",
		answer: "\x1bP>|tmux 3.5a\x1b\\\x1b[6;20;9t\x1b[?1;2;4c\x1bP>|kitty(0.41.1)\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[?62;c",
		env:    Env{Term: "tmux-256color", Tmux: true}, protocol: Kitty, cell: image.Pt(9, 20),
	},
	{
		name:   "tmux in WezTerm",
		answer: "\x1bP>|tmux 3.5a\x1b\\\x1b[?1;2;4c\x1bP>|WezTerm 20240203-110809-5046fc22\x1b\\\x1b[?65;4;6;18;22c",
		env:    Env{Term: "tmux-256color", Tmux: true}, protocol: Sixel, cell: image.Pt(10, 20),
	},
}

func TestEveryTerminalGetsItsBestProtocol(t *testing.T) {
	for _, c := range terminals {
		d := detector(t, c.env, Auto)
		if got := d.Caps().Protocol; got != None {
			t.Errorf("%s: %v before any answer", c.name, got)
		}
		feed(d, c.answer)
		d.Update(TimeoutMsg{})
		got := d.Caps()
		if got.Protocol != c.protocol || image.Pt(got.CellW, got.CellH) != c.cell || !d.Done() {
			t.Errorf("%s: %v with cells of %d × %d, want %v with %v", c.name, got.Protocol, got.CellW, got.CellH, c.protocol, c.cell)
		}
	}
}

func TestOnlyTheFenceOrTheTimeoutEndsTheWait(t *testing.T) {
	d := detector(t, Env{Tmux: true}, Auto)
	feed(d, "\x1b[?1;2;4c")
	if d.Done() {
		t.Error("tmux's own answer ended it")
	}
	d.Update(TimeoutMsg{})
	if !d.Done() || d.Caps().Protocol != Cells {
		t.Errorf("after the timeout: %v", d.Caps().Protocol)
	}
	if feed(d, "\x1b[?62;4c"); d.Caps().Protocol != Sixel {
		t.Errorf("a late answer gives %v", d.Caps().Protocol)
	}
}

func TestTheCellIsNeverTakenForLargerThanItIs(t *testing.T) {
	for cell := 5; cell < 40; cell++ {
		for n := 10; n < 300; n++ {
			for rest := range cell + border {
				if got := cellSide(cell*n+rest, n); got > cell {
					t.Fatalf("%d cells of %d in %d pixels are taken for %d", n, cell, cell*n+rest, got)
				}
			}
			if got := cellSide(cell*n, n); n > 2*cell && got != cell {
				t.Fatalf("%d cells of %d are taken for %d", n, cell, got)
			}
		}
	}
}

func TestWhatIsSaidOfSixelIsKept(t *testing.T) {
	d := detector(t, Env{}, Auto)
	feed(d, terminals[0].answer)
	got := d.Caps()
	if got.Registers != 1024 || got.MaxSixel != image.Pt(1000, 1000) || got.Terminal != "XTerm(379)" {
		t.Errorf("%+v", got)
	}
}

func TestColoursLimitTheProtocol(t *testing.T) {
	kitty := "\x1bP>|kitty(0.41.1)\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[?62;c"
	for _, c := range []struct {
		profile  colorprofile.Profile
		answer   string
		protocol Protocol
		colours  Colours
	}{
		{colorprofile.ANSI256, kitty, Kitty, Colours256},
		{colorprofile.ANSI, kitty, KittyDirect, Colours16},
		{colorprofile.ASCII, kitty, None, NoColours},
		{colorprofile.ANSI, "\x1b[?62;c", Cells, Colours16},
		{colorprofile.ASCII, "\x1b[?62;4c", None, NoColours},
		{colorprofile.NoTTY, "\x1b[?62;c", None, NoColours},
	} {
		d := detector(t, Env{}, Auto)
		d.Update(tea.ColorProfileMsg{Profile: c.profile})
		feed(d, c.answer)
		if got := d.Caps(); got.Protocol != c.protocol || got.Colours != c.colours {
			t.Errorf("%v: %v with colours %d", c.profile, got.Protocol, got.Colours)
		}
	}
}

func TestANamedProtocolNeedsNoAnswer(t *testing.T) {
	for _, name := range Names()[1:] {
		if got := detector(t, Env{}, name).Caps().Protocol; got.String() != name {
			t.Errorf("%s gives %v", name, got)
		}
	}
	for _, name := range []string{"iterm", "kitty-direct"} {
		if got := detector(t, Env{Tmux: true}, name).Caps().Protocol; got != Cells {
			t.Errorf("%s in tmux gives %v", name, got)
		}
	}
	if _, err := NewDetector(Env{}, "ascii"); !errors.Is(err, ErrProtocol) {
		t.Errorf("an unknown name: %v", err)
	}
	if len(Names()) != 7 || Protocol(99).String() != "protocol 99" {
		t.Error(Names(), Protocol(99))
	}
}

func TestNonsenseChangesNothing(t *testing.T) {
	d := detector(t, Env{}, Auto)
	before := d.Caps()
	for _, msg := range []tea.Msg{
		nil, "text",
		uv.CellSizeEvent{Width: 0, Height: 20},
		uv.CellSizeEvent{Width: 100000, Height: 20},
		uv.PixelSizeEvent{Width: -5, Height: 100},
		uv.PixelSizeEvent{Width: 1 << 40, Height: 1 << 40},
		uv.PixelSizeEvent{Width: 3, Height: 3},
		uv.UnknownCsiEvent("\x1b[?1;0S"), uv.UnknownCsiEvent("\x1b[?2;0;9S"), uv.UnknownCsiEvent("\x1b[?1;0;-4S"), uv.UnknownCsiEvent("x"),
		uv.KittyGraphicsEvent{Payload: []byte("OK")},
		tea.TerminalVersionMsg{Name: "tmux 9"},
	} {
		if d.Update(msg) || d.Caps() != before {
			t.Errorf("%T %v gave %+v", msg, msg, d.Caps())
		}
	}
	d.Update(tea.TerminalVersionMsg{Name: "evil\x1b[2J\x07" + strings.Repeat("x", 500)})
	if got := d.Caps().Terminal; len(got) != maxName || strings.ContainsAny(got, "\x1b\x07") {
		t.Errorf("named %q", got)
	}
}

func TestTheBackgroundIsTheTerminals(t *testing.T) {
	d := detector(t, Env{}, Auto)
	if !d.Update(tea.BackgroundColorMsg{Color: color.RGBA{250, 240, 230, 255}}) || d.Caps().Background != (color.RGBA{250, 240, 230, 255}) {
		t.Errorf("%v", d.Caps().Background)
	}
}

func TestQueriesAreOnlySentToWhatBearsThem(t *testing.T) {
	for _, c := range []struct {
		env                 Env
		application, device int
	}{
		{Env{Term: "xterm-256color"}, 1, 1},
		{Env{Term: "tmux-256color", Tmux: true}, 1, 2},
		{Env{Term: "xterm-256color", TermProgram: "Apple_Terminal"}, 0, 1},
		{Env{Term: "linux"}, 0, 1},
		{Env{Term: "screen", GNUScreen: true}, 0, 1},
		{Env{Term: "dumb"}, 0, 0},
	} {
		query := detector(t, c.env, Auto).Query()
		if strings.Count(query, "_G") != c.application || strings.Count(query, "[c") != c.device {
			t.Errorf("%+v: %q", c.env, query)
		}
		if got := detector(t, c.env, Auto).QuerySizes() != ""; got != (c.application > 0) {
			t.Errorf("%+v: sizes are asked for: %v", c.env, got)
		}
	}
}

func TestTheEnvironmentIsRead(t *testing.T) {
	set := map[string]string{"TMUX": "/tmp/x,1,0", "STY": "1", "NO_COLOR": "1", "SSH_TTY": "/dev/pts/0", "TERM": "tmux", "COLORTERM": "truecolor", "TERM_PROGRAM": "tmux"}
	want := Env{Term: "tmux", TermProgram: "tmux", ColorTerm: "truecolor", Tmux: true, NoColor: true, Remote: true}
	if got := EnvOf(func(name string) string { return set[name] }); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, c := range []struct {
		env  Env
		want Colours
	}{
		{Env{Term: "xterm", NoColor: true, ColorTerm: "truecolor"}, NoColours},
		{Env{Term: "xterm", ColorTerm: "truecolor"}, TrueColour},
		{Env{Term: "xterm-256color"}, Colours256},
		{Env{Term: "xterm"}, Colours16},
	} {
		if got := c.env.colours(); got != c.want {
			t.Errorf("%+v: %d colours, want %d", c.env, got, c.want)
		}
	}
}

// asking is a program that asks its terminal and quits when it knows.
type asking struct{ detector *Detector }

func (a asking) Init() tea.Cmd { return tea.Raw(a.detector.Query()) }

func (a asking) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	a.detector.Update(msg)
	if a.detector.Done() && a.detector.cellCount != (image.Point{}) {
		return a, tea.Quit
	}
	return a, nil
}

func (a asking) View() tea.View { return tea.NewView("") }

// TestBubbleTeaDeliversTheAnswers runs a real program, whose terminal is a
// pipe, for each of the terminals.
func TestBubbleTeaDeliversTheAnswers(t *testing.T) {
	for _, c := range terminals {
		d := detector(t, c.env, Auto)
		in, answers := io.Pipe()
		go func() { _, _ = answers.Write([]byte(c.answer)) }()
		program := tea.NewProgram(asking{d}, tea.WithInput(in), tea.WithOutput(NewWriter(io.Discard)),
			tea.WithWindowSize(80, 24), tea.WithColorProfile(colorprofile.TrueColor), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
		late := time.AfterFunc(Timeout, func() { program.Send(TimeoutMsg{}) })
		if _, err := program.Run(); err != nil {
			t.Fatal(err)
		}
		late.Stop()
		_ = answers.Close()
		if got := d.Caps().Protocol; got != c.protocol {
			t.Errorf("%s: %v, want %v", c.name, got, c.protocol)
		}
	}
}

func TestAWriterIsTheTerminalItWraps(t *testing.T) {
	name := t.TempDir() + "/terminal"
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := NewWriter(f)
	if w.Fd() != f.Fd() {
		t.Errorf("descriptor %d, want %d", w.Fd(), f.Fd())
	}
	if _, err := w.Write([]byte("text \xe5\xbc\xa0\xe5")); err != nil {
		t.Fatal(err)
	}
	if n, err := w.Read(make([]byte, 5)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("read %d, %v", n, err)
	}
	if w.Measure() != nil {
		t.Error("a file has pixels")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(name); string(got) != "text 张\xe5" {
		t.Errorf("wrote %q", got)
	}
	if _, err := f.Write(nil); !errors.Is(err, os.ErrClosed) {
		t.Errorf("not closed: %v", err)
	}
	if w := NewWriter(io.Discard); w.Fd() != ^uintptr(0) || w.Close() != nil {
		t.Error("what is no file seems to be one")
	}
	if _, err := NewWriter(f).Write([]byte("x")); !errors.Is(err, os.ErrClosed) {
		t.Errorf("an error is lost: %v", err)
	}
}
