package conformance

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"imagery/client"
)

const fileName = "接口自检.gif"

// picture is a file nobody else has: the smallest GIF with a comment.
func picture() []byte {
	said := unique()
	return fmt.Appendf(nil, "GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xfe%c%s\x00!\xf9\x04\x00\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;", len(said), said)
}

// then is a createTime that is told to the platform.
func (s *suite) then() client.Time {
	loc := s.Location
	if loc == nil {
		loc = time.FixedZone("Asia/Shanghai", 8*60*60)
	}
	return client.Time{Time: time.Date(2026, 1, 2, 3, 4, 5, 0, loc)}
}

// upload: a file goes in, is temporary, and comes back the same.
func (s *suite) upload(t *testing.T) {
	b := picture()
	f, err := s.c.UploadFile(within(t), client.BytesSource(fileName, b), s.then())
	must(t, err)
	switch {
	case f.ID == "":
		t.Fatal("the file has no id")
	case f.FileSize != int64(len(b)):
		t.Errorf("%d bytes sent, %d stored", len(b), f.FileSize)
	case f.FileOriginalName.Raw() != fileName:
		t.Errorf("sent as %s, stored as %s", fileName, f.FileOriginalName)
	case !f.IsTemp:
		t.Error("the file is not temporary, though nothing has archived it")
	case !f.TempExpireTime.IsZero() && !f.TempExpireTime.After(time.Now()):
		t.Errorf("the file ended at %v", f.TempExpireTime)
	case !f.CreateTime.IsZero() && !f.CreateTime.Equal(s.then().Time):
		t.Errorf("createTime %v sent, %v stored", s.then(), f.CreateTime)
	}
	if !bytes.Equal(s.fetch(t, *f), b) {
		t.Error("other bytes come back")
	}
}

// needSystemCode skips a test of interface 2 or 6 where its address wants a code that is not known.
func (s *suite) needSystemCode(t *testing.T, op client.Op) {
	t.Helper()
	if s.hasSystemCode(op) && s.SystemCode == "" {
		t.Skip("no system code is known")
	}
}

func (s *suite) hasSystemCode(op client.Op) bool {
	ep := s.Endpoints[op]
	_, field := ep.Fields["systemCode"]
	return field || strings.Contains(ep.Path, "{systemCode}")
}

// code returns a material code to archive under; customers' where there are such.
func (s *suite) code(t *testing.T, ofCustomer bool) string {
	t.Helper()
	codes := slices.Concat(s.codes(ofCustomer), s.codes(!ofCustomer))
	if len(codes) == 0 {
		t.Skip("the accounts looked at have no material, so no code is known")
	}
	return codes[0]
}

// head is an archive of materials under a title of its own.
func (s *suite) head(materials ...client.ArchiveMaterial) client.Archive {
	id := unique()
	return client.Archive{
		SystemCode: s.SystemCode, Title: "接口自检 " + id, BusinessID: "CT-" + id, CreateTime: s.then(), Extras: `{"tool":"conformance"}`, Materials: materials,
	}
}

// archiveByID: an uploaded file is archived by its id, and once there is archived again by the same id. Whether the second archive
// supersedes the first is the platform's choice; with history both are listed.
func (s *suite) archiveByID(t *testing.T) {
	s.needSystemCode(t, client.OpArchiveToAccount)
	b := picture()
	f, err := s.c.UploadFile(within(t), client.BytesSource(fileName, b), client.Time{})
	must(t, err)
	m := client.ArchiveMaterial{Code: s.code(t, false), FileID: f.ID.Raw()}
	for range 2 {
		made := s.toAccount(t, s.head(m))
		rows := s.madeBy(t, made.ID)
		if len(rows) != 1 || !slices.Contains(fileIDs(rows[0]), m.FileID) {
			t.Fatalf("archive %s is listed as %+v, want file %s", made.ID, rows, m.FileID)
		}
		for _, f := range rows[0].Files {
			if f.IsTemp {
				t.Errorf("file %s is archived and still temporary", f.ID)
			}
		}
	}
	all := s.list(t, s.own(t).Account, m.Code)
	for _, id := range s.archives[len(s.archives)-2:] {
		if !slices.ContainsFunc(all, func(m client.MaterialInfo) bool { return m.ServiceAccessID == id }) {
			t.Errorf("archive %s is not listed with history", id)
		}
	}
	if !bytes.Equal(s.fetch(t, *f), b) {
		t.Error("other bytes come back")
	}
}

