package postman

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"imagery/assets"
	"imagery/client"
)

func TestTheDemosOwnCollectionHasNineInterfacesAndNoDoubt(t *testing.T) {
	eps, err := Demo()
	if err != nil {
		t.Fatal(err)
	}
	for op, path := range map[client.Op]string{
		1: "/crm/login/jwt", 2: "/crm/dms/access/{systemCode}/account", 3: "/crm/dms/access/discard", 4: "/crm/cif/account", 5: "/crm/dms/files",
		6: "/crm/dms/access/{systemCode}/customer", 7: "/crm/dms/materials/query", 8: "/crm/dms/files/{fileId}/file", 9: "/crm/cif/accounts/query",
	} {
		if eps[op].Path != path || len(eps[op].Fields) != 0 {
			t.Errorf("%s: %+v, want %s", op, eps[op], path)
		}
	}
}

const other = `{"info":{"name":"x","schema":"v2.0"},"variable":[{"key":"base","value":"http://8.8.8.8:1"},{"key":"ctx","value":"api/v2"}],"item":[{"name":"folder","item":[
 {"name":"（9）查询","request":{"method":"get","url":"{{base}}/{{ctx}}/accounts?materialCodes=1&openAcctDateRange.start=2020-01-01&openAcctDateRange.end=2020-01-02&pageNumber=1&pageSize=5&trace=1"}},
 {"name":"4. 作废","request":{"method":"POST","url":{"raw":"{{base}}/{{ctx}}/discard","path":["{{ctx}}","discard"]},"body":{"mode":"urlencoded","urlencoded":[{"key":"serviceAccessId","value":"S"},{"key":"discardReason","value":"r"},{"key":"discardEmpCode","value":"e"}]}}},
 {"name":"③ 新增账户","request":{"method":"POST","url":"{{base}}/add","body":{"mode":"raw","raw":"{\"accountName\":\"张三\",\"accountStatus\":1,\"idNo\":\"310101199001011234\"}"}}},
 {"name":"接口5 上传","request":{"method":"POST","url":"{{base}}/up","body":{"mode":"formdata","formdata":[{"key":"multipartFile","type":"file"},{"key":"note","value":"","disabled":true}]}}},
 {"name":"2-归档","request":{"method":"POST","url":"{{base}}/arch?systemCode=ABC","body":{"mode":"raw","raw":"{\"accountNo\":\"1\",\"materials\":[{\"code\":\"1\"}]}"}}},
 {"name":"6、归档","request":{"method":"POST","url":"{{base}}/arch/:sysCode/c","body":{"mode":"raw","raw":"{\"idNo\":\"1\",\"materials\":[]}"}}},
 {"name":"8、下载","request":"http://8.8.8.8/crm/dms/files/4028abcd/file"}]}]}`

func TestAnotherCompanysCollection(t *testing.T) {
	r, err := Parse(strings.NewReader(other))
	if err != nil {
		t.Fatal(err)
	}
	for op, want := range map[client.Op]client.Endpoint{
		9: {Method: "GET", Path: "/api/v2/accounts", Default: client.InQuery},
		3: {Method: "POST", Path: "/api/v2/discard", Default: client.InForm},
		4: {Method: "POST", Path: "/add", Default: client.InJSON},
		5: {Method: "POST", Path: "/up", Default: client.InPart},
		2: {Method: "POST", Path: "/arch", Default: client.InJSON},
		6: {Method: "POST", Path: "/arch/{systemCode}/c", Default: client.InJSON},
		8: {Method: "GET", Path: "/crm/dms/files/{fileId}/file", Default: client.InQuery},
		1: {Method: "POST", Path: "/crm/login/jwt", Default: client.InJSON},
	} {
		if got := r.Endpoints[op]; got.Method != want.Method || got.Path != want.Path || got.Default != want.Default {
			t.Errorf("%s: %+v, want %+v", op, got, want)
		}
	}
	if f := r.Endpoints[5].Fields["file"]; f.Name != "multipartFile" {
		t.Error("file part:", f)
	}
	if f := r.Endpoints[4].Fields["accountStatus"]; f.Type != "number" {
		t.Error("status:", f)
	}
	if f := r.Endpoints[2].Fields["systemCode"]; f.In != client.InQuery {
		t.Error("system code:", f)
	}
	has := func(op client.Op, k Kind) bool {
		for _, d := range r.Rows[op-1].Doubts {
			if d.Kind == k {
				return true
			}
		}
		return false
	}
	if !has(3, OtherNumber) || !has(4, OtherNumber) || !has(7, Missing) || !has(9, UnknownField) || has(2, NoSystemCode) || has(6, NoSystemCode) {
		t.Errorf("%+v", r.Rows)
	}
}

