package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// everything sets every filter of interface 9.
func everything() SearchAccountsRequest {
	return SearchAccountsRequest{
		MaterialCodes: []string{"1101", "1102"}, ExcludedMaterialCodes: []string{"2101"}, OpenedFrom: Date{2026, 1, 2}, OpenedTo: Date{2026, 3, 4},
		DeptCodes: []string{"D"}, AccountBizTypes: []string{"0"}, AccountCustomerTypes: []string{"1"}, PageNumber: 3, PageSize: 50,
	}
}

// Contract, "Dotted names": nested in JSON, dotted in queries and forms with lists as repeated keys; "Empty lists": omitted.
func TestWhereFieldsTravel(t *testing.T) {
	nested := `{"materialCodes":["1101","1102"],"excludedMaterialCodes":["2101"],"openAcctDateRange":{"start":"2026-01-02","end":"2026-03-04"},` +
		`"deptCodes":["D"],"accountBizTypes":["0"],"accountCustomerTypes":["1"],"pageNumber":3,"pageSize":50}`
	dotted := "accountBizTypes=0&accountCustomerTypes=1&deptCodes=D&excludedMaterialCodes=2101&materialCodes=1101&materialCodes=1102" +
		"&openAcctDateRange.end=2026-03-04&openAcctDateRange.start=2026-01-02&pageNumber=3&pageSize=50"
	for name, c := range map[string]struct {
		ep          Endpoint
		query, body string
	}{
		"json":  {Endpoint{Method: "POST", Path: "/accounts", Default: InJSON}, "", nested},
		"query": {Endpoint{Method: "GET", Path: "/accounts", Default: InQuery}, dotted, ""},
		"form":  {Endpoint{Method: "POST", Path: "/accounts", Default: InForm}, "", dotted},
		"fixed": {Endpoint{Method: "POST", Path: "/accounts", Default: InForm, Fixed: map[string]string{"v": "2"}}, "v=2", dotted},
		"paging in the query": {
			Endpoint{Method: "POST", Path: "/accounts", Default: InJSON, Fields: map[string]Field{"pageNumber": {In: InQuery, Name: "page"}, "pageSize": {In: InQuery, Name: "size"}}},
			"page=3&size=50", strings.Replace(nested, `,"pageNumber":3,"pageSize":50`, "", 1),
		},
		"types": {
			Endpoint{Method: "POST", Path: "/accounts", Default: InJSON, Fields: map[string]Field{
				"pageNumber": {Type: "string"}, "materialCodes": {Type: "number"}, "deptCodes": {Name: "depts"},
			}},
			"", strings.NewReplacer(`"pageNumber":3`, `"pageNumber":"3"`, `["1101","1102"]`, `[1101,1102]`, `"deptCodes"`, `"depts"`).Replace(nested),
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, s := says(t, `{"content":[]}`)
			client.Endpoints[OpSearchAccounts] = c.ep
			if _, err := client.SearchAccounts(t.Context(), everything()); err != nil {
				t.Fatal(err)
			}
			got := s.last(t)
			if got.Method != c.ep.Method || got.URL.Path != "/accounts" || got.URL.RawQuery != c.query || got.body != c.body {
				t.Errorf("%s %s\n%s\nwant ?%s\n%s", got.Method, got.URL, got.body, c.query, c.body)
			}
		})
	}
	client, s := says(t, `{"content":[]}`)
	if _, err := client.SearchAccounts(t.Context(), SearchAccountsRequest{PageNumber: 1, PageSize: 20}); err != nil || s.last(t).body != `{"pageNumber":1,"pageSize":20}` {
		t.Errorf("empty filters were sent: %s %v", s.last(t).body, err)
	}
}

