// Package conformance checks that a server does what is known of the nine interfaces, through package client and over its network. It
// knows nothing of the server's data: it looks for accounts that fit, and compares what the interfaces say of one another. Where the
// contract leaves something open, every way is accepted.
//
// Unless the target is read-only the suite adds one account, for no interface removes accounts, writes to that account alone, and
// discards what it archived.
package conformance

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"imagery/client"
	"imagery/internal/postman"
	"imagery/internal/session"
)

// Target is the server to check.
type Target struct {
	URL                string
	Username, Password string
	Collection         []byte           // the vendor's Postman collection
	Endpoints          client.Endpoints // used instead of a collection when there are any
	SystemCode         string           // for interfaces 2 and 6; empty: they are left out, unless their addresses have no place for it
	EmpCode            string           // of the employee who discards
	ReadOnly           bool             // interfaces 2 to 6 are left out
	HTTP               *http.Client     // nil: the default one
	Location           *time.Location   // of dates that name no zone; nil: Asia/Shanghai
	// Narrow is a login of fewer departments, empty where none is known.
	NarrowUsername, NarrowPassword string
}

// suite is a run against one target.
type suite struct {
	Target
	c        *client.Client
	accounts []client.CustomerAccount // the first of the book
	listings []listing                // of the first of these
	added    *client.CustomerAccount  // the account that is written to, nil until one is
	archives []client.Text            // made and not discarded yet
}

// listing is all that interface 7 tells of an account, the customer's and history included.
type listing struct {
	client.CustomerAccount
	materials []client.MaterialInfo
}

const callTimeout = 30 * time.Second

// Run checks the target. It needs an account that the login sees.
func Run(t *testing.T, target Target) {
	s := &suite{Target: target}
	if len(s.Endpoints) == 0 {
		r, err := postman.Parse(bytes.NewReader(s.Collection))
		must(t, err)
		s.Endpoints = r.Endpoints
	}
	defer func() {
		for _, line := range s.untested() {
			t.Log(line)
		}
	}()
	s.c = s.connect(target.Username, target.Password)
	if !t.Run("1 sign-in", s.signIn) {
		t.FailNow()
	}
	s.survey(t)
	t.Run("9 pages", s.pages)
	t.Run("9 filters", s.filters)
	t.Run("7 materials", s.materials)
	t.Run("8 download", s.download)
	t.Run("departments", s.departments)
	t.Run("refused reads", s.refusedReads)
	if target.ReadOnly {
		return
	}
	t.Cleanup(func() { s.discardRest(t) })
	t.Run("4 add account", s.addAccount)
	t.Run("5 upload", s.upload)
	t.Run("2 archive by file id", s.archiveByID)
	t.Run("2 archive base64", s.archiveBase64)
	t.Run("6 archive to customer", s.archiveToCustomer)
	t.Run("3 discard", s.discard)
	t.Run("refused writes", s.refusedWrites)
}

// untested says, a line for each, what cannot be checked for want of something in the target.
func (s *suite) untested() (out []string) {
	say := func(what, why string) { out = append(out, "NOT TESTED: "+what+": "+why) }
	switch {
	case s.ReadOnly:
		say("interfaces 2, 3, 4, 5 and 6", "the target is read-only")
	case s.SystemCode == "" && s.hasSystemCode(client.OpArchiveToAccount):
		say("interfaces 2, 3 and 6, all archives and discards", "no system code is given (_SYSTEM_CODE)")
	case s.SystemCode == "" && s.hasSystemCode(client.OpArchiveToCustomer):
		say("interface 6, archives to customers", "no system code is given (_SYSTEM_CODE)")
	}
	if !s.ReadOnly && s.EmpCode == "" {
		say("discards in an employee's name", "no employee code is given (_EMP_CODE); discards go out without one")
	}
	if s.NarrowUsername == "" {
		say("what a login of fewer departments must not see", "no such login is given (_NARROW_USERNAME, _NARROW_PASSWORD)")
	}
	return out
}

// connect returns a client that signs in when it needs to.
func (s *suite) connect(username, password string) *client.Client {
	c := s.stranger()
	c.Auth = session.New(c, username, client.NewSecret(password))
	return c
}

// stranger returns a client that never signs in.
func (s *suite) stranger() *client.Client {
	return &client.Client{BaseURL: s.URL, Endpoints: s.Endpoints, HTTP: s.HTTP, Location: s.Location, Charset: session.ToUTF8}
}

