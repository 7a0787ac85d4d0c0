package completeness

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"imagery/client"
	"imagery/internal/rules"
)

// TestMatrixIsTheTruth compares every cell of random books' matrices with what interface 7 shows.
func TestMatrixIsTheTruth(t *testing.T) {
	t.Parallel()
	for seed := range uint64(500) {
		d := dice{rand.New(rand.NewPCG(seed, 2))}
		b := d.book(d.IntN(60))
		b.customer, b.history = true, false
		o := Options{Rules: d.rules(), Scope: d.scope(), List: true, Conditions: d.IntN(2) == 0, PageSize: 50, Basis: Basis{Customer: Yes}}
		r, err := Check(t.Context(), b, o)
		if err != nil || r.Summary().Certified != (r.Total > 0) {
			t.Fatalf("seed %d: %v %+v", seed, err, r.Summary())
		}
		m := NewMatrix(r)
		for row := range m.Rows() {
			i := slices.IndexFunc(b.accounts, func(h holder) bool { return h.Account.AccountID == m.Account(row).ID })
			for col, c := range m.Columns {
				want := b.cell(o.Rules, c.Rules, i)
				got := m.Cell(row, col)
				blur := got == Unknown && !o.Conditions && (want == Have || want == NotRequired)
				if got != want && !blur {
					t.Fatalf("seed %d: %s of %s is %d, want %d", seed, c.Codes, m.Account(row).ID, got, want)
				}
			}
		}
		tally(t, m)
	}
}

// cell is what a column must show.
func (b *book) cell(s *rules.Set, list []int, account int) Cell {
	h := &b.accounts[account]
	a := newTable().account(&h.CustomerAccount)
	out := NotRequired
	for _, rule := range list {
		switch s.Rules[rule].Judge(a.Facts(), func(code string) bool { return h.own[code] || h.shared[code] }) {
		case rules.Violated:
			return Missing
		case rules.Met:
			out = Have
		}
	}
	return out
}

// tally checks that the totals of a matrix are those of its cells.
func tally(t *testing.T, m *Matrix) {
	t.Helper()
	var all, byDept, byType [cells]int
	lacking := 0
	for _, c := range m.Totals() {
		lacking += c.Lacking
		for i, n := range c.Cells {
			all[i] += n
		}
	}
	for _, g := range m.ByDepartment() {
		for i, n := range g.Cells {
			byDept[i] += n
		}
	}
	accounts, rows := 0, 0
	for _, g := range m.ByBizType() {
		accounts, rows = accounts+g.Accounts, rows+g.Lacking
		for i, n := range g.Cells {
			byType[i] += n
		}
	}
	if byDept != all || byType != all || all[Missing] != lacking || accounts != m.Rows() || rows != lackingRows(m, -1) {
		t.Fatalf("%v %v %v, %d missing, %d accounts", all, byDept, byType, lacking, accounts)
	}
	for col := range m.Columns {
		if lackingRows(m, col) != m.Totals()[col].Lacking {
			t.Fatal("a column's rows are not its total")
		}
	}
}

func lackingRows(m *Matrix, col int) (n int) {
	for row := range m.Rows() {
		if m.Lacks(row, col) {
			n++
		}
	}
	return n
}

func TestColumnsAreLoadingUntilTheirQuestionIsAnswered(t *testing.T) {
	t.Parallel()
	_, b, o := plainBook(90)
	o.List = true
	var parts []Part
	seen := map[int]int{} // loading columns → times
	o.Save = func(p Part) error {
		parts = append(parts, p)
		r := Assemble(o, parts)
		if s := r.Summary(); s.Certified != (len(r.Pending) == 0) {
			t.Errorf("%+v", s)
		}
		if m := NewMatrix(r); m.Rows() > 0 {
			loading := 0
			for col := range m.Columns {
				if m.Totals()[col].Cells[Loading] > 0 {
					loading++
				}
			}
			seen[loading]++
		}
		return nil
	}
	r, err := Check(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) < 3 || seen[0] == 0 {
		t.Errorf("columns loading: %v", seen)
	}
	if got := violations(Assemble(o, parts)); len(got) != len(violations(r)) {
		t.Error(len(got), "of", len(violations(r)))
	}
	if Assemble(o, nil) != nil {
		t.Error("something is known before the first part")
	}
}

