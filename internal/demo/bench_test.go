package demo

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkSearch asks interface 9 for a page of 100 among 100,000 accounts, with filters of every kind and at both ends.
func BenchmarkSearch(b *testing.B) {
	p, err := Open(b.Context(), Options{Accounts: 100_000})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	token := p.token(users[0])
	for name, body := range map[string]string{
		"all":       `{"pageNumber":1,"pageSize":100}`,
		"last":      `{"pageNumber":1000,"pageSize":100}`,
		"missing":   `{"excludedMaterialCodes":["2101","2102"],"pageNumber":1,"pageSize":100}`,
		"everyKind": `{"materialCodes":["1101"],"excludedMaterialCodes":["4101"],"openAcctDateRange":{"start":"2020-01-01"},"deptCodes":["1101"],"accountBizTypes":["0"],"accountCustomerTypes":["1"],"pageNumber":1,"pageSize":100}`,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r := httptest.NewRequest("POST", "/crm/cif/accounts/query", strings.NewReader(body))
				r.Header.Set("Authorization", token)
				w := httptest.NewRecorder()
				if p.Handler().ServeHTTP(w, r); w.Code != http.StatusOK {
					b.Fatal(w.Body)
				}
			}
		})
	}
}

// BenchmarkOpen makes a book of 100,000 accounts.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		p, err := Open(b.Context(), Options{Accounts: 100_000})
		if err != nil {
			b.Fatal(err)
		}
		if err := p.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
