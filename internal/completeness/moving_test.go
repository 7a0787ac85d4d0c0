package completeness

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"imagery/client"
	"imagery/internal/rules"
)

// plainBook is a book whose interface 9 counts everything, with a rule that a good part of it violates.
func plainBook(n int) (dice, *book, Options) {
	d := dice{rand.New(rand.NewPCG(11, uint64(n)))}
	b := d.book(n)
	b.customer, b.history, b.granted = true, false, 0
	s := &rules.Set{Rules: []rules.Rule{
		{ID: "R1", Name: "one", Any: []string{"A", "B"}},
		{ID: "R2", Name: "two", Any: []string{"C"}, BizTypes: []string{"0", "1"}},
		{ID: "R3", Name: "three", Any: []string{"D"}, IfAny: []string{"E"}},
		{ID: "R4", Name: "four", Any: []string{"B"}, UnlessAny: []string{"G"}, Status: []string{"0"}},
	}}
	return d, b, Options{Rules: s, Basis: Basis{Customer: Yes}, PageSize: 7}
}

// during runs a change of the book before the n-th search.
func during(n int, change func(b *book)) func(*book, client.SearchAccountsRequest) error {
	return func(b *book, _ client.SearchAccountsRequest) error {
		if b.searches == n {
			change(b)
		}
		return nil
	}
}

func TestMovingBookIsAskedAgain(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(d dice, b *book){
		"account added":      func(d dice, b *book) { b.accounts = slices.Insert(b.accounts, 0, d.account(999)) },
		"account gone":       func(_ dice, b *book) { b.accounts = slices.Delete(b.accounts, 3, 5) },
		"materials archived": func(_ dice, b *book) { archive(b, 20, "A", "D") },
		"materials discarded": func(_ dice, b *book) {
			for i := range 20 {
				b.accounts[i].own, b.accounts[i].shared = map[string]bool{}, map[string]bool{}
			}
		},
	} {
		for _, list := range []bool{false, true} {
			_, b, o := plainBook(90)
			o.List = list
			if _, err := Check(t.Context(), b, o); err != nil {
				t.Fatal(err)
			}
			last, noticed := b.searches, 0
			for at := 1; at <= last; at += 3 {
				d, b, o := plainBook(90)
				o.List = list
				b.before = during(at, func(b *book) { change(d, b) })
				r, err := Check(t.Context(), b, o)
				if err != nil {
					t.Fatal(err)
				}
				noticed += min(len(r.Moved), 1)
				b.before = nil
				if want := brute(t, b, o); at < last-20 && (!maps.Equal(violations(r), want) || !r.Summary().Certified) {
					t.Errorf("%s before search %d of %d, listed %v: found %d, want %d, asked again %v, %+v", name, at, last, list, len(violations(r)), len(want), r.Moved, r.Summary().Reasons)
				}
			}
			if noticed < last/9 {
				t.Errorf("%s was noticed at %d of %d places", name, noticed, last)
			}
		}
	}
}

// archive gives the first n accounts materials.
func archive(b *book, n int, codes ...string) {
	for i := range n {
		for _, c := range codes {
			b.accounts[i].own[c] = true
		}
	}
}

