package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"time"

	"imagery/internal/codes"
)

// State keeps what belongs to a profile from one run to the next. It may be slow.
type State interface {
	// Get reads what was put under key into the value that into points to, and reports whether there was anything.
	Get(ctx context.Context, profile, key string, into any) (bool, error)
	// All returns everything kept for a profile by key, as JSON.
	All(ctx context.Context, profile string) (map[string]json.RawMessage, error)
	Put(ctx context.Context, profile, key string, v any) error
	Rename(ctx context.Context, before, after string) error
	Forget(ctx context.Context, profile string) error
}

// The keys under which the names of codes are kept.
const (
	codesImported = "codes.imported"
	codesLearnt   = "codes.learnt"
)

// book returns the names of codes on a profile: what every company has, what was learnt and what was imported. Without a state that
// can be read the first are all there is.
func (a *App) book(ctx context.Context, profile string, demo bool) (*codes.Book, error) {
	b := codes.New()
	if demo {
		var err error
		if b, err = codes.Demo(); err != nil {
			return nil, err
		}
	}
	if a.opts.State == nil {
		return b, nil
	}
	var learnt, imported codes.Names
	for key, n := range map[string]*codes.Names{codesLearnt: &learnt, codesImported: &imported} {
		if _, err := a.opts.State.Get(ctx, profile, key, n); err != nil {
			log.Printf("codes of %s: %v", profile, err)
		}
	}
	b.Recall(learnt)
	b.Import(imported)
	return b, nil
}

// keepCodes keeps what a session has learnt, beside what other programs have meanwhile.
func (a *App) keepCodes(c *conn) {
	learnt, changed := c.codes.Learnt()
	if !changed || a.opts.State == nil || a.profileAt(c.profile.Name) < 0 { // it may be removed or renamed meanwhile
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second) // it runs when the program ends
	defer cancel()
	kept := codes.Names{}
	_, err := a.opts.State.Get(ctx, c.profile.Name, codesLearnt, &kept)
	if err == nil {
		kept.Add(learnt)
		err = a.opts.State.Put(ctx, c.profile.Name, codesLearnt, kept)
	}
	if err != nil {
		log.Printf("codes of %s: %v", c.profile.Name, err)
	}
}

// ReadCodes reads the file at path as a company's code tables, and keeps nothing. table is for a file of one table that does not name it.
// Error: *codes.CSVError.
func (a *App) ReadCodes(_ context.Context, path string, table codes.Table) (codes.Names, error) {
	f, err := os.Open(Home(path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return codes.ParseCSV(f, table)
}

// ImportCodes keeps code tables for a profile; their names go before those imported or learnt earlier.
func (a *App) ImportCodes(ctx context.Context, profile string, n codes.Names) error {
	if err := a.configuring(profile, "codes", codesDetail(n)); err != nil {
		return err
	}
	if a.opts.State != nil {
		all := codes.Names{}
		if _, err := a.opts.State.Get(ctx, profile, codesImported, &all); err != nil {
			return err
		}
		all.Add(n)
		if err := a.opts.State.Put(ctx, profile, codesImported, all); err != nil {
			return err
		}
	}
	if c, err := a.current(); err == nil && c.profile.Name == profile {
		c.codes.Import(n)
	}
	return nil
}

// codesDetail counts the entries of each table.
func codesDetail(n codes.Names) detail {
	d := detail{}
	for table, names := range n {
		d[string(table)] = number(len(names))
	}
	return d
}

// CodesOf returns the names of codes on a profile, signed in or not. Error: ErrNoProfile.
func (a *App) CodesOf(ctx context.Context, profile string) (*codes.Book, error) {
	p, ok := a.Profile(profile)
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrNoProfile, profile)
	}
	return a.book(ctx, profile, p.Demo)
}
