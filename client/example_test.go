package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"imagery/client"
)

// platform stands in for a company's.
func platform() (*client.Client, func()) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /crm/login/jwt", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Authorization", "Bearer x") })
	mux.HandleFunc("GET /crm/accounts", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"totalElements":2,"first":%t,"nextPage":%t,"content":[{"account":{"accountId":"A%s","accountNo":"880%[3]s"}}]}`,
			r.FormValue("pageNumber") == "1", r.FormValue("pageNumber") == "1", r.FormValue("pageNumber"))
	})
	mux.HandleFunc("GET /crm/dms/files/{id}/file", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "\xff\xd8 picture") })
	mux.HandleFunc("GET /crm/materials", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `[{"accountNo":%q,"materialCode":"1101","materialName":"身份证正面","fileIds":["F1"]}]`, r.FormValue("accountNo"))
	})
	mux.HandleFunc("POST /crm/discard", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "gateway timeout", http.StatusGatewayTimeout)
	})
	s := httptest.NewServer(mux)
	return &client.Client{BaseURL: s.URL, HTTP: s.Client(), Endpoints: client.Endpoints{
		client.OpSignIn:         {Method: "POST", Path: client.SignInPath, Default: client.InJSON},
		client.OpSearchAccounts: {Method: "GET", Path: "/crm/accounts", Default: client.InQuery},
		client.OpDiscard:        {Method: "POST", Path: "/crm/discard", Default: client.InJSON},
		client.OpListMaterials:  {Method: "GET", Path: "/crm/materials", Default: client.InQuery},
		client.OpFetchFile:      {Method: "GET", Path: client.FetchFilePath, Default: client.InQuery},
	}}, s.Close
}

func ExampleClient_SignIn() {
	c, done := platform()
	defer done()
	grant, err := c.SignIn(context.Background(), "demo", client.NewSecret("demo"))
	fmt.Println(grant.Token, err)
	// Output: [redacted] <nil>
}

func ExampleClient_AllAccounts() {
	c, done := platform()
	defer done()
	for a, err := range c.AllAccounts(context.Background(), client.SearchAccountsRequest{ExcludedMaterialCodes: []string{"1101"}, PageSize: 1}) {
		fmt.Println(a.Account.AccountNo, err)
	}
	// Output:
	// 8801 <nil>
	// 8802 <nil>
}

func ExampleClient_FetchFile() {
	c, done := platform()
	defer done()
	f, err := c.FetchFile(context.Background(), "F1")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	n, err := io.Copy(io.Discard, f)
	fmt.Println(n, f.Size, err)
	// Output: 10 10 <nil>
}

func ExampleClient_ListMaterials() {
	c, done := platform()
	defer done()
	list, err := c.ListMaterials(context.Background(), client.ListMaterialsRequest{AccountNo: "8801", AccountBizType: "0", WithCustomer: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range list {
		fmt.Println(m.AccountNo, m.MaterialCode, m.MaterialName, m.FileIDs)
	}
	// Output: 8801 1101 身份证正面 [F1]
}

// A write whose outcome is unknown may have been done: look before writing again.
func ExampleClient_Discard() {
	c, done := platform()
	defer done()
	err := c.Discard(context.Background(), client.DiscardRequest{ServiceAccessID: "S1", DiscardEmpCode: "E1", DiscardReason: "wrong account"})
	switch {
	case errors.Is(err, client.ErrOutcomeUnknown):
		list, err := c.ListMaterials(context.Background(), client.ListMaterialsRequest{AccountNo: "8801", AccountBizType: "0"})
		if err != nil {
			fmt.Println("still unknown:", err)
			return
		}
		there := false
		for _, m := range list {
			there = there || m.ServiceAccessID == "S1"
		}
		fmt.Println("unknown; the account still shows the archive:", there)
	case err != nil:
		fmt.Println("not done:", err)
	default:
		fmt.Println("done")
	}
	// Output: unknown; the account still shows the archive: false
}
