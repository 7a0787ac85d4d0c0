package other

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"imagery/client"
)

// PageShape is how interface 9 writes a page.
type PageShape string

// The page shapes.
const (
	PageOwn    PageShape = ""       // the vendor's class
	PageSpring PageShape = "spring" // Spring's Page: no previousPage and nextPage
	PageNested PageShape = "nested" // {content, page: {size, number, totalElements, totalPages}}
)

// DateShape is how moments are written.
type DateShape string

// The date shapes.
const (
	DateWritten DateShape = ""       // yyyy-MM-dd HH:mm:ss
	DateMillis  DateShape = "millis" // since 1970
	DateZulu    DateShape = "zulu"   // 2026-01-02T03:04:05Z
	DateOffset  DateShape = "offset" // 2026-01-02T03:04:05.000+0000
	DateParts   DateShape = "parts"  // [2026,1,2,3,4,5]
)

// ListShape is how a list without elements is written.
type ListShape string

// The shapes of empty lists.
const (
	ListEmpty  ListShape = ""       // []
	ListNull   ListShape = "null"   // null
	ListAbsent ListShape = "absent" // not at all; null where it is the whole answer
)

// EnumShape is how an enum is written.
type EnumShape string

// The enum shapes.
const (
	EnumName   EnumShape = ""       // its name
	EnumObject EnumShape = "object" // {code, desc}
	EnumNumber EnumShape = "number" // where it stands in the enum
	EnumNull   EnumShape = "null"   // not told
)

// NameShape is how interface 8 tells a file's name.
type NameShape string

// The shapes of file names.
const (
	NameStar    NameShape = ""        // filename*=UTF-8''…
	NameRaw     NameShape = "raw"     // filename="…" in UTF-8
	NamePercent NameShape = "percent" // filename="%E5…"
	NameGBK     NameShape = "gbk"     // filename="…" in GBK
	NameNone    NameShape = "none"    // not at all
)

// Members of answers that are not plain strings.
var (
	moments  = []string{"createTime", "updateTime", "tempExpireTime", "discardedTime", "hisCreateTime", "openAcctDate", "writeoffDate"}
	longs    = []string{"id", "fileSize", "materialCount", "totalElements"}
	shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)
	sources  = []string{"COUNTER", "WORKFLOW", "ARCHIVE"}
)

