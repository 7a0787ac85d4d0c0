// Package rules is the screen of the completeness rules: what they ask of whom, how many accounts each concerns and how many violate it at
// this moment, and their editing.
package rules

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/completeness"
	engine "imagery/internal/rules"
	"imagery/ui/internal/core"
	"imagery/ui/internal/grid"
)

// Book is a profile's rules file.
type Book struct {
	*engine.File
	Path    string // where the file is, or will be once something is edited
	Kept    bool   // it is there
	Example bool   // the file is the one that ships with the program: editing makes a copy at Path
}

// Service is what the screen needs of the program.
type Service interface {
	// RuleBook reads the file; one of no rules if there is none. Error: engine.Problems, among others.
	RuleBook(context.Context) (Book, error)
	// ExampleFile is the file that ships with the program.
	ExampleFile() (*engine.File, error)
	// SaveRuleBook puts an edited file in the place of what was read.
	SaveRuleBook(ctx context.Context, was Book, f *engine.File) (Book, error)
	// Estimates counts for each rule of a set how many accounts it concerns and how many violate it, and tells as it goes.
	Estimates(ctx context.Context, set *engine.Set, scope client.SearchAccountsRequest, each func(rule int, e completeness.Estimate)) error
	Codes() *codes.Book
	// Explain turns an error into one translated, sanitised line; RuleProblem does with a mistake in a rules file.
	Explain(error) string
	RuleProblem(engine.Problem) string
}

// SavedMsg tells that other rules are in force from now on.
type SavedMsg struct{}

// ShowMsg asks the router to go back to the matrix, and leave the accounts in it that violate a rule.
type ShowMsg struct{ Rule string }

// row is a rule in the list. It stays what it is when the file is edited.
type row struct {
	*engine.Rule
	at int // its index in the file
}

// Model is the screen's state.
type Model struct {
	env   *core.Env
	svc   Service
	scope client.SearchAccountsRequest
	grid  *grid.Grid[row]

	book   Book
	read   core.Load[Book]
	save   core.Load[Book]
	counts core.Load[int]
	tally  *tally
	err    error // of reading
	failed bool  // counting did not come to its end
	next   string
}

var (
	_ core.Screen = (*Model)(nil)
	_ core.Backer = (*Model)(nil)
	_ core.Closer = (*Model)(nil)
	_ core.Busier = (*Model)(nil)
)

// New returns the screen. Counts are of the accounts that a search finds; its page does not matter.
func New(env *core.Env, svc Service, scope client.SearchAccountsRequest) *Model {
	scope.PageNumber, scope.PageSize = 0, 0
	m := &Model{env: env, svc: svc, scope: scope, tally: &tally{}}
	m.grid = grid.New(env, grid.Config[row]{
		Columns: m.columns(), Key: func(r row) string { return r.ID }, Search: m.search, Open: func(row) tea.Cmd { return m.edit() },
		Empty: "rules.empty", Loading: "rules.reading", NoMarks: true, Retry: m.load,
	})
	m.grid.SetFocus(true)
	return m
}

// Init implements core.Screen.
func (m *Model) Init() tea.Cmd { return m.load() }

// Close calls off what is under way. What is being written is seen through.
func (m *Model) Close() {
	m.read.Stop()
	m.counts.Stop()
}

// Busy implements core.Busier.
func (m *Model) Busy() bool { return m.read.Busy() || m.counts.Busy() || m.save.Busy() }

// Typing implements core.Screen.
func (m *Model) Typing() bool { return m.grid.Typing() }

// Title implements core.Screen.
func (m *Model) Title() string { return m.env.T("rules.breadcrumb") }

// Back implements core.Backer: it drops the filter, calls off the counting, then leaves.
func (m *Model) Back() bool {
	if m.grid.Back() {
		return true
	}
	if !m.counts.Busy() {
		return false
	}
	m.counts.Stop()
	m.failed = true
	return true
}

// Update implements core.Screen.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case core.Loaded[Book]:
		return m.apply(msg)
	case core.Loaded[int]:
		return m.counted(msg)
	case core.RetryMsg:
		if m.err != nil {
			return m.load()
		}
		return m.count()
	case core.LanguageMsg:
		m.show()
		return nil
	case core.DialogClosedMsg:
		return m.closed(msg)
	}
	return m.grid.InPanel(msg, m.ownBindings, 0)
}

// load reads the file.
func (m *Model) load() tea.Cmd {
	m.counts.Stop()
	m.grid.SetLoading()
	return m.read.Start(m.env.Ctx, m.svc.RuleBook)
}

// apply takes in the file as it was read or written.
func (m *Model) apply(msg core.Loaded[Book]) tea.Cmd {
	written := m.save.Accept(msg)
	if !written && !m.read.Accept(msg) {
		return nil
	}
	if written && msg.Err != nil {
		return core.Toast(core.Failure, m.why(msg.Err))
	}
	if m.err = msg.Err; m.err == nil {
		m.book = msg.Value
	}
	m.show()
	if m.err != nil {
		return nil
	}
	if !written {
		return m.count()
	}
	return tea.Batch(m.count(), core.Send(SavedMsg{}), core.Toast(core.Success, m.env.T("rules.saved", "hash", m.hash())))
}

// show puts the file's rules in the list.
func (m *Model) show() {
	if m.err != nil {
		m.grid.SetFailed(m.svc.Explain(m.err))
		return
	}
	if m.book.File == nil {
		return
	}
	rows := make([]row, len(m.book.Rules))
	for i := range rows {
		rows[i] = row{&m.book.Rules[i], i}
	}
	m.grid.SetRows(rows)
	if m.next != "" {
		m.grid.Select(m.next)
		m.next = ""
	}
}

// hash names the version of the rules in force, as runs and reports do.
func (m *Model) hash() string { return m.book.Set().Hash()[:12] }

// why is an error in words: for rules that are wrong, where and what is.
func (m *Model) why(err error) string {
	var found engine.Problems
	if errors.As(err, &found) && len(found) > 0 {
		return m.svc.RuleProblem(found[0])
	}
	return m.svc.Explain(err)
}

// write saves the file as edit makes it of the one that is shown, and puts the cursor on a rule.
func (m *Model) write(rule string, edit func(f *engine.File) (*engine.File, error)) tea.Cmd {
	svc, book := m.svc, m.book
	m.next = rule
	return m.save.Start(m.env.Ctx, func(ctx context.Context) (Book, error) { return saved(ctx, svc, book, edit) })
}

// saved edits a book and keeps it.
func saved(ctx context.Context, svc Service, book Book, edit func(f *engine.File) (*engine.File, error)) (Book, error) {
	f, err := edit(book.File)
	if err != nil {
		return book, err
	}
	return svc.SaveRuleBook(ctx, book, f)
}
