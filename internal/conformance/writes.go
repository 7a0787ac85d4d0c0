package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"imagery/client"
)

// picture is a file nobody else has: the smallest GIF with a comment.
func picture() []byte {
	gif := "GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xfe" + "%c%s\x00" + "!\xf9\x04\x00\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
	said := title()
	return fmt.Appendf(nil, gif, rune(len(said)), said)
}

// archive uploads a file, archives it to an account by its id, finds it again, and discards it.
func (s *suite) archive(t *testing.T) {
	s.needSystemCode(t)
	_, code := s.withFiles(t)
	b := picture()
	f, err := s.c.UploadFile(limit(t), client.BytesSource("conformance.gif", b), client.Time{})
	must(t, err)
	if f.ID == "" || f.FileSize != 0 && f.FileSize != int64(len(b)) {
		t.Errorf("uploaded %d bytes: %+v", len(b), f)
	}
	s.archived(t, code, client.ArchiveMaterial{Code: code, FileID: f.ID.Raw()}, b)
}

// inline archives a file that travels in the request.
func (s *suite) inline(t *testing.T) {
	s.needSystemCode(t)
	_, code := s.withFiles(t)
	b := picture()
	s.archived(t, code, client.ArchiveMaterial{Code: code, Source: client.BytesSource("影像.gif", b)}, b)
}

func (s *suite) needSystemCode(t *testing.T) {
	t.Helper()
	if s.SystemCode == "" {
		t.Skip("no system code")
	}
}

// archived archives m to the suite's account, and checks what the platform then has, until it is discarded.
func (s *suite) archived(t *testing.T, code string, m client.ArchiveMaterial, b []byte) {
	t.Helper()
	a := s.some.Account
	head := client.Archive{SystemCode: s.SystemCode, Title: title(), BusinessID: "conformance", Extras: `{"tool":"imagery"}`, Materials: []client.ArchiveMaterial{m}}
	got, err := s.c.ArchiveToAccount(limit(t), client.ArchiveToAccountRequest{AccountNo: a.AccountNo.Raw(), AccountBizType: a.AccountBizType.Raw(), Archive: head})
	must(t, err)
	if got.ID == "" || got.Discarded {
		t.Fatalf("archive: %+v", got)
	}
	discarded := false
	defer func() {
		if !discarded {
			_ = s.c.Discard(limit(t), client.DiscardRequest{ServiceAccessID: got.ID.Raw(), DiscardEmpCode: s.EmpCode, DiscardReason: "conformance"})
		}
	}()
	found := s.ofArchive(t, a, got.ID, code)
	if len(found) != 1 || len(fileIDs(found[0])) != 1 || found[0].ServiceAccessTitle.Raw() != head.Title {
		t.Fatalf("archive %s is listed as %+v", got.ID, found)
	}
	if at := found[0].CreateTime; !at.IsZero() && time.Since(at.Time).Abs() > 26*time.Hour {
		t.Errorf("archived now, listed at %v", at)
	}
	if !bytes.Equal(s.fetch(t, fileIDs(found[0])[0]), b) {
		t.Error("the file comes back with other bytes")
	}
	must(t, s.c.Discard(limit(t), client.DiscardRequest{ServiceAccessID: got.ID.Raw(), DiscardEmpCode: s.EmpCode, DiscardReason: "conformance"}))
	discarded = true
	if left := s.ofArchive(t, a, got.ID, code); len(left) != 0 {
		t.Errorf("discarded, and still listed: %+v", left)
	}
	var answer *client.Error
	if err := s.c.Discard(limit(t), client.DiscardRequest{ServiceAccessID: got.ID.Raw(), DiscardEmpCode: s.EmpCode, DiscardReason: "again"}); err != nil && !errors.As(err, &answer) {
		t.Errorf("discarding twice: %v", err)
	}
}

// ofArchive returns an account's current materials that came by an archive.
func (s *suite) ofArchive(t *testing.T, a client.Account, id client.Text, code string) []client.MaterialInfo {
	t.Helper()
	return slices.DeleteFunc(s.list(t, a, code), func(m client.MaterialInfo) bool { return m.ServiceAccessID != id || !m.HisCreateTime.IsZero() })
}

// customer archives to a customer: all of the customer's accounts have it then.
func (s *suite) customer(t *testing.T) {
	s.needSystemCode(t)
	_, code := s.withFiles(t)
	who, a := s.some.Customer, s.some.Account
	if who.IDNo.IsZero() {
		t.Skip("the platform does not tell the document number")
	}
	r := client.ArchiveToCustomerRequest{IDType: who.IDType.Raw(), IDNo: who.IDNo, AccountBizType: a.AccountBizType.Raw(), Archive: client.Archive{
		SystemCode: s.SystemCode, Title: title(), BusinessID: "conformance", Materials: []client.ArchiveMaterial{{Code: code, Source: client.BytesSource("c.gif", picture())}},
	}}
	if a.AccountBizType == "0" {
		r.ExtraCode = who.ExtraCode.Raw()
	}
	got, err := s.c.ArchiveToCustomer(limit(t), r)
	must(t, err)
	found := s.ofArchive(t, a, got.ID, code)
	if len(found) != 1 || found[0].CustomerID == "" || found[0].AccountID != "" {
		t.Errorf("archive %s is listed as %+v", got.ID, found)
	}
	must(t, s.c.Discard(limit(t), client.DiscardRequest{ServiceAccessID: got.ID.Raw(), DiscardEmpCode: s.EmpCode, DiscardReason: "conformance"}))
	if left := s.ofArchive(t, a, got.ID, code); len(left) != 0 {
		t.Errorf("discarded, and still listed: %+v", left)
	}
}

// add adds an account, which then is there and has no materials of its own. No interface removes it again.
func (s *suite) add(t *testing.T) {
	like := s.some
	no := "9" + time.Now().Format("0102150405")
	r := client.AddAccountRequest{
		DeptCode: like.Account.DeptCode.Raw(), AccountNo: no, AccountBizType: "0", AccountName: "示例客户", AccountCustomerType: like.Account.AccountCustomerType.Raw(),
		CustomerType: or(like.Customer.CustomerType.Raw(), "0"), AccountStatus: "1", IDType: or(like.Customer.IDType.Raw(), "1"), IDNo: client.NewIDNumber("999999" + no),
	}
	got, err := s.c.AddAccount(limit(t), r)
	must(t, err)
	if got.Account.AccountNo.Raw() != no {
		t.Errorf("added %s, got %+v", no, got.Account)
	}
	own, err := s.c.ListMaterials(limit(t), client.ListMaterialsRequest{AccountNo: no, AccountBizType: "0"})
	must(t, err)
	if len(own) != 0 {
		t.Errorf("a new account has %d materials", len(own))
	}
	var answer *client.Error
	if _, err := s.c.AddAccount(limit(t), r); !errors.As(err, &answer) {
		t.Errorf("adding it twice: %v", err)
	}
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
