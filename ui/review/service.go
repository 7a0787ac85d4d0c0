// Package review is the screens of spot checks: the list of runs, the review of one sampled account after another, and the settling of what two
// reviewers differ in.
package review

import (
	"context"
	"time"

	"imagery/client"
	"imagery/internal/codes"
	engine "imagery/internal/review"
	"imagery/internal/transfer"
	"imagery/ui/internal/look"
)

// Wanted is what a new run is made from.
type Wanted struct {
	Scope     client.SearchAccountsRequest
	Title     string
	Question  engine.Question
	Strata    string // "", "dept", "biz-type", "customer-type" or "completeness"
	Checklist string // path of a file; empty for the one that is shipped
	Blind     bool
}

// Pack says what an evidence pack is to hold and where it goes.
type Pack struct {
	Path  string
	Lang  string // of its report
	Files bool   // the sampled accounts' files too
}

// Reviewer is what reviewing accounts needs of the program.
type Reviewer interface {
	look.Service
	// NewSitting returns a number that claims accounts apart from other sittings of this program.
	NewSitting() int64
	// NextReview claims the next account and lists its files. The task of one whose files cannot be listed comes with the error.
	NextReview(ctx context.Context, sitting int64, run string) (engine.Task, []transfer.Item, error)
	// HoldReview keeps a sitting's claims until ctx ends, then gives them back.
	HoldReview(ctx context.Context, sitting int64, run string, every time.Duration)
	ReviewFiles(context.Context, engine.Item) ([]transfer.Item, error)
	// GiveVerdict sends a verdict to the disk behind those given before, without waiting and whatever becomes of the screen.
	GiveVerdict(engine.Task, engine.Verdict) (wait func(context.Context) (engine.Verdict, error))
	GiveSettlement(run string, v engine.Verdict) (wait func(context.Context) (engine.Verdict, error))
	UndoVerdict(ctx context.Context, sitting int64, run string) (engine.Task, []transfer.Item, error)
	ReviewProgress(ctx context.Context, run string) (engine.Progress, error)
	Codes() *codes.Book
}

// Service is what the list of runs needs of the program.
type Service interface {
	Reviewer
	Reviews(context.Context) ([]engine.Run, error)
	// FreezeRun reads the population and puts its hash on record.
	FreezeRun(context.Context, Wanted) (*engine.Run, error)
	// DrawReview draws the sample of a frozen run; an empty seed is chosen by the program.
	DrawReview(ctx context.Context, run, seed string) (*engine.Run, error)
	ReopenReview(ctx context.Context, run string) (int, error)
	ReviewDifferences(ctx context.Context, run string) ([]engine.Difference, error)
	// Conclusion says in words what a run shows whose items all have a verdict.
	Conclusion(ctx context.Context, run, lang string) (string, error)
	SignReview(ctx context.Context, run, note string) (*engine.Run, error)
	PackRun(ctx context.Context, run string, p Pack) (path, digest string, err error)
	DownloadFolder() string
	// CompletePath lists what a typed path may go on as.
	CompletePath(ctx context.Context, prefix string) ([]string, error)
}

// The requests the screens make of the router.
type (
	// OpenMsg asks for the review of a run.
	OpenMsg struct{ Run engine.Run }
	// DifferencesMsg asks for what the two reviewers of a run differ in.
	DifferencesMsg struct{ Run engine.Run }
	// SettleMsg asks for the settling of one of them.
	SettleMsg struct {
		Run        engine.Run
		Difference engine.Difference
	}
	// ViewMsg asks for the full-screen viewer on an account's files.
	ViewMsg struct {
		Account client.CustomerAccount
		Items   []transfer.Item
		At      int
	}
	// OutsideMsg asks to show an account's files in the browser.
	OutsideMsg struct {
		Account client.CustomerAccount
		Items   []transfer.Item
	}
)

// changedMsg tells every screen of spot checks that a run moved on.
type changedMsg struct{ run string }
