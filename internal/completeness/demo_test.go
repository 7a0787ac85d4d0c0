package completeness

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"imagery/assets"
	"imagery/client"
	"imagery/internal/demo"
	"imagery/internal/postman"
	"imagery/internal/rules"
)

func example(t testing.TB) *rules.Set {
	t.Helper()
	text, err := assets.FS.ReadFile("rules/demo.toml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := rules.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// token is an Authorizer for one that does not expire.
type token struct{ client.Secret }

func (t token) Authorization(context.Context) (client.Secret, error) { return t.Secret, nil }
func (t token) Accepted(client.Secret)                               {}
func (t token) Refused(context.Context, client.Secret) (client.Secret, error) {
	return client.Secret{}, client.ErrUnauthorized
}

// platform starts a demo behind a socket and signs in to it. sent counts requests.
func platform(t testing.TB, o demo.Options) (c *client.Client, sent *atomic.Int64) {
	t.Helper()
	p, err := demo.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	sent = &atomic.Int64{}
	h := p.Handler()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent.Add(1)
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	collection, err := assets.FS.ReadFile("demo/collection.json")
	if err != nil {
		t.Fatal(err)
	}
	read, err := postman.Parse(bytes.NewReader(collection))
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	c = &client.Client{BaseURL: srv.URL, Endpoints: read.Endpoints, HTTP: &http.Client{Transport: transport}, PageBase: client.PageBaseOne}
	grant, err := c.SignIn(t.Context(), "demo", client.NewSecret("demo"))
	if err != nil {
		t.Fatal(err)
	}
	c.Auth = token{grant.Token}
	sent.Store(0)
	return c, sent
}

// everyAccount is the check by one call of interface 7 for each account, as many at a time.
func everyAccount(t testing.TB, c Platform, s *rules.Set, parallel int) map[string]bool {
	t.Helper()
	all := &Run{Rules: s}
	tab := newTable()
	a := newAsker(c, parallel, 1000, nil)
	if err := a.pages(t.Context(), question{}, func(p *page) {
		for i := range p.Content {
			tab.add(tab.account(&p.Content[i]))
		}
	}); err != nil {
		t.Fatal(err)
	}
	all.Accounts = tab.accounts
	judge := &confirmation{Run: all, asker: a, flagged: map[int][]int{}}
	g, ctx := errgroup.WithContext(t.Context())
	g.SetLimit(parallel)
	for i := range all.Accounts {
		g.Go(func() error {
			held, err := judge.held(ctx, &all.Accounts[i])
			if err != nil {
				return err
			}
			return judge.judge(i, held, nil)
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	all.Violations = judge.hidden
	return violations(all)
}

func TestDemoIsCheckedAsByAskingAboutEveryAccount(t *testing.T) {
	t.Parallel()
	for _, own := range []bool{false, true} {
		t.Run("account materials only "+strconv.FormatBool(own), func(t *testing.T) {
			t.Parallel()
			c, _ := platform(t, demo.Options{Accounts: 300, AccountMaterialsOnly: own})
			want := everyAccount(t, c, example(t), 4)
			if len(want) < 50 {
				t.Fatal("the demo lacks too little to tell", len(want))
			}
			for _, list := range []bool{false, true} {
				r, err := Check(t.Context(), c, Options{Rules: example(t), List: list, Basis: Basis{Customer: dice{}.known(!own)}})
				if err != nil {
					t.Fatal(err)
				}
				if !own && !maps.Equal(violations(r), want) {
					t.Errorf("found %d, want %d", len(violations(r)), len(want))
				}
				if err := Confirm(t.Context(), c, r, ConfirmOptions{}); err != nil {
					t.Fatal(err)
				}
				if got := violations(r); !maps.Equal(got, want) || !r.Summary().Certified {
					t.Errorf("listed %v: confirmed %d, want %d: %+v", list, len(got), len(want), r.Summary())
				}
				if own && !slices.ContainsFunc(r.Violations, func(v Violation) bool { return v.State == Cleared }) {
					t.Error("nothing was cleared although interface 9 does not see what customers have")
				}
			}
		})
	}
}

// busy is a platform at which somebody else works: do is called once, before the n-th search.
type busy struct {
	*client.Client
	searches atomic.Int64
	n        int64
	do       func()
}

func (b *busy) SearchAccounts(ctx context.Context, r client.SearchAccountsRequest) (*page, error) {
	if b.searches.Add(1) == b.n {
		b.do()
	}
	return b.Client.SearchAccounts(ctx, r)
}

func TestDemoThatMovesMeanwhileIsAskedAgain(t *testing.T) {
	t.Parallel()
	c, _ := platform(t, demo.Options{Accounts: 150})
	o := Options{Rules: example(t), Basis: Basis{Customer: Yes}, List: true, Conditions: true, PageSize: 40}
	first, err := Check(t.Context(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	lacks := first.Accounts[first.Violations[0].Account]
	for name, do := range map[string]func() error{
		"account added": func() error {
			_, err := c.AddAccount(t.Context(), client.AddAccountRequest{
				DeptCode: "1101", AccountNo: "990001", AccountBizType: "0", AccountName: "新开户", AccountCustomerType: "1", CustomerType: "0", AccountStatus: "1",
				IDType: "1", IDNo: client.NewIDNumber("999999199001010011"),
			})
			return err
		},
		"material archived": func() error {
			_, err := c.ArchiveToAccount(t.Context(), client.ArchiveToAccountRequest{
				AccountNo: lacks.No.Raw(), AccountBizType: lacks.BizType.Raw(), Archive: client.Archive{
					SystemCode: demo.SystemCode, Title: "补录影像",
					Materials: []client.ArchiveMaterial{{Code: first.Rules.Rules[first.Violations[0].Rule].Any[0], Source: client.BytesSource("a.png", []byte("\x89PNG\r\n\x1a\n"))}},
				},
			})
			return err
		},
	} {
		r, err := Check(t.Context(), &busy{Client: c, n: int64(first.Requests) / 2, do: func() {
			if err := do(); err != nil {
				t.Error(name, err)
			}
		}}, o)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Moved) == 0 || !r.Summary().Certified || !maps.Equal(violations(r), everyAccount(t, c, o.Rules, 4)) {
			t.Errorf("%s: asked again %v, %+v", name, r.Moved, r.Summary())
		}
		d := Compare(first, r)
		if n := len(d.New) + len(d.Fixed); n == 0 {
			t.Errorf("%s: no change is told", name)
		}
	}
}

// BenchmarkCheck checks the demo's book by the 23 example rules, and then asks interface 7 about every account, by the same client with
// as many requests in flight. IMAGERY_BENCH_ACCOUNTS sets the size of the book; the bars are for 100,000.
func BenchmarkCheck(b *testing.B) {
	n := 2000
	if s := os.Getenv("IMAGERY_BENCH_ACCOUNTS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	const parallel = 8
	c, sent := platform(b, demo.Options{Accounts: n})
	set := example(b)
	for b.Loop() {
		sent.Store(0)
		from := time.Now()
		r, err := Check(b.Context(), c, Options{Rules: set, Basis: Basis{Customer: Yes}, Parallel: parallel, List: os.Getenv("IMAGERY_BENCH_LIST") != ""})
		if err != nil {
			b.Fatal(err)
		}
		took, requests := time.Since(from), sent.Load()
		if s := r.Summary(); !s.Certified || int64(s.Requests) != requests {
			b.Fatalf("%+v, %d requests", s, requests)
		}
		runtime.GC()
		sent.Store(0)
		from = time.Now()
		want := everyAccount(b, c, set, parallel)
		slow, many := time.Since(from), sent.Load()
		if !maps.Equal(violations(r), want) {
			b.Fatalf("found %d, want %d", len(violations(r)), len(want))
		}
		b.ReportMetric(float64(requests), "requests/check")
		b.ReportMetric(float64(many), "requests/every")
		b.ReportMetric(float64(many)/float64(requests), "x-requests")
		b.ReportMetric(took.Seconds(), "s/check")
		b.ReportMetric(slow.Seconds(), "s/every")
		b.ReportMetric(slow.Seconds()/took.Seconds(), "x-time")
		b.ReportMetric(float64(len(want)), "violations")
	}
}
