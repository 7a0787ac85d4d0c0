package app

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"imagery/client"
	"imagery/internal/audit"
	"imagery/internal/config"
	"imagery/internal/session"
	"imagery/internal/transfer"
)

var toAccount = client.ArchiveToAccountRequest{AccountNo: "8800", AccountBizType: "0", Archive: client.Archive{
	Title: "补录", Materials: []client.ArchiveMaterial{{Code: "1103", Source: client.BytesSource("a.jpg", []byte("\xff\xd8\xffpicture"))}},
}}

func TestReadOnlyProfileSendsNoWrite(t *testing.T) {
	p := &platform{}
	a := start(t, p, func(c *config.Profile) { c.ReadOnly = true })
	_, archive := a.ArchiveToAccount(t.Context(), toAccount, nil)
	_, discard := a.Discard(t.Context(), client.DiscardRequest{ServiceAccessID: "S1", DiscardReason: "r"}, "8800", "0")
	_, add := a.AddAccount(t.Context(), client.AddAccountRequest{})
	_, upload := a.Upload(t.Context(), "app_test.go", client.Time{}, nil)
	for _, err := range []error{archive, discard, add, upload} {
		if !errors.Is(err, ErrReadOnly) {
			t.Errorf("got %v", err)
		}
	}
	if len(p.calls) != 1 {
		t.Errorf("calls %v, want the sign-in alone", p.calls)
	}
}

func TestWhatCannotBeQueuedIsJournalledAsFailed(t *testing.T) {
	a := start(t, &platform{}, nil)
	a.tasks.Close()
	_, download := a.Download(transfer.Request{Folder: t.TempDir(), Items: []transfer.Item{{FileID: "F9"}}})
	_, archive := a.StartArchive("", nil)
	if download == nil || archive == nil {
		t.Fatal(download, archive)
	}
	if got := journal(t, a); !strings.HasSuffix(got, "download begun, download ended failed, archive begun, archive ended failed") {
		t.Errorf("journal says %s", got)
	}
}

func TestTheJournalNamesTheFileThatWasUploaded(t *testing.T) {
	a := start(t, &platform{}, nil)
	if _, err := a.Upload(t.Context(), "app_test.go", client.Time{}, nil); err != nil {
		t.Fatal(err)
	}
	id := ""
	if err := a.opts.Journal.Entries(func(e audit.Entry) bool { id = e.Detail["fileId"]; return true }); err != nil || id != "F9" {
		t.Errorf("%q, %v", id, err)
	}
}

func TestDiscardIsJournaledBeforeAndAfterAndLookedAt(t *testing.T) {
	p := &platform{rows: []map[string]any{row("S1", "t", "1"), row("S1", "t", "2"), row("S2", "t", "3")}}
	a := start(t, p, nil)
	rows, err := a.Affected(t.Context(), "8800", "0", "S1")
	if err != nil || len(rows) != 2 || !strings.Contains(p.bodies["materials"], `"withHis":true`) || !strings.Contains(p.bodies["materials"], `"withCustomer":true`) {
		t.Fatalf("affected %d rows, %v, asked %s", len(rows), err, p.bodies["materials"])
	}
	left, err := a.Discard(t.Context(), client.DiscardRequest{ServiceAccessID: "S1", DiscardReason: "r"}, "8800", "0")
	if err != nil || len(left) != 0 || !strings.Contains(p.bodies["discard"], `"discardEmpCode":"0231"`) {
		t.Errorf("left %d, %v, sent %s", len(left), err, p.bodies["discard"])
	}
	if got, want := journal(t, a), "sign-in begun, sign-in ended ok, list begun, discard begun, discard ended ok"; got != want {
		t.Errorf("journal says %s, want %s", got, want)
	}
}

func TestAConfirmedDiscardThatCannotBeLookedAtIsJournalledAsDone(t *testing.T) {
	p := &platform{rows: []map[string]any{row("S1", "t", "1")}}
	p.after = func(string) { p.absent = true }
	a := start(t, p, nil)
	_, err := a.Discard(t.Context(), client.DiscardRequest{ServiceAccessID: "S1", DiscardReason: "r"}, "8800", "0")
	var confirmed interface{ Confirmed() bool }
	if !errors.Is(err, ErrNotLooked) || errors.Is(err, client.ErrOutcomeUnknown) || !errors.As(err, &confirmed) || !confirmed.Confirmed() {
		t.Errorf("got %v", err)
	}
	if !strings.HasSuffix(journal(t, a), "discard ended ok") {
		t.Errorf("journal says %s", journal(t, a))
	}
}