func TestBookThatNeverRestsIsNotCertified(t *testing.T) {
	t.Parallel()
	d, b, o := plainBook(60)
	b.before = func(b *book, _ client.SearchAccountsRequest) error {
		b.accounts = append(b.accounts, d.account(1000+b.searches))
		return nil
	}
	r, err := Check(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Summary(); s.Certified || !slices.Contains(reasonCodes(s), BookMoved) || len(r.Moved) == 0 {
		t.Errorf("%+v", s)
	}
}

func TestPlatformThatAnswersWronglyIsNotCertified(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		wrap func(*book) Platform
		want ReasonCode
	}{
		"all of the codes instead of any": {func(b *book) Platform {
			return altered{b, func(r *client.SearchAccountsRequest) {
				r.MaterialCodes = r.MaterialCodes[:min(1, len(r.MaterialCodes))]
			}, nil}
		}, CountsDisagree},
		"exclusion ignored": {func(b *book) Platform {
			return altered{b, func(r *client.SearchAccountsRequest) { r.ExcludedMaterialCodes = nil }, nil}
		}, CountsDisagree},
		"types ignored": {func(b *book) Platform {
			return altered{b, func(r *client.SearchAccountsRequest) { r.AccountBizTypes = nil }, nil}
		}, FilterIgnored},
		"types understood otherwise": {func(b *book) Platform {
			return altered{b, func(r *client.SearchAccountsRequest) {
				r.AccountBizTypes = r.AccountBizTypes[:min(1, len(r.AccountBizTypes))]
			}, nil}
		}, FilterIgnored},
		"a row twice": {func(b *book) Platform {
			return altered{b, nil, func(p *page) {
				if p.Number > 1 {
					p.Content[0] = b.accounts[0].CustomerAccount
				}
			}}
		}, RowsDisagree},
		"always the first page": {func(b *book) Platform {
			return altered{b, func(r *client.SearchAccountsRequest) { r.PageNumber = 1 }, nil}
		}, RowsDisagree},
		"the last page lost": {func(b *book) Platform {
			return altered{b, nil, func(p *page) {
				if !p.HasNext && p.Number > 1 {
					p.Content = nil
				}
			}}
		}, RowsDisagree},
		"no totals": {func(b *book) Platform { b.noTotals = true; return b }, NoTotals},
	} {
		_, b, o := plainBook(60)
		o.List = true
		r, err := Check(t.Context(), tc.wrap(b), o)
		if err != nil {
			t.Fatal(name, err)
		}
		if s := r.Summary(); s.Certified || !slices.Contains(reasonCodes(s), tc.want) {
			t.Errorf("%s: %+v", name, s)
		}
		o.List = false
		if r, err = Check(t.Context(), tc.wrap(b), o); err != nil || r.Summary().Certified && name != "types understood otherwise" {
			t.Errorf("%s, not listed: %v %+v", name, err, r.Summary())
		}
		if name == "no totals" && !maps.Equal(violations(r), brute(t, b, o)) {
			t.Error("without totals not all pages are read")
		}
	}
}

// altered is a platform that reads requests or writes pages otherwise.
type altered struct {
	*book
	request func(*client.SearchAccountsRequest)
	page    func(*page)
}

func (a altered) SearchAccounts(ctx context.Context, r client.SearchAccountsRequest) (*page, error) {
	if a.request != nil {
		a.request(&r)
	}
	p, err := a.book.SearchAccounts(ctx, r)
	if err == nil && a.page != nil && r.PageSize > 1 {
		p.Content = slices.Clone(p.Content)
		a.page(p)
	}
	return p, err
}

func TestRowsThatAFilterShouldKeepOutAreSeen(t *testing.T) {
	t.Parallel()
	_, b, o := plainBook(60)
	archive(b, 60, "A") // nobody has nothing at all, which would be another way to see it
	r, err := Check(t.Context(), altered{b, func(r *client.SearchAccountsRequest) { r.AccountBizTypes = nil }, nil}, o)
	if err != nil || !slices.Equal(reasonCodes(r.Summary()), []ReasonCode{FilterIgnored}) || !maps.Equal(violations(r), brute(t, b, o)) {
		t.Errorf("%v %+v", err, r.Summary())
	}
}

func TestUnknownBasisIsNotCertified(t *testing.T) {
	t.Parallel()
	_, b, o := plainBook(60)
	o.Basis = Basis{}
	r, err := Check(t.Context(), b, o)
	if err != nil || !slices.Equal(reasonCodes(r.Summary()), []ReasonCode{BasisUnknown}) {
		t.Errorf("%v %+v", err, r.Summary())
	}
}

func TestCheckGoesOnWhereItWasBrokenOff(t *testing.T) {
	t.Parallel()
	_, b, o := plainBook(90)
	want := brute(t, b, o)
	b.searches = 0
	if _, err := Check(t.Context(), b, o); err != nil {
		t.Fatal(err)
	}
	whole := b.searches
	for stop := 1; stop < whole; stop += 3 {
		b.searches = 0
		ctx, cancel := context.WithCancel(t.Context())
		b.before = during(stop, func(*book) { cancel() })
		var parts []Part
		first := o
		first.Save = func(p Part) error { parts = append(parts, p); return nil }
		if _, err := Check(ctx, b, first); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		b.before, b.searches = nil, 0
		second := o
		second.Resume = parts
		r, err := Check(t.Context(), b, second)
		if err != nil || !maps.Equal(violations(r), want) || !r.Summary().Certified {
			t.Fatalf("broken off at %d: %v, %d, want %d: %+v", stop, err, len(violations(r)), len(want), r.Summary())
		}
		if len(parts) > 1 && b.searches >= whole {
			t.Errorf("broken off at %d: %d parts were kept, but %d of %d requests were sent again", stop, len(parts), b.searches, whole)
		}
		cancel()
	}
}

