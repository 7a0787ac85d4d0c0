package review

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"imagery/internal/audit"
	"imagery/internal/sampling"
)

// DefaultLease is how long a claim lasts unless it is kept.
const DefaultLease = 5 * time.Minute

const (
	minLease = time.Second
	maxLease = 24 * time.Hour
)

// Selection is what a run is made from.
type Selection struct {
	Profile   string
	Title     string
	By        string            // who freezes and draws
	Asked     time.Time         // when the search for Members began; zero for now
	Filters   map[string]string // what was searched, by interface 9's names
	Rules     string            // the rules file by which Members have their strata, if they do
	Members   []Member          // in any order
	Question  Question
	Checklist Checklist
	Blind     bool
	Lease     time.Duration // 0 is DefaultLease
}

func (s *Selection) check() error {
	if s.Lease == 0 {
		s.Lease = DefaultLease
	}
	switch {
	case !name(s.Profile):
		return invalid("profile", "")
	case !line(s.Title, maxTitle):
		return invalid("title", "")
	case !name(s.By):
		return invalid("reviewer", "")
	case s.Lease < minLease || s.Lease > maxLease:
		return invalid("lease", "")
	case s.Question.Minimum < 0:
		return invalid("minimum", "")
	}
	for k, v := range s.Filters {
		if !name(k) || !line(v, maxNote) {
			return invalid("filters", "")
		}
	}
	for _, m := range s.Members {
		if !line(m.AccountNo, maxName) || !line(m.BizType, maxName) || !line(m.CustomerType, maxName) || !line(m.Department, maxName) || !line(m.Name, maxTitle) {
			return invalid("members", "")
		}
	}
	return s.Checklist.valid()
}

// freeze sorts the members and returns their population.
func (s *Selection) freeze() (*sampling.Population, error) {
	items := make([]sampling.Item, len(s.Members))
	for i, m := range s.Members {
		items[i] = sampling.Item{ID: m.ID, Stratum: m.Stratum}
	}
	return sampling.Freeze(items)
}

// Start freezes a population, puts its hash on record, and only then draws, with a seed of its own making.
func (b *Book) Start(ctx context.Context, s Selection) (*Run, error) {
	r, err := b.Freeze(ctx, s)
	if err != nil {
		return nil, err
	}
	return b.Draw(ctx, r.ID, s.By, "")
}

// Freeze keeps a population and the plan for it, and puts its hash on record. Errors: *InvalidError, those of sampling, ErrJournal.
func (b *Book) Freeze(ctx context.Context, s Selection) (*Run, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	p, err := s.freeze()
	if err != nil {
		return nil, err
	}
	plan, err := sampling.Stratify(s.Question.sampling(p.Len()), p.Strata(), s.Question.Minimum)
	if err != nil {
		return nil, err
	}
	r := &Run{
		ID: strings.ToLower(rand.Text()[:10]), Profile: s.Profile, Title: s.Title, State: Frozen, Filters: s.Filters, Rules: s.Rules, Hash: p.Hash(), Population: p.Len(),
		Question: s.Question, Plan: plan, Checklist: s.Checklist, Blind: s.Blind, Lease: s.Lease, FrozenBy: s.By,
	}
	packed, err := packMembers(s.Members)
	if err != nil {
		return nil, err
	}
	d := map[string]string{}
	maps.Copy(d, s.Filters)
	d["run"], d["populationHash"], d["population"], d["size"] = r.ID, r.Hash, strconv.Itoa(r.Population), strconv.Itoa(plan.Size)
	err = b.act(audit.Entry{Act: audit.Freeze, Profile: s.Profile, User: s.By, Detail: d}, func() error {
		return b.within(ctx, func(tx *sql.Tx) error { return b.addRun(ctx, tx, r, s.Asked, packed) })
	})
	return r, err
}

