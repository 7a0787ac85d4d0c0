package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/i18n"
	"imagery/internal/review"
	"imagery/internal/transfer"
)

// The reasons a spot check cannot be had.
var (
	ErrNoReviews    = errors.New("app: spot checks are not kept here")
	ErrOtherProfile = errors.New("app: the spot check belongs to another profile")
	ErrNotChecked   = errors.New("app: completeness was never checked")
	ErrReviewStore  = errors.New("app: the database of spot checks cannot be opened")
	ErrStrata       = errors.New("app: no such strata")
)

// reviews is the database of spot checks, opened when it is first wanted and again after it could not be, and what is claimed in it.
type reviews struct {
	mu   sync.Mutex
	book *review.Book
	last int64             // sitting
	held map[int64]holding // by sitting

	giving sync.Mutex    // never held while anything is waited for
	given  chan struct{} // closed once every verdict that was given is on disk or failed; nil before the first
}

// holding is whose claims a sitting holds, and in which run.
type holding struct{ run, reviewer string }

// spotChecks returns the database of spot checks. It may wait for a network. Errors: ErrNoReviews, and those of review.Open.
func (a *App) spotChecks(ctx context.Context) (*review.Book, error) {
	a.reviews.mu.Lock()
	defer a.reviews.mu.Unlock()
	if a.reviews.book != nil {
		return a.reviews.book, nil
	}
	if a.opts.Reviews == nil {
		return nil, ErrNoReviews
	}
	b, err := a.opts.Reviews(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReviewStore, err)
	}
	b.Journal = a.opts.Journal
	a.reviews.book = b
	return b, nil
}

// reviewing returns the database of spot checks and the login whose they are.
func (a *App) reviewing(ctx context.Context) (*review.Book, *conn, error) {
	c, err := a.current()
	if err != nil {
		return nil, nil, err
	}
	b, err := a.spotChecks(ctx)
	return b, c, err
}

// reviewOf is reviewing for one run, which must be of the profile signed in to. Errors: ErrOtherProfile, review.ErrNoRun.
func (a *App) reviewOf(ctx context.Context, run string) (*review.Book, *conn, error) {
	c, err := a.current()
	if err != nil {
		return nil, nil, err
	}
	b, err := a.runOf(ctx, c, run)
	return b, c, err
}

// runOf is reviewOf for a login, which may have ended meanwhile.
func (a *App) runOf(ctx context.Context, c *conn, run string) (*review.Book, error) {
	b, err := a.spotChecks(ctx)
	if err != nil {
		return nil, err
	}
	r, err := b.Run(ctx, run)
	if err == nil && r.Profile != c.profile.Name {
		err = fmt.Errorf("%w: %s", ErrOtherProfile, r.Profile)
	}
	return b, err
}

// Reviews lists the spot checks of the profile signed in to, the newest first.
func (a *App) Reviews(ctx context.Context) ([]review.Run, error) {
	b, c, err := a.reviewing(ctx)
	if err != nil {
		return nil, err
	}
	return b.Runs(ctx, c.profile.Name)
}

// Review returns one spot check. Error: review.ErrNoRun.
func (a *App) Review(ctx context.Context, run string) (*review.Run, error) {
	b, _, err := a.reviewOf(ctx, run)
	if err != nil {
		return nil, err
	}
	return b.Run(ctx, run)
}

// NewReview is what a spot check is made from.
type NewReview struct {
	Scope     client.SearchAccountsRequest // the population: all pages of it
	Title     string
	Question  review.Question
	Strata    string // "", or one of StrataNames
	Checklist string // path of a file; empty for the one that is shipped
	Blind     bool
}

// StrataNames are what populations can be divided by.
var StrataNames = []string{"dept", "biz-type", "customer-type", "completeness"}

// strata returns how a population is divided, with the run that says so if it is by completeness. Errors: ErrStrata, ErrNotChecked.
func (a *App) strata(ctx context.Context, name string) (review.Stratify, *standing, error) {
	switch name {
	case "":
		return nil, nil, nil
	case "dept":
		return review.ByDepartment, nil, nil
	case "biz-type":
		return review.ByBizType, nil, nil
	case "customer-type":
		return review.ByCustomerType, nil, nil
	case "completeness":
		if err := a.LoadStanding(ctx); err != nil {
			return nil, nil, err
		}
		s := a.standing()
		if s == nil {
			return nil, nil, ErrNotChecked
		}
		return review.ByStanding(s.of), s, nil
	}
	return nil, nil, fmt.Errorf("%w: %s", ErrStrata, name)
}

// FreezeReview reads the population of a spot check through interface 9 and puts its hash on record; no seed is chosen yet. Errors:
// ErrStrata, ErrNotChecked, review.ErrMoved, and those of review.Book.Freeze.
func (a *App) FreezeReview(ctx context.Context, n NewReview) (*review.Run, error) {
	b, c, err := a.reviewing(ctx)
	if err != nil {
		return nil, err
	}
	list, err := ReadChecklist(n.Checklist)
	if err != nil {
		return nil, err
	}
	by, checked, err := a.strata(ctx, n.Strata)
	if err != nil {
		return nil, err
	}
	n.Scope.PageNumber, n.Scope.PageSize = 1, 100
	asked := time.Now()
	members, err := review.Members(a.AccountPages(ctx, n.Scope), by)
	if err != nil {
		return nil, err
	}
	searched := filter(n.Scope).set("stratifiedBy", n.Strata)
	delete(searched, "page")
	var text []byte
	if checked != nil {
		if text, err = checked.rules.Text(); err != nil {
			return nil, err
		}
		searched.set("checkedAt", checked.at.UTC().Format(time.RFC3339)).set("rulesHash", checked.rules.Hash())
	}
	return b.Freeze(ctx, review.Selection{
		Profile: c.profile.Name, Title: n.Title, By: c.username, Asked: asked, Filters: searched, Rules: string(text), Members: members, Question: n.Question,
		Checklist: list, Blind: n.Blind,
	})
}