// survey looks at the first accounts and at what a few of them have, for the tests to choose from.
func (s *suite) survey(t *testing.T) {
	t.Helper()
	const rows, listings, enough = 30, 20, 3
	s.accounts = s.some(t, client.SearchAccountsRequest{}, rows)
	if len(s.accounts) == 0 {
		t.Fatal("this login sees no account, so there is nothing to check")
	}
	for _, a := range s.accounts[:min(listings, len(s.accounts))] {
		s.listings = append(s.listings, listing{a, s.list(t, a.Account)})
		if len(s.listings) >= enough && len(s.codes(false)) >= 2 && len(s.codes(true)) >= 1 {
			return
		}
	}
}

// codes returns the materials met so far that accounts, or customers, have now, those first that not all of the accounts looked at have.
func (s *suite) codes(ofCustomer bool) []string {
	var rare, common []string
	held := map[string]int{}
	for _, l := range s.listings {
		once := map[string]bool{}
		for _, m := range l.materials {
			if code := m.MaterialCode.Raw(); isCustomers(m) == ofCustomer && !isHistory(m) && !once[code] {
				once[code] = true
				held[code]++
			}
		}
	}
	for code, n := range held {
		if n < len(s.listings) {
			rare = append(rare, code)
		} else {
			common = append(common, code)
		}
	}
	return slices.Concat(slices.Sorted(slices.Values(rare)), slices.Sorted(slices.Values(common)))
}

func isHistory(m client.MaterialInfo) bool   { return !m.HisCreateTime.IsZero() }
func isCustomers(m client.MaterialInfo) bool { return m.AccountID == "" && m.CustomerID != "" }

// some returns the first rows of a search, at most limit.
func (s *suite) some(t *testing.T, r client.SearchAccountsRequest, limit int) (out []client.CustomerAccount) {
	t.Helper()
	if r.PageSize == 0 {
		r.PageSize = min(limit, 100)
	}
	for a, err := range s.c.AllAccounts(within(t), r) {
		must(t, err)
		if out = append(out, a); len(out) == limit {
			break
		}
	}
	return out
}

// count returns how many accounts a search finds.
func (s *suite) count(t *testing.T, r client.SearchAccountsRequest) int64 {
	t.Helper()
	r.PageNumber, r.PageSize = 1, 1
	p, err := s.c.SearchAccounts(within(t), r)
	must(t, err)
	return p.TotalElements
}

// list returns everything an account has, the customer's and history included.
func (s *suite) list(t *testing.T, a client.Account, codes ...string) []client.MaterialInfo {
	t.Helper()
	r := of(a)
	r.WithCustomer, r.WithHis, r.MaterialCodes = true, true, codes
	return s.ask(t, r)
}

// of returns interface 7's request for an account.
func of(a client.Account) client.ListMaterialsRequest {
	return client.ListMaterialsRequest{AccountNo: a.AccountNo.Raw(), AccountBizType: a.AccountBizType.Raw()}
}

func (s *suite) ask(t *testing.T, r client.ListMaterialsRequest) []client.MaterialInfo {
	t.Helper()
	ms, err := s.c.ListMaterials(within(t), r)
	must(t, err)
	return ms
}

// within returns a context for a few calls.
func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), callTimeout)
	t.Cleanup(cancel)
	return ctx
}

// must ends the test at an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// steady fails if check does so again and again: others may be at work on the platform while two of its answers are compared.
func steady(t *testing.T, check func() error) {
	t.Helper()
	var err error
	for pause := range 5 {
		time.Sleep(time.Duration(pause) * 50 * time.Millisecond)
		if err = check(); err == nil {
			return
		}
	}
	t.Error(err)
}

// soon waits for what a platform may do behind its answer.
func soon(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !done(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("after 10 seconds still not: %s", what)
			return
		}
	}
}

// refused checks that the platform said no. A write must not be refused with 500: its fate would be unknown to clients.
func refused(t *testing.T, what string, op client.Op, err error) {
	t.Helper()
	var answer *client.Error
	switch {
	case err == nil:
		t.Errorf("%s: accepted", what)
	case !errors.As(err, &answer):
		t.Errorf("%s: no refusal but: %v", what, err)
	case answer.Status == http.StatusUnauthorized && op != client.OpSignIn:
		t.Errorf("%s: refused as if the token had ended: %v", what, err)
	case op.Writes() && errors.Is(err, client.ErrOutcomeUnknown):
		t.Errorf("%s: refused in a way that leaves open whether it was done: %v", what, err)
	}
}

// unique returns a word that no other run has.
func unique() string { return strings.ToLower(rand.Text()[:12]) }
