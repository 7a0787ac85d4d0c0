package client

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

// Contract, "Dates" and "Zoneless dates": every shape is the same moment.
func TestDatesInEveryShape(t *testing.T) {
	want := time.Date(2026, 3, 28, 10, 20, 30, 0, shanghai())
	day := time.Date(2026, 3, 28, 0, 0, 0, 0, shanghai())
	for in, w := range map[string]time.Time{
		`1774664430000`: want, `"1774664430000"`: want,
		`"2026-03-28T02:20:30Z"`: want, `"2026-03-28T02:20:30.000Z"`: want, `"2026-03-28T02:20:30+00:00"`: want, `"2026-03-28T02:20:30+0000"`: want,
		`"2026-03-28T02:20:30.000+0000"`: want, `"2026-03-28T10:20:30+08:00"`: want, `"2026-03-28T10:20:30"`: want,
		`"2026-03-28 10:20:30"`: want, `"2026-03-28 10:20"`: want.Truncate(time.Minute), `"2026/03/28 10:20:30"`: want, `"20260328102030"`: want,
		`[2026,3,28,10,20,30]`: want, `["2026","3","28","10","20","30"]`: want, `[2026,3,28,10,20,30,0]`: want, `[2026,3,28]`: day,
		`"2026-03-28"`: day, `"2026/03/28"`: day, `"20260328"`: day,
		`null`: {}, `""`: {}, `"0000-00-00 00:00:00"`: {},
	} {
		c, _ := says(t, `{"id":"1","createTime":`+in+`}`)
		got, err := c.ArchiveToAccount(t.Context(), minimal())
		if err != nil || !got.CreateTime.Equal(w) {
			t.Errorf("%s: %v, %v; want %v", in, got, err, w)
		}
	}
	berlin := time.FixedZone("CET", 3600)
	c, _ := says(t, `{"id":"1","createTime":"2026-03-28 10:20:30"}`)
	c.Location = berlin
	if got, err := c.ArchiveToAccount(t.Context(), minimal()); err != nil || got.CreateTime.Hour() != 10 || !got.CreateTime.Equal(want.Add(7*time.Hour)) {
		t.Errorf("in the profile's zone: %v, %v", got.CreateTime, err)
	}
	for _, in := range []string{`"tomorrow"`, `{}`, `[2026,13,1]`, `[2026]`, `true`, `1.5`} {
		c, _ := says(t, `{"id":"1","createTime":`+in+`}`)
		_, err := c.ArchiveToAccount(t.Context(), minimal())
		var m *MalformedError
		if !errors.As(err, &m) || m.Field != "createTime" || m.Op != OpArchiveToAccount {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func minimal() ArchiveToAccountRequest {
	return ArchiveToAccountRequest{"8800000001", "0", Archive{SystemCode: "S", Materials: []ArchiveMaterial{{Code: "1101", FileID: "F"}}}}
}

// Contract, "Longs, codes, booleans", "isTemp": numbers, strings and booleans stand for one another; ids never pass through a float.
func TestScalarsInEveryShape(t *testing.T) {
	for in, want := range map[string]File{
		`{"id":9007199254740993,"fileSize":"12","isTemp":true}`:                          {ID: "9007199254740993", FileSize: 12, IsTemp: true},
		`{"id":"9007199254740993","fileSize":12,"temp":"true","empCode":231}`:            {ID: "9007199254740993", FileSize: 12, IsTemp: true, EmpCode: "231"},
		`{"id":"A","fileSize":null,"isTemp":0,"fileExtName":null}`:                       {ID: "A"},
		`{"id":"A","fileSize":"","isTemp":"1","fileOriginalName":"中\u6587\ud83d\ude00"}`: {ID: "A", IsTemp: true, FileOriginalName: "中文😀"},
	} {
		c, _ := says(t, in)
		got, err := c.UploadFile(t.Context(), BytesSource("a.jpg", []byte("x")), Time{})
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		got.Extra = nil
		if a, b := mustJSON(t, got), mustJSON(t, want); a != b {
			t.Errorf("%s:\n%s\nwant\n%s", in, a, b)
		}
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Contract, "sourceType", "Empty lists", "Unknown fields", "Envelope".
func TestMaterialsInEveryShape(t *testing.T) {
	for in, want := range map[string]string{
		`[]`: "", `null`: "", `{"code":200}`: "", `{"data":null}`: "", `{"code":200,"msg":"ok","data":[]}`: "",
		`[{"id":1,"sourceType":"ARCHIVE","fileIds":["a","b"]}]`:                                   "1 ARCHIVE a,b",
		`{"data":[{"id":"1","sourceType":2,"fileIds":null}]}`:                                     "1 2 ",
		`{"result":[{"id":1,"sourceType":{"code":"WF","name":"流程"},"fileIds":"a, b"}]}`:           "1 WF a,b",
		`{"content":[{"id":1,"sourceType":null,"files":null,"fileIds":[12]}]}`:                    "1  12",
		`{"code":"0","data":{"content":[{"id":1}]}}`:                                              "1  ",
		"\xef\xbb\xbf [ {\"id\" : 1 , \"new\" : {\"a\":[1,{}]} , \"sourceType\" : \"x\" } ] \r\n": "1 x ",
	} {
		c, _ := says(t, in)
		got, err := c.ListMaterials(t.Context(), ListMaterialsRequest{AccountNo: "1", AccountBizType: "0"})
		var s []string
		for _, m := range got {
			ids := make([]string, len(m.FileIDs))
			for i, id := range m.FileIDs {
				ids[i] = id.Raw()
			}
			s = append(s, m.ID.Raw()+" "+m.SourceType.Raw()+" "+strings.Join(ids, ","))
		}
		if err != nil || strings.Join(s, ";") != want {
			t.Errorf("%s: %q, %v; want %q", in, s, err, want)
		}
	}
	none, _ := says(t, ``)
	var m *MalformedError
	if _, err := none.ListMaterials(t.Context(), ListMaterialsRequest{AccountNo: "1", AccountBizType: "0"}); !errors.As(err, &m) || m.Flaw != FlawEmpty || m.Op != 7 {
		t.Errorf("no bytes: %v", err)
	}
	c, _ := says(t, `[{"id":1,"new":{"a":[1,{}]},"files":[{"id":"f","later":true}]}]`)
	got, err := c.ListMaterials(t.Context(), ListMaterialsRequest{AccountNo: "1", AccountBizType: "0"})
	if err != nil {
		t.Fatal(err)
	}
	if s := mustJSON(t, got); !strings.Contains(s, `"new":{"a":[1,{}]}`) || !strings.Contains(s, `"later":true`) {
		t.Errorf("unknown fields got lost: %s", s)
	}
}

// Contract, "Page": the vendor's class, Spring's, and {content, page}, enveloped or not; and what ends a listing.
func TestPagesInEveryShape(t *testing.T) {
	row := `{"account":{"accountId":"A1","accountNo":1,"openAcctDate":"2026-03-28"},"customer":{"raxRegNo":"T"},"department":null}`
	for in, want := range map[string]struct {
		next  bool
		total int64
		pages int
	}{
		`{"number":1,"size":1,"totalPages":3,"numberOfElements":1,"totalElements":3,"previousPage":false,"first":true,"nextPage":true,"last":false,"content":[` + row + `]}`: {true, 3, 3},
		`{"content":[` + row + `],"pageable":{"pageNumber":0},"last":true,"totalPages":1,"totalElements":"1","size":20,"number":0,"first":true,"empty":false,"sort":{}}`:     {false, 1, 1},
		`{"content":[` + row + `],"page":{"size":1,"number":0,"totalElements":9,"totalPages":9}}`:                                                                            {true, 9, 9},
		`{"data":{"content":[` + row + `],"totalElements":1,"size":10}}`:                                                                                                     {false, 1, 1},
		`{"code":"00000","result":{"content":[` + row + `],"totalElements":5,"size":"1"}}`:                                                                                   {true, 5, 5},
		`{"content":null,"totalElements":0}`: {},
		`{"content":[],"nextPage":true}`:     {},
		`{"content":null}`:                   {},
		`{"data":{"content":null}}`:          {},
		`{"totalElements":0}`:                {},
	} {
		c, _ := says(t, in)
		p, err := c.SearchAccounts(t.Context(), SearchAccountsRequest{PageNumber: 1, PageSize: 1})
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if p.HasNext != want.next || p.TotalElements != want.total || p.Pages() != want.pages {
			t.Errorf("%s: next %t, %d in %d pages", in, p.HasNext, p.TotalElements, p.Pages())
		}
		for _, a := range p.Content {
			if a.Account.AccountNo != "1" || a.Account.OpenAcctDate.String() != "2026-03-28" || a.Customer.RaxRegNo != "T" {
				t.Errorf("%s: %+v", in, a)
			}
		}
	}
	for in, field := range map[string]string{
		`{"content":[{}],"numberOfElements":2}`:             "numberOfElements",
		`{"content":[],"totalElements":-1}`:                 "",
		`{"content":{}}`:                                    "content",
		`{"content":[{"account":{"openAcctDate":"soon"}}]}`: "content[0].account.openAcctDate",
		`{"content":[{},{"customer":[]}]}`:                  "content[1].customer",
		`{"totalElements":"many","content":[]}`:             "totalElements",
		`{"hello":1}`:                                       "content",
		``:                                                  "",
		`null`:                                              "",
		`{"code":200,"data":null}`:                          "data",
		`{"data":{"result":null}}`:                          "data.result",
		`{"content":null,"totalElements":5}`:                "content",
		`{"content":[],"totalElements":5}`:                  "content",
		`{"totalElements":5}`:                               "content",
		`{"content":[],"page":{"totalElements":5}}`:         "content",
		`[1]`:                              "",
		`<html><title>Down</title></html>`: "",
		`{"content":[`:                     "",
		`{"content":[]} trailing`:          "",
	} {
		c, _ := says(t, in)
		_, err := c.SearchAccounts(t.Context(), SearchAccountsRequest{PageNumber: 1, PageSize: 1})
		var m *MalformedError
		if !errors.As(err, &m) || m.Field != field || m.Op != OpSearchAccounts {
			t.Errorf("%s: %v (field %q)", in, err, m.Field)
		}
		if strings.HasPrefix(in, "<html") && !strings.Contains(err.Error(), "Down") {
			t.Errorf("the page's title is not told: %v", err)
		}
	}
}

// A failure inside a 2xx envelope is a failure with the platform's words.
func TestFailureInAnEnvelope(t *testing.T) {
	c, _ := says(t, `{"code":"A0301","msg":"无权访问","data":null}`)
	_, err := c.ListMaterials(t.Context(), ListMaterialsRequest{AccountNo: "1", AccountBizType: "0"})
	var e *Error
	if !errors.As(err, &e) || e.Op != OpListMaterials || e.Message != "无权访问" {
		t.Errorf("%v", err)
	}
}

// Offsets point at the byte where the reply stops making sense.
func TestOffsets(t *testing.T) {
	c, _ := says(t, `[{"id":1},  {"createTime":"soon"}]`)
	_, err := c.ListMaterials(t.Context(), ListMaterialsRequest{AccountNo: "1", AccountBizType: "0"})
	var m *MalformedError
	if !errors.As(err, &m) || m.Field != "[1].createTime" || m.Offset != 26 {
		t.Errorf("%v", err)
	}
	if !strings.Contains(err.Error(), "interface 7: [1].createTime at byte 26") {
		t.Errorf("%v", err)
	}
}

func TestParseDate(t *testing.T) {
	for in, want := range map[string]string{"2026-03-28": "2026-03-28", "2026-3-8": "2026-03-08", " 20260328 ": "2026-03-28", "2026/3/28": "2026-03-28"} {
		if d, err := ParseDate(in); err != nil || d.String() != want {
			t.Errorf("%q: %v, %v", in, d, err)
		}
	}
	for _, in := range []string{"", "28.3.2026", "2026-02-30", "\x1b[31m"} {
		if d, err := ParseDate(in); err == nil {
			t.Errorf("%q became %v", in, d)
		} else if strings.Contains(err.Error(), "\x1b") {
			t.Errorf("the error carries an escape: %q", err)
		}
	}
}

// Whatever bytes come, the answer is an error or a value, never a panic.
func FuzzReplies(f *testing.F) {
	for _, s := range []string{`[]`, `{"data":[{"id":1}]}`, `{"content":[{"account":{"accountId":"x"}}],"page":{}}`, `"\ud800"`, `[1,{"a":[[]]}]`, ``, `{`, "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d := (&Client{}).decoder()
		v, err := parse(b)
		if err != nil {
			return
		}
		_, _ = list(d, v, readMaterial)
		_, _ = readPage(d, v, readCustomerAccount)
		var sa ServiceAccess
		if readServiceAccess(d, v, &sa) == nil {
			if _, err := json.Marshal(sa); err != nil {
				t.Errorf("%q: %v", b, err)
			}
		}
		_ = serverMessage(b)
	})
}
