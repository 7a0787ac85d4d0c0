package doctor

import (
	"cmp"
	"strconv"
	"strings"

	"imagery/client"
)

// Screen is what the program was started in.
type Screen struct {
	Getenv        func(string) string
	In, Out, Err  bool // is a terminal
	Width, Height int  // cells, 0 when not known
	Windows       bool
}

// Cells that the interface needs.
const minWidth, minHeight = 80, 24

// emulator is a terminal known by a variable of the environment whose value begins so; graphics is what it most likely draws.
type emulator struct{ env, begins, name, graphics string }

// emulators holds first what the innermost terminal sets anew, then what may be left over from one around it.
var emulators = []emulator{
	{"TERM", "xterm-kitty", "kitty", "kitty"},
	{"TERM", "xterm-ghostty", "Ghostty", "kitty"},
	{"TERM", "alacritty", "Alacritty", "none"},
	{"TERM", "foot", "foot", "sixel"},
	{"TERM", "mlterm", "mlterm", "sixel"},
	{"TERM", "contour", "Contour", "sixel"},
	{"TERM", "linux", "Linux console", "none"},
	{"TERM_PROGRAM", "ghostty", "Ghostty", "kitty"},
	{"TERM_PROGRAM", "rio", "Rio", "kitty"},
	{"TERM_PROGRAM", "WezTerm", "WezTerm", "iterm"},
	{"TERM_PROGRAM", "iTerm.app", "iTerm2", "iterm"},
	{"TERM_PROGRAM", "mintty", "mintty", "iterm"},
	{"TERM_PROGRAM", "Apple_Terminal", "Apple Terminal", "none"},
	{"TERM_PROGRAM", "vscode", "VS Code", "none"},
	{"TERMINAL_EMULATOR", "JetBrains", "JetBrains", "none"},
	{"KITTY_WINDOW_ID", "", "kitty", "kitty"},
	{"GHOSTTY_RESOURCES_DIR", "", "Ghostty", "kitty"},
	{"WEZTERM_PANE", "", "WezTerm", "iterm"},
	{"LC_TERMINAL", "iTerm2", "iTerm2", "iterm"},
	{"KONSOLE_VERSION", "", "Konsole", "kitty"},
	{"ALACRITTY_WINDOW_ID", "", "Alacritty", "none"},
	{"VTE_VERSION", "", "VTE", "none"},
	{"WT_SESSION", "", "Windows Terminal", "sixel"},
	{"ConEmuANSI", "", "ConEmu", "none"},
	{"XTERM_VERSION", "", "xterm", "none"},
}

// find returns the terminal the environment speaks of, a nameless one if it is not known.
func find(getenv func(string) string) emulator {
	for _, e := range emulators {
		if v := getenv(e.env); v != "" && strings.HasPrefix(v, e.begins) {
			return e
		}
	}
	return emulator{name: "unknown", graphics: "none"}
}

// multiplexer names the program between us and the terminal.
func multiplexer(getenv func(string) string) string {
	switch {
	case getenv("TMUX") != "":
		return "tmux"
	case getenv("ZELLIJ") != "":
		return "zellij"
	case getenv("STY") != "", strings.HasPrefix(getenv("TERM"), "screen"):
		return "screen"
	}
	return ""
}

// Screen fills in the terminal, from the environment alone: nothing is asked of it.
func (r *Report) Screen(s Screen) {
	term, e := s.Getenv("TERM"), find(s.Getenv)
	r.Terminal = Facts{
		{"emulator", e.name},
		{"TERM", client.SafeText(term, 60)},
		{"COLORTERM", client.SafeText(s.Getenv("COLORTERM"), 60)},
		{"colours", colours(s)},
		{"stdin", s.In},
		{"stdout", s.Out},
		{"stderr", s.Err},
		{"width", s.Width},
		{"height", s.Height},
	}
	name, utf8 := locale(s)
	r.Terminal.add("locale", client.SafeText(name, 60))
	r.Terminal.add("utf8", utf8)
	mux := multiplexer(s.Getenv)
	r.Terminal.some("multiplexer", mux)
	r.Terminal.add("ssh", s.Getenv("SSH_CONNECTION") != "" || s.Getenv("SSH_TTY") != "")
	r.Graphics = graphics(s, e, mux)
	switch {
	case term == "dumb" || term == "" && !s.Windows && (s.In || s.Out || s.Err):
		r.warn("term_dumb")
	case s.Width > 0 && (s.Width < minWidth || s.Height < minHeight):
		r.warn("term_small", "width", s.Width, "height", s.Height)
	}
	if utf8 == "no" {
		r.warn("locale", "locale", client.SafeText(cmp.Or(name, "C"), 60))
	}
}

// Asked are graphics that the terminal itself answered for, in the place of what the environment lets one suppose.
type Asked struct {
	Protocol, Terminal string // Terminal is what it calls itself, empty if it does not
	CellW, CellH       int    // pixels
	Cells              bool   // there are colours for pictures of characters
}

// Answered fills in what the terminal answered.
func (r *Report) Answered(a Asked) {
	r.Graphics = Facts{{"protocol", a.Protocol}}
	r.Graphics.some("by", client.SafeText(a.Terminal, 60))
	r.Graphics.add("asked", true)
	r.Graphics.add("cell", strconv.Itoa(a.CellW)+"x"+strconv.Itoa(a.CellH))
	r.Graphics.add("cells", a.Cells)
}

func graphics(s Screen, e emulator, mux string) Facts {
	f := Facts{{"protocol", e.graphics}}
	switch {
	case mux != "":
		f = Facts{{"protocol", "none"}, {"by", mux}}
	case e.env != "":
		f.add("by", e.env)
	}
	f.add("asked", false)
	f.add("cells", colours(s) != "none")
	return f
}

func colours(s Screen) string {
	term, depth := s.Getenv("TERM"), strings.ToLower(s.Getenv("COLORTERM"))
	switch {
	case s.Getenv("NO_COLOR") != "" || term == "dumb":
		return "none"
	case depth == "truecolor" || depth == "24bit" || s.Getenv("WT_SESSION") != "":
		return "truecolor"
	case strings.Contains(term, "256color"):
		return "256"
	case term == "" && !s.Windows:
		return "none"
	}
	return "16"
}

// locale returns the locale that decides on characters, and whether it is UTF-8: "yes", "no", or "unknown" on Windows, where none says.
func locale(s Screen) (name, utf8 string) {
	for _, key := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if name = s.Getenv(key); name != "" {
			break
		}
	}
	folded := strings.ReplaceAll(strings.ToLower(name), "-", "")
	switch {
	case strings.Contains(folded, "utf8"), s.Getenv("WT_SESSION") != "":
		return name, "yes"
	case s.Windows:
		return name, "unknown"
	}
	return name, "no"
}
