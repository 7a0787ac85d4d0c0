// Package conformance checks that a server does what is known of the nine interfaces, through package client and over its network. It
// knows nothing of the server's data: it looks for accounts that fit. What it archives it discards again.
package conformance

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"imagery/client"
	"imagery/internal/session"
)

// Target is the server to check.
type Target struct {
	URL                string
	Username, Password string
	Endpoints          client.Endpoints
	SystemCode         string       // for interfaces 2 and 6; empty: they are left out
	EmpCode            string       // of the employee who discards
	ReadOnly           bool         // interfaces 2 to 6 are left out
	HTTP               *http.Client // nil: the default one
	// Narrow is a login of fewer departments, empty where none is known.
	NarrowUsername, NarrowPassword string
}

// suite is a run against one target.
type suite struct {
	Target
	c *client.Client
	// some is an account of the first page, and one that has files.
	some client.CustomerAccount
}

const callTimeout = 30 * time.Second

// Run checks t's target.
func Run(t *testing.T, target Target) {
	s := &suite{Target: target}
	s.c = s.connect(target.Username, target.Password)
	if !t.Run("interface 1", s.signIn) {
		t.FailNow()
	}
	if !t.Run("interface 9", s.search) {
		t.FailNow()
	}
	t.Run("filters of interface 9", s.filters)
	t.Run("interface 7", s.materials)
	t.Run("interface 8", s.files)
	t.Run("departments", s.departments)
	t.Run("refusals", s.refusals)
	if target.ReadOnly {
		return
	}
	t.Run("interfaces 5, 2, 3", s.archive)
	t.Run("interface 2 with base64", s.inline)
	t.Run("interface 6", s.customer)
	t.Run("interface 4", s.add)
}

// connect returns a client that signs in when it needs to.
func (s *suite) connect(username, password string) *client.Client {
	c := &client.Client{BaseURL: s.URL, Endpoints: s.Endpoints, HTTP: s.HTTP}
	c.Auth = session.New(c, username, client.NewSecret(password))
	return c
}

// limit returns a context for a few calls.
func limit(t *testing.T) context.Context {
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

// page asks for the first page of a search.
func (s *suite) page(t *testing.T, r client.SearchAccountsRequest) *client.Page[client.CustomerAccount] {
	t.Helper()
	r.PageNumber = max(1, r.PageNumber)
	if r.PageSize == 0 {
		r.PageSize = 20
	}
	p, err := s.c.SearchAccounts(limit(t), r)
	must(t, err)
	return p
}

// list asks for everything an account has, the customer's and history included.
func (s *suite) list(t *testing.T, a client.Account, codes ...string) []client.MaterialInfo {
	t.Helper()
	ms, err := s.c.ListMaterials(limit(t), client.ListMaterialsRequest{
		AccountNo: a.AccountNo.Raw(), AccountBizType: a.AccountBizType.Raw(), WithCustomer: true, WithHis: true, MaterialCodes: codes,
	})
	must(t, err)
	return ms
}

// title returns a title that no other run has.
func title() string {
	return "imagery conformance " + strings.ToLower(time.Now().Format("20060102T150405.000000"))
}