// ReadChecklist reads the checklist at path; with an empty one it is the checklist that is shipped. Errors: review.InvalidError, those of TOML
// and of reading.
func ReadChecklist(path string) (review.Checklist, error) {
	if path == "" {
		return review.DefaultChecklist()
	}
	b, err := readText(Home(path), review.MaxChecklistSize)
	if err != nil {
		return review.Checklist{}, err
	}
	list, err := review.ReadChecklist(bytes.NewReader(b))
	if err != nil && !errors.As(err, new(*review.InvalidError)) && !errors.As(err, new(*fs.PathError)) {
		err = &ChecklistError{Path: path, Err: err}
	}
	return list, err
}

// ChecklistError is a checklist that is no TOML, or has fields that checklists do not have.
type ChecklistError struct {
	Path string
	Err  error
}

// Error implements error.
func (e *ChecklistError) Error() string { return "checklist " + e.Path + ": " + e.Err.Error() }

// Unwrap returns what the reader of TOML said.
func (e *ChecklistError) Unwrap() error { return e.Err }

// DrawReview draws the sample of a frozen spot check; an empty seed is chosen here.
func (a *App) DrawReview(ctx context.Context, run, seed string) (*review.Run, error) {
	b, c, err := a.reviewOf(ctx, run)
	if err != nil {
		return nil, err
	}
	return b.Draw(ctx, run, c.username, strings.TrimSpace(seed))
}

// ReviewProgress is how far a spot check has come, as the user signed in may know it.
func (a *App) ReviewProgress(ctx context.Context, run string) (review.Progress, error) {
	b, c, err := a.reviewOf(ctx, run)
	if err != nil {
		return review.Progress{}, err
	}
	return b.Progress(ctx, run, c.username)
}

// SignReview closes a spot check with its result, or adds a signature to one that is.
func (a *App) SignReview(ctx context.Context, run, note string) (*review.Run, error) {
	b, c, err := a.reviewOf(ctx, run)
	if err != nil {
		return nil, err
	}
	return b.SignOff(ctx, run, c.username, note)
}

// Conclusion says in words what a spot check shows so far; every item must have a verdict. Error: review.ErrOpen.
func (a *App) Conclusion(ctx context.Context, run, lang string) (string, error) {
	b, _, err := a.reviewOf(ctx, run)
	if err != nil {
		return "", err
	}
	r, err := b.Run(ctx, run)
	if err != nil {
		return "", err
	}
	if r.Result == nil {
		if r.Result, err = b.Result(ctx, run); err != nil {
			return "", err
		}
	}
	return review.Concluded(r, i18n.Load(lang)), nil
}

// NewPack says what an evidence pack is to hold and where it goes.
type NewPack struct {
	Path  string
	Lang  string // of its report
	Files bool   // the sampled accounts' files too
}

// PackReview writes the evidence of a signed spot check. digest stands for the whole pack. Interfaces 7 and 8 when the files are wanted.
func (a *App) PackReview(ctx context.Context, run string, n NewPack) (path, digest string, err error) {
	b, c, err := a.reviewOf(ctx, run)
	if err != nil {
		return "", "", err
	}
	o := review.PackOptions{Lang: n.Lang, By: c.username}
	if n.Files {
		o.Files = a.sampled(c)
	}
	path, err = filepath.Abs(Home(n.Path))
	if err != nil {
		return "", "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", "", err
	}
	digest, err = b.Pack(ctx, run, path, o)
	return path, digest, err
}

// sampled fetches an account's files for a pack.
func (a *App) sampled(c *conn) review.FileSource {
	return func(ctx context.Context, it review.Item, add func(string, io.Reader) error) error {
		items, err := a.ReviewFiles(ctx, it)
		if err != nil {
			return err
		}
		for _, x := range items {
			if err := c.packed(ctx, x, add); err != nil {
				return err
			}
		}
		return nil
	}
}

// packed hands one file over, and puts that on record before.
func (c *conn) packed(ctx context.Context, x transfer.Item, add func(string, io.Reader) error) error {
	tie := ref()
	if err := c.before(audit.Download, tie, detail{"in": "pack", "fileId": x.FileID}.set("accountNo", x.Account.AccountNo.Raw())); err != nil {
		return err
	}
	body, err := c.client.FetchFile(ctx, x.FileID)
	if err == nil {
		err = errors.Join(add(packedName(x), body), body.Close())
	}
	c.after(audit.Download, tie, err, nil)
	return err
}

// packedName is a file's name for people: what it is, then which, without whose.
func packedName(x transfer.Item) string {
	ext := filepath.Ext(x.File.FileOriginalName.String())
	if ext == "" && x.File.FileExtName != "" {
		ext = "." + strings.TrimPrefix(x.File.FileExtName.String(), ".")
	}
	return x.Material.MaterialCode.Raw() + "_" + x.FileID + ext
}