// Every interface goes where its endpoint says, with what the contract's table lists.
func TestEveryInterface(t *testing.T) {
	at := Time{time.Date(2026, 3, 28, 2, 20, 30, 0, time.UTC)}
	archive := Archive{SystemCode: "SYS/1", Title: "补录", BusinessID: "B", CreateTime: at, Extras: "{}", Materials: []ArchiveMaterial{
		{Code: "1101", Source: BytesSource("a.jpg", []byte("hello"))}, {Code: "1102", FileID: "F"},
	}}
	materials := `"createTime":"2026-03-28 10:20:30","extras":"{}","materials":[{"code":"1101","base64File":{"name":"a.jpg","base64Data":"aGVsbG8="}},{"code":"1102","fileId":"F"}]}`
	calls := map[string]struct {
		call func(c *Client) error
		path string
		body string
	}{
		"1": {func(c *Client) error { _, err := c.SignIn(t.Context(), "u", NewSecret(" p\" ")); return err }, "POST " + SignInPath, `{"username":"u","password":" p\" "}`},
		"2": {
			func(c *Client) error {
				_, err := c.ArchiveToAccount(t.Context(), ArchiveToAccountRequest{"8800000001", "0", archive})
				return err
			},
			"POST /access/SYS%2F1/account", `{"title":"补录","businessId":"B","accountBizType":"0","accountNo":"8800000001",` + materials,
		},
		"3": {
			func(c *Client) error { return c.Discard(t.Context(), DiscardRequest{"SA", "0231", "重复"}) },
			"POST /discard", `{"serviceAccessId":"SA","discardEmpCode":"0231","discardReason":"重复"}`,
		},
		"4": {
			func(c *Client) error {
				_, err := c.AddAccount(t.Context(), AddAccountRequest{"D", "88", "0", "张三", "1", "0", "1", "1", NewIDNumber("310"), "X"})
				return err
			},
			"POST /account", `{"deptCode":"D","accountNo":"88","accountBizType":"0","accountName":"张三","accountCustomerType":"1","customerType":"0","accountStatus":"1","idType":"1","idNo":"310","extraCode":"X"}`,
		},
		"6": {
			func(c *Client) error {
				_, err := c.ArchiveToCustomer(t.Context(), ArchiveToCustomerRequest{"1", NewIDNumber("310"), "", "", archive})
				return err
			},
			"POST /access/SYS%2F1/customer", `{"idType":"1","idNo":"310","title":"补录","businessId":"B",` + materials,
		},
		"7": {
			func(c *Client) error {
				_, err := c.ListMaterials(t.Context(), ListMaterialsRequest{"88", "0", true, false, []string{"1101"}})
				return err
			},
			"POST /materials", `{"accountNo":"88","accountBizType":"0","withCustomer":true,"withHis":false,"materialCodes":["1101"]}`,
		},
		"8": {
			func(c *Client) error {
				f, err := c.FetchFile(t.Context(), "F-1_a")
				if err == nil {
					err = f.Close()
				}
				return err
			},
			"GET /crm/dms/files/F-1_a/file", "",
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			c, s := serve(t, func(w http.ResponseWriter, r *http.Request, _ string) {
				w.Header().Set("Authorization", "token")
				if name == "7" {
					_, _ = io.WriteString(w, "[]")
				} else if name == "8" {
					_, _ = io.WriteString(w, "bytes")
				} else if name != "3" {
					_, _ = io.WriteString(w, `{"id":1}`)
				}
			})
			if err := call.call(c); err != nil {
				t.Fatal(err)
			}
			if got := s.last(t); got.Method+" "+got.URL.EscapedPath() != call.path || got.body != call.body {
				t.Errorf("%s %s\n%s\nwant %s\n%s", got.Method, got.URL.EscapedPath(), got.body, call.path, call.body)
			}
		})
	}
}