func TestLostDiscardIsSettledByLooking(t *testing.T) {
	p := &platform{rows: []map[string]any{row("S1", "t", "1")}, lose: true}
	a := start(t, p, nil)
	left, err := a.Discard(t.Context(), client.DiscardRequest{ServiceAccessID: "S1", DiscardReason: "r"}, "8800", "0")
	if err != nil || len(left) != 0 || p.calls["discard"] != 1 {
		t.Errorf("left %d, %v, sent %d times", len(left), err, p.calls["discard"])
	}
}

func TestDiscardThatNeverArrivedStaysUnknownAndIsNotRepeated(t *testing.T) {
	p := &platform{rows: []map[string]any{row("S1", "t", "1")}, drop: true}
	a := start(t, p, nil)
	left, err := a.Discard(t.Context(), client.DiscardRequest{ServiceAccessID: "S1", DiscardReason: "r"}, "8800", "0")
	if !errors.Is(err, client.ErrOutcomeUnknown) || len(left) != 1 || p.calls["discard"] != 1 {
		t.Errorf("left %d, %v, sent %d times", len(left), err, p.calls["discard"])
	}
	if !strings.HasSuffix(journal(t, a), "discard ended unknown") {
		t.Errorf("journal says %s", journal(t, a))
	}
}

func TestLostDiscardOfRowsNeverSeenStaysUnknown(t *testing.T) {
	p := &platform{lose: true}
	a := start(t, p, nil)
	if _, err := a.Discard(t.Context(), client.DiscardRequest{ServiceAccessID: "S1", DiscardReason: "r"}, "8800", "0"); !errors.Is(err, client.ErrOutcomeUnknown) {
		t.Errorf("got %v", err)
	}
}

func TestLostArchiveIsFoundAndNotRepeated(t *testing.T) {
	p := &platform{lose: true, rows: []map[string]any{row("S1", "补录", "1103")}} // an older one with the same title
	a := start(t, p, nil)
	out, err := a.ArchiveToAccount(t.Context(), toAccount, nil)
	if err != nil || out.ID != "S9" || p.calls["archive"] != 1 {
		t.Errorf("%+v, %v, sent %d times", out, err, p.calls["archive"])
	}
}

func TestArchiveThatNeverArrivedStaysUnknown(t *testing.T) {
	p := &platform{drop: true, rows: []map[string]any{row("S1", "补录", "1103")}}
	a := start(t, p, nil)
	if _, err := a.ArchiveToAccount(t.Context(), toAccount, nil); !errors.Is(err, client.ErrOutcomeUnknown) || p.calls["archive"] != 1 {
		t.Errorf("%v, sent %d times", err, p.calls["archive"])
	}
}

