package client_test

import (
	"context"
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
	s := httptest.NewServer(mux)
	return &client.Client{BaseURL: s.URL, HTTP: s.Client(), Endpoints: client.Endpoints{
		client.OpSignIn:         {Method: "POST", Path: client.SignInPath, Default: client.InJSON},
		client.OpSearchAccounts: {Method: "GET", Path: "/crm/accounts", Default: client.InQuery},
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
