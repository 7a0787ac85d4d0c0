package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"imagery/client"
	"imagery/internal/store"
)

// archives is a platform that archives rows, and tells how many of an account's rows were under way at once.
type archives struct {
	platform
	mu     sync.Mutex
	sent   []string // account, title
	shown  map[string][]string
	busy   map[string]int
	worst  int
	lose   func(n int) bool // whether the answer to the nth archive is lost, and not to be found at once
	refuse func(r Row) error
	found  func(r Row, shown []string) string
	held   []client.MaterialInfo
}

func (a *archives) Shown(_ context.Context, r Row) ([]string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.shown[r.AccountNo]), nil
}

func (a *archives) Send(_ context.Context, r Row, businessID string, _ []string) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refuse != nil {
		if err := a.refuse(r); err != nil {
			return "", err
		}
	}
	a.busy[r.AccountNo]++
	a.worst = max(a.worst, a.busy[r.AccountNo])
	a.sent = append(a.sent, r.AccountNo+" "+r.Title)
	id := "S" + businessID
	a.shown[r.AccountNo] = append(a.shown[r.AccountNo], id)
	n := len(a.sent)
	a.mu.Unlock()
	a.mu.Lock()
	a.busy[r.AccountNo]--
	if a.lose != nil && a.lose(n) {
		return "", client.ErrOutcomeUnknown
	}
	return id, nil
}

func (a *archives) Find(_ context.Context, r Row, shown []string) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.found != nil {
		return a.found(r, shown), nil
	}
	var fresh []string
	for _, id := range a.shown[r.AccountNo] {
		if !slices.Contains(shown, id) {
			fresh = append(fresh, id)
		}
	}
	if len(fresh) != 1 {
		return "", nil
	}
	return fresh[0], nil
}

func (a *archives) ListMaterials(_ context.Context, r client.ListMaterialsRequest) ([]client.MaterialInfo, error) {
	if r.AccountNo == "nobody" {
		return nil, &client.Error{Op: client.OpListMaterials, Status: 404, Message: "账户不存在"}
	}
	return a.held, nil
}

func newArchives() *archives {
	return &archives{shown: map[string][]string{}, busy: map[string]int{}}
}

// toArchive writes n files and plans them, ten to an account.
func toArchive(t *testing.T, n int) []Planned {
	t.Helper()
	dir := t.TempDir()
	var rows []Row
	for i := range n {
		path := filepath.Join(dir, fmt.Sprintf("%d.jpg", i))
		if err := os.WriteFile(path, scan(strconv.Itoa(i)), 0o600); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, Row{Path: path, AccountNo: fmt.Sprintf("88%03d", i/10), AccountBizType: "0", Code: "1103", Title: fmt.Sprint("补录", i)})
	}
	plan, err := Plan(t.Context(), rows, Checks{Platform: newArchives()})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plan {
		if p.Problem != nil {
			t.Fatal(p.Problem)
		}
	}
	return plan
}