// answer writes the inner platform's answer in this platform's shapes.
func (p *Platform) answer(w http.ResponseWriter, op client.Op, got *recorder) {
	if token := got.header.Get("Authorization"); token != "" {
		w.Header().Set("Authorization", p.give(token))
	}
	if len(got.body) == 0 && p.s.Envelope == "" {
		return
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(got.body))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		v = nil
	}
	if op == client.OpSearchAccounts {
		v = p.s.page(v)
	}
	v, there := p.s.shape("", v)
	if p.s.Envelope != "" {
		around := map[string]any{"code": 200, "msg": "操作成功"}
		if there {
			around[p.s.Envelope] = v
		}
		v, there = around, true
	}
	if !there { // a whole answer cannot be left out: without a byte it would be none
		v = nil
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// shape returns a value of an answer as this platform writes it, by the member it stands under; there is false for one it leaves out.
func (s Switches) shape(key string, v any) (out any, there bool) {
	switch v := v.(type) {
	case map[string]any:
		return s.record(v), true
	case []any:
		return s.list(key, v)
	case bool:
		if s.FlagsAsNumbers {
			return map[bool]int{true: 1}[v], true
		}
	case json.Number:
		if s.LongsAsStrings && slices.Contains(longs, key) {
			return v.String(), true
		}
	case string:
		return s.text(key, v), true
	}
	return v, true
}

func (s Switches) record(v map[string]any) map[string]any {
	out := map[string]any{}
	for key, x := range v {
		x, there := s.shape(key, x)
		if !there {
			continue
		}
		if s.OtherNames {
			key = strings.NewReplacer("isTemp", "temp", "raxRegNo", "taxRegNo").Replace(key)
		}
		out[key] = x
	}
	if s.Strangers {
		out["vendorVersion"], out["vendorTags"], out["version"] = "7.2.1", map[string]any{"a": []int{1}}, nil
	}
	return out
}

func (s Switches) list(key string, v []any) (out any, there bool) {
	if len(v) == 0 && s.EmptyLists != ListEmpty {
		return nil, s.EmptyLists == ListNull
	}
	all := make([]any, 0, len(v))
	for _, x := range v {
		x, _ = s.shape(key, x)
		all = append(all, x)
	}
	return all, true
}

func (s Switches) text(key, v string) any {
	switch {
	case slices.Contains(moments, key):
		return s.moment(v)
	case key == "sourceType":
		return s.source(v)
	case s.NumericCodes && slices.Contains(codes, key):
		if n, err := strconv.Atoi(v); err == nil && strconv.Itoa(n) == v {
			return n
		}
	}
	return v
}

// moment writes a date of the inner platform; what is none, as a customer's time of day, stays.
func (s Switches) moment(v string) any {
	at, err := time.ParseInLocation(time.DateTime, v, shanghai)
	day := err != nil
	if day {
		if at, err = time.ParseInLocation(time.DateOnly, v, shanghai); err != nil {
			return v
		}
	}
	switch s.Dates {
	case DateMillis:
		return at.UnixMilli()
	case DateZulu:
		return at.UTC().Format(time.RFC3339)
	case DateOffset:
		return at.UTC().Format("2006-01-02T15:04:05.000-0700")
	case DateParts:
		parts := []int{at.Year(), int(at.Month()), at.Day(), at.Hour(), at.Minute(), at.Second()}
		if day {
			parts = parts[:3]
		}
		return parts
	}
	return v
}

func (s Switches) source(v string) any {
	switch s.SourceType {
	case EnumObject:
		return map[string]any{"desc": "来源", "code": v}
	case EnumNumber:
		return slices.Index(sources, v)
	case EnumNull:
		return nil
	}
	return v
}

// page writes a page of the vendor's class in this platform's.
func (s Switches) page(v any) any {
	p, ok := v.(map[string]any)
	if !ok {
		return v
	}
	if n, err := count(p["number"]); err == nil && s.PageBaseZero {
		p["number"] = json.Number(strconv.Itoa(n - 1))
	}
	switch s.Pages {
	case PageSpring:
		delete(p, "previousPage")
		delete(p, "nextPage")
		p["pageable"] = map[string]any{"paged": true, "pageNumber": p["number"], "pageSize": p["size"]}
		p["empty"] = p["numberOfElements"] == json.Number("0")
	case PageNested:
		return map[string]any{"content": p["content"], "page": map[string]any{
			"size": p["size"], "number": p["number"], "totalElements": p["totalElements"], "totalPages": p["totalPages"],
		}}
	}
	return p
}

// file passes a file on, with its name told in this platform's way.
func (p *Platform) file(w http.ResponseWriter, got *recorder) {
	for key, values := range got.header {
		w.Header()[key] = values
	}
	if disposition := p.s.disposition(got.header.Get("Content-Disposition")); disposition != "" {
		w.Header().Set("Content-Disposition", disposition)
	} else {
		w.Header().Del("Content-Disposition")
	}
	w.WriteHeader(got.status)
	_, _ = w.Write(got.body)
}

func (s Switches) disposition(inner string) string {
	how, params, err := mime.ParseMediaType(inner)
	if err != nil {
		return inner
	}
	name := params["filename"]
	switch s.FileNames {
	case NameRaw:
	case NamePercent:
		name = url.PathEscape(name)
	case NameGBK:
		if gbk, err := simplifiedchinese.GBK.NewEncoder().String(name); err == nil {
			name = gbk
		}
	case NameNone:
		return ""
	default:
		return inner
	}
	return how + `; filename="` + name + `"`
}
