package completeness

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"imagery/client"
)

var someday = time.Date(2026, 3, 28, 9, 0, 0, 0, time.UTC)

func reasonCodes(s Summary) (out []ReasonCode) {
	for _, r := range s.Reasons {
		out = append(out, r.Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestFindingsAreTheTruth compares checks of thousands of random books by random rules with asking interface 7 about every account.
func TestFindingsAreTheTruth(t *testing.T) {
	t.Parallel()
	books := uint64(3000)
	if testing.Short() {
		books = 300
	}
	for seed := range books {
		d := dice{rand.New(rand.NewPCG(seed, 1))}
		b := d.book(d.IntN(60))
		o := Options{
			Rules: d.rules(), Scope: d.scope(), List: d.IntN(2) == 0, WithHistory: d.IntN(2) == 0, PageSize: 1 + d.IntN(20), Parallel: 1 + d.IntN(4),
			Basis: Basis{Customer: d.known(b.customer), History: d.known(b.history)},
		}
		want := brute(t, b, o)
		r, err := Check(t.Context(), b, o)
		if err != nil {
			t.Fatal(seed, err)
		}
		if len(r.Reasons) > 0 {
			t.Fatalf("seed %d: %+v", seed, r.Reasons)
		}
		less, more := o.Basis.less(o.WithHistory), o.Basis.more(o.WithHistory)
		if !less && !more { // interface 9 sees just what counts: no need to confirm
			if got := violations(r); !maps.Equal(got, want) || r.Summary().Certified != (r.Total > 0) {
				t.Fatalf("seed %d: found %v, want %v; %+v", seed, got, want, r.Summary())
			}
		}
		before := r.Summary()
		if less && len(r.Violations) > 0 && !slices.Contains(reasonCodes(before), Unconfirmed) || more && !slices.Contains(reasonCodes(before), HistoryCounted) {
			t.Fatalf("seed %d: certified although it rests on what interface 9 does not see: %+v", seed, before)
		}
		sample := 0
		if r.Listed && more { // only asking about every account tells what interface 9 hides
			sample = len(r.Accounts)
		}
		if err := Confirm(t.Context(), b, r, ConfirmOptions{Sample: sample}); err != nil {
			t.Fatal(seed, err)
		}
		got := violations(r)
		switch {
		case !more:
			if !maps.Equal(got, want) || r.Summary().Certified != (r.Total > 0) {
				t.Fatalf("seed %d: confirmed %v, want %v; %+v", seed, got, want, r.Summary())
			}
		case more && sample > 0:
			if r.Sample.Hidden == 0 && !maps.Equal(got, want) {
				t.Fatalf("seed %d: %v, want %v, and nothing hidden", seed, got, want)
			}
		}
		for v := range got {
			if !want[v] {
				t.Fatalf("seed %d: %s is falsely missing after it was confirmed", seed, v)
			}
		}
	}
}

// TestRunSurvivesJSON keeps runs as they are.
func TestRunSurvivesJSON(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(3, 1))}
	b := d.book(50)
	o := Options{Rules: d.rules(), List: true, Now: func() time.Time { return someday }}
	o.Rules.Rules[0].OpenedFrom, o.Scope.OpenedTo = d.day(), client.Date{Year: 2030, Month: 1, Day: 1}
	r, err := Check(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	again := &Run{}
	if err := json.Unmarshal(raw, again); err != nil {
		t.Fatal(err)
	}
	second, err := json.Marshal(again)
	if err != nil || string(second) != string(raw) || !reflect.DeepEqual(again.Violations, r.Violations) || again.Accounts[0] != r.Accounts[0] ||
		!reflect.DeepEqual(again.Scope, r.Scope) || again.Rules.Hash() != r.Hash {
		t.Errorf("%v\n%s\n%s", err, raw[:500], second[:500])
	}
}

func TestLinesOfJSONHaveTheNamesThatScriptsRelyOn(t *testing.T) {
	_, b, o := plainBook(30)
	o.Now = func() time.Time { return someday }
	o.Rules.Rules = o.Rules.Rules[:1]
	for i := range b.accounts {
		b.accounts[i].own["A"] = i != 7
	}
	b.accounts[7] = holder{CustomerAccount: b.accounts[7].CustomerAccount}
	b.accounts[7].Account.AccountBizType, b.accounts[7].Account.DeptCode = "0", "x"
	r, err := Check(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	var got []byte
	for f := range r.Findings() {
		line, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		got = append(append(got, line...), '\n')
	}
	line, err := json.Marshal(r.Summary())
	want := `{"type":"violation","accountId":"id7","accountNo":"no7","accountBizType":"0","deptCode":"x","rule":"R1","missing":["A","B"],"state":"found"}
{"type":"summary","accounts":30,"violations":1,"accountsMissing":1,"requests":7,"certified":true,"reasons":[],"rulesHash":"` + o.Rules.Hash() + `","startedAt":"2026-03-28T09:00:00Z","finishedAt":"2026-03-28T09:00:00Z"}`
	if string(got)+string(line) != want || err != nil {
		t.Errorf("%v\n%s%s\nwant\n%s", err, got, line, want)
	}
}
