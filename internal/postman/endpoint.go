package postman

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"imagery/client"
)

// known lists the fields each interface sends, by the platform's names.
var known = map[client.Op][]string{
	client.OpSignIn:            {"username", "password"},
	client.OpArchiveToAccount:  {"systemCode", "title", "businessId", "accountBizType", "accountNo", "createTime", "extras", "materials"},
	client.OpDiscard:           {"serviceAccessId", "discardEmpCode", "discardReason"},
	client.OpAddAccount:        {"deptCode", "accountNo", "accountBizType", "accountName", "accountCustomerType", "customerType", "accountStatus", "idType", "idNo", "extraCode"},
	client.OpUploadFile:        {"file", "createTime"},
	client.OpArchiveToCustomer: {"systemCode", "idType", "idNo", "extraCode", "accountBizType", "title", "businessId", "createTime", "extras", "materials"},
	client.OpListMaterials:     {"accountNo", "accountBizType", "withCustomer", "withHis", "materialCodes"},
	client.OpFetchFile:         {"fileId"},
	client.OpSearchAccounts: {
		"materialCodes", "excludedMaterialCodes", "openAcctDateRange.start", "openAcctDateRange.end", "deptCodes", "accountBizTypes",
		"accountCustomerTypes", "pageNumber", "pageSize",
	},
}

// natural is the JSON type of the fields that are not strings.
var natural = map[string]string{"withCustomer": "boolean", "withHis": "boolean", "pageNumber": "number", "pageSize": "number"}

var (
	numbered = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\s*(?i:接口|interface|api|no\.?|第)?\s*[(（\[【#]?\s*0?([1-9①-⑨一二三四五六七八九])(?:[^0-9]|$)`)
	})
	digits  = "123456789"
	circled = []rune("①②③④⑤⑥⑦⑧⑨")
	chinese = []rune("一二三四五六七八九")
)

// leadingNumber reads the interface's number off a request's name, 0 when it has none.
func leadingNumber(name string) client.Op {
	m := numbered().FindStringSubmatch(name)
	if m == nil {
		return 0
	}
	r := []rune(m[1])[0]
	for _, set := range [][]rune{[]rune(digits), circled, chinese} {
		if i := slices.Index(set, r); i >= 0 {
			return client.Op(i + 1)
		}
	}
	return 0
}

// carries reports whether the request has a field anywhere; nested parts are found by their head.
func (f found) carries(name string) bool {
	in := func(key string) bool { return key == name || strings.HasPrefix(key, name+".") }
	return slices.ContainsFunc(f.body, func(x field) bool { return in(x.name) }) ||
		slices.ContainsFunc(f.query, func(p param) bool { return !p.Disabled && in(strings.TrimSuffix(p.Key, "[]")) })
}

// byFields tells the interface by what the request carries, 0 when that is not distinct.
func (f found) byFields() client.Op {
	has := f.carries
	switch {
	case has("discardReason") || has("serviceAccessId") && has("discardEmpCode"):
		return client.OpDiscard
	case has("excludedMaterialCodes") || has("pageNumber") && has("pageSize"):
		return client.OpSearchAccounts
	case has("withCustomer") || has("withHis"):
		return client.OpListMaterials
	case has("materials") && has("idNo"):
		return client.OpArchiveToCustomer
	case has("materials"):
		return client.OpArchiveToAccount
	case has("accountName") && has("accountStatus"):
		return client.OpAddAccount
	case has("username") && has("password"):
		return client.OpSignIn
	case slices.ContainsFunc(f.body, func(x field) bool { return x.kind == "file" }):
		return client.OpUploadFile
	case f.fileSegment() >= 0:
		return client.OpFetchFile
	}
	return 0
}

// words are what an interface's name says in Chinese or English, the most telling interface first. All words of one line must be there.
var words = []struct {
	op  client.Op
	all []string
}{
	{client.OpDiscard, []string{"作废"}},
	{client.OpDiscard, []string{"discard"}},
	{client.OpSignIn, []string{"登录"}},
	{client.OpSignIn, []string{"login"}},
	{client.OpUploadFile, []string{"上传"}},
	{client.OpUploadFile, []string{"upload"}},
	{client.OpFetchFile, []string{"下载"}},
	{client.OpFetchFile, []string{"download"}},
	{client.OpArchiveToCustomer, []string{"归档", "客户"}},
	{client.OpArchiveToCustomer, []string{"archive", "customer"}},
	{client.OpArchiveToAccount, []string{"归档"}},
	{client.OpArchiveToAccount, []string{"archive"}},
	{client.OpAddAccount, []string{"新增账"}},
	{client.OpAddAccount, []string{"add", "account"}},
	{client.OpSearchAccounts, []string{"分页"}},
	{client.OpSearchAccounts, []string{"search", "account"}},
	{client.OpListMaterials, []string{"查询", "影像"}},
	{client.OpListMaterials, []string{"material"}},
}

// byName tells the interface by the words of the request's name, 0 when they are not telling. The collection's own name is not asked:
// 影像归档 stands in front of everything.
func (f found) byName() client.Op {
	name := strings.ToLower(f.name)
	for _, w := range words {
		if !slices.ContainsFunc(w.all, func(s string) bool { return !strings.Contains(name, s) }) {
			return w.op
		}
	}
	return 0
}

// fileSegment returns where the path holds a file id: …/files/X/file. -1 when it does not.
func (f found) fileSegment() int {
	for i := 1; i+1 < len(f.path); i++ {
		if f.path[i-1] == "files" && f.path[i+1] == "file" {
			return i
		}
	}
	return -1
}

// endpoint is how the company wants the interface called.
func (f found) endpoint(op client.Op) (client.Endpoint, []Doubt) {
	ep := client.Endpoint{Method: f.method, Default: client.InQuery, Fields: map[string]client.Field{}}
	switch f.mode {
	case "json":
		ep.Default = client.InJSON
	case "form":
		ep.Default = client.InForm
	case "part":
		ep.Default = client.InPart
	}
	var doubts []Doubt
	ep.Path, doubts = f.template(op)
	if f.badBody {
		doubts = append(doubts, Doubt{Kind: BadBody})
	}
	doubts = append(doubts, f.fields(op, &ep)...)
	systemCode := strings.Contains(ep.Path, "{systemCode}") || ep.Fields["systemCode"].In != ""
	if (op == client.OpArchiveToAccount || op == client.OpArchiveToCustomer) && !systemCode {
		doubts = append(doubts, Doubt{Kind: NoSystemCode})
	}
	if len(ep.Fields) == 0 {
		ep.Fields = nil
	}
	return ep, doubts
}

// template returns the path with what differs from call to call as {name}.
func (f found) template(op client.Op) (path string, doubts []Doubt) {
	if len(f.path) == 0 {
		return "/", []Doubt{{Kind: NoAddress}}
	}
	segments := slices.Clone(f.path)
	for i, s := range segments {
		name, isVar := strings.CutPrefix(s, ":")
		m := placeholder().FindStringSubmatch(s)
		if m != nil && m[0] == s {
			name, isVar = m[1], true
		}
		switch {
		case op == client.OpFetchFile && i == f.fileSegment():
			segments[i] = "{fileId}"
		case m != nil && m[0] != s: // a variable is a part of the segment
			var undefined []Doubt
			segments[i], undefined = f.filled(s)
			doubts = append(doubts, undefined...)
		case !isVar:
		case slices.Contains(known[op], name):
			segments[i] = "{" + name + "}"
		case (op == client.OpArchiveToAccount || op == client.OpArchiveToCustomer) && sounds(name, "sys", "code"):
			segments[i] = "{systemCode}"
		case f.vars[name] != "": // a part of the address that all calls share
			segments[i] = strings.Trim(f.vars[name], "/")
		default:
			doubts = append(doubts, Doubt{Undefined, client.Text(s)})
		}
	}
	return "/" + strings.Join(segments, "/"), doubts
}

// filled puts the variables' values into a segment.
func (f found) filled(segment string) (_ string, undefined []Doubt) {
	out := placeholder().ReplaceAllStringFunc(segment, func(m string) string {
		name := strings.TrimSpace(m[2 : len(m)-2])
		if v := f.vars[name]; v != "" {
			return strings.Trim(v, "/")
		}
		undefined = append(undefined, Doubt{Undefined, client.Text(m)})
		return m
	})
	return out, undefined
}

func sounds(name string, parts ...string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(name, p) })
}