func TestExampleValuesAreNotKept(t *testing.T) {
	r, err := Parse(strings.NewReader(other))
	if err != nil {
		t.Fatal(err)
	}
	for op, ep := range r.Endpoints {
		for _, secret := range []string{"8.8.8.8", "310101199001011234", "张三", "4028abcd", "ABC"} {
			if strings.Contains(ep.Path, secret) || strings.Contains(ep.Method, secret) {
				t.Errorf("%s keeps %s", op, secret)
			}
		}
	}
}

func TestWhatIsNoCollectionIsSaidToBeNone(t *testing.T) {
	for _, s := range []string{"", "[]", "{}", `{"openapi":"3.0"}`, "<html>", `{"item":3}`} {
		if _, err := Parse(strings.NewReader(s)); !errors.Is(err, ErrNotACollection) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(other)
	f.Add(`{"item":[{"request":{"url":{"raw":"{{","path":[":",":a"]}}}]}`)
	f.Fuzz(func(_ *testing.T, s string) { _, _ = Parse(strings.NewReader(s)) })
}

// Requests without a number or telling fields are found by the words of their names; the user may choose another request.
func TestNamesAndCorrections(t *testing.T) {
	r, err := Parse(strings.NewReader(`{"info":{"name":"影像归档"},"item":[
	 {"name":"文件上传","request":{"method":"POST","url":"http://h/up"}},
	 {"name":"下载","request":{"method":"GET","url":"http://h/get"}},
	 {"name":"9、作废归档","request":{"method":"POST","url":"http://h/nine"}},
	 {"name":"7、影像","request":{"method":"POST","url":"http://h/seven"}},
	 {"name":"7、影像(旧)","request":{"method":"POST","url":"http://h/old"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	kinds := func(op int) string {
		var s []string
		for _, d := range r.Rows[op-1].Doubts {
			s = append(s, string(d.Kind)+d.Detail.Raw())
		}
		return strings.Join(s, " ")
	}
	for op, want := range map[int]string{5: "by_name", 9: "other_name3", 7: "two_candidates7、影像(旧) POST /old", 3: "missing"} {
		if kinds(op) != want {
			t.Errorf("interface %d: %q, want %q", op, kinds(op), want)
		}
	}
	r.Assign(7, 4)
	if row := r.Rows[6]; row.Path != "/old" || len(row.Doubts) != 0 || r.Endpoints[7].Path != "/old" {
		t.Errorf("%+v", row)
	}
	r.Assign(7, -1)
	if _, there := r.Endpoints[7]; there || kinds(7) != "missing" {
		t.Errorf("%+v", r.Rows[6])
	}
}

func TestWhatIsDoubtfulIsSaidOnce(t *testing.T) {
	r, err := Parse(strings.NewReader(`{"info":{"name":"x"},"variable":[{"key":"v","value":"2"}],"item":[
	 {"name":"01-登录","request":{"method":"POST","url":"http://h/in","body":{"mode":"raw","raw":"{\"username\":\"u\",\"password\":\"p\"}"}}},
	 {"name":"登录（旧）","request":{"method":"POST","url":"http://h/old/in","body":{"mode":"raw","raw":"{\"username\":\"u\",\"password\":\"p\"}"}}},
	 {"name":"2 归档","request":{"method":"POST","url":"http://h/{{ctx}}/v{{v}}/{{systemCode}}/a","body":{"mode":"raw","raw":"{\"materials\":[}"}}},
	 {"name":"3 作废","request":{"method":"POST","body":{"mode":"raw","raw":"{\"discardReason\":\"r\"}"}}},
	 {"name":"7 影像","request":{"method":"POST","url":{"raw":"http://h/:ctx/seven","path":[":ctx","seven"],"variable":[{"key":"ctx","value":"api"}]}}},
	 {"name":"08-下载","request":{"method":"GET","url":"http://h/crm/dms/files/abc/file"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for op, want := range map[int]string{
		1: "two_candidates登录（旧） POST /old/in", 2: "undefined{{ctx}} bad_body", 3: "no_address", 7: "", 8: "", 9: "missing",
	} {
		var s []string
		for _, d := range r.Rows[op-1].Doubts {
			s = append(s, string(d.Kind)+d.Detail.Raw())
		}
		if got := strings.Join(s, " "); got != want {
			t.Errorf("interface %d: %q, want %q", op, got, want)
		}
	}
	if p := r.Endpoints[2].Path; p != "/{{ctx}}/v2/{systemCode}/a" {
		t.Error("path of 2:", p)
	}
	if p := r.Endpoints[7].Path; p != "/api/seven" || !r.InDoubt() {
		t.Error("path of 7:", p)
	}
}

func TestCollectionsInGBKAndInTheAPIsWrapper(t *testing.T) {
	raw, err := assets.FS.ReadFile("demo/collection.json")
	if err != nil {
		t.Fatal(err)
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes(raw)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"as it is": raw, "gbk": gbk, "wrapped": []byte(`{"collection":` + string(raw) + `}`)} {
		r, err := Parse(bytes.NewReader(b))
		if err != nil || r.InDoubt() || r.Name != "德索业务管理平台对接-影像归档" {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}
