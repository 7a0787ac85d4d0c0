package other

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"imagery/client"
)

// Version is the version of Postman's collection format.
type Version string

// The versions: in 2.0 an address is a string and a variable has an id, in 2.1 an address is taken apart.
const (
	V20 Version = "2.0"
	V21 Version = "2.1"
)

// origin is an example of the vendor's, from the range that is reserved for documentation.
const origin = "http://203.0.113.10:8080"

// example is what the collection shows of one interface's fields: in order, with values that show their types.
type example struct {
	name   string
	fields []member
}

type member struct {
	key   string
	value any
}

// archive is what interfaces 2 and 6 end with.
var archive = []member{
	{"title", "示例归档"},
	{"businessId", "YW0001"},
	{"createTime", "2026-01-02 03:04:05"},
	{"extras", ""},
	{"materials", []any{map[string]any{"code": "A01", "base64File": map[string]any{"name": "a.jpg", "base64Data": "/9j/4AAQ"}}, map[string]any{"code": "A02", "fileId": "F0001"}}},
}

var examples = [...]example{
	client.OpSignIn:           {"1、登录接口", []member{{"username", "crmuser"}, {"password", "example-only"}}},
	client.OpArchiveToAccount: {"2、影像归档到账户", slices.Concat([]member{{"accountBizType", "0"}, {"accountNo", "80000001"}}, archive)},
	client.OpDiscard:          {"3、作废归档", []member{{"serviceAccessId", "SA0001"}, {"discardEmpCode", "0001"}, {"discardReason", "归档有误"}}},
	client.OpAddAccount: {"4、新增账户", []member{
		{"deptCode", "0101"},
		{"accountNo", "80000001"},
		{"accountBizType", "0"},
		{"accountName", "示例"},
		{"accountCustomerType", "1"},
		{"customerType", "0"},
		{"accountStatus", "1"},
		{"idType", "1"},
		{"idNo", "999999199001010000"},
		{"extraCode", "000001"},
	}},
	client.OpUploadFile:        {"5、上传文件", []member{{"createTime", "2026-01-02 03:04:05"}}},
	client.OpArchiveToCustomer: {"6、影像归档到客户", slices.Concat([]member{{"idType", "1"}, {"idNo", "999999199001010000"}, {"extraCode", "000001"}, {"accountBizType", "0"}}, archive)},
	client.OpListMaterials: {"7、查询账户影像", []member{
		{"accountNo", "80000001"}, {"accountBizType", "0"}, {"withCustomer", true}, {"withHis", false}, {"materialCodes", []any{"A01", "A02"}},
	}},
	client.OpFetchFile: {"8、下载文件", nil},
	client.OpSearchAccounts: {"9、分页查询账户", []member{
		{"materialCodes", []any{"A01", "A02"}},
		{"excludedMaterialCodes", []any{"A03"}},
		{"openAcctDateRange", map[string]any{"start": "2020-01-01", "end": "2026-12-31"}},
		{"deptCodes", []any{"0101"}},
		{"accountBizTypes", []any{"0"}},
		{"accountCustomerTypes", []any{"1", "2"}},
		{"pageNumber", 0},
		{"pageSize", 10},
	}},
}

// Collection returns the Postman collection, in JSON, that the vendor would hand to users of the platform with these differences.
func (s Switches) Collection(v Version) []byte {
	var archives, rest []any
	for op := client.OpSignIn; op <= client.OpSearchAccounts; op++ {
		it := map[string]any{"name": examples[op].name, "request": s.request(op, v), "response": []any{}}
		if op == client.OpArchiveToAccount || op == client.OpArchiveToCustomer {
			archives = append(archives, it)
		} else {
			rest = append(rest, it)
		}
	}
	key := "key"
	if v == V20 {
		key = "id"
	}
	out, err := json.MarshalIndent(map[string]any{
		"info": map[string]any{
			"name": "德索业务管理平台对接-影像归档", "schema": fmt.Sprintf("https://schema.getpostman.com/json/collection/v%s.0/collection.json", v),
		},
		"item":     append(rest, map[string]any{"name": "归档", "item": archives}),
		"variable": []any{map[string]any{key: "origin", "value": origin}, map[string]any{key: "token", "value": "example"}},
	}, "", "\t")
	if err != nil {
		panic(err) // of constants
	}
	return out
}

