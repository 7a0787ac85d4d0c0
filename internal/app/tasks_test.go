package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/completeness"
	"imagery/internal/config"
	"imagery/internal/demo"
	"imagery/internal/postman"
	"imagery/internal/rules"
	"imagery/internal/store"
	"imagery/internal/transfer"
)

// fate is what becomes of a request.
type fate int

const (
	answered fate = iota
	lost          // the platform does what it asks for, the answer is lost
	dropped       // lost before the platform has seen it
)

// demoApp returns an App signed in to a demo on a socket, with a queue on disk. of tells each request's fate; nil: all are answered.
func demoApp(t *testing.T, of func(*http.Request) fate) *App {
	t.Helper()
	p, err := demo.Open(t.Context(), demo.Options{Accounts: 45})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := answered
		if of != nil {
			f = of(r)
		}
		switch f {
		case answered:
			p.Handler().ServeHTTP(w, r)
			return
		case lost:
			p.Handler().ServeHTTP(httptest.NewRecorder(), r)
		case dropped:
			_, _ = io.Copy(io.Discard, r.Body)
		}
		panic(http.ErrAbortHandler)
	}))
	endpoints, err := postman.Demo()
	if err != nil {
		t.Fatal(err)
	}
	st := store.New(filepath.Join(t.TempDir(), "state.db"))
	prof := config.Profile{Name: "test", URL: srv.URL, SystemCode: demo.SystemCode, Endpoints: endpoints, Base64Limit: 60_000, Concurrency: 2} // what the demo serves it draws, slowly where others need the machine too
	a := New(Options{Profiles: []config.Profile{prof}, Journal: audit.Open(filepath.Join(t.TempDir(), "audit.jsonl")), Version: "test", Queue: st, Adopt: true})
	t.Cleanup(func() { _ = a.Close(); _ = st.Close(); srv.Close(); _ = p.Close() })
	if err := a.SignIn(t.Context(), "test", "demo", client.NewSecret("demo")); err != nil {
		t.Fatal(err)
	}
	return a
}

// scan is a JPEG by its marks; big ones go up through interface 5.
func scan(seed byte, size int) []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{seed, byte(size)}).Read(b)
	copy(b, "\xff\xd8\xff\xe0")
	return append(b, "\xff\xd9"...)
}

func someAccounts(t *testing.T, a *App, n int) []client.CustomerAccount {
	t.Helper()
	page, err := a.SearchAccounts(context.Background(), client.SearchAccountsRequest{PageNumber: 1, PageSize: n})
	if err != nil || len(page.Content) != n {
		t.Fatalf("%v", err)
	}
	return page.Content
}

