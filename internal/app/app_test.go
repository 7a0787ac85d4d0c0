package app

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"imagery/client"
	"imagery/internal/config"
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