func archiving(t *testing.T, m *Manager, rows []Planned) string {
	t.Helper()
	id, err := m.StartArchive(ArchiveRequest{Rows: rows, Label: "补录"})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestEveryRowIsArchivedOnceAndOneAfterAnotherInAnAccount(t *testing.T) {
	a := newArchives()
	m := NewManager(Options{})
	defer m.Close()
	m.Attach(Session{From: a, Archiver: a})
	task := finished(t, m, archiving(t, m, toArchive(t, 200)))
	if task.State != Done || task.DoneFiles != 200 || len(a.sent) != 200 || a.worst != 1 {
		t.Errorf("%s, %d done, %d sent, %d at once in an account", task.State, task.DoneFiles, len(a.sent), a.worst)
	}
	slices.Sort(a.sent)
	if len(slices.Compact(a.sent)) != 200 {
		t.Error("a row was sent twice")
	}
	for _, f := range task.Files {
		if f.Status != StatusArchived || f.FileID == "" || f.Row.Title == "" {
			t.Errorf("a row says %+v", f)
		}
	}
}

func TestUnknownRowsAreShownAndNeverSentAgainUnasked(t *testing.T) {
	a := newArchives()
	a.lose = func(n int) bool { return n%7 == 0 }
	a.found = func(Row, []string) string { return "" }
	m := NewManager(Options{})
	defer m.Close()
	m.Attach(Session{From: a, Archiver: a})
	id := archiving(t, m, toArchive(t, 200))
	task := finished(t, m, id)
	if task.State != Failed || task.UnknownFiles != 28 || task.DoneFiles != 172 || len(a.sent) != 200 {
		t.Fatalf("%s: %d unknown, %d done, %d sent", task.State, task.UnknownFiles, task.DoneFiles, len(a.sent))
	}
	if err := m.LookUp(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if task = finished(t, m, id); task.UnknownFiles != 28 || len(a.sent) != 200 {
		t.Fatalf("after a retry that finds nothing: %d unknown, %d sent", task.UnknownFiles, len(a.sent))
	}
	var unknown FileResult
	for _, f := range task.Files {
		if f.Status == StatusUnknown {
			unknown = f
		}
	}
	if !errors.Is(unknown.Err, client.ErrOutcomeUnknown) {
		t.Errorf("an unknown row says %v", unknown.Err)
	}
	a.lose = nil
	if err := m.Resendable(t.Context(), id, unknown.Seq); err != nil {
		t.Errorf("a row of unknown outcome: %v", err)
	}
	if err := m.SendAgain(t.Context(), id, unknown.Seq); err != nil {
		t.Fatal(err)
	}
	task = finished(t, m, id)
	if err := m.SendAgain(t.Context(), id, unknown.Seq); !errors.Is(err, ErrNoneUnknown) {
		t.Errorf("a row that was archived was let go again: %v", err)
	}
	if err := m.Resendable(t.Context(), id, unknown.Seq); !errors.Is(err, ErrNoneUnknown) {
		t.Errorf("a row that was archived could be sent again: %v", err)
	}
	if task.UnknownFiles != 27 || len(a.sent) != 201 {
		t.Errorf("after the user's word: %d unknown, %d sent", task.UnknownFiles, len(a.sent))
	}
	a.found = nil // the platform shows them all now
	m.Retry(id)
	if task = finished(t, m, id); len(a.sent) != 201 || task.DoneFiles+task.UnknownFiles != 200 {
		t.Errorf("%d sent, %d done, %d unknown", len(a.sent), task.DoneFiles, task.UnknownFiles)
	}
}

// A program died after it had written down that it sends a row.
func TestARowThatADeadProgramMayHaveSentIsLookedForNotSent(t *testing.T) {
	for _, there := range []bool{true, false} {
		a := newArchives()
		st := store.New(filepath.Join(t.TempDir(), "state.db"))
		defer st.Close()
		dead := NewManager(Options{Store: st})
		plan := toArchive(t, 1)
		id, err := st.AddTask(t.Context(), store.Task{Kind: KindArchive, Spec: `{"key":"k"}`, State: string(Running), Owner: dead.owner})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = st.AddFiles(t.Context(), id, dead.owner, []store.File{queuedRow(plan[0].Row)}); err != nil {
			t.Fatal(err)
		}
		sending := store.File{Seq: 1, State: store.FileSending, Result: outcome{Intent: &intent{BusinessID: "IM1", Shown: []string{"old"}}}.String()}
		if err := st.Settle(t.Context(), id, dead.owner, []store.File{sending}); err != nil {
			t.Fatal(err)
		}
		a.shown["88000"] = []string{"old"}
		if there {
			a.shown["88000"] = append(a.shown["88000"], "new")
		}
		m := NewManager(Options{Store: st, Adopt: true})
		m.Attach(Session{From: a, Archiver: a})
		want := map[bool]State{true: Done, false: Failed}[there]
		waitFor(t, m, strconv.FormatInt(id, 10), want)
		task := finished(t, m, strconv.FormatInt(id, 10))
		if len(a.sent) != 0 || there != (task.Files[0].FileID == "new") || there == (task.UnknownFiles == 1) {
			t.Errorf("there %v: %d sent, %+v", there, len(a.sent), task)
		}
		m.Close()
	}
}

func TestRefusedRowsMayBeRetriedAndChangedFilesAreNotSent(t *testing.T) {
	a := newArchives()
	a.refuse = func(r Row) error {
		if strings.HasSuffix(r.Title, "3") {
			return &client.Error{Op: client.OpArchiveToAccount, Status: 400, Message: "材料编号不存在"}
		}
		return nil
	}
	m := NewManager(Options{})
	defer m.Close()
	m.Attach(Session{From: a, Archiver: a})
	plan := toArchive(t, 10)
	if err := os.WriteFile(plan[5].Path, []byte("\xff\xd8\xffother"), 0o600); err != nil {
		t.Fatal(err)
	}
	id := archiving(t, m, plan)
	task := finished(t, m, id)
	if task.FailedFiles != 2 || task.DoneFiles != 8 || !errors.Is(task.Files[5].Err, ErrRowChanged) || len(a.sent) != 8 {
		t.Fatalf("%+v", task)
	}
	a.refuse = nil
	m.Retry(id)
	if task = finished(t, m, id); task.FailedFiles != 1 || task.DoneFiles != 9 || len(a.sent) != 9 {
		t.Errorf("%d failed, %d done, %d sent", task.FailedFiles, task.DoneFiles, len(a.sent))
	}
}

func TestPlanFindsWhatIsWrongBeforeAnythingIsSent(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	held := scan("held")
	a := newArchives()
	a.files = map[string][]byte{"H1": held, "H2": bytes.Repeat([]byte("x"), len(held))}
	a.held = []client.MaterialInfo{{MaterialCode: "1103", Files: []client.File{{ID: "H2", FileSize: int64(len(held))}, {ID: "H1", FileSize: int64(len(held))}}}}
	good := write("good.jpg", scan("good"))
	row := func(path, account, code string) Row {
		return Row{Path: path, AccountNo: account, AccountBizType: "0", Code: code, Title: "补录"}
	}
	rows := []Row{
		row(good, "1", "1103"), row(good, "1", "1103"), row(good, "2", "1103"), row(filepath.Join(dir, "none.jpg"), "1", "1103"), row(write("empty.jpg", nil), "1", "1103"),
		row(write("run.jpg", []byte("MZ\x90\x00program")), "1", "1103"), row(good, "1", "9999"), row(good, "nobody", "1103"), row(write("held.jpg", held), "1", "1103"), row(good, "", "1103"), row(dir, "1", "1103"),
	}
	want := []error{nil, ErrRowDuplicate, nil, ErrRowRead, ErrRowSize, ErrRowType, ErrRowCode, ErrRowAccount, ErrRowDuplicate, ErrRowFields, ErrRowRead}
	for i := range rows {
		rows[i].Line = i + 1
	}
	plan, err := Plan(t.Context(), rows, Checks{Platform: a, KnownCode: func(c string) bool { return c == "1103" }})
	if err != nil || len(plan) != len(rows) {
		t.Fatalf("%d rows, %v", len(plan), err)
	}
	for _, p := range plan {
		if w := want[p.Line-1]; !errors.Is(p.Problem, w) {
			t.Errorf("row %d: %v, want %v", p.Line, p.Problem, w)
		}
	}
}

func TestMappingIsReadInTheShapesThatSpreadsheetsWrite(t *testing.T) {
	for name, text := range map[string]string{
		"comma":     "path,account,biz type,code,title\na.jpg,8800,0,1103,补录\n",
		"semicolon": "文件;资金账号;业务类型;材料编号;标题\r\na.jpg;8800;0;1103;补录\r\n;;;;\r\n",
		"tab, mark": "\xef\xbb\xbfpath\taccount\tcode\na.jpg\t8800\t1103\n",
		"UTF-16":    "\xff\xfe\xef\x8d\x84\x5f\x09\x00\x26\x8d\xf7\x53\x09\x00\x44\x8d\x99\x65\x16\x7f\x01\x78\x0a\x00\x61\x00\x2e\x00\x6a\x00\x70\x00\x67\x00\x09\x00\x38\x00\x38\x00\x30\x00\x30\x00\x09\x00\x31\x00\x31\x00\x30\x00\x33\x00\x0a\x00", // Excel's "Unicode text"
		"GBK":       "\xc2\xb7\xbe\xb6,\xd5\xcb\xba\xc5,\xb4\xfa\xc2\xeb\na.jpg,8800,1103\n",
	} {
		rows, err := ReadMapping(strings.NewReader(text), "/d", "0", "补录")
		want := Row{Line: 2, Path: filepath.Join("/d", "a.jpg"), AccountNo: "8800", AccountBizType: "0", Code: "1103", Title: "补录"}
		if err != nil || len(rows) != 1 || rows[0] != want {
			t.Errorf("%s: %+v, %v", name, rows, err)
		}
	}
	var wrong *MappingError
	if _, err := ReadMapping(strings.NewReader("path,title\n"), "/d", "0", ""); !errors.As(err, &wrong) || !slices.Equal(wrong.Missing, []string{"account", "code"}) {
		t.Errorf("got %v", err)
	}
}

func FuzzMapping(f *testing.F) {
	f.Add([]byte("path,account,biz type,code,title\na.jpg,8800,0,1103,补录\n"))
	f.Add([]byte("\xef\xbb\xbf路径\t账号\t代码\n\"a\"\"b\t8800\t1103\n"))
	f.Add([]byte("path,account,code\n\"unclosed\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, err := ReadMapping(bytes.NewReader(b), "/d", "0", "t")
		if err != nil && !errors.Is(err, ErrMapping) {
			t.Errorf("%T %v", err, err)
		}
		for _, r := range rows {
			if r.Path != "" && !filepath.IsAbs(r.Path) {
				t.Errorf("%q is relative", r.Path)
			}
		}
	})
}

func TestFolderOfADownloadIsAPlan(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"8800_张三/1103_头像_F1.jpg", "8800_张三/.hidden.jpg", "8801/1101.png", ManifestName, "8801/deep/1101.png"} {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := FolderRows(dir, "0", "补录")
	var got []string
	for _, r := range rows {
		got = append(got, r.AccountNo+" "+r.Code+" "+filepath.Base(r.Path))
	}
	if want := []string{"8800 1103 1103_头像_F1.jpg", "8801 1101 1101.png"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
}