func TestOneConditionAloneDoesNotTellHeldFromNotRequired(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"E", "G"} {
		_, b, o := plainBook(90)
		o.Conditions = true
		o.Rules.Rules = []rules.Rule{{ID: "R1", Name: "one", Any: []string{"A"}, IfAny: []string{"E"}, UnlessAny: []string{"G"}}}
		b.before = func(_ *book, r client.SearchAccountsRequest) error {
			if r.PageSize > 1 && (slices.Equal(slices.Concat(r.MaterialCodes, r.ExcludedMaterialCodes), []string{code}) || slices.Equal(r.ExcludedMaterialCodes, []string{code})) {
				return errors.New("broken")
			}
			return nil
		}
		r, err := Check(t.Context(), b, o)
		if err == nil || r == nil || !r.Listed || len(r.Failed) > 0 {
			t.Fatal(err)
		}
		total := NewMatrix(r).Totals()[0]
		if total.Cells[Have] > 0 || total.Cells[Unknown] == 0 || total.Cells[Missing] == 0 {
			t.Errorf("without %s: %v", code, total.Cells)
		}
		if !slices.Contains(reasonCodes(r.Summary()), QueryFailed) {
			t.Errorf("%+v", r.Summary())
		}
	}
}

func TestWhatIsKnownSoFarIsToldWhileACheckGoesOn(t *testing.T) {
	t.Parallel()
	_, b, o := plainBook(90)
	o.List = true
	var at atomic.Int64
	o.Now = func() time.Time { return time.Unix(at.Add(1), 0) } // every look at the clock is a second later
	pending := []int{}
	o.Live = func(r *Run) {
		if r.Summary().Certified || !r.Finished.IsZero() {
			t.Error("it passes for a finished run")
		}
		if m := NewMatrix(r); m.Rows() > 0 && m.Totals()[len(m.Columns)-1].Cells[Loading] == 0 && len(r.Pending) == len(r.Rules.Rules) {
			t.Error("nothing is loading")
		}
		pending = append(pending, len(r.Pending))
	}
	r, err := Check(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(pending) < 3 || !slices.IsSortedFunc(pending, func(a, b int) int { return b - a }) || pending[0] == pending[len(pending)-1] {
		t.Errorf("rules that were pending: %v", pending)
	}
	o.Live, o.Now = nil, nil
	if again, err := Check(t.Context(), b, o); err != nil || !slices.Equal(again.Violations, r.Violations) {
		t.Error("telling changes the result", err)
	}
}

func TestConfirmingSeparatesWhatInterfaceSevenShows(t *testing.T) {
	t.Parallel()
	_, b, o := plainBook(90)
	b.customer = false // but the caller believes otherwise: findings may be false, and others hidden
	o.List = true
	want := brute(t, b, o)
	r, err := Check(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	b.listing = func(no string) error {
		if no == r.Accounts[r.Violations[0].Account].No.Raw() {
			return errors.New("not now")
		}
		return nil
	}
	if err := Confirm(t.Context(), b, r, ConfirmOptions{Sample: 1000, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	states := map[State]int{}
	for _, v := range r.Violations {
		states[v.State]++
	}
	if states[Doubt] == 0 || states[Cleared] == 0 || states[Confirmed] == 0 || states[Found] > 0 {
		t.Fatal(states)
	}
	if codes := reasonCodes(r.Summary()); !slices.Equal(codes, []ReasonCode{InDoubt, Hidden}) && !slices.Equal(codes, []ReasonCode{InDoubt}) {
		t.Errorf("%+v", r.Summary())
	}
	if hidden := r.Sample.Hidden + r.Sample.HiddenBesides; hidden > 0 != slices.Contains(reasonCodes(r.Summary()), Hidden) || r.Sample.Asked != r.Sample.Of {
		t.Errorf("%+v", r.Sample)
	}
	b.listing = nil
	requests := r.Requests
	if err := Confirm(t.Context(), b, r, ConfirmOptions{}); err != nil {
		t.Fatal(err)
	}
	if r.Requests != requests+1 {
		t.Errorf("%d requests for the one account in doubt", r.Requests-requests)
	}
	got := violations(r)
	for v := range want {
		if !got[v] {
			t.Errorf("%s is not found", v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d, want %d", len(got), len(want))
	}
}

func TestConfirmingGivesUpOnAPlatformThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	_, b, o := plainBook(200)
	r, err := Check(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	asked, broken := 0, errors.New("broken")
	b.listing = func(string) error { asked++; return broken }
	if err := Confirm(t.Context(), b, r, ConfirmOptions{}); !errors.Is(err, broken) || asked > giveUp+8 {
		t.Error(asked, err)
	}
	if err := Confirm(t.Context(), b, r, ConfirmOptions{Sample: 1}); !errors.Is(err, ErrNotListed) {
		t.Error(err)
	}
	b.listing = nil
	if err := Confirm(t.Context(), b, r, ConfirmOptions{}); err != nil || r.Summary().Certified != (r.Total > 0) {
		t.Errorf("%v %+v", err, r.Summary())
	}
}

func TestBoundOfASampleIsThatOfTables(t *testing.T) {
	for _, tc := range []struct {
		hidden, asked int
		want          float64
	}{{0, 59, 0.0495}, {0, 299, 0.00997}, {1, 93, 0.0500}, {3, 50, 0.1478}, {0, 0, 1}, {5, 5, 1}} {
		if got := (Sample{Hidden: tc.hidden, Asked: tc.asked}).Bound(); got < tc.want-0.0005 || got > tc.want+0.0005 {
			t.Errorf("%d of %d: %.5f, want %.5f", tc.hidden, tc.asked, got, tc.want)
		}
	}
}

// wideRun is a run of n accounts by 30 rules.
func wideRun(n int) *Run {
	r := &Run{Rules: &rules.Set{}, Listed: true, Exempt: map[int][]int{}}
	for i := range 30 {
		r.Rules.Rules = append(r.Rules.Rules, rules.Rule{ID: fmt.Sprint(i), Name: "n", Any: []string{fmt.Sprint("M", i)}})
	}
	tab := newTable()
	d := dice{rand.New(rand.NewPCG(1, 1))}
	for i := range n {
		h := d.account(i)
		h.Account.AccountName, h.Account.CustomerID = client.Text(fmt.Sprintf("客户姓名%06d", i)), client.Text(fmt.Sprintf("C%09d", i))
		a := tab.account(&h.CustomerAccount)
		tab.add(a)
		for rule := range 30 {
			if d.IntN(16) == 0 {
				r.Violations = append(r.Violations, Violation{i, rule, Found})
			}
		}
	}
	r.Accounts = tab.accounts
	return r
}

func heap() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

// TestMatrixOfALargeBookStaysSmall: a run of 100,000 accounts by 30 columns and its matrix have to stay below 300 MB.
func TestMatrixOfALargeBookStaysSmall(t *testing.T) {
	before := heap()
	r := wideRun(100_000)
	m := NewMatrix(r)
	used := int64(heap()) - int64(before)
	t.Logf("%d violations, %d MB", len(r.Violations), used>>20)
	if used > 100<<20 {
		t.Errorf("%d MB", used>>20)
	}
	runtime.KeepAlive(m)
}

// BenchmarkMatrix lays out 100,000 accounts by 30 columns.
func BenchmarkMatrix(b *testing.B) {
	r := wideRun(100_000)
	for b.Loop() {
		NewMatrix(r)
	}
}

func TestEstimateIsTheNumberThatACheckFinds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		d := dice{rand.New(rand.NewPCG(seed, 3))}
		b := d.book(60)
		b.customer, b.history = true, false
		o := Options{Rules: d.rules(), Scope: d.scope(), Basis: Basis{Customer: Yes}}
		want := map[string]int64{}
		for v := range brute(t, b, o) {
			want[v[len(v)-2:]]++
		}
		for _, rule := range o.Rules.Rules {
			got, err := EstimateRule(t.Context(), b, o, rule)
			if err != nil {
				t.Fatal(err)
			}
			if got.Violating != want[rule.ID] && !(got.AtMost && got.Violating > want[rule.ID]) || got.Violating > got.Concerned {
				t.Fatalf("seed %d, rule %s: %+v, want %d", seed, rule.ID, got, want[rule.ID])
			}
		}
	}
}

// talkative is a platform that lists superseded versions though nobody asked for them.
type talkative struct{ *book }

func (p talkative) ListMaterials(ctx context.Context, r client.ListMaterialsRequest) ([]client.MaterialInfo, error) {
	r.WithHis = true
	return p.book.ListMaterials(ctx, r)
}

func TestSupersededVersionsDoNotClear(t *testing.T) {
	t.Parallel()
	_, b, o := plainBook(90)
	r, err := Check(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := Confirm(t.Context(), talkative{b}, r, ConfirmOptions{}); err != nil || !maps.Equal(violations(r), brute(t, b, o)) {
		t.Error(err, r.Summary())
	}
}

// stranger is a platform that answers about another account.
type stranger struct{ *book }

func (p stranger) ListMaterials(context.Context, client.ListMaterialsRequest) ([]client.MaterialInfo, error) {
	return []client.MaterialInfo{{AccountNo: "other", MaterialCode: "A"}}, nil
}

func TestAnswerAboutAnotherAccountClearsNothing(t *testing.T) {
	t.Parallel()
	_, b, o := plainBook(20)
	r, err := Check(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := Confirm(t.Context(), stranger{b}, r, ConfirmOptions{}); err != nil || !slices.Equal(reasonCodes(r.Summary()), []ReasonCode{InDoubt}) {
		t.Error(err, r.Summary())
	}
}