// The file travels as a part of the name the collection gives, and size and name arrive.
func TestUploadIsMultipart(t *testing.T) {
	c, s := says(t, `{"id":"F1","isTemp":true}`)
	c.Endpoints[OpUploadFile] = Endpoint{Method: "POST", Path: "/files", Default: InPart, Fields: map[string]Field{"file": {Name: "uploadFile"}}}
	f, err := c.UploadFile(t.Context(), BytesSource("扫\"描\r\n.jpg", []byte("\x00\xff bytes")), Time{time.Date(2026, 3, 28, 2, 20, 30, 0, time.UTC)})
	if err != nil || f.ID != "F1" || !f.IsTemp {
		t.Fatal(f, err)
	}
	got := s.last(t)
	_, params, _ := mime.ParseMediaType(got.Header.Get("Content-Type"))
	form, err := multipart.NewReader(strings.NewReader(got.body), params["boundary"]).ReadForm(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	part := form.File["uploadFile"]
	if len(part) != 1 || part[0].Filename != `扫"描.jpg` || part[0].Size != 8 || form.Value["createTime"][0] != "2026-03-28 10:20:30" {
		t.Errorf("%+v %v", part, form.Value)
	}
	if int(got.ContentLength) != len(got.body) {
		t.Errorf("announced %d bytes, sent %d", got.ContentLength, len(got.body))
	}
}

// The system code may be a query parameter, under another name.
func TestSystemCodeInTheQuery(t *testing.T) {
	c, s := says(t, `{"id":1}`)
	c.Endpoints[OpArchiveToAccount] = Endpoint{Method: "PUT", Path: "/archive", Default: InJSON, Fields: map[string]Field{"systemCode": {In: InQuery, Name: "sys"}}}
	if _, err := c.ArchiveToAccount(t.Context(), minimal()); err != nil || s.last(t).URL.RawQuery != "sys=S" {
		t.Errorf("%s %v", s.last(t).URL, err)
	}
}

// Requests that cannot be right are refused before anything is sent.
func TestInvalidRequests(t *testing.T) {
	c, s := says(t, `{}`)
	two := minimal()
	two.Materials = []ArchiveMaterial{{Code: "1", FileID: "F", Source: BytesSource("a", []byte("x"))}}
	none := minimal()
	none.Materials = []ArchiveMaterial{{Code: "1"}}
	empty := minimal()
	empty.Materials = []ArchiveMaterial{{Code: "1", Source: BytesSource("a", nil)}}
	noCode := minimal()
	noCode.SystemCode = ""
	for field, call := range map[string]func() error{
		"materials[0].fileId":     func() error { _, err := c.ArchiveToAccount(t.Context(), two); return err },
		"materials[0].fileId ":    func() error { _, err := c.ArchiveToAccount(t.Context(), none); return err },
		"materials[0].base64File": func() error { _, err := c.ArchiveToAccount(t.Context(), empty); return err },
		"materials":               func() error { _, err := c.ArchiveToAccount(t.Context(), ArchiveToAccountRequest{}); return err },
		"systemCode":              func() error { _, err := c.ArchiveToAccount(t.Context(), noCode); return err },
		"serviceAccessId":         func() error { return c.Discard(t.Context(), DiscardRequest{"", "1", "r"}) },
		"discardReason":           func() error { return c.Discard(t.Context(), DiscardRequest{"1", "1", ""}) },
		"deptCode":                func() error { _, err := c.AddAccount(t.Context(), AddAccountRequest{}); return err },
		"extraCode": func() error {
			_, err := c.AddAccount(t.Context(), AddAccountRequest{AccountBizType: "2", ExtraCode: "x"})
			return err
		},
		"file":      func() error { _, err := c.UploadFile(t.Context(), BytesSource("a", nil), Time{}); return err },
		"accountNo": func() error { _, err := c.ListMaterials(t.Context(), ListMaterialsRequest{}); return err },
		"fileId":    func() error { _, err := c.FetchFile(t.Context(), "../../etc/passwd"); return err },
		"fileId ":   func() error { _, err := c.FetchFile(t.Context(), ""); return err },
	} {
		err := call()
		var inv *InvalidError
		if !errors.As(err, &inv) || inv.Field != strings.TrimSpace(field) || !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", field, err)
		}
	}
	if s.count() != 0 {
		t.Errorf("%d requests went out", s.count())
	}
	delete(c.Endpoints, OpDiscard)
	if err := c.Discard(t.Context(), DiscardRequest{"1", "1", "r"}); !errors.Is(err, ErrNoEndpoint) || !strings.Contains(err.Error(), "interface 3") {
		t.Error(err)
	}
}

