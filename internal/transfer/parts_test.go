package transfer

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"imagery/client"
)

// climbing runs a climb on a server whose throughput is told by its level, for so many windows.
func climbing(top, windows int, server func(level int) float64) *climb {
	c := &climb{level: min(firstLevel, top), top: top, patience: shortPatience}
	for range windows {
		c.step(server(c.level))
	}
	return c
}

func TestConcurrencyGrowsWhileItHelps(t *testing.T) {
	for name, c := range map[string]struct {
		top       int
		server    func(int) float64
		low, top_ int
	}{
		"a long way: more is always better": {64, func(l int) float64 { return float64(l) }, 64, 64},
		"a limit of the profile":            {10, func(l int) float64 { return float64(l) }, 10, 10},
		"full at once":                      {64, func(int) float64 { return 100 }, firstLevel, firstLevel + 4},
		"best at 24":                        {64, func(l int) float64 { return float64(24 - max(l-24, 24-l)/2) }, 12, 34},
		"worse from the first more":         {64, func(l int) float64 { return 100 / float64(l) }, firstLevel, firstLevel + 4},
		"a limit of one":                    {1, func(int) float64 { return 1 }, 1, 1},
	} {
		if got := climbing(c.top, 40, c.server).level; got < c.low || got > c.top_ {
			t.Errorf("%s: level %d, want %d to %d", name, got, c.low, c.top_)
		}
	}
}

func TestErrorsHalveConcurrencyAndItComesBack(t *testing.T) {
	c := climbing(64, 10, func(l int) float64 { return float64(l) })
	c.back()
	if c.level != 32 {
		t.Errorf("level %d after an error", c.level)
	}
	for range 200 {
		c.step(float64(c.level))
	}
	if c.level < 60 { // where the last steps are too small to be told from chance
		t.Errorf("level %d long after", c.level)
	}
	for range 20 {
		c.back()
	}
	if c.level != lowestLevel {
		t.Errorf("level %d after many errors", c.level)
	}
}

// book is a platform of n accounts with two files each; refuse answers for some accounts.
type book struct {
	platform
	n       int
	refuse  func(account string) error
	busy    atomic.Int64
	atOnce  atomic.Int64
	fetched atomic.Int64 // pages
}

func (b *book) AccountPages(ctx context.Context, r client.SearchAccountsRequest) iter.Seq2[*client.Page[client.CustomerAccount], error] {
	return func(yield func(*client.Page[client.CustomerAccount], error) bool) {
		for page := r.PageNumber; (page-1)*r.PageSize < b.n; page++ {
			p := &client.Page[client.CustomerAccount]{Number: page}
			for i := (page - 1) * r.PageSize; i < min(b.n, page*r.PageSize); i++ {
				a := client.CustomerAccount{}
				a.Account.AccountNo, a.Account.AccountBizType = client.Text(fmt.Sprintf("88%05d", i)), "0"
				p.Content = append(p.Content, a)
			}
			b.fetched.Add(1)
			if !yield(p, nil) || ctx.Err() != nil {
				return
			}
		}
	}
}

func (b *book) ListMaterials(_ context.Context, r client.ListMaterialsRequest) ([]client.MaterialInfo, error) {
	now := b.busy.Add(1)
	defer b.busy.Add(-1)
	for seen := b.atOnce.Load(); now > seen && !b.atOnce.CompareAndSwap(seen, now); seen = b.atOnce.Load() {
	}
	if b.refuse != nil {
		if err := b.refuse(r.AccountNo); err != nil {
			return nil, err
		}
	}
	return []client.MaterialInfo{{MaterialCode: "1103", FileIDs: []client.Text{client.Text("A" + r.AccountNo), client.Text("B" + r.AccountNo)}}}, nil
}