// fields notes where fields travel other than by default, under what names and types.
func (f found) fields(op client.Op, ep *client.Endpoint) (doubts []Doubt) {
	for _, p := range f.query {
		name := platformName(op, strings.TrimSuffix(p.Key, "[]"))
		switch {
		case p.Disabled || p.Key == "preview":
		case name == "":
			doubts = append(doubts, Doubt{UnknownField, client.Text(p.Key)})
		case ep.Default != client.InQuery || name != p.Key:
			ep.Fields[name] = client.Field{In: client.InQuery, Name: renamed(p.Key, name)}
		case name == "systemCode":
			ep.Fields[name] = client.Field{In: client.InQuery}
		}
	}
	for _, x := range f.body {
		name := platformName(op, x.name)
		if op == client.OpUploadFile && x.kind == "file" {
			name = "file"
		}
		if name == "" {
			if head, _, nested := strings.Cut(x.name, "."); !nested && head != "openAcctDateRange" {
				doubts = append(doubts, Doubt{UnknownField, client.Text(x.name)})
			}
			continue
		}
		kind := x.kind
		if want := natural[name]; ep.Default != client.InJSON || kind == want || want == "" && kind == "string" || kind == "object" || kind == "file" {
			kind = ""
		}
		if kind != "" || name != x.name {
			ep.Fields[name] = client.Field{Name: renamed(x.name, name), Type: kind}
		}
	}
	return doubts
}

func renamed(wire, name string) string {
	if wire == name {
		return ""
	}
	return wire
}

// platformName returns the contract's name of a parameter, differences of case forgiven; empty for one it does not know.
func platformName(op client.Op, key string) string {
	for _, k := range known[op] {
		if strings.EqualFold(k, key) {
			return k
		}
	}
	return ""
}