// book answers interface 9 for n accounts, counting pages from base, and tells of neighbours as told.
func book(t *testing.T, n, base int, shape string) (*Client, *server) {
	t.Helper()
	c, s := serve(t, func(w http.ResponseWriter, r *http.Request, body string) {
		q, _ := url.ParseQuery(body)
		number, _ := strconv.Atoi(q.Get("pageNumber"))
		size, _ := strconv.Atoi(q.Get("pageSize"))
		number -= base
		if number < 0 {
			http.Error(w, `{"status":400,"error":"Bad Request"}`, http.StatusBadRequest)
			return
		}
		var rows []string
		for i := number * size; i < min(n, (number+1)*size); i++ {
			rows = append(rows, `{"account":{"accountId":"A`+strconv.Itoa(i)+`"}}`)
		}
		more := map[string]string{
			"vendor": `,"first":` + strconv.FormatBool(number == 0) + `,"previousPage":` + strconv.FormatBool(number > 0) + `,"nextPage":` + strconv.FormatBool((number+1)*size < n) + `,"last":` + strconv.FormatBool((number+1)*size >= n),
			"spring": `,"first":` + strconv.FormatBool(number == 0) + `,"last":` + strconv.FormatBool((number+1)*size >= n),
			"bare":   ``,
		}[shape]
		if shape != "total" {
			more += `,"size":` + strconv.Itoa(size)
		}
		_, _ = io.WriteString(w, `{"totalElements":`+strconv.Itoa(n)+more+`,"content":[`+strings.Join(rows, ",")+`]}`)
	})
	c.PageBase = PageBaseUnknown
	c.Endpoints[OpSearchAccounts] = Endpoint{Method: "POST", Path: "/accounts", Default: InForm}
	return c, s
}

// Contract, "Page base 0 or 1": found out once; every account of a search comes exactly once, whatever the base.
func TestPageBase(t *testing.T) {
	for _, shape := range []string{"vendor", "spring", "bare", "total"} {
		for base := range 2 {
			for _, n := range []int{0, 1, 2, 3, 4, 7} {
				c, s := book(t, n, base, shape)
				for range 2 {
					got := map[Text]int{}
					for a, err := range c.AllAccounts(t.Context(), SearchAccountsRequest{PageSize: 2}) {
						if err != nil {
							t.Fatalf("%s base %d, %d accounts: %v", shape, base, n, err)
						}
						got[a.Account.AccountID]++
					}
					if len(got) != n || n > 0 && got["A0"] != 1 {
						t.Errorf("%s base %d: %d of %d accounts: %v", shape, base, len(got), n, got)
					}
				}
				if want := map[int]PageBase{0: PageBaseZero, 1: PageBaseOne}[base]; n > 2 && c.LearntPageBase() != want {
					t.Errorf("%s base %d: learnt %d from %d requests", shape, base, c.LearntPageBase(), s.count())
				}
				if n == 0 && (shape == "bare" || shape == "total") && c.LearntPageBase() != PageBaseUnknown {
					t.Error("an empty book decided the page base")
				}
			}
		}
	}
}

// A request for page 0 that got no answer, or one about something else, decides nothing: guessed wrong, the base would hide the first page.
func TestALostAnswerDoesNotDecideThePageBase(t *testing.T) {
	for _, status := range []int{0, http.StatusForbidden, http.StatusServiceUnavailable} {
		var fail atomic.Bool
		fail.Store(true)
		c, _ := serve(t, func(w http.ResponseWriter, _ *http.Request, body string) {
			if strings.Contains(body, `"pageNumber":0`) && fail.Load() {
				if status == 0 {
					panic(http.ErrAbortHandler)
				}
				w.WriteHeader(status)
				return
			}
			q := struct{ PageNumber int }{}
			_ = json.Unmarshal([]byte(body), &q)
			_, _ = fmt.Fprintf(w, `{"totalElements":3,"size":1,"content":[{"account":{"accountId":"A%d"}}]}`, q.PageNumber)
		})
		c.PageBase = PageBaseUnknown
		if p, err := c.SearchAccounts(t.Context(), SearchAccountsRequest{PageNumber: 1, PageSize: 1}); err == nil || c.LearntPageBase() != PageBaseUnknown {
			t.Errorf("%d: %+v, learnt %d", status, p, c.LearntPageBase())
		}
		fail.Store(false)
		if p, err := c.SearchAccounts(t.Context(), SearchAccountsRequest{PageNumber: 1, PageSize: 1}); err != nil || p.Content[0].Account.AccountID != "A0" {
			t.Errorf("%d: %+v, %v", status, p, err)
		}
	}
}

