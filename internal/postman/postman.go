// Package postman turns the vendor's Postman collection into a company's endpoints. What is kept is where each interface lives and how
// its fields travel; the collection's origin, tokens, passwords and example values are read past and never stored.
package postman

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

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
}

// Row is one interface.
type Row struct {
	Op      client.Op
	Found   bool
	Request client.Text // name of the request it was taken from
	Method  string
	Path    string
	Doubts  []Doubt
}

// Kind is what a Doubt is about.
type Kind string

// The doubts.
const (
	Missing       Kind = "missing"        // no request for the interface; the vendor's usual address is taken where it is known
	TwoCandidates Kind = "two_candidates" // Detail names the request left aside
	OtherNumber   Kind = "other_number"   // its fields are this interface's though its number is Detail
	ByFields      Kind = "by_fields"      // it has no number and was found by its fields
	NoSystemCode  Kind = "no_system_code" // interfaces 2 and 6 show no place for it
	UnknownField  Kind = "unknown_field"  // Detail is a parameter the contract does not know; it is not sent
)

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
	var c collection
	if err := json.Unmarshal(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")), &c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotACollection, err)
	}
	return &c, nil
}

// assemble gives each interface the request that fits it best.
func assemble(name client.Text, all []found) *Result {
	res := &Result{Name: name, Endpoints: client.Endpoints{}}
	for i := range res.Rows {
		res.Rows[i].Op = client.Op(i + 1)
	}
	taken := map[client.Op]found{}
	place := func(op client.Op, f found, doubts ...Doubt) {
		row := &res.Rows[op-1]
		if row.Found {
			row.Doubts = append(row.Doubts, Doubt{TwoCandidates, client.Text(f.name)})
			return
		}
		row.Found, row.Request, row.Doubts, taken[op] = true, client.Text(f.name), append(row.Doubts, doubts...), f
	}
	var unsure []found
	for _, f := range all { // number and fields agree, or one of them says nothing
		number, byFields := leadingNumber(f.name), f.byFields()
		switch {
		case number != 0 && (byFields == 0 || byFields == number):
			place(number, f)
		case byFields != 0:
			unsure = append(unsure, f)
		}
	}
	for _, f := range unsure { // the fields decide
		op := f.byFields()
		if number := leadingNumber(f.name); number != 0 {
			place(op, f, Doubt{OtherNumber, client.Text(fmt.Sprint(int(number)))})
		} else if !res.Rows[op-1].Found {
			place(op, f, Doubt{Kind: ByFields})
		}
	}
	for i := range res.Rows {
		res.settle(&res.Rows[i], taken)
	}
	return res
}

// settle works out a row's endpoint.
func (res *Result) settle(row *Row, taken map[client.Op]found) {
	var ep client.Endpoint
	if f, ok := taken[row.Op]; ok {
		var doubts []Doubt
		ep, doubts = f.endpoint(row.Op)
		row.Doubts = append(row.Doubts, doubts...)
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