func TestFilterGoesStraightThrough(t *testing.T) {
	b := &book{n: 250}
	b.files = map[string][]byte{}
	for i := range b.n {
		for _, side := range "AB" {
			b.files[fmt.Sprintf("%c88%05d", side, i)] = jpeg
		}
	}
	task := run(t, b, Request{Folder: t.TempDir(), Search: &Search{}})
	if task.State != Done || task.DoneFiles != 500 || task.Listing {
		t.Errorf("%s, %d files, %v", task.State, task.DoneFiles, task.Err)
	}
	if n := b.atOnce.Load(); n > accountsAhead+2 {
		t.Errorf("%d accounts were listed at once", n)
	}
	for i, f := range task.Files { // in the platform's order
		if want := fmt.Sprintf("%c88%05d", "AB"[i%2], i/2); f.FileID != want {
			t.Fatalf("file %d is %s, want %s", i, f.FileID, want)
		}
	}
}

func TestAnAccountThatCannotBeListedDoesNotKeepTheOthersFromComing(t *testing.T) {
	gone := &client.Error{Op: client.OpListMaterials, Status: 403}
	b := &book{n: 20, refuse: func(no string) error {
		if no == "8800007" {
			return gone
		}
		return nil
	}}
	b.files = map[string][]byte{}
	for i := range b.n {
		b.files[fmt.Sprintf("A88%05d", i)], b.files[fmt.Sprintf("B88%05d", i)] = jpeg, jpeg
	}
	m := managed(t, b)
	id := begin(t, m, Request{Folder: t.TempDir(), Search: &Search{}})
	task := finished(t, m, id)
	if task.State != Failed || task.DoneFiles != 38 || !errors.Is(task.Err, client.ErrForbidden) || !strings.Contains(task.Err.Error(), "8800007") {
		t.Fatalf("%s, %d files, %v", task.State, task.DoneFiles, task.Err)
	}
	b.refuse = nil
	m.Retry(id)
	if task = finished(t, m, id); task.State != Done || task.DoneFiles != 40 || b.calls["A8800000"] != 1 {
		t.Errorf("%s, %d files, %v", task.State, task.DoneFiles, task.Err)
	}
}

func TestASearchThatIsLeftLeavesNothingRunning(t *testing.T) {
	b := &book{n: 10_000}
	n := 0
	for range (Search{}).Items(t.Context(), b) {
		if n++; n == 5 {
			break
		}
	}
	if pages := b.fetched.Load(); pages > pagesAhead+3 {
		t.Errorf("%d pages were fetched for 5 files", pages)
	}
}

