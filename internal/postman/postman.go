// Package postman turns the vendor's Postman collection into a company's endpoints. What is kept is where each interface lives and how
// its fields travel; the collection's origin, tokens, passwords and example values are read past and never stored.
package postman

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"imagery/assets"
	"imagery/client"
)

const (
	maxSize  = 16 << 20 // bytes of a collection
	maxDepth = 32       // of folders, and of nested example values
)

// ErrNotACollection is returned for a file that is no Postman collection of version 2.
var ErrNotACollection = errors.New("postman: not a collection of version 2")

// Result is what was understood of a collection.
type Result struct {
	Name      client.Text
	Endpoints client.Endpoints
	Rows      [9]Row // interfaces 1 to 9
	// Candidates are all requests of the collection, in its order; Assign chooses among them.
	Candidates []Candidate

	all []found
}

// Candidate is a request of the collection.
type Candidate struct {
	Name   client.Text
	Method string
	Path   string // with what differs from call to call as it was written
}

// Row is one interface.
type Row struct {
	Op      client.Op
	Found   bool
	Request client.Text // name of the request it was taken from
	Index   int         // of the request among the Candidates, -1 when none was taken
	Method  string
	Path    string
	Doubts  []Doubt
}

// Kind is what a Doubt is about.
type Kind string

// The doubts.
const (
	Missing       Kind = "missing"        // no request for the interface; the vendor's usual address is taken where it is known
	TwoCandidates Kind = "two_candidates" // Detail names the request left aside, with its method and address
	OtherNumber   Kind = "other_number"   // its fields are this interface's though its number is Detail
	ByFields      Kind = "by_fields"      // it has no number and was found by its fields
	ByName        Kind = "by_name"        // it was found by the words of its name alone
	OtherName     Kind = "other_name"     // its number is this interface's, the words of its name are interface Detail's
	NoSystemCode  Kind = "no_system_code" // interfaces 2 and 6 show no place for it
	UnknownField  Kind = "unknown_field"  // Detail is a parameter the contract does not know; it is not sent
	BadBody       Kind = "bad_body"       // its example body is no JSON: how its fields travel is not known
	Undefined     Kind = "undefined"      // Detail is a variable in its address that nothing defines
	NoAddress     Kind = "no_address"     // it has no URL
)

// InDoubt reports whether there is anything the user has to look at before the result is kept.
func (res *Result) InDoubt() bool {
	return slices.ContainsFunc(res.Rows[:], func(r Row) bool { return len(r.Doubts) > 0 })
}

// Doubt is something the user has to look at.
type Doubt struct {
	Kind   Kind
	Detail client.Text
}