func TestPartsOfAnotherCheckOrBookAreNotUsed(t *testing.T) {
	t.Parallel()
	_, b, o := plainBook(90)
	a := b.accounts[0].Account
	a.AccountID, a.AccountNo = b.accounts[1].Account.AccountID, b.accounts[1].Account.AccountNo
	b.accounts[1] = holder{CustomerAccount: client.CustomerAccount{Account: a}, own: map[string]bool{}}
	b.accounts[0].own, b.accounts[0].shared = map[string]bool{"A": true, "B": true, "C": true, "D": true}, nil
	var parts []Part
	o.Save = func(p Part) error { parts = append(parts, p); return nil }
	if _, err := Check(t.Context(), b, o); err != nil {
		t.Fatal(err)
	}
	o.Save, o.Resume = nil, parts
	last := len(parts)
	swap := b.accounts[0].own // the counts stay, the accounts are others
	b.accounts[0].own, b.accounts[1].own = b.accounts[1].own, swap
	o.Now = func() time.Time { return time.Now().Add(2 * ResumeWithin) }
	if r, err := Check(t.Context(), b, o); err != nil || last < 3 || !maps.Equal(violations(r), brute(t, b, o)) {
		t.Errorf("old parts were used: %v", err)
	}
	o.Now = nil
	archive(b, 30, "A", "C")
	for name, change := range map[string]func(){"the book": func() {}, "the scope": func() { o.Scope.AccountBizTypes = []string{"0"} }, "the rules": func() { o.Rules = dice{rand.New(rand.NewPCG(1, 2))}.rules() }} {
		change()
		r, err := Check(t.Context(), b, o)
		if err != nil || !maps.Equal(violations(r), brute(t, b, o)) || !r.Summary().Certified {
			t.Errorf("after a change of %s: %v, %d, %+v", name, err, len(violations(r)), r.Summary())
		}
	}
}

func TestACheckThatGoesOnStillKnowsThatAFilterWasIgnored(t *testing.T) {
	t.Parallel()
	_, b, o := plainBook(60)
	archive(b, 60, "A") // nobody has nothing at all, which would be another way to see it
	deaf := altered{b, func(r *client.SearchAccountsRequest) { r.AccountBizTypes = nil }, nil}
	var parts []Part
	first := o
	first.Save = func(p Part) error { parts = append(parts, p); return nil }
	want, err := Check(t.Context(), deaf, first)
	if err != nil || !slices.Equal(reasonCodes(want.Summary()), []ReasonCode{FilterIgnored}) {
		t.Fatalf("%v %+v", err, want.Summary())
	}
	o.Resume = parts
	r, err := Check(t.Context(), deaf, o)
	if err != nil || r.Requests >= want.Requests || !reflect.DeepEqual(r.Reasons, want.Reasons) {
		t.Errorf("%v, %d of %d requests: %+v, want %+v", err, r.Requests, want.Requests, r.Reasons, want.Reasons)
	}
}

func TestPagesThatRepeatEndTheQuestion(t *testing.T) {
	t.Parallel()
	for name, total := range map[string]int64{"no totals": 0, "totals without end": 1 << 62} {
		_, b, o := plainBook(60)
		b.before = func(b *book, _ client.SearchAccountsRequest) error {
			if b.searches > 5000 {
				return errors.New("it goes on for ever")
			}
			return nil
		}
		for what, turn := range map[string]func(r *client.SearchAccountsRequest){
			"the first page": func(r *client.SearchAccountsRequest) { r.PageNumber = 1 },
			"two pages":      func(r *client.SearchAccountsRequest) { r.PageNumber = 1 + (r.PageNumber-1)%2 },
		} {
			b.searches = 0
			r, err := Check(t.Context(), endless{altered{b, turn, nil}, total}, o)
			if err != nil || r.Summary().Certified || len(r.Failed) > 0 {
				t.Errorf("%s, %s: %d requests, %v", name, what, b.searches, err)
			}
		}
	}
}

// endless is a platform that says of every page that another follows.
type endless struct {
	Platform
	total int64
}

func (e endless) SearchAccounts(ctx context.Context, r client.SearchAccountsRequest) (*page, error) {
	p, err := e.Platform.SearchAccounts(ctx, r)
	if err == nil {
		p.TotalElements, p.HasNext = e.total, true
	}
	return p, err
}

