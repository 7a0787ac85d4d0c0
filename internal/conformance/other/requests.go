package other

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"imagery/client"
)

const maxBody = 64 << 20 // bytes of a request

// kinds of a request's fields that are not strings.
var (
	flags   = []string{"withCustomer", "withHis"}
	numbers = []string{"pageNumber", "pageSize"}
	lists   = []string{"materialCodes", "excludedMaterialCodes", "deptCodes", "accountBizTypes", "accountCustomerTypes"}
	codes   = []string{"accountBizType", "accountStatus", "accountCustomerType", "customerType", "accountBizTypes", "accountCustomerTypes"}
)

// translate returns the request as the inner platform wants it.
func (p *Platform) translate(op client.Op, r *http.Request) (*http.Request, *problem) {
	path := usual[op].path
	systemCode := r.PathValue("systemCode")
	if p.s.SystemCodeInQuery {
		systemCode = r.URL.Query().Get("systemCode")
	}
	path = strings.NewReplacer("{systemCode}", url.PathEscape(systemCode), "{fileId}", url.PathEscape(r.PathValue("fileId"))).Replace(path)
	in := r.Clone(r.Context())
	in.Method, in.URL, in.RequestURI = usual[op].method, &url.URL{Path: path}, ""
	if token := p.take(r.Header.Get("Authorization")); token != "" {
		in.Header.Set("Authorization", token)
	} else {
		in.Header.Del("Authorization")
	}
	switch op {
	case client.OpFetchFile:
		in.URL.RawQuery = r.URL.RawQuery
		return in, nil
	case client.OpUploadFile:
		return in, p.rename(in)
	}
	fields, problem := p.fields(op, r)
	if problem != nil {
		return nil, problem
	}
	if problem := p.adjust(op, fields); problem != nil {
		return nil, problem
	}
	body, err := json.Marshal(fields)
	if err != nil {
		return nil, refuse(err)
	}
	in.Header.Set("Content-Type", "application/json")
	in.Body, in.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return in, nil
}

func refuse(err error) *problem { return &problem{http.StatusBadRequest, err.Error()} }

// fields reads what a request carries from where this platform wants it.
func (p *Platform) fields(op client.Op, r *http.Request) (map[string]any, *problem) {
	want := "application/json"
	switch {
	case p.s.inQuery(op):
		return nested(r.URL.Query()), nil
	case p.s.inForm(op):
		want = "application/x-www-form-urlencoded"
	}
	if got, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); got != want {
		return nil, &problem{http.StatusUnsupportedMediaType, "Content-Type '" + got + "' is not supported"}
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return nil, refuse(err)
	}
	if want != "application/json" {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, refuse(err)
		}
		return nested(form), nil
	}
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil {
		return nil, refuse(err)
	}
	return fields, nil
}

// nested turns the keys of a query or form into the JSON they stand for.
func nested(values url.Values) map[string]any {
	out := map[string]any{}
	for key, all := range values {
		head, rest, dotted := strings.Cut(key, ".")
		switch {
		case dotted:
			inner, _ := out[head].(map[string]any)
			if inner == nil {
				inner = map[string]any{}
			}
			inner[rest] = all[0]
			out[head] = inner
		case slices.Contains(lists, key):
			out[key] = all
		case slices.Contains(flags, key):
			out[key] = all[0] == "true"
		case slices.Contains(numbers, key):
			out[key] = json.Number(all[0])
		default:
			out[key] = all[0]
		}
	}
	return out
}

// adjust turns the values of a request into the inner platform's.
func (p *Platform) adjust(op client.Op, fields map[string]any) *problem {
	if p.s.NumericCodes && !p.s.inQuery(op) && !p.s.inForm(op) {
		for _, key := range codes {
			x, given := fields[key]
			text, ok := texts(x)
			if given && !ok {
				return &problem{http.StatusBadRequest, key + ": a number is wanted"}
			}
			if given {
				fields[key] = text
			}
		}
	}
	if op != client.OpSearchAccounts {
		return nil
	}
	number, err := count(fields["pageNumber"])
	size, err2 := count(fields["pageSize"])
	if err := errors.Join(err, err2); err != nil {
		return refuse(err)
	}
	if p.s.PageBaseZero {
		number++
	}
	if p.s.PageSizeCap > 0 {
		size = min(size, p.s.PageSizeCap)
	}
	fields["pageNumber"], fields["pageSize"] = number, size
	return nil
}

func count(v any) (int, error) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, errors.New("pageNumber and pageSize must be numbers")
	}
	i, err := n.Int64()
	return int(i), err
}

// texts turns a number, or a list of them, into strings; ok is false for anything else.
func texts(v any) (out any, ok bool) {
	switch v := v.(type) {
	case json.Number:
		return v.String(), true
	case []any:
		all := make([]any, len(v))
		for i, x := range v {
			if all[i], ok = texts(x); !ok {
				return nil, false
			}
		}
		return all, true
	}
	return nil, false
}

// rename gives the part with the file the name the inner platform knows; a part of that name is none to this platform.
func (p *Platform) rename(r *http.Request) *problem {
	if p.s.FilePart == "" {
		return nil
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return refuse(err)
	}
	var body bytes.Buffer
	out := multipart.NewWriter(&body)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return refuse(err)
		}
		if err := p.copyPart(out, part); err != nil {
			return refuse(err)
		}
	}
	if err := out.Close(); err != nil {
		return refuse(err)
	}
	r.Header.Set("Content-Type", out.FormDataContentType())
	r.MultipartForm = nil // which reading the parts has marked
	r.Body, r.ContentLength = io.NopCloser(&body), int64(body.Len())
	return nil
}

func (p *Platform) copyPart(out *multipart.Writer, part *multipart.Part) error {
	name := part.FormName()
	switch name {
	case p.s.FilePart:
		name = "file"
	case "file":
		name = "unknown"
	}
	header := part.Header
	header.Set("Content-Disposition", mime.FormatMediaType("form-data", map[string]string{"name": name}))
	if file := part.FileName(); file != "" {
		header.Set("Content-Disposition", mime.FormatMediaType("form-data", map[string]string{"name": name, "filename": file}))
	}
	w, err := out.CreatePart(header)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, io.LimitReader(part, maxBody))
	return err
}