func TestLostArchiveBesideAnotherOfItsTitleStaysUnknown(t *testing.T) {
	p := &platform{lose: true}
	p.after = func(string) { p.rows = append(p.rows, row("S8", "补录", "1103")) } // a colleague's, at the same moment
	a := start(t, p, nil)
	if out, err := a.ArchiveToAccount(t.Context(), toAccount, nil); !errors.Is(err, client.ErrOutcomeUnknown) {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestArchiveSaysWhatWasSentByWhomWithWhat(t *testing.T) {
	p := &platform{}
	a := start(t, p, nil)
	var sent, total int64
	if _, err := a.ArchiveToAccount(t.Context(), toAccount, func(s, all int64) { sent, total = s, all }); err != nil {
		t.Fatal(err)
	}
	var body struct {
		BusinessID string `json:"businessId"`
		Extras     string `json:"extras"`
	}
	if err := json.Unmarshal([]byte(p.bodies["archive"]), &body); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`{"sha256":["%x"],"tool":"imagery/test","operator":"u"}`, sha256.Sum256([]byte("\xff\xd8\xffpicture")))
	if body.Extras != want || len(body.BusinessID) < 10 {
		t.Errorf("extras %s, business id %s; want %s", body.Extras, body.BusinessID, want)
	}
	if sent != 10 || total != 10 {
		t.Errorf("progress ended at %d of %d", sent, total)
	}
}

func TestBigFileGoesUpFirst(t *testing.T) {
	p := &platform{}
	a := start(t, p, func(c *config.Profile) { c.Base64Limit = 5 })
	if _, err := a.ArchiveToAccount(t.Context(), toAccount, nil); err != nil {
		t.Fatal(err)
	}
	if p.calls["upload"] != 1 || !strings.Contains(p.bodies["archive"], `"fileId":"F9"`) || strings.Contains(p.bodies["archive"], "base64") {
		t.Errorf("calls %v, archive %s", p.calls, p.bodies["archive"])
	}
	if toAccount.Materials[0].Source == nil {
		t.Error("the caller's request was changed")
	}
}

func TestWrongPasswordKeepsTheSession(t *testing.T) {
	a := start(t, &platform{}, nil)
	if err := a.SignIn(t.Context(), "test", "u", client.NewSecret("wrong")); !errors.Is(err, client.ErrSignInRefused) {
		t.Fatal(err)
	}
	if s := a.Session(); !s.SignedIn || s.Username != "u" || !s.Plain {
		t.Errorf("session is %+v", s)
	}
	if _, err := a.SearchAccounts(t.Context(), client.SearchAccountsRequest{PageNumber: 1, PageSize: 10}); err != nil {
		t.Errorf("the old session is lost: %v", err)
	}
}

func TestNothingWorksBeforeSignIn(t *testing.T) {
	a := New(Options{})
	if _, err := a.SearchAccounts(t.Context(), client.SearchAccountsRequest{}); !errors.Is(err, ErrNotSignedIn) {
		t.Errorf("got %v", err)
	}
	if a.Codes() == nil || a.Session().SignedIn {
		t.Error("an App without a session says otherwise")
	}
}

var newAccount = client.AddAccountRequest{
	DeptCode: "1", AccountNo: "8800", AccountBizType: "1", AccountName: "n", AccountCustomerType: "1", CustomerType: "0", AccountStatus: "1", IDType: "1", IDNo: client.NewIDNumber("1"),
}

func TestLostNewAccountIsFoundAndNotRepeated(t *testing.T) {
	p := &platform{lose: true, absent: true}
	a := start(t, p, nil)
	var told []audit.Act
	a.conn.told = func(act audit.Act) { told = append(told, act) }
	added, err := a.AddAccount(t.Context(), newAccount)
	if err != nil || added.Account.AccountNo != "8800" || p.calls["account"] != 1 || len(told) != 1 || told[0] != audit.AddAccount {
		t.Errorf("%+v, %v, sent %d times, told %v", added, err, p.calls["account"], told)
	}
}

func TestNewAccountThatNeverArrivedOrWasThereBeforeStaysUnknown(t *testing.T) {
	for name, p := range map[string]*platform{"never arrived": {drop: true, absent: true}, "there before": {lose: true}} {
		_, err := start(t, p, nil).AddAccount(t.Context(), newAccount)
		p.mu.Lock() // nothing was asked after the cut connection, which would order its count before this
		sent := p.calls["account"]
		p.mu.Unlock()
		if !errors.Is(err, client.ErrOutcomeUnknown) || sent != 1 {
			t.Errorf("%s: %v, sent %d times", name, err, sent)
		}
	}
}

func TestWhatIsNoDocumentIsNotInspectedAsOne(t *testing.T) {
	a, dir := New(Options{}), t.TempDir()
	inspect := func(name, content string) (LocalFile, error) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return a.Inspect(t.Context(), `"`+path+`"`)
	}
	for name, content := range map[string]string{"evil.jpg": "MZ\x90\x00", "run.pdf": "#!/bin/sh\nrm", "a.bat": "echo", "elf": "\x7fELF"} {
		if _, err := inspect(name, content); !errors.Is(err, ErrDangerous) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]struct {
		content string
		other   bool
	}{
		"a.jpg": {"\xff\xd8\xff\xe0", false}, "b.jpeg": {"\xff\xd8\xff\xe0", false}, "c.png": {"\xff\xd8\xff\xe0", true}, "d.jpg": {"only words", true}, "e.pdf": {"\x00\x01\x02", true},
		"scan": {"\xff\xd8\xff\xe0", false}, "f.docx": {"PK\x03\x04", false}, "g.txt": {"words", false},
	} {
		f, err := inspect(name, c.content)
		if err != nil || f.OtherType != c.other || (f.Mismatch() != nil) != c.other {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

func TestTheLogSaysWhatWasAskedAndNothingOfPersons(t *testing.T) {
	var out strings.Builder
	prof := config.Profile{Name: "p", Endpoints: client.Endpoints{7: {Method: "GET", Path: "/m/{accountNo}", Default: client.InQuery}}}
	a := New(Options{Log: log.New(&out, "", 0), Verbose: true, Transport: func(config.Profile) http.RoundTripper {
		return session.Transport(session.Trust{})
	}})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `["canary-body"]`) }))
	defer srv.Close()
	tr := a.carry(prof)
	req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+"/base/m/canary-account?idNo=canary-id", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "canary-token")
	res, err := tr.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	if s := out.String(); !strings.Contains(s, "interface 7: GET /m/{accountNo}: 200") || !strings.Contains(s, "15 bytes") || strings.Contains(s, "canary") {
		t.Errorf("logged %q", s)
	}
}