func (s Switches) request(op client.Op, v Version) map[string]any {
	r := s.route(op)
	var query []string
	if s.SystemCodeInQuery && (op == client.OpArchiveToAccount || op == client.OpArchiveToCustomer) {
		query = append(query, "systemCode=ABC")
	}
	if op == client.OpFetchFile {
		query = append(query, "preview=true")
	}
	fields := s.typed(op, examples[op].fields)
	inQuery := s.inQuery(op)
	if inQuery {
		query = append(query, pairs(fields)...)
	}
	out := map[string]any{"method": r.method, "url": address(r.path, query, v)}
	if op != client.OpSignIn {
		out["header"] = []any{map[string]any{"key": "Authorization", "value": "{{token}}"}}
	}
	switch {
	case inQuery || op == client.OpFetchFile:
	case op == client.OpUploadFile:
		out["body"] = map[string]any{"mode": "formdata", "formdata": s.parts(fields)}
	case s.inForm(op):
		out["body"] = map[string]any{"mode": "urlencoded", "urlencoded": texted(fields)}
	default:
		out["body"] = map[string]any{"mode": "raw", "raw": written(fields), "options": map[string]any{"raw": map[string]any{"language": "json"}}}
	}
	return out
}

// typed shows codes as the platform wants them.
func (s Switches) typed(op client.Op, fields []member) []member {
	if !s.NumericCodes || s.inQuery(op) || s.inForm(op) {
		return fields
	}
	out := slices.Clone(fields)
	for i, f := range out {
		if slices.Contains(codes, f.key) {
			out[i].value = numeric(f.value)
		}
	}
	return out
}

func numeric(v any) any {
	if all, ok := v.([]any); ok {
		out := make([]any, len(all))
		for i, x := range all {
			out[i] = numeric(x)
		}
		return out
	}
	return json.Number(fmt.Sprint(v))
}

// address writes where a request goes; a segment that differs from call to call is a path variable in 2.1 and {{…}} in 2.0.
func address(path string, query []string, v Version) any {
	q := ""
	if len(query) > 0 {
		q = "?" + strings.Join(query, "&")
	}
	if v == V20 {
		return "{{origin}}" + strings.NewReplacer("{", "{{", "}", "}}").Replace(path) + q
	}
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for i, s := range segments {
		if name, ok := strings.CutPrefix(s, "{"); ok {
			segments[i] = ":" + strings.TrimSuffix(name, "}")
		}
	}
	out := map[string]any{"raw": origin + "/" + strings.Join(segments, "/") + q, "protocol": "http", "host": []string{"203", "0", "113", "10"}, "port": "8080", "path": segments}
	var params []any
	for _, pair := range query {
		key, value, _ := strings.Cut(pair, "=")
		params = append(params, map[string]any{"key": key, "value": value, "disabled": key == "preview"})
	}
	if params != nil {
		out["query"] = params
	}
	return out
}

// pairs writes fields as a query does: lists as repeated keys, what is nested dotted.
func pairs(fields []member) (out []string) {
	for _, f := range fields {
		switch x := f.value.(type) {
		case []any:
			for _, one := range x {
				out = append(out, f.key+"="+url.QueryEscape(fmt.Sprint(one)))
			}
		case map[string]any:
			for _, key := range []string{"start", "end"} {
				out = append(out, fmt.Sprintf("%s.%s=%v", f.key, key, x[key]))
			}
		default:
			out = append(out, f.key+"="+url.QueryEscape(fmt.Sprint(x)))
		}
	}
	return out
}

func texted(fields []member) (out []any) {
	for _, f := range fields {
		out = append(out, map[string]any{"key": f.key, "value": fmt.Sprint(f.value), "type": "text"})
	}
	return out
}

func (s Switches) parts(fields []member) []any {
	name := s.FilePart
	if name == "" {
		name = "file"
	}
	return append([]any{map[string]any{"key": name, "type": "file", "src": "/C:/scan.jpg"}}, texted(fields)...)
}

// written is the fields as an example body, in their order.
func written(fields []member) string {
	var b strings.Builder
	for i, f := range fields {
		value, err := json.Marshal(f.value)
		if err != nil {
			panic(err) // of constants
		}
		fmt.Fprintf(&b, "%s\n  %q: %s", [2]string{"{", ","}[min(i, 1)], f.key, value)
	}
	return b.String() + "\n}"
}
