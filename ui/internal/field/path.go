package field

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/core"
)

// FilePath is a text field whose Tab completes a path. Set the fields before first use.
type FilePath struct {
	Text
	// Complete lists the paths that start with prefix, folders with a trailing separator. It runs off the Update goroutine,
	// because a network drive may take its time.
	Complete func(ctx context.Context, prefix string) ([]string, error)

	// Take, when set, is what Enter does with a path.
	Take func() tea.Cmd

	load core.Load[completion]
	more []string // what the last Tab found when it was more than one
	told bool     // the last Tab had nothing to add; the next one is the form's
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

// Candidates returns the paths the last Tab could not choose among.
func (f *FilePath) Candidates() []string { return f.more }

// Update implements Control. Tab with text completes; in an empty field, or when nothing can be added, it is left to the form.
func (f *FilePath) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case core.Loaded[completion]:
		if !f.load.Owns(msg) {
			return nil, false
		}
		return f.apply(msg), true
	case tea.KeyPressMsg:
		if msg.String() == "tab" && f.Focused() && f.Value() != "" && f.Complete != nil && f.more == nil && !f.told {
			return f.start(), true
		}
		f.more, f.told = nil, false
		if msg.String() == "enter" && f.Focused() && f.Take != nil && f.Value() != "" {
			return f.Take(), true
		}
	}
	return f.Text.Update(msg)
}

func (f *FilePath) start() tea.Cmd {
	prefix, complete := f.Value(), f.Complete
	return f.load.Start(f.Env.Ctx, func(ctx context.Context) (completion, error) {
		paths, err := complete(ctx, prefix)
		return completion{prefix, paths}, err
	})
}

func (f *FilePath) apply(m core.Loaded[completion]) tea.Cmd {
	if !f.load.Accept(m) || m.Err != nil || m.Value.prefix != f.Value() {
		return nil
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