func (b *Book) addRun(ctx context.Context, tx *sql.Tx, r *Run, asked time.Time, packed []byte) error {
	var now int64
	if err := tx.QueryRowContext(ctx, "SELECT "+b.dialect.now).Scan(&now); err != nil {
		return fmt.Errorf("review: %w", err)
	}
	r.FrozenAt = moment(now)
	r.Asked = moment(millis(asked))
	if r.Asked.IsZero() || r.Asked.After(r.FrozenAt) {
		r.Asked = r.FrozenAt
	}
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO run VALUES ($1, $2, $3, $4, 0, $4, $5)", r.ID, r.Profile, string(r.State), now, string(body)); err != nil {
		return fmt.Errorf("review: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO population VALUES ($1, $2)", r.ID, packed); err != nil {
		return fmt.Errorf("review: %w", err)
	}
	return nil
}

// Draw draws a frozen run's sample and opens it for review. An empty seed is chosen here: twenty decimal digits, as Rivest's election audits
// throw them. Errors: ErrNoRun, ErrState, *InvalidError, ErrJournal.
func (b *Book) Draw(ctx context.Context, run, by, seed string) (*Run, error) {
	before, err := b.Run(ctx, run)
	switch {
	case err != nil:
		return nil, err
	case before.State != Frozen:
		return nil, fmt.Errorf("review: draw: %w", ErrState)
	case !name(by):
		return nil, invalid("reviewer", "")
	case seed == "":
		if seed, err = newSeed(); err != nil {
			return nil, err
		}
	case !name(seed):
		return nil, invalid("seed", "")
	}
	var drawn *Run
	d := map[string]string{"run": run, "populationHash": before.Hash, "seed": seed, "size": strconv.Itoa(before.Plan.Size)}
	err = b.act(audit.Entry{Act: audit.Draw, Profile: before.Profile, User: by, Detail: d}, func() error {
		return b.change(ctx, run, func(c *change) error { drawn = c.run; return c.draw(by, seed) })
	})
	return drawn, err
}

func newSeed() (string, error) {
	n, err := rand.Int(rand.Reader, new(big.Int).Exp(big.NewInt(10), big.NewInt(20), nil))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%020d", n), nil
}

func (c *change) draw(by, seed string) error {
	if c.run.State != Frozen {
		return fmt.Errorf("review: draw: %w", ErrState)
	}
	packed, err := c.members()
	if err != nil {
		return fmt.Errorf("review: %w", err)
	}
	members, err := unpackMembers(packed)
	if err != nil {
		return err
	}
	p, err := (&Selection{Members: members}).freeze()
	if err != nil {
		return err
	}
	if p.Hash() != c.run.Hash {
		return fmt.Errorf("review: the population kept has another hash: %w", ErrState)
	}
	tickets, err := sampling.DrawStrata(p, seed, c.run.Plan.Shares)
	if err != nil {
		return err
	}
	for i, t := range tickets {
		at, _ := slices.BinarySearchFunc(members, t.ID, func(m Member, id string) int { return strings.Compare(m.ID, id) })
		if err := c.addItem(Item{Place: i + 1, Ticket: t.Number, Member: members[at]}); err != nil {
			return err
		}
		for round := First; round <= c.run.rounds(); round++ {
			if err := c.addSeat(i+1, round); err != nil {
				return err
			}
		}
	}
	c.run.Seed, c.run.State, c.run.DrawnAt, c.run.DrawnBy = seed, Drawn, c.now, by
	return c.saveRun()
}

// packMembers writes members by id. Their fields hold no tabs and no line ends.
func packMembers(members []Member) ([]byte, error) {
	members = slices.Clone(members)
	slices.SortFunc(members, func(a, b Member) int { return strings.Compare(a.ID, b.ID) })
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	for _, m := range members {
		text := strings.Join([]string{m.ID, m.Stratum, m.AccountNo, m.BizType, m.CustomerType, m.Department, m.Name}, "\t") + "\n"
		if _, err := io.WriteString(z, text); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func unpackMembers(packed []byte) (out []Member, err error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("review: population: %w", err)
	}
	all, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("review: population: %w", err)
	}
	for text := range strings.Lines(string(all)) {
		f := strings.Split(strings.TrimSuffix(text, "\n"), "\t")
		if len(f) != 7 {
			return nil, fmt.Errorf("review: population: %d fields", len(f))
		}
		out = append(out, Member{f[0], f[1], f[2], f[3], f[4], f[5], f[6]})
	}
	return out, nil
}