// archiveBase64: files that travel in the request are stored, several of them in one archive.
func (s *suite) archiveBase64(t *testing.T) {
	s.needSystemCode(t, client.OpArchiveToAccount)
	files := map[string][]byte{s.code(t, false): picture(), s.code(t, true): picture()}
	var ms []client.ArchiveMaterial
	for code, b := range files {
		ms = append(ms, client.ArchiveMaterial{Code: code, Source: client.BytesSource(fileName, b)})
	}
	made := s.toAccount(t, s.head(ms...))
	rows := s.madeBy(t, made.ID)
	if len(rows) != len(files) {
		t.Fatalf("%d materials archived, %d listed", len(files), len(rows))
	}
	for _, m := range rows {
		ids := fileIDs(m)
		if len(ids) != 1 || isCustomers(m) {
			t.Fatalf("one file archived to an account: %+v", m)
		}
		f := client.File{ID: client.Text(ids[0])}
		if len(m.Files) == 1 {
			f = m.Files[0]
		}
		if !bytes.Equal(s.fetch(t, f), files[m.MaterialCode.Raw()]) {
			t.Errorf("material %s: other bytes come back", m.MaterialCode)
		}
	}
}

// toAccount archives to the suite's own account and checks the answer.
func (s *suite) toAccount(t *testing.T, head client.Archive) *client.ServiceAccess {
	t.Helper()
	a := s.own(t).Account
	made, err := s.c.ArchiveToAccount(within(t), client.ArchiveToAccountRequest{AccountNo: a.AccountNo.Raw(), AccountBizType: a.AccountBizType.Raw(), Archive: head})
	must(t, err)
	s.note(t, head, made)
	if made.AccountID != "" && made.AccountID != a.AccountID {
		t.Errorf("archived to account %s, not %s", made.AccountID, a.AccountID)
	}
	return made
}

// note remembers an archive to discard and checks that it is what was asked for.
func (s *suite) note(t *testing.T, head client.Archive, made *client.ServiceAccess) {
	t.Helper()
	if made.ID == "" {
		t.Fatalf("the archive has no id: %+v", made)
	}
	s.archives = append(s.archives, made.ID)
	if made.Title.Raw() != head.Title || made.BusinessID.Raw() != head.BusinessID || made.Extras.Raw() != head.Extras {
		t.Errorf("sent title %q, businessId %q, extras %q; stored %q, %q, %q", head.Title, head.BusinessID, head.Extras, made.Title, made.BusinessID, made.Extras)
	}
	if made.MaterialCount != int64(len(head.Materials)) || made.Discarded {
		t.Errorf("%d materials archived, %d counted; discarded is %t", len(head.Materials), made.MaterialCount, made.Discarded)
	}
	for _, m := range head.Materials {
		if !strings.Contains(made.MaterialCodes.Raw(), m.Code) {
			t.Errorf("material %s archived, %s told", m.Code, made.MaterialCodes)
		}
	}
	if !made.CreateTime.IsZero() && !made.CreateTime.Equal(head.CreateTime.Time) {
		t.Errorf("createTime %v sent, %v stored", head.CreateTime, made.CreateTime)
	}
}

// madeBy waits until interface 7 lists what an archive made of the suite's own account and customer.
func (s *suite) madeBy(t *testing.T, id client.Text) (rows []client.MaterialInfo) {
	t.Helper()
	soon(t, "archive "+id.String()+" is listed", func() bool {
		rows = s.ofArchive(t, id)
		return len(rows) > 0
	})
	return rows
}

// ofArchive returns the current materials of the suite's own account and customer that came by an archive.
func (s *suite) ofArchive(t *testing.T, id client.Text) []client.MaterialInfo {
	t.Helper()
	r := of(s.own(t).Account)
	r.WithCustomer = true
	return slices.DeleteFunc(s.ask(t, r), func(m client.MaterialInfo) bool { return m.ServiceAccessID != id })
}

