package field

import (
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/text"
	"imagery/ui/internal/core"
)

// browser is the open list of a FilePath: what the folder has that the text names, narrowed by what stands behind it.
type browser struct {
	list
	open bool
	load core.Load[completion]
	of   string // prefix that all was asked for
	all  []string
	hits []string
	full bool // just opened: everything is listed, the cursor on what goes with the text
	err  error
}

func separates(r rune) bool { return r == '/' || r == filepath.Separator }

// folderOf returns the folder that a path names, with its separator, and what stands behind it.
func folderOf(path string) (folder, rest string) {
	i := strings.LastIndexFunc(path, separates) + 1
	return path[:i], path[i:]
}

// isFolder reports whether a completed path is a folder's.
func isFolder(path string) bool { _, rest := folderOf(path); return path != "" && rest == "" }

// parent returns the folder that a folder is in; both end in a separator, and "" is the current one.
func parent(folder string) string {
	trimmed := strings.TrimRightFunc(folder, separates)
	up, name := folderOf(trimmed)
	switch {
	case trimmed == "" && folder != "", strings.HasSuffix(trimmed, ":"):
		return folder // the top
	case name == "", name == "..", name == ".", name == "~":
		return folder + ".." + string(filepath.Separator)
	}
	return up
}

// toggle opens the list of the folder, without one that of the file taken last, or closes it.
func (f *FilePath) toggle() tea.Cmd {
	if f.browser.open || f.Complete == nil {
		f.closeList()
		return nil
	}
	if f.offered = ""; f.Value() == "" && f.taken != "" {
		f.offered = f.taken
		f.SetValue(f.taken)
	}
	f.browser.open, f.browser.full, f.browser.at, f.browser.top = true, true, 0, 0
	return f.lookup()
}

// closeList closes the list. A folder that was offered and not wanted goes with it.
func (f *FilePath) closeList() {
	if f.browser.open && f.offered != "" && f.Value() == f.offered {
		f.SetValue("")
	}
	f.browser.open = false
	f.browser.load.Stop()
}

// lookup asks for what is in the folder; hidden files only when the text goes on with a dot.
func (f *FilePath) lookup() tea.Cmd {
	folder, rest := folderOf(f.Value())
	if strings.HasPrefix(rest, ".") {
		folder += "."
	}
	b := &f.browser
	b.of, b.all, b.hits, b.err = folder, nil, nil, nil
	return b.load.Start(f.Env.Ctx, f.fetch(folder))
}

// follow keeps the list with the text after an edit.
func (f *FilePath) follow() tea.Cmd {
	folder, rest := folderOf(f.Value())
	if strings.HasPrefix(rest, ".") {
		folder += "."
	}
	f.browser.full, f.browser.at, f.browser.top = false, 0, 0
	if folder != f.browser.of {
		return f.lookup()
	}
	f.narrow()
	return nil
}

// narrow lists what goes with the text behind the folder, by piece or pinyin: folders first.
func (f *FilePath) narrow() {
	b := &f.browser
	_, rest := folderOf(f.Value())
	q := text.NewQuery(rest)
	b.hits = b.hits[:0]
	if f.Folders && rest == "" {
		b.hits = append(b.hits, "") // the folder itself
	}
	for _, p := range foldersFirst(b.all, f.Folders) {
		if match := q.Match(baseName(p)); match || b.full {
			if match && b.at == 0 && rest != "" {
				b.at = len(b.hits)
			}
			b.hits = append(b.hits, p)
		}
	}
	b.move(0, len(b.hits))
}

// foldersFirst sorts folders before files, or leaves the files out.
func foldersFirst(paths []string, only bool) []string {
	out := slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return !isFolder(p) })
	if only {
		return out
	}
	return append(out, slices.DeleteFunc(slices.Clone(paths), isFolder)...)
}

// listed takes in what is in the folder.
func (f *FilePath) listed(m core.Loaded[completion]) tea.Cmd {
	b := &f.browser
	if !b.load.Accept(m) {
		return nil
	}
	b.all, b.err = m.Value.paths, m.Err
	f.narrow()
	return nil
}

// browse takes a key while the list is open.
func (f *FilePath) browse(key string) (cmd tea.Cmd, handled bool) {
	b := &f.browser
	folder, rest := folderOf(f.Value())
	switch {
	case b.key(key, listRows, len(b.hits)):
	case key == "enter":
		return f.choose(b.at), true
	case key == "esc", key == "ctrl+space", key == "ctrl+@":
		f.closeList()
	case key == "backspace" && rest == "":
		f.SetValue(parent(folder))
		return tea.Batch(f.changed(), f.follow()), true
	case key == "tab", key == "shift+tab":
		f.closeList()
		return nil, false
	default:
		return nil, false
	}
	return nil, true
}

// choose takes entry i: a folder is gone into, a file, or the folder itself where one is asked for, ends the search.
func (f *FilePath) choose(i int) tea.Cmd {
	b := &f.browser
	if i < 0 || i >= len(b.hits) {
		return nil
	}
	p := b.hits[i]
	if p != "" {
		f.SetValue(p)
	}
	if isFolder(p) {
		return tea.Batch(f.changed(), f.follow())
	}
	f.closeList()
	cmd := f.changed()
	if f.Take != nil && p != "" {
		return tea.Batch(cmd, f.take())
	}
	return cmd
}

// take has the path taken, and remembers the folder it is in.
func (f *FilePath) take() tea.Cmd {
	f.taken, _ = folderOf(f.Value())
	return f.Take()
}

// baseName is the last element of a path, with a folder's separator.
func baseName(p string) string {
	_, name := folderOf(strings.TrimRightFunc(p, separates))
	if isFolder(p) {
		name += "/"
	}
	return join(split(name))
}

func (f *FilePath) entry(i int) string {
	if p := f.browser.hits[i]; p != "" {
		return baseName(p)
	}
	return f.Env.T("ui.path.here")
}

// nothing is what stands in an empty list.
func (f *FilePath) nothing() string {
	switch b := &f.browser; {
	case b.load.Busy():
		return f.Env.Spinner() + " " + f.Env.T("ui.path.reading")
	case b.err != nil:
		return f.Env.T("ui.path.unreadable")
	}
	return f.Env.T("ui.path.none")
}
