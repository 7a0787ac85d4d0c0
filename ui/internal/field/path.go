package field

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/core"
)

// FilePath is a text field for a path. Tab completes it; Alt+Down and Ctrl+Space, or a click on its right end, open a list of the folder
// below it, in which Enter goes into folders and Backspace out of them; it begins where the last path taken came from. Set the fields before first use.
type FilePath struct {
	Text
	// Complete lists the paths that start with prefix, folders with a trailing separator. It runs off the Update goroutine,
	// because a network drive may take its time.
	Complete func(ctx context.Context, prefix string) ([]string, error)
	// Take, when set, is what Enter does with a path.
	Take func() tea.Cmd
	// Folders makes the list one of folders alone.
	Folders bool

	load    core.Load[completion]
	more    []string // what the last Tab found when it was more than one
	told    bool     // the last Tab had nothing to add; the next one is the form's
	browser browser
	taken   string // folder of the last path that was taken
	offered string // taken, where the list opened with it
	width   int    // cells of the last View
}

type completion struct {
	prefix string
	paths  []string
}

var _ Control = (*FilePath)(nil)

// NewFilePath returns an empty path field.
func NewFilePath(env *core.Env, complete func(ctx context.Context, prefix string) ([]string, error)) *FilePath {
	return &FilePath{Text: Text{Env: env}, Complete: complete}
}

// Busy implements core.Busier: a folder is being read.
func (f *FilePath) Busy() bool { return f.load.Busy() || f.browser.load.Busy() }

// Blur implements Control; it closes the list.
func (f *FilePath) Blur() { f.Text.Blur(); f.closeList() }

// Height implements Control.
func (f *FilePath) Height() int {
	if !f.browser.open {
		return 1
	}
	return 1 + max(1, min(listRows, len(f.browser.hits)))
}

// Update implements Control. Tab with text completes; in an empty field, or when nothing can be added, it is left to the form.
func (f *FilePath) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case core.Loaded[completion]:
		switch {
		case f.load.Owns(msg):
			return f.apply(msg), true
		case f.browser.load.Owns(msg):
			return f.listed(msg), true
		}
		return nil, false
	case tea.KeyPressMsg:
		if f.Focused() {
			return f.key(msg)
		}
	case tea.MouseWheelMsg:
		if f.browser.open {
			f.browser.wheel(msg, len(f.browser.hits))
		}
		return nil, f.browser.open
	case tea.MouseClickMsg:
		switch {
		case msg.Y > 0:
			return f.choose(f.browser.click(msg.Y, len(f.browser.hits))), true
		case msg.X >= f.width-len(" ]"):
			return f.toggle(), true
		}
	}
	return f.edit(msg)
}

func (f *FilePath) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	key := k.String()
	if f.browser.open {
		if cmd, handled := f.browse(key); handled {
			return cmd, true
		}
	}
	switch {
	case key == "alt+down", key == "ctrl+space", key == "ctrl+@":
		return f.toggle(), true
	case key == "tab" && f.Value() != "" && f.Complete != nil && f.more == nil && !f.told:
		return f.start(), true
	}
	f.more, f.told = nil, false
	if key == "enter" && f.Take != nil && f.Value() != "" {
		return f.take(), true
	}
	return f.edit(k)
}

// edit changes the text, and with it the open list.
func (f *FilePath) edit(msg tea.Msg) (tea.Cmd, bool) {
	before := f.Value()
	cmd, handled := f.Text.Update(msg)
	if f.browser.open && f.Value() != before {
		cmd = tea.Batch(cmd, f.follow())
	}
	return cmd, handled
}

// View implements Control: "[ /影像/头  v]", and the list below while it is open.
func (f *FilePath) View(w int) (string, *tea.Cursor) {
	f.width = w
	switch {
	case f.Complete == nil:
	case f.browser.open:
		f.end = "^]"
	case f.load.Busy():
		f.end = f.Env.Spinner() + "]"
	default:
		f.end = "v]"
	}
	line, cur := f.Text.View(w)
	if f.browser.open {
		line += f.browser.draw(f.Env, f.Height()-1, len(f.browser.hits), w, f.entry, f.nothing())
	}
	return line, cur
}

func (f *FilePath) start() tea.Cmd {
	return f.load.Start(f.Env.Ctx, f.fetch(f.Value()))
}

func (f *FilePath) fetch(prefix string) func(context.Context) (completion, error) {
	complete := f.Complete
	return func(ctx context.Context) (completion, error) {
		paths, err := complete(ctx, prefix)
		return completion{prefix, paths}, err
	}
}

func (f *FilePath) apply(m core.Loaded[completion]) tea.Cmd {
	switch {
	case !f.load.Accept(m), m.Value.prefix != f.Value():
		return nil
	case m.Err != nil:
		f.told = true // the next Tab goes on
		return core.Toast(core.Warning, f.Env.T("ui.path.unreadable"))
	}
	paths := m.Value.paths
	if len(paths) == 0 {
		f.told = true
		return core.Toast(core.Warning, f.Env.T("ui.path.none"))
	}
	longest := paths[0]
	for _, p := range paths[1:] {
		longest = common(longest, p)
	}
	if len(longest) > len(m.Value.prefix) {
		f.SetValue(longest)
		return f.changed()
	}
	if len(paths) > 1 {
		f.more = paths
		return core.Toast(core.Info, strings.Join(names(paths, 8), "  "))
	}
	f.told = true
	return core.Send(tea.KeyPressMsg{Code: tea.KeyTab}) // it is whole: on to the next field
}

// common returns the longest shared beginning of two paths, never ending inside a character.
func common(a, b string) string {
	n := 0
	for i, r := range a {
		if !strings.HasPrefix(b[min(i, len(b)):], string(r)) {
			break
		}
		n = i + len(string(r))
	}
	return a[:n]
}

// names returns the last elements of the first few paths.
func names(paths []string, limit int) []string {
	out := make([]string, 0, limit+1)
	for i, p := range paths {
		if i == limit {
			return append(out, "..")
		}
		trimmed := strings.TrimRight(p, `/\`)
		out = append(out, p[strings.LastIndexAny(trimmed, `/\`)+1:])
	}
	return out
}