// archiveToCustomer: what is archived to a customer is listed with the customer's materials, and only with them.
func (s *suite) archiveToCustomer(t *testing.T) {
	s.needSystemCode(t, client.OpArchiveToCustomer)
	own := s.own(t)
	if own.Customer.IDNo.IsZero() {
		t.Skip("the platform does not tell document numbers")
	}
	b := picture()
	r := client.ArchiveToCustomerRequest{
		IDType: own.Customer.IDType.Raw(), IDNo: own.Customer.IDNo, AccountBizType: own.Account.AccountBizType.Raw(),
		Archive: s.head(client.ArchiveMaterial{Code: s.code(t, true), Source: client.BytesSource(fileName, b)}),
	}
	if r.AccountBizType == "0" {
		r.ExtraCode = own.Customer.ExtraCode.Raw()
	}
	made, err := s.c.ArchiveToCustomer(within(t), r)
	must(t, err)
	s.note(t, r.Archive, made)
	rows := s.madeBy(t, made.ID)
	if len(rows) != 1 || !isCustomers(rows[0]) || rows[0].CustomerID != own.Account.CustomerID {
		t.Fatalf("archive %s is listed as %+v, want one material of customer %s", made.ID, rows, own.Account.CustomerID)
	}
	if ids := fileIDs(rows[0]); len(ids) != 1 || !bytes.Equal(s.fetch(t, client.File{ID: client.Text(ids[0])}), b) {
		t.Error("other bytes come back")
	}
	for _, m := range s.ask(t, of(own.Account)) {
		if m.ServiceAccessID == made.ID {
			t.Error("the customer's material is listed without the customer's being asked for")
		}
	}
}

// discard: an archive is discarded as a whole, is gone from the list, and interface 9 no longer finds the account by it.
func (s *suite) discard(t *testing.T) {
	s.needSystemCode(t, client.OpArchiveToAccount)
	code, other := s.code(t, false), s.code(t, true)
	s.discardRest(t) // so that nothing else brings the account these materials
	lacks := client.SearchAccountsRequest{ExcludedMaterialCodes: []string{code, other}}
	has := client.SearchAccountsRequest{MaterialCodes: []string{code}}
	s.near(t, &lacks, &has)
	a := s.own(t).Account
	soon(t, "the account is found by what it lacks", func() bool { return s.finds(t, lacks, a) && !s.finds(t, has, a) })
	made := s.toAccount(t, s.head(
		client.ArchiveMaterial{Code: code, Source: client.BytesSource(fileName, picture())},
		client.ArchiveMaterial{Code: other, Source: client.BytesSource(fileName, picture())},
	))
	s.madeBy(t, made.ID)
	soon(t, "the account is found by what was archived", func() bool { return s.finds(t, has, a) && !s.finds(t, lacks, a) })
	must(t, s.drop(within(t), made.ID))
	s.archives = slices.DeleteFunc(s.archives, func(id client.Text) bool { return id == made.ID })
	soon(t, "what was discarded is gone from the list", func() bool { return len(s.ofArchive(t, made.ID)) == 0 })
	soon(t, "the account is found by what it lacks again", func() bool { return s.finds(t, lacks, a) && !s.finds(t, has, a) })
	kept := slices.ContainsFunc(s.list(t, a), func(m client.MaterialInfo) bool { return m.ServiceAccessID == made.ID })
	t.Logf("history shows discarded archives: %t", kept)
}

// near narrows searches to the suite's own account's surroundings.
func (s *suite) near(t *testing.T, searches ...*client.SearchAccountsRequest) {
	t.Helper()
	a := s.own(t).Account
	for _, r := range searches {
		r.DeptCodes, r.AccountBizTypes = []string{a.DeptCode.Raw()}, []string{a.AccountBizType.Raw()}
		r.OpenedFrom, r.OpenedTo = a.OpenAcctDate, a.OpenAcctDate
	}
}

func (s *suite) drop(ctx context.Context, id client.Text) error {
	return s.c.Discard(ctx, client.DiscardRequest{ServiceAccessID: id.Raw(), DiscardEmpCode: s.EmpCode, DiscardReason: "接口自检，撤销"})
}

// discardRest discards what the suite archived.
func (s *suite) discardRest(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), callTimeout)
	defer cancel()
	for _, id := range s.archives {
		if err := s.drop(ctx, id); err != nil {
			t.Errorf("archive %s stays behind: %v", id, err)
		}
	}
	s.archives = nil
}