// rowsToArchive is how many rows TestNoRowIsArchivedTwiceWhateverBecomesOfTheAnswers archives: as many as IMAGERY_ROWS says.
func rowsToArchive(t *testing.T) int {
	n, err := strconv.Atoi(cmp.Or(os.Getenv("IMAGERY_ROWS"), "200"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Every seventh answer is lost behind the archive, every eleventh request before it: each row is there once or is known not to be, is said
// to be so, and was sent once.
func TestNoRowIsArchivedTwiceWhateverBecomesOfTheAnswers(t *testing.T) {
	var archives atomic.Int64
	a := demoApp(t, func(r *http.Request) fate {
		if !strings.Contains(r.URL.Path+r.URL.RawQuery, demo.SystemCode) {
			return answered
		}
		switch n := archives.Add(1); {
		case n%7 == 0:
			return lost
		case n%11 == 0:
			return dropped
		}
		return answered
	})
	accounts := someAccounts(t, a, 40)
	rows := rowsFor(t, accounts, rowsToArchive(t))
	id, err := a.StartArchive("补录", planned(t, a, rows, true))
	if err != nil {
		t.Fatal(err)
	}
	task := a.WaitTask(t.Context(), id)
	n := len(rows)
	never := 0
	for i := 1; i <= n; i++ {
		if i%11 == 0 && i%7 != 0 {
			never++
		}
	}
	if task.DoneFiles != n-never || task.UnknownFiles != never || task.FailedFiles != 0 || archives.Load() != int64(n) {
		t.Errorf("%s: %d done, %d unknown, %d failed, %d sent, %v", task.State, task.DoneFiles, task.UnknownFiles, task.FailedFiles, archives.Load(), task.Err)
	}
	seen := titles(t, a, accounts, "补录-")
	for title, n := range seen {
		if n != 1 {
			t.Errorf("%s is there %d times", title, n)
		}
	}
	if len(seen) != n-never {
		t.Errorf("%d rows are there", len(seen))
	}
	t.Logf("%d rows sent, %d there, %d said to be unknown", archives.Load(), len(seen), task.UnknownFiles)
	for _, p := range planned(t, a, rows, false) { // all but the last of each account are its history by now
		want := transfer.ErrRowDuplicate
		if seen[p.Title] == 0 {
			want = transfer.ErrRowQueued
		}
		if !errors.Is(p.Problem, want) {
			t.Errorf("%s, planned again: %v", p.Title, p.Problem)
		}
	}
}

// rowsFor returns n rows to archive, of as many files, the accounts in turn.
func rowsFor(t *testing.T, accounts []client.CustomerAccount, n int) (rows []transfer.Row) {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		path := filepath.Join(dir, fmt.Sprintf("%d.jpg", i))
		if err := os.WriteFile(path, scan(byte(i), 20_000+i%200*400+i/200), 0o600); err != nil {
			t.Fatal(err)
		}
		of := accounts[i%len(accounts)].Account
		rows = append(rows, transfer.Row{Path: path, AccountNo: of.AccountNo.Raw(), AccountBizType: of.AccountBizType.Raw(), Code: "1103", Title: fmt.Sprint("补录-", i)})
	}
	return rows
}

// planned plans to archive rows; all of them are to be good if so told.
func planned(t *testing.T, a *App, rows []transfer.Row, good bool) []transfer.Planned {
	t.Helper()
	plan, err := a.PlanArchive(t.Context(), rows, nil)
	if err != nil || len(plan) != len(rows) {
		t.Fatal(len(plan), err)
	}
	for _, p := range plan {
		if good && p.Problem != nil {
			t.Fatalf("%+v", p)
		}
	}
	return plan
}

// titles counts the archives of accounts by their titles, those that begin with prefix, their history too.
func titles(t *testing.T, a *App, accounts []client.CustomerAccount, prefix string) map[string]int {
	t.Helper()
	seen := map[string]int{}
	for _, acc := range accounts {
		all, err := a.ListMaterials(t.Context(), client.ListMaterialsRequest{AccountNo: acc.Account.AccountNo.Raw(), AccountBizType: acc.Account.AccountBizType.Raw(), WithHis: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range all {
			if strings.HasPrefix(m.ServiceAccessTitle.Raw(), prefix) {
				seen[m.ServiceAccessTitle.Raw()]++
			}
		}
	}
	return seen
}

func TestFilterIsDownloadedAndVerifies(t *testing.T) {
	a := demoApp(t, nil)
	dir := t.TempDir()
	id, err := a.Download(transfer.Request{Folder: dir, Search: &transfer.Search{Accounts: client.SearchAccountsRequest{MaterialCodes: []string{"1103"}, AccountBizTypes: []string{"0"}}, Materials: client.ListMaterialsRequest{WithCustomer: true, MaterialCodes: []string{"1103"}}}})
	if err != nil {
		t.Fatal(err)
	}
	task := a.WaitTask(t.Context(), id)
	n, err := transfer.Verify(dir, "", func(p transfer.Problem) { t.Error(p) })
	if task.State != transfer.Done || task.DoneFiles < 10 || n != task.DoneFiles || err != nil {
		t.Errorf("%s: %d files, %d verified, %v %v", task.State, task.DoneFiles, n, task.Err, err)
		for _, f := range task.Files {
			t.Log(f.Status, f.FileID, f.Err)
		}
	}
	if got := journal(t, a); !strings.Contains(got, "download begun") || !strings.Contains(got, "download ended ok") {
		t.Errorf("the journal says %s", got)
	}
}

func TestADownloadThatBroughtNotAllIsNoSuccessInTheJournal(t *testing.T) {
	a := demoApp(t, nil)
	id, err := a.Download(transfer.Request{Folder: t.TempDir(), Items: []transfer.Item{{FileID: "NOSUCHFILE"}}})
	if err != nil {
		t.Fatal(err)
	}
	task := a.WaitTask(t.Context(), id)
	if got := journal(t, a); task.FailedFiles != 1 || !strings.Contains(got, "download ended failed") {
		t.Errorf("%d failed, the journal says %s", task.FailedFiles, got)
	}
}

// Between the plan and its turn somebody else archived a row.
func TestARowThatIsThereByItsTurnIsNotSent(t *testing.T) {
	var archives atomic.Int64
	a := demoApp(t, func(r *http.Request) fate {
		if strings.Contains(r.URL.Path+r.URL.RawQuery, demo.SystemCode) {
			archives.Add(1)
		}
		return answered
	})
	path := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(path, scan(1, 30_000), 0o600); err != nil {
		t.Fatal(err)
	}
	of := someAccounts(t, a, 1)[0].Account
	rows := []transfer.Row{{Path: path, AccountNo: of.AccountNo.Raw(), AccountBizType: of.AccountBizType.Raw(), Code: "1103", Title: "补录"}}
	plan, err := a.PlanArchive(t.Context(), rows, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []transfer.State{transfer.Done, transfer.Failed} {
		id, err := a.StartArchive("补录", plan)
		if err != nil {
			t.Fatal(err)
		}
		if task := a.WaitTask(t.Context(), id); task.State != want || archives.Load() != 1 {
			t.Errorf("%s, want %s; %d sent, %+v", task.State, want, archives.Load(), task.Files)
		}
	}
}

// A limit of the profile holds for a check of the whole book.
func TestTheProfilesLimitHoldsForChecks(t *testing.T) {
	var now, most atomic.Int64
	a := demoApp(t, func(r *http.Request) fate {
		if strings.HasSuffix(r.URL.Path, "/accounts/query") {
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(2 * time.Millisecond)
			now.Add(-1)
		}
		return answered
	})
	c, err := a.current()
	if err != nil {
		t.Fatal(err)
	}
	text, err := ExampleRules()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int64{0, 1} {
		c.profile.Concurrency = limit
		a.tasks.Attach(a.carrier(c))
		most.Store(0)
		if _, err := a.Check(t.Context(), completeness.Options{Rules: set}, false); err != nil {
			t.Fatal(err)
		}
		if one := most.Load() == 1; one != (limit == 1) {
			t.Errorf("limit %d: %d requests at once", limit, most.Load())
		}
	}
}