// Demo returns the endpoints of the built-in platform, from the collection it ships.
func Demo() (client.Endpoints, error) {
	raw, err := assets.FS.ReadFile("demo/collection.json")
	if err != nil {
		return nil, err
	}
	r, err := Parse(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return r.Endpoints, nil
}

// Parse reads a collection, and environment files for its variables. Errors: ErrNotACollection, or that of reading.
func Parse(r io.Reader, env ...io.Reader) (*Result, error) {
	c, err := decode(r)
	if err != nil {
		return nil, err
	}
	if c.Item == nil {
		return nil, ErrNotACollection
	}
	vars := extend(nil, c.Variable)
	for _, e := range env {
		more, err := decode(e)
		if err != nil {
			return nil, err
		}
		vars = extend(vars, more.Values)
	}
	return assemble(client.Text(c.Info.Name), walk(c.Item, vars, 0, nil)), nil
}

func decode(r io.Reader) (*collection, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > maxSize {
		return nil, fmt.Errorf("%w: larger than %d MiB", ErrNotACollection, maxSize>>20)
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(raw) { // what editors here write besides
		if b, err := simplifiedchinese.GB18030.NewDecoder().Bytes(raw); err == nil {
			raw = b
		}
	}
	var c struct {
		collection
		Wrapped *collection `json:"collection"` // as Postman's API exports it
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotACollection, err)
	}
	if c.Item == nil && c.Wrapped != nil {
		return c.Wrapped, nil
	}
	return &c.collection, nil
}

// assemble gives each interface the request that fits it best.
func assemble(name client.Text, all []found) *Result {
	res := &Result{Name: name, Endpoints: client.Endpoints{}, all: all}
	for i := range res.Rows {
		res.Rows[i].Op, res.Rows[i].Index = client.Op(i+1), -1
	}
	for _, f := range all {
		res.Candidates = append(res.Candidates, Candidate{client.Text(f.name), f.method, "/" + strings.Join(f.path, "/")})
	}
	for _, find := range []func(found) (client.Op, []Doubt){numberAndFields, fieldsAlone, nameAlone} {
		for i, f := range all {
			if op, doubts := find(f); op != 0 && !res.taken(i) {
				res.place(op, i, doubts)
			}
		}
	}
	res.leftovers()
	for i := range res.Rows {
		res.settle(&res.Rows[i])
	}
	return res
}

// numberAndFields: both agree, or the fields say nothing.
func numberAndFields(f found) (client.Op, []Doubt) {
	number, byFields, byName := leadingNumber(f.name), f.byFields(), f.byName()
	switch {
	case number == 0 || byFields != 0 && byFields != number:
		return 0, nil
	case byFields == 0 && byName != 0 && byName != number:
		return number, []Doubt{{OtherName, client.Text(fmt.Sprint(int(byName)))}}
	}
	return number, nil
}

// fieldsAlone: the fields decide, against the number or without one.
func fieldsAlone(f found) (client.Op, []Doubt) {
	if number := leadingNumber(f.name); number != 0 {
		return f.byFields(), []Doubt{{OtherNumber, client.Text(fmt.Sprint(int(number)))}}
	}
	return f.byFields(), []Doubt{{Kind: ByFields}}
}

// nameAlone: there is neither a number nor a telling field.
func nameAlone(f found) (client.Op, []Doubt) {
	if leadingNumber(f.name) != 0 || f.byFields() != 0 {
		return 0, nil
	}
	return f.byName(), []Doubt{{Kind: ByName}}
}

// place gives a row a request unless it has one.
func (res *Result) place(op client.Op, i int, doubts []Doubt) {
	if row := &res.Rows[op-1]; !row.Found {
		row.Found, row.Index, row.Doubts = true, i, append(row.Doubts, doubts...)
	}
}

// leftovers notes at each row the requests left aside that would fit it too. The words of a name alone count only where the row's own
// request had nothing better.
func (res *Result) leftovers() {
	for i, f := range res.all {
		if res.taken(i) {
			continue
		}
		op := f.byFields()
		if op == 0 {
			op = leadingNumber(f.name)
		}
		if byName := f.byName(); op == 0 && byName != 0 && res.Rows[byName-1].Found && leadingNumber(res.all[res.Rows[byName-1].Index].name) == 0 {
			op = byName
		}
		if op == 0 || !res.Rows[op-1].Found {
			continue
		}
		c := res.Candidates[i]
		res.Rows[op-1].Doubts = append(res.Rows[op-1].Doubts, Doubt{TwoCandidates, c.Name + client.Text(" "+c.Method+" "+c.Path)})
	}
}

func (res *Result) taken(i int) bool {
	return slices.ContainsFunc(res.Rows[:], func(r Row) bool { return r.Index == i })
}

// Assign takes interface op from the i-th of the Candidates, or from none if i is -1, as the user decided.
func (res *Result) Assign(op client.Op, i int) {
	row := &res.Rows[op-1]
	*row = Row{Op: op, Found: i >= 0, Index: i}
	delete(res.Endpoints, op)
	res.settle(row)
}

// settle works out a row's endpoint.
func (res *Result) settle(row *Row) {
	var ep client.Endpoint
	if row.Index >= 0 {
		f := res.all[row.Index]
		var doubts []Doubt
		ep, doubts = f.endpoint(row.Op)
		row.Request, row.Doubts = client.Text(f.name), append(row.Doubts, doubts...)
	} else {
		row.Doubts = append(row.Doubts, Doubt{Kind: Missing})
		switch row.Op {
		case client.OpSignIn:
			ep = client.Endpoint{Method: "POST", Path: client.SignInPath, Default: client.InJSON}
		case client.OpFetchFile:
			ep = client.Endpoint{Method: "GET", Path: client.FetchFilePath, Default: client.InQuery}
		default:
			return
		}
	}
	row.Method, row.Path = ep.Method, ep.Path
	res.Endpoints[row.Op] = ep
}