// halved are states a crash can leave the records in.
func TestRecordsThatACrashToreAreMended(t *testing.T) {
	for name, tear := range map[string]func(manifest, sums string) (string, string){
		"a torn line":         func(m, s string) (string, string) { return m + `{"fileId":"F9","pa`, s },
		"sums behind":         func(m, s string) (string, string) { return m, s[:strings.LastIndex(s[:len(s)-1], "\n")+1] },
		"sums torn":           func(m, s string) (string, string) { return m, s[:len(s)-9] },
		"sums gone":           func(m, s string) (string, string) { return m, "" },
		"manifest behind":     func(m, s string) (string, string) { return m[:strings.LastIndex(m[:len(m)-1], "\n")+1], s },
		"a line of something": func(m, s string) (string, string) { return m + "something\n", s },
	} {
		dir := t.TempDir()
		p := &platform{files: map[string][]byte{"F1": jpeg, "F2": []byte("\xff\xd8\xff\xe0two\xff\xd9"), "F3": []byte("\xff\xd8\xff\xe0three\xff\xd9")}}
		items := []Item{item("F1", "1", "n", "c", "m"), item("F2", "1", "n", "c", "m"), item("F3", "2", "n", "c", "m")}
		run(t, p, Request{Folder: dir, Items: items[:2]})
		manifest, sums := filepath.Join(dir, ManifestName), filepath.Join(dir, SumsName)
		m, _ := os.ReadFile(manifest)
		s, _ := os.ReadFile(sums)
		nm, ns := tear(string(m), string(s))
		if err := errors.Join(os.WriteFile(manifest, []byte(nm), 0o600), os.WriteFile(sums, []byte(ns), 0o600)); err != nil {
			t.Fatal(err)
		}
		run(t, p, Request{Folder: dir, Items: items})
		var wrong []Problem
		n, err := Verify(dir, "", func(p Problem) { wrong = append(wrong, p) })
		if name == "a line of something" && len(wrong) == 1 && wrong[0].Kind == ProblemLine {
			wrong = nil // it is told of, and left as it is
		}
		if n != 3 || err != nil || wrong != nil {
			t.Errorf("%s: %d files, %v, %v", name, n, wrong, err)
		}
		if got := fileListing(t, dir); strings.Contains(got, "_2.jpg") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestVerifyFindsEachThingThatDoesNotHold(t *testing.T) {
	dir := t.TempDir()
	p := &platform{files: map[string][]byte{}}
	var items []Item
	for _, id := range []string{"F1", "F2", "F3", "F4"} {
		p.files[id] = append([]byte("\xff\xd8\xff\xe0"), id...)
		items = append(items, item(id, "", "", "", ""))
	}
	run(t, p, Request{Folder: dir, Items: items})
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("F1.jpg", "\xff\xd8\xff\xe0xx")
	write("F2.jpg", "short")
	if err := os.Remove(filepath.Join(dir, "F3.jpg")); err != nil {
		t.Fatal(err)
	}
	write(".imagery-x.part", "half")
	m, _ := os.ReadFile(filepath.Join(dir, ManifestName))
	write(ManifestName, string(m)+"{\n"+`{"fileId":"F5","path":"../F5.jpg"}`+"\n")
	var got []string
	n, err := Verify(dir, "", func(p Problem) { got = append(got, p.Kind+" "+p.FileID) })
	slices.Sort(got)
	want := []string{"content F1", "leftover ", "line ", "missing F3", "path F5", "size F2", "sums "}
	if n != 5 || err != nil || !slices.Equal(got, want) {
		t.Errorf("%d files, %q, %v", n, got, err)
	}
	if _, err := Verify(t.TempDir(), "", func(Problem) {}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder without a manifest: %v", err)
	}
}

func TestUnifiedNamesAreNumberedByAccount(t *testing.T) {
	dir := t.TempDir()
	p := &platform{files: map[string][]byte{}}
	var items []Item
	for i, account := range []string{"8800", "8800", "8801", "8800"} {
		id := fmt.Sprint("F", i)
		p.files[id] = append([]byte("\xff\xd8\xff\xe0"), id...)
		it := item(id, account, "n", "c", "m")
		it.Account.OpenAcctDate = client.Date{Year: 2019, Month: 3, Day: 4}
		items = append(items, it)
	}
	run(t, p, Request{Folder: dir, Items: items, NameTemplate: UnifiedTemplate})
	want := "8800_20190304_01.jpg 8800_20190304_02.jpg 8800_20190304_03.jpg 8801_20190304_01.jpg SHA256SUMS manifest.jsonl"
	if got := fileListing(t, dir); got != want {
		t.Errorf("got %s", got)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, "8800_20190304_03.jpg")); !strings.HasSuffix(string(b), "F3") {
		t.Errorf("the third is %q", b)
	}
}

func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"fileId":"F1","path":"a.jpg","bytes":3,"sha256":"x"}` + "\n" + `{"fileId":"F1"`))
	f.Add([]byte("\n\n{}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, ManifestName), b, 0o600); err != nil {
			t.Fatal(err)
		}
		fold, err := openFolder(dir, "", 1, "k", nil)
		if err != nil {
			return
		}
		fold.lookup("F1")
		if err := fold.close(); err != nil {
			t.Error(err)
		}
		if _, err := Verify(dir, "", func(Problem) {}); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
	})
}
