package conformance

import (
	"errors"
	"net/http"
	"testing"

	"imagery/client"
)

// refusedReads: what is not there is refused, and never anything else's.
func (s *suite) refusedReads(t *testing.T) {
	unknown := of(s.accounts[0].Account)
	unknown.AccountNo = "0conformance0"
	if ms, err := s.c.ListMaterials(within(t), unknown); err != nil {
		refused(t, "an unknown account", client.OpListMaterials, err)
	} else if len(ms) > 0 {
		t.Errorf("an unknown account has %d materials", len(ms))
	}
	f, err := s.c.FetchFile(within(t), "conformance-no-such-file")
	if err == nil {
		_ = f.Close()
	}
	if !errors.Is(err, client.ErrNotAFile) && !errors.Is(err, client.ErrEmptyFile) { // which is what clients make of a page that comes with 200
		refused(t, "an unknown file", client.OpFetchFile, err)
	}
}

// departments: a narrower login sees a part of the accounts, and nothing of the others.
func (s *suite) departments(t *testing.T) {
	if s.NarrowUsername == "" {
		t.Skip("no narrower login is known")
	}
	narrow := &suite{Target: s.Target, c: s.connect(s.NarrowUsername, s.NarrowPassword)}
	if part, all := narrow.count(t, client.SearchAccountsRequest{}), s.count(t, client.SearchAccountsRequest{}); part >= all {
		t.Errorf("the narrow login sees %d of %d accounts", part, all)
	}
	for _, dept := range s.departmentCodes() {
		r := client.SearchAccountsRequest{DeptCodes: []string{dept}, PageNumber: 1, PageSize: 1}
		if p, err := narrow.c.SearchAccounts(within(t), r); err == nil && p.TotalElements > 0 {
			continue
		}
		hidden := s.some(t, r, 1)[0].Account
		_, err := narrow.c.ListMaterials(within(t), of(hidden))
		forbidden(t, "materials of another department's account", client.OpListMaterials, err)
		if s.ReadOnly || s.hasSystemCode(client.OpArchiveToAccount) && s.SystemCode == "" {
			return
		}
		_, err = narrow.c.ArchiveToAccount(within(t), client.ArchiveToAccountRequest{
			AccountNo: hidden.AccountNo.Raw(), AccountBizType: hidden.AccountBizType.Raw(),
			Archive: s.head(client.ArchiveMaterial{Code: s.code(t, false), Source: client.BytesSource(fileName, picture())}),
		})
		forbidden(t, "an archive to another department's account", client.OpArchiveToAccount, err)
		return
	}
	t.Skip("the narrow login sees all departments of the accounts looked at")
}

// forbidden checks for 403, or 404 where the platform does not even tell that the thing is there.
func forbidden(t *testing.T, what string, op client.Op, err error) {
	t.Helper()
	refused(t, what, op, err)
	if err != nil && !errors.Is(err, client.ErrForbidden) && !errors.Is(err, client.ErrNotFound) {
		t.Errorf("%s: want 403 or 404, got %v", what, err)
	}
}

// refusedWrites: what the contract does not allow is refused, by the client where it can tell and by the platform where the client is
// outwitted, and leaves nothing behind.
func (s *suite) refusedWrites(t *testing.T) {
	t.Run("3 discard", s.refusedDiscards)
	t.Run("2 archive", s.refusedArchives)
	t.Run("6 archive to customer", s.refusedCustomer)
	t.Run("4 add account", s.refusedAccounts)
	t.Run("5 upload", func(t *testing.T) {
		_, err := s.c.UploadFile(within(t), client.BytesSource(fileName, nil), client.Time{})
		invalid(t, "an empty file", err)
	})
}

// invalid checks that the client did not even send a request.
func invalid(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, client.ErrInvalid) {
		t.Errorf("%s: want the client to refuse it, got %v", what, err)
	}
}

func (s *suite) refusedDiscards(t *testing.T) {
	good := client.DiscardRequest{ServiceAccessID: "0conformance0", DiscardEmpCode: s.EmpCode, DiscardReason: "接口自检"}
	refused(t, "an unknown archive", client.OpDiscard, s.c.Discard(within(t), good))
	r := good
	r.DiscardReason = ""
	invalid(t, "no reason", s.c.Discard(within(t), r))
	r = good
	r.ServiceAccessID = ""
	invalid(t, "no archive", s.c.Discard(within(t), r))

	r = good
	r.ServiceAccessID = mark
	s.outwit(t, "no archive", client.OpDiscard, "", func(c *client.Client) error { return c.Discard(within(t), r) })
	s.needSystemCode(t, client.OpArchiveToAccount)
	made := s.toAccount(t, s.head(client.ArchiveMaterial{Code: s.code(t, false), Source: client.BytesSource(fileName, picture())}))
	s.madeBy(t, made.ID)
	r = client.DiscardRequest{ServiceAccessID: made.ID.Raw(), DiscardEmpCode: s.EmpCode, DiscardReason: mark}
	s.outwit(t, "no reason", client.OpDiscard, "", func(c *client.Client) error { return c.Discard(within(t), r) })
	if len(s.ofArchive(t, made.ID)) == 0 {
		t.Error("the archive is gone, though its discard was refused")
	}
}

