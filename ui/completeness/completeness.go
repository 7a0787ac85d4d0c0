// Package completeness is the screen of who lacks which required material: a check of the whole book under way, and its outcome as a
// matrix of accounts and requirements.
package completeness

import (
	"context"
	"reflect"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/codes"
	engine "imagery/internal/completeness"
	"imagery/internal/rules"
	"imagery/ui/internal/core"
	"imagery/ui/internal/grid"
)

// Checked is a run and the number it is kept under, 0 if it is not kept. Run is nil where there is none.
type Checked struct {
	ID int64
	*engine.Run
}

// Fact is a line of how a run came about, translated and sanitised.
type Fact struct{ Label, Value string }

// Export says what to write: which forms ("csv", "xlsx", "html"), where, and whether numbers and names are whole.
type Export struct {
	Forms    []string
	Folder   string
	Unmasked bool
	Since    *engine.Run // to compare with; nil: nothing
	Lang     string      // that it is written in
}

// Service is what the screen needs of the program.
type Service interface {
	// Rules returns the rules that this profile's accounts are held against.
	Rules(context.Context) (*rules.Set, error)
	// CheckBook runs a check and keeps it, with resume going on from one that was broken off. What is known so far comes with an error.
	CheckBook(ctx context.Context, o engine.Options, resume bool) (Checked, error)
	// Resumable is how many questions of such a check have been answered already.
	Resumable(context.Context, engine.Options) (int, error)
	// KeptBefore returns the kept run of a scope to compare the one of number id with, which is older; with 0 the newest of all.
	KeptBefore(ctx context.Context, scope client.SearchAccountsRequest, id int64) (Checked, error)
	ConfirmRun(context.Context, Checked, engine.ConfirmOptions) error
	// ExportRun writes reports and returns their paths.
	ExportRun(context.Context, *engine.Run, Export) ([]string, error)
	// Obtained tells how a run came about and what it rests on, Doubts why it is not certified.
	Obtained(*engine.Run) []Fact
	Doubts(*engine.Run) []string
	DownloadFolder() string
	// CompletePath lists what a typed path may go on as.
	CompletePath(ctx context.Context, prefix string) ([]string, error)
	Codes() *codes.Book
	// Explain turns an error into one translated, sanitised line.
	Explain(error) string
}

// OpenMsg asks the router to show an account's materials, with the cursor on one of these codes if there are any.
type OpenMsg struct {
	Account client.CustomerAccount
	Codes   []string
}

// RulesMsg asks the router to show the rules, counted over the screen's scope.
type RulesMsg struct{ Scope client.SearchAccountsRequest }

// RulesChangedMsg tells the screen that other rules are in force: the next check is by them.
type RulesChangedMsg struct{}

// ShowRuleMsg has the screen leave the accounts that violate a rule.
type ShowRuleMsg struct{ Rule string }

// Model is the screen's state.
type Model struct {
	env   *core.Env
	svc   Service
	scope client.SearchAccountsRequest
	place *Place
	grid  *grid.Grid[int] // rows of the matrix

	work    core.Load[outcome] // what is under way
	doing   doing
	stop    context.CancelFunc // calls it off; its answer still comes
	track   *tracker           // how far it is
	reread  core.Load[*rules.Set]
	live    core.Load[*picture] // of what is known so far, while a check goes on
	earlier *picture            // shown before the check that goes on, to come back when it is called off

	shown     *picture // the run on the screen, nil before the first
	set       *rules.Set
	resumable int // questions answered of a check that was broken off
	err       error
	failure   string   // err in words, in the language of the moment
	doubts    []string // of shown, in the language of the moment
	bars      map[string]string

	onlyMissing bool
	onlyColumn  int // column that rows must lack; -1 for any
	by          grouping
	startAt     string // key of the row for the cursor of a grid made anew
}

// doing is what is under way.
type doing int

const (
	nothing doing = iota
	reading
	checking
	confirming
)

// picture is a run laid out. It does not change.
type picture struct {
	Checked
	before  Checked
	matrix  *engine.Matrix
	summary engine.Summary
	order   []int // rows by account number
	totals  []engine.Tally
	diff    engine.Diff
	groups  map[grouping][]engine.Group
	// unsettled are the accounts that a confirmation would ask about.
	unsettled int
}

var (
	_ core.Screen = (*Model)(nil)
	_ core.Backer = (*Model)(nil)
	_ core.Closer = (*Model)(nil)
	_ core.Busier = (*Model)(nil)
)

// Place is where the user was on the screen, for when he comes back to it. The zero value is the beginning.
type Place struct {
	scope  client.SearchAccountsRequest
	by     grouping
	grid   *grid.State // nil: as it is kept
	column string      // under the cell cursor
	filter bool        // only accounts that lack something
	lacks  string      // the column that they must lack
}

// New returns the screen for the accounts that a search finds; its page does not matter. It begins where place says, and notes there where
// the user leaves it. Nothing is asked of the platform yet.
func New(env *core.Env, svc Service, scope client.SearchAccountsRequest, place *Place) *Model {
	scope.PageNumber, scope.PageSize = 0, 0
	if !reflect.DeepEqual(place.scope, scope) {
		*place = Place{by: place.by}
	}
	m := &Model{env: env, svc: svc, scope: scope, place: place, by: place.by, onlyMissing: place.filter, onlyColumn: -1, track: &tracker{}}
	m.rebuild(false)
	return m
}

// Init implements core.Screen.
func (m *Model) Init() tea.Cmd { return m.read() }

// Close calls off what is under way.
func (m *Model) Close() {
	if m.shown != nil {
		st := m.grid.State()
		*m.place = Place{m.scope, m.by, &st, m.grid.CurrentColumn(), m.onlyMissing, m.columnID(m.onlyColumn)}
	}
	m.callOff()
	m.work.Stop()
	m.reread.Stop()
	m.live.Stop()
}

// Busy implements core.Busier.
func (m *Model) Busy() bool { return m.work.Busy() }

// Typing implements core.Screen.
func (m *Model) Typing() bool { return m.grid.Typing() }

// Title implements core.Screen.
func (m *Model) Title() string { return m.env.T("completeness.breadcrumb") }

// Back implements core.Backer: it calls off what is under way, takes the filter away, then leaves.
func (m *Model) Back() bool {
	switch {
	case m.grid.Back():
		return true
	case m.stoppable():
		m.callOff()
		return true
	case m.onlyMissing || m.onlyColumn >= 0:
		m.onlyMissing, m.onlyColumn = false, -1
		m.pick()
		return true
	}
	return false
}

// stoppable reports whether something is under way that Esc calls off.
func (m *Model) stoppable() bool { return m.doing == checking || m.doing == confirming }

// Update implements core.Screen.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case core.Loaded[outcome]:
		return m.apply(msg)
	case core.Loaded[*picture]:
		return m.applyLive(msg)
	case core.Loaded[*rules.Set]:
		return m.applyRules(msg)
	case RulesChangedMsg:
		return m.reread.Start(m.env.Ctx, m.svc.Rules)
	case ShowRuleMsg:
		return m.showRule(msg.Rule)
	case core.RetryMsg:
		if m.err != nil && m.shown == nil {
			return m.read()
		}
		return nil
	case core.LanguageMsg:
		if m.shown != nil {
			m.lay(m.shown)
		}
		m.translate()
		return nil
	case core.DialogClosedMsg:
		return m.closed(msg)
	}
	return m.grid.InPanel(msg, m.ownBindings, 0)
}

// tracker holds how far a check is; the check writes it and View reads it.
type tracker struct {
	latest progressBox
	begun  time.Time
	feed   feed // nil but for a check
}