// However a platform says that it has no page 0, it counts from 1; said once, it may be an error of the moment.
func TestAnAnswerWithoutAPageZeroDecidesThePageBase(t *testing.T) {
	for _, answer := range []string{"null", `{"code":0,"data":null}`, "", "<html><title>error</title></html>", `{"code":500,"msg":"busy"}`} {
		for base := range 2 {
			var refusals atomic.Int32 // of a platform that has page 0: one
			c, _ := serve(t, func(w http.ResponseWriter, _ *http.Request, body string) {
				q := struct{ PageNumber int }{}
				_ = json.Unmarshal([]byte(body), &q)
				if q.PageNumber == 0 && (base == 1 || refusals.Add(1) == 1) {
					_, _ = io.WriteString(w, answer)
					return
				}
				_, _ = fmt.Fprintf(w, `{"totalElements":3,"size":1,"content":[{"account":{"accountId":"A%d"}}]}`, q.PageNumber-base)
			})
			c.PageBase = PageBaseUnknown
			p, err := c.SearchAccounts(t.Context(), SearchAccountsRequest{PageNumber: 1, PageSize: 1})
			if err != nil || p.Content[0].Account.AccountID != "A0" {
				t.Errorf("%q, base %d: %+v, %v", answer, base, p, err)
			}
		}
	}
}

// A list of numbers in the JSON of a request that is sent as a form is repeated keys there.
func TestTypedListsInAForm(t *testing.T) {
	c, s := says(t, `{"content":[],"totalElements":0}`)
	c.Endpoints[OpSearchAccounts] = Endpoint{Method: "POST", Path: "/accounts", Default: InJSON, Fields: map[string]Field{"pageSize": {In: InForm}, "materialCodes": {In: InJSON, Type: "number"}}}
	if _, err := c.SearchAccounts(t.Context(), SearchAccountsRequest{MaterialCodes: []string{"1101", "1102"}, PageSize: 10}); err != nil {
		t.Fatal(err)
	}
	if got, _ := url.ParseQuery(s.last(t).body); !slices.Equal(got["materialCodes"], []string{"1101", "1102"}) {
		t.Errorf("%v", got)
	}
}

// Materials travel as JSON text where an endpoint wants them in a form, a query or a part; files in them only where a body streams.
func TestMaterialsOutsideAJSONBody(t *testing.T) {
	inline := minimal()
	inline.Materials = append(inline.Materials, ArchiveMaterial{Code: "1102", Source: BytesSource("a.jpg", []byte("abc"))})
	for place, text := range map[Place]string{InForm: url.QueryEscape(`[{"code":"1101","fileId":"F"}]`), InPart: `[{"code":"1101","fileId":"F"}]`, InQuery: url.QueryEscape(`[{"code":"1101","fileId":"F"}]`)} {
		c, s := says(t, `{"id":1}`)
		c.Endpoints[OpArchiveToAccount] = Endpoint{Method: "POST", Path: "/archive", Default: place, Fields: map[string]Field{"title": {In: InJSON}}}
		titled := minimal()
		titled.Title = "t1"
		if _, err := c.ArchiveToAccount(t.Context(), titled); err != nil {
			t.Fatal(place, err)
		}
		if all := s.last(t).URL.RawQuery + s.last(t).body; !strings.Contains(all, text) || !strings.Contains(all, "t1") {
			t.Errorf("%s: %s", place, all)
		}
		_, err := c.ArchiveToAccount(t.Context(), inline)
		switch sent := s.last(t).body; {
		case place == InPart && (err != nil || !strings.Contains(sent, `{"code":"1102","base64File":{"name":"a.jpg","base64Data":"YWJj"}}`)):
			t.Errorf("%s: %v %s", place, err, sent)
		case place != InPart && (!errors.Is(err, ErrInvalid) || s.count() != 1):
			t.Errorf("%s: %v", place, err)
		}
	}
}

// A platform that never ends, or repeats a page, does not make the iterator run for ever; and one may stop early.
func TestIteratorsEnd(t *testing.T) {
	c, s := says(t, `{"content":[{"account":{"accountId":"A"}}],"nextPage":true}`)
	n := 0
	for _, err := range c.AllAccounts(t.Context(), SearchAccountsRequest{PageSize: 1}) {
		if n++; err != nil || n > 5 {
			t.Fatal(n, err)
		}
	}
	if n != 1 || s.count() != 2 {
		t.Errorf("%d accounts from %d requests", n, s.count())
	}
	c, s = book(t, 100, 1, "vendor")
	for range c.AllAccounts(t.Context(), SearchAccountsRequest{PageSize: 10}) {
		break
	}
	if s.count() != 1 {
		t.Errorf("%d requests for one account", s.count())
	}
}