func (s *suite) refusedArchives(t *testing.T) {
	s.needSystemCode(t, client.OpArchiveToAccount)
	a, code := s.own(t).Account, s.code(t, false)
	to := func(c *client.Client, number string, head client.Archive) error {
		made, err := c.ArchiveToAccount(within(t), client.ArchiveToAccountRequest{AccountNo: number, AccountBizType: a.AccountBizType.Raw(), Archive: head})
		if err == nil {
			s.archives = append(s.archives, made.ID)
		}
		return err
	}
	no, good := a.AccountNo.Raw(), client.ArchiveMaterial{Code: code, Source: client.BytesSource(fileName, picture())}
	before := len(s.list(t, a))
	invalid(t, "no material", to(s.c, no, s.head()))
	invalid(t, "both base64File and fileId", to(s.c, no, s.head(client.ArchiveMaterial{Code: code, FileID: "1", Source: good.Source})))
	invalid(t, "neither base64File nor fileId", to(s.c, no, s.head(client.ArchiveMaterial{Code: code})))
	invalid(t, "no code", to(s.c, no, s.head(client.ArchiveMaterial{Source: good.Source})))

	refused(t, "an unknown account", client.OpArchiveToAccount, to(s.c, "0conformance0", s.head(good)))
	refused(t, "an unknown file", client.OpArchiveToAccount, to(s.c, no, s.head(client.ArchiveMaterial{Code: code, FileID: "conformance-no-such-file"})))
	if s.hasSystemCode(client.OpArchiveToAccount) {
		head := s.head(good)
		head.SystemCode = "CONFORMANCE-NONE"
		refused(t, "an unknown system", client.OpArchiveToAccount, to(s.c, no, head))
	}
	byID := client.ArchiveMaterial{Code: code, FileID: mark}
	field := `"fileId":"` + mark + `"`
	send := func(c *client.Client) error { return to(c, no, s.head(byID)) }
	s.tampered(t, "neither base64File nor fileId", client.OpArchiveToAccount, ","+field, "", send)
	s.tampered(t, "both base64File and fileId", client.OpArchiveToAccount, field, field+`,"base64File":{"name":"a.gif","base64Data":"R0lGODlhAQABAAAAACw="}`, send)
	s.outwit(t, "no code", client.OpArchiveToAccount, "", func(c *client.Client) error {
		return to(c, no, s.head(client.ArchiveMaterial{Code: mark, Source: good.Source}))
	})
	if after := len(s.list(t, a)); after != before {
		t.Errorf("%d materials before, %d after archives that were all refused", before, after)
	}
}

func (s *suite) refusedCustomer(t *testing.T) {
	s.needSystemCode(t, client.OpArchiveToCustomer)
	own := s.own(t)
	r := client.ArchiveToCustomerRequest{
		IDType: own.Customer.IDType.Raw(), IDNo: client.NewIDNumber(resembling(own.Customer.IDNo.Raw())), AccountBizType: own.Account.AccountBizType.Raw(),
		Archive: s.head(client.ArchiveMaterial{Code: s.code(t, true), Source: client.BytesSource(fileName, picture())}),
	}
	_, err := s.c.ArchiveToCustomer(within(t), r)
	refused(t, "an unknown customer", client.OpArchiveToCustomer, err)
	r.AccountBizType, r.ExtraCode = "3", "1"
	_, err = s.c.ArchiveToCustomer(within(t), r)
	invalid(t, "extraCode for another business type than 0", err)
}

func (s *suite) refusedAccounts(t *testing.T) {
	r := s.like(*s.own(t))
	r.AccountNo = resembling(r.AccountNo)
	bad := r
	bad.AccountName = ""
	_, err := s.c.AddAccount(within(t), bad)
	invalid(t, "no name", err)
	bad = r
	bad.DeptCode = nobody
	_, err = s.c.AddAccount(within(t), bad)
	refused(t, "an unknown department", client.OpAddAccount, err)
	bad = r
	bad.IDNo = client.NewIDNumber(mark)
	s.outwit(t, "no document number", client.OpAddAccount, "", func(c *client.Client) error {
		_, err := c.AddAccount(within(t), bad)
		return err
	})
}

// outwit sends what the client would refuse: a request with the mark where something else is to go.
func (s *suite) outwit(t *testing.T, what string, op client.Op, instead string, call func(*client.Client) error) {
	t.Helper()
	s.tampered(t, what, op, mark, instead, call)
}

func (s *suite) tampered(t *testing.T, what string, op client.Op, old, instead string, call func(*client.Client) error) {
	t.Helper()
	next := http.DefaultTransport
	if s.HTTP != nil && s.HTTP.Transport != nil {
		next = s.HTTP.Transport
	}
	through := &tamper{next: next, old: old, instead: instead}
	c := s.stranger()
	c.Auth, c.HTTP = s.c.Auth, &http.Client{Transport: through}
	err := call(c)
	if !through.met {
		t.Logf("%s: this platform's requests cannot say so", what)
		return
	}
	refused(t, what, op, err)
}
