package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// caller talks to a platform over a real socket.
type caller struct {
	t     *testing.T
	p     *Platform
	url   string
	token string
}

func start(t *testing.T, o Options) *caller {
	t.Helper()
	if o.Accounts == 0 {
		o.Accounts = 400
	}
	p, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	srv := httptest.NewServer(p.Handler())
	t.Cleanup(srv.Close)
	c := &caller{t: t, p: p, url: srv.URL}
	c.signIn("demo", "demo")
	return c
}

func (c *caller) signIn(user, password string) int {
	c.t.Helper()
	res, err := http.Post(c.url+"/crm/login/jwt", "application/json", strings.NewReader(fmt.Sprintf(`{"username":%q,"password":%q}`, user, password)))
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	c.token = res.Header.Get("Authorization")
	return res.StatusCode
}

// post sends JSON and returns status and body.
func (c *caller) post(path, body string) (int, string) {
	c.t.Helper()
	req, _ := http.NewRequest("POST", c.url+path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	return c.do(req)
}

func (c *caller) do(req *http.Request) (int, string) {
	c.t.Helper()
	req.Header.Set("Authorization", c.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

type page struct {
	TotalElements, TotalPages, Size, Number int
	First, NextPage, PreviousPage, Last     bool
	Content                                 []struct {
		Account  struct{ AccountID, AccountNo, AccountBizType, DeptCode, OpenAcctDate, AccountCustomerType string }
		Customer struct{ CustomerID, IDType, IDNo string }
	}
}

func (c *caller) search(body string) page {
	c.t.Helper()
	status, got := c.post("/crm/cif/accounts/query", body)
	if status != 200 {
		c.t.Fatal(status, got)
	}
	var p page
	if err := json.Unmarshal([]byte(got), &p); err != nil {
		c.t.Fatal(err)
	}
	return p
}

func (c *caller) materials(no, biz, more string) []materialInfo {
	c.t.Helper()
	status, got := c.post("/crm/dms/materials/query", fmt.Sprintf(`{"accountNo":%q,"accountBizType":%q%s}`, no, biz, more))
	if status != 200 {
		c.t.Fatal(status, got)
	}
	var out []materialInfo
	if err := json.Unmarshal([]byte(got), &out); err != nil {
		c.t.Fatal(err)
	}
	return out
}

func TestMaterialFiltersAgreeWithInterfaceSeven(t *testing.T) {
	c := start(t, Options{})
	for _, code := range []string{"1101", "2101", "4101"} {
		has, lacks := c.search(`{"materialCodes":["`+code+`"],"pageNumber":1,"pageSize":1000}`), c.search(`{"excludedMaterialCodes":["`+code+`"],"pageNumber":1,"pageSize":1000}`)
		if has.TotalElements == 0 || lacks.TotalElements == 0 || has.TotalElements+lacks.TotalElements != 400 {
			t.Errorf("%s: %d have, %d lack it", code, has.TotalElements, lacks.TotalElements)
		}
		for i, p := range []page{has, lacks} {
			for _, a := range p.Content[:20] {
				n := len(c.materials(a.Account.AccountNo, a.Account.AccountBizType, `,"withCustomer":true,"materialCodes":["`+code+`"]`))
				if (n > 0) != (i == 0) {
					t.Errorf("%s: account %s has %d", code, a.Account.AccountNo, n)
				}
			}
		}
	}
}

func TestEachFilterNarrows(t *testing.T) {
	c := start(t, Options{})
	for _, tc := range []struct {
		filter string
		holds  func(dept, opened, biz, cust string) bool
	}{
		{`"openAcctDateRange":{"start":"2020-01-01","end":"2021-12-31"}`, func(_, o, _, _ string) bool { return o >= "2020-01-01" && o <= "2021-12-31" }},
		{`"deptCodes":["1101","1202"]`, func(d, _, _, _ string) bool { return d == "1101" || d == "1202" }},
		{`"accountBizTypes":["2"]`, func(_, _, b, _ string) bool { return b == "2" }},
		{`"accountCustomerTypes":["2","3"]`, func(_, _, _, c string) bool { return c == "2" || c == "3" }},
	} {
		p := c.search(`{` + tc.filter + `,"pageNumber":1,"pageSize":1000}`)
		if p.TotalElements == 0 || p.TotalElements == 400 || len(p.Content) != p.TotalElements {
			t.Errorf("%s: %d of 400", tc.filter, p.TotalElements)
		}
		for _, r := range p.Content {
			if a := r.Account; !tc.holds(a.DeptCode, a.OpenAcctDate, a.AccountBizType, a.AccountCustomerType) {
				t.Errorf("%s: %+v", tc.filter, a)
			}
		}
	}
}

func TestPagesCoverTheBookOnce(t *testing.T) {
	c := start(t, Options{})
	seen := map[string]bool{}
	for n := 1; ; n++ {
		p := c.search(fmt.Sprintf(`{"pageNumber":%d,"pageSize":30}`, n))
		for _, a := range p.Content {
			if seen[a.Account.AccountID] {
				t.Fatal("twice:", a.Account.AccountID)
			}
			seen[a.Account.AccountID] = true
		}
		if p.First != (n == 1) || p.PreviousPage != (n > 1) || p.NextPage == p.Last {
			t.Fatalf("page %d: %+v", n, p)
		}
		if !p.NextPage {
			break
		}
	}
	if len(seen) != 400 {
		t.Fatal(len(seen))
	}
}

func TestArchiveIsSeenByAllInterfacesAndDiscardTakesItAway(t *testing.T) {
	c := start(t, Options{})
	lacks := c.search(`{"excludedMaterialCodes":["2101","2102"],"accountBizTypes":["0"],"pageNumber":1,"pageSize":5}`)
	a := lacks.Content[0].Account
	status, got := c.post("/crm/dms/access/IMAGERY/account", fmt.Sprintf(`{"title":"补录","businessId":"B1","accountNo":%q,"accountBizType":"0","materials":[
		{"code":"2101","base64File":{"name":"合同.jpg","base64Data":"/9j/4AAQ"}},{"code":"2103","base64File":{"name":"b.jpg","base64Data":"/9j/4AAQ"}}]}`, a.AccountNo))
	if status != 200 {
		t.Fatal(status, got)
	}
	var access struct {
		ID            string
		MaterialCount int
	}
	_ = json.Unmarshal([]byte(got), &access)
	shown := func() (n int) {
		for _, m := range c.materials(a.AccountNo, "0", "") {
			if m.ServiceAccessID != nil && *m.ServiceAccessID == access.ID {
				n++
			}
		}
		return n
	}
	if access.MaterialCount != 2 || shown() != 2 {
		t.Fatal(got, shown())
	}
	if n := c.search(`{"excludedMaterialCodes":["2101","2102"],"accountBizTypes":["0"],"pageNumber":1,"pageSize":5}`).TotalElements; n != lacks.TotalElements-1 {
		t.Fatal("still missing:", n)
	}
	discard := fmt.Sprintf(`{"serviceAccessId":%q,"discardEmpCode":"0231","discardReason":"错误"}`, access.ID)
	if status, got := c.post("/crm/dms/access/discard", discard); status != 200 || got != "" {
		t.Fatal(status, got)
	}
	if n := c.search(`{"excludedMaterialCodes":["2101","2102"],"accountBizTypes":["0"],"pageNumber":1,"pageSize":5}`).TotalElements; n != lacks.TotalElements || shown() != 0 {
		t.Fatal("not taken away:", n, shown())
	}
	if status, _ := c.post("/crm/dms/access/discard", discard); status != 409 {
		t.Fatal("discarded twice:", status)
	}
}

func TestGeneratedArchiveIsDiscardedAsAWhole(t *testing.T) {
	c := start(t, Options{})
	for _, r := range c.search(`{"pageNumber":1,"pageSize":100}`).Content {
		count, id := map[string]int{}, ""
		for _, m := range c.materials(r.Account.AccountNo, r.Account.AccountBizType, "") {
			if m.ServiceAccessID != nil {
				if count[*m.ServiceAccessID]++; count[*m.ServiceAccessID] > 1 {
					id = *m.ServiceAccessID
				}
			}
		}
		if id == "" {
			continue
		}
		if status, got := c.post("/crm/dms/access/discard", fmt.Sprintf(`{"serviceAccessId":%q,"discardReason":"x"}`, id)); status != 200 {
			t.Fatal(status, got)
		}
		for _, m := range c.materials(r.Account.AccountNo, r.Account.AccountBizType, `,"withHis":true`) {
			if m.ServiceAccessID != nil && *m.ServiceAccessID == id {
				t.Fatal("still there:", m)
			}
		}
		return
	}
	t.Fatal("no archive with two materials in the first hundred accounts")
}

func TestRefusals(t *testing.T) {
	c := start(t, Options{})
	var no string
	for _, r := range c.search(`{"accountBizTypes":["0"],"deptCodes":["1202"],"pageNumber":1,"pageSize":1}`).Content {
		no = r.Account.AccountNo
	}
	archive := func(m string) string {
		return fmt.Sprintf(`{"title":"t","accountNo":%q,"accountBizType":"0","materials":[%s]}`, no, m)
	}
	for name, tc := range map[string]struct {
		path, body string
		status     int
	}{
		"unknown account":       {"/crm/dms/materials/query", `{"accountNo":"1","accountBizType":"0"}`, 404},
		"no account number":     {"/crm/dms/materials/query", `{"accountBizType":"0"}`, 400},
		"empty reason":          {"/crm/dms/access/discard", `{"serviceAccessId":"SX1","discardReason":" "}`, 400},
		"no archive id":         {"/crm/dms/access/discard", `{"discardReason":"x"}`, 400},
		"unknown archive":       {"/crm/dms/access/discard", `{"serviceAccessId":"SA00000000111","discardReason":"x"}`, 404},
		"invented archive":      {"/crm/dms/access/discard", `{"serviceAccessId":"SXnone","discardReason":"x"}`, 404},
		"both forms of a file":  {"/crm/dms/access/IMAGERY/account", archive(`{"code":"2101","fileId":"U1","base64File":{"name":"a","base64Data":"YQ=="}}`), 400},
		"neither form":          {"/crm/dms/access/IMAGERY/account", archive(`{"code":"2101"}`), 400},
		"unknown file":          {"/crm/dms/access/IMAGERY/account", archive(`{"code":"2101","fileId":"U1"}`), 404},
		"unknown material":      {"/crm/dms/access/IMAGERY/account", archive(`{"code":"9999","fileId":"U1"}`), 400},
		"empty file":            {"/crm/dms/access/IMAGERY/account", archive(`{"code":"2101","base64File":{"name":"a","base64Data":""}}`), 400},
		"broken base64":         {"/crm/dms/access/IMAGERY/account", archive(`{"code":"2101","base64File":{"name":"a","base64Data":"!!"}}`), 400},
		"other system":          {"/crm/dms/access/OTHER/account", archive(`{"code":"2101","fileId":"U1"}`), 403},
		"not a page":            {"/crm/cif/accounts/query", `{"pageNumber":0,"pageSize":10}`, 400},
		"not a date":            {"/crm/cif/accounts/query", `{"pageNumber":1,"pageSize":1,"openAcctDateRange":{"start":"yesterday"}}`, 400},
		"extra code of another": {"/crm/cif/account", `{"deptCode":"1101","accountNo":"1","accountBizType":"2","accountName":"n","accountCustomerType":"1","customerType":"0","accountStatus":"1","idType":"1","idNo":"1","extraCode":"1"}`, 400},
		"unknown path":          {"/crm/nothing", `{}`, 404},
	} {
		if status, got := c.post(tc.path, tc.body); status != tc.status {
			t.Errorf("%s: %d %s, want %d", name, status, got, tc.status)
		}
	}
	c.signIn("sh", "sh")
	if status, _ := c.post("/crm/dms/materials/query", fmt.Sprintf(`{"accountNo":%q,"accountBizType":"0"}`, no)); status != 403 {
		t.Error("another branch's account:", status)
	}
	for _, r := range c.search(`{"pageNumber":1,"pageSize":1000}`).Content {
		if r.Account.DeptCode != "1101" {
			t.Fatal("sh sees", r.Account.DeptCode)
		}
	}
}

func TestTokensExpire(t *testing.T) {
	now := time.Now()
	c := start(t, Options{Accounts: 10, TokenLife: time.Minute, Now: func() time.Time { return now }})
	if status, _ := c.post("/crm/cif/accounts/query", `{"pageNumber":1,"pageSize":1}`); status != 200 {
		t.Fatal(status)
	}
	now = now.Add(61 * time.Second)
	if status, got := c.post("/crm/cif/accounts/query", `{"pageNumber":1,"pageSize":1}`); status != 401 || !strings.Contains(got, `"status":401`) {
		t.Fatal(status, got)
	}
	if status := c.signIn("demo", "wrong"); status != 401 || c.token != "" {
		t.Fatal(status)
	}
}

func TestUploadIsTemporaryUntilArchived(t *testing.T) {
	now := time.Now()
	c := start(t, Options{Accounts: 20, TokenLife: 100 * time.Hour, TempLife: time.Hour, Now: func() time.Time { return now }})
	upload := func() fileInfo {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		_ = m.WriteField("createTime", "2026-01-02 03:04:05")
		w, _ := m.CreateFormFile("file", "扫描.jpg")
		_, _ = w.Write([]byte("\xff\xd8\xff\xe0 picture"))
		_ = m.Close()
		req, _ := http.NewRequest("POST", c.url+"/crm/dms/files", &b)
		req.Header.Set("Content-Type", m.FormDataContentType())
		status, got := c.do(req)
		var f fileInfo
		if err := json.Unmarshal([]byte(got), &f); err != nil || status != 200 {
			t.Fatal(status, got)
		}
		return f
	}
	fetch := func(id string) int {
		req, _ := http.NewRequest("GET", c.url+"/crm/dms/files/"+id+"/file", nil)
		status, _ := c.do(req)
		return status
	}
	lost, kept := upload(), upload()
	if !lost.IsTemp || lost.FileSize != 12 || *lost.CreateTime != "2026-01-02 03:04:05" || lost.FileOriginalName != "扫描.jpg" {
		t.Fatalf("%+v", lost)
	}
	a := c.search(`{"pageNumber":1,"pageSize":1}`).Content[0].Account
	if status, got := c.post("/crm/dms/access/IMAGERY/account", fmt.Sprintf(`{"title":"t","accountNo":%q,"accountBizType":%q,"materials":[{"code":"4101","fileId":%q}]}`, a.AccountNo, a.AccountBizType, kept.ID)); status != 200 {
		t.Fatal(status, got)
	}
	if fetch(lost.ID) != 200 || fetch(kept.ID) != 200 {
		t.Fatal("not there")
	}
	now = now.Add(2 * time.Hour)
	if fetch(lost.ID) != 404 || fetch(kept.ID) != 200 {
		t.Fatal("temporary file outlived its time, or an archived one did not")
	}
}

func TestFilesAreWhatTheListSays(t *testing.T) {
	c := start(t, Options{Accounts: 40})
	files := 0
	for _, r := range c.search(`{"pageNumber":1,"pageSize":6}`).Content {
		for _, m := range c.materials(r.Account.AccountNo, r.Account.AccountBizType, `,"withCustomer":true,"withHis":true`) {
			for _, f := range m.Files {
				req, _ := http.NewRequest("GET", c.url+"/crm/dms/files/"+f.ID+"/file", nil)
				status, got := c.do(req)
				if status != 200 || int64(len(got)) != f.FileSize {
					t.Fatal(f.ID, status, len(got), f.FileSize)
				}
				files++
			}
		}
	}
	if files < 20 {
		t.Fatal("only", files)
	}
}

func TestSameSeedSameBook(t *testing.T) {
	const all = `{"pageNumber":1,"pageSize":100}`
	a, b, other := start(t, Options{Accounts: 60, Seed: 7}), start(t, Options{Accounts: 60, Seed: 7}), start(t, Options{Accounts: 60, Seed: 8})
	_, x := a.post("/crm/cif/accounts/query", all)
	_, y := b.post("/crm/cif/accounts/query", all)
	_, z := other.post("/crm/cif/accounts/query", all)
	if x != y || x == z {
		t.Fatal("the seed does not decide")
	}
}