func TestUnansweredQuestionLeavesItsRulesOpen(t *testing.T) {
	t.Parallel()
	_, b, o := plainBook(90)
	broken := errors.New("broken")
	b.before = func(_ *book, r client.SearchAccountsRequest) error {
		if r.PageSize > 1 && slices.Equal(r.MaterialCodes, []string{"E"}) {
			return broken
		}
		return nil
	}
	r, err := Check(t.Context(), b, o)
	if !errors.Is(err, broken) || r == nil {
		t.Fatal(err)
	}
	if !slices.Equal(r.Failed, []int{2}) || !slices.Contains(reasonCodes(r.Summary()), QueryFailed) || len(r.Violations) == 0 {
		t.Errorf("%v %+v", r.Failed, r.Summary())
	}
	m := NewMatrix(r)
	col := slices.IndexFunc(m.Columns, func(c Column) bool { return slices.Contains(c.Rules, 2) })
	if m.Cell(0, col) != Failed {
		t.Error("the column of an unanswered question does not say so")
	}
}

func TestRefusedSignInEndsTheCheck(t *testing.T) {
	t.Parallel()
	_, b, o := plainBook(90)
	b.before = func(_ *book, r client.SearchAccountsRequest) error {
		if r.PageSize > 1 {
			return client.ErrSignInRefused
		}
		return nil
	}
	if r, err := Check(t.Context(), b, o); r != nil || !errors.Is(err, client.ErrSignInRefused) {
		t.Error(err)
	}
}

func TestProgressGrowsToWhatWasPlanned(t *testing.T) {
	t.Parallel()
	_, b, o := plainBook(90)
	var seen []Progress
	o.Progress = func(p Progress) { seen = append(seen, p) }
	r, err := Check(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range seen {
		if p.Done > p.Planned || i > 0 && p.Done < seen[i-1].Done {
			t.Fatalf("%+v", seen[i])
		}
	}
	if last := seen[len(seen)-1]; last.Done != r.Requests || last.Done != b.searches || last.Planned != last.Done || slices.ContainsFunc(seen, func(p Progress) bool { return p.Phase == Listing && p.Planned > last.Done+last.Done/4 }) {
		t.Errorf("%+v of %d requests", last, b.searches)
	}
}

func TestWhatOneOfTheRunsDidNotAnswerHasNotChanged(t *testing.T) {
	t.Parallel()
	_, b, o := plainBook(90)
	whole, err := Check(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	b.before = func(_ *book, r client.SearchAccountsRequest) error {
		if r.PageSize > 1 && slices.Equal(r.MaterialCodes, []string{"E"}) {
			return errors.New("broken")
		}
		return nil
	}
	partial, err := Check(t.Context(), b, o)
	if err == nil || partial == nil || len(partial.Violations) == len(whole.Violations) {
		t.Fatal(err)
	}
	for name, d := range map[string]Diff{"then partial": Compare(whole, partial), "then whole": Compare(partial, whole)} {
		if len(d.Fixed) != 0 || len(d.New) != 0 || !slices.Equal(d.Open, []string{"R3"}) {
			t.Errorf("%s: %d fixed, %d new, open %v", name, len(d.Fixed), len(d.New), d.Open)
		}
	}
	if d := Compare(whole, whole); len(d.Open) != 0 || d.OtherRules || d.OtherScope {
		t.Errorf("%+v", d)
	}
	o.WithHistory, b.before = true, nil
	if r, err := Check(t.Context(), b, o); err != nil || !Compare(whole, r).OtherRules {
		t.Error("that something else counts as held is not told", err)
	}
}

func TestRunsAreCompared(t *testing.T) {
	t.Parallel()
	_, b, o := plainBook(90)
	before, err := Check(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	was := brute(t, b, o)
	archive(b, 30, "A", "C")
	for i := 30; i < 50; i++ {
		b.accounts[i].own, b.accounts[i].shared = map[string]bool{}, map[string]bool{}
	}
	o.Rules = &rules.Set{Rules: slices.Clone(o.Rules.Rules)}
	o.Rules.Rules[0].Basis = "another"
	after, err := Check(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	is := brute(t, b, o)
	d := Compare(before, after)
	if !d.OtherRules || d.OtherScope || len(d.Fixed) == 0 || len(d.New) == 0 {
		t.Fatalf("%v %v %d %d", d.OtherRules, d.OtherScope, len(d.Fixed), len(d.New))
	}
	for _, f := range d.Fixed {
		if k := f.AccountID.Raw() + " " + f.Rule; !was[k] || is[k] {
			t.Errorf("%s was not fixed", k)
		}
	}
	for _, f := range d.New {
		if k := f.AccountID.Raw() + " " + f.Rule; was[k] || !is[k] {
			t.Errorf("%s is not new", k)
		}
	}
	if len(was)-len(d.Fixed)+len(d.New) != len(is) {
		t.Error("some changes are not told")
	}
}
