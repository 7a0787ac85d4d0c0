package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// PageBase is the number a platform gives the first page of interface 9.
type PageBase int

// The bases the contract knows of.
const (
	PageBaseUnknown PageBase = iota
	PageBaseZero
	PageBaseOne
)

func (b PageBase) offset() int {
	if b == PageBaseOne {
		return 1
	}
	return 0
}

// LearntPageBase returns PageBase, or what the first search found out if that is unknown.
func (c *Client) LearntPageBase() PageBase {
	if c.PageBase != PageBaseUnknown {
		return c.PageBase
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base
}

func (c *Client) learn(b PageBase) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base = b
}

// probe finds out the page base by asking for page 1 on the wire, and returns the page s asks for. An empty book decides
// nothing; both bases give the same answer then.
func (c *Client) probe(ctx context.Context, s SearchAccountsRequest) (*Page[CustomerAccount], error) {
	one, err := c.page(ctx, s, 1)
	if err != nil {
		return nil, err
	}
	base := one.base()
	if base == PageBaseUnknown {
		if len(one.Content) == 0 {
			return one, nil
		}
		if base, err = c.compare(ctx, s, one); err != nil {
			return nil, err
		}
	}
	c.learn(base)
	if number := s.PageNumber - 1 + base.offset(); number != 1 {
		return c.page(ctx, s, number)
	}
	return one, nil
}

// base reads the page base off the answer to page 1, as far as it tells.
func (p *Page[T]) base() PageBase {
	switch {
	case p.first != nil && *p.first:
		return PageBaseOne
	case p.previous != nil && *p.previous, len(p.Content) == 0 && p.TotalElements > 0, p.first != nil && len(p.Content) > 0:
		return PageBaseZero
	}
	return PageBaseUnknown
}

// compare decides where a page names no neighbours: a platform that counts from 0 has another page 0. That there is none may be an error of
// the moment, so it has to be answered twice; what did not come, or was refused for another reason, decides nothing.
func (c *Client) compare(ctx context.Context, s SearchAccountsRequest, one *Page[CustomerAccount]) (PageBase, error) {
	for range 2 {
		zero, err := c.page(ctx, s, 0)
		switch {
		case err == nil && (len(zero.Content) == 0 || zero.Content[0].Account.AccountID == one.Content[0].Account.AccountID):
			return PageBaseOne, nil
		case err == nil:
			return PageBaseZero, nil
		case !noPage(err):
			return PageBaseUnknown, err
		}
	}
	return PageBaseOne, nil
}

// noPage reports whether an error may say that there is no page of that number.
func noPage(err error) bool {
	var refused *Error
	var malformed *MalformedError
	return errors.As(err, &refused) && !passing(refused.Status) ||
		errors.As(err, &malformed) && slices.Contains([]Flaw{FlawMissing, FlawEmpty, FlawPage}, malformed.Flaw)
}

// passing reports whether a status speaks of the caller or the moment rather than of what was asked for.
func passing(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// pageFields are the members of the known page shapes that count.
type pageFields struct {
	number, size, totalPages, count, total int64
	next, last, first, previous            *bool
	content                                value
	told                                   bool // a total or a count was among the members
}

// readPage reads the vendor's page, Spring's, or {content, page:{…}}, in an envelope or not. An empty list may be null or left out; a page
// may not: null in its place says nothing of whether there are accounts, so it is an error.
func readPage[T any](d decoder, v value, one func(decoder, value, *T) error) (*Page[T], error) {
	v, at, err := unwrap(v, '{', func(key []byte, m value) bool {
		return string(key) == "totalElements" || string(key) == "page" || string(key) == "numberOfElements" || string(key) == "content" && (m.kind() == '[' || m.null())
	})
	if err != nil {
		return nil, err
	}
	var f pageFields
	if v.null() {
		return nil, &MalformedError{Flaw: FlawMissing, Field: at, Offset: int64(v.off), Reason: "want a page, got null"}
	}
	if err := v.members(f.read); err != nil {
		return nil, err
	}
	if f.content.b == nil { // as platforms write it that leave empty lists out
		if !f.told || f.count != 0 {
			return nil, &MalformedError{Flaw: FlawMissing, Field: "content", Offset: int64(v.off), Reason: "want a page with content, got " + v.start()}
		}
		f.content = value{b: []byte("null"), off: v.off}
	}
	p := &Page[T]{
		Number: int(f.number), Size: int(f.size), TotalPages: int(f.totalPages), TotalElements: f.total, first: f.first, previous: f.previous,
		Content: make([]T, 0, min(max(f.count, 0), 1000)),
	}
	err = f.content.items(func(_ int, m value) error {
		t, err := appended(d, &p.Content)
		if err != nil {
			return err
		}
		return one(d, m, t)
	})
	if err != nil {
		return nil, under("content", err)
	}
	return p, p.settle(&f)
}

func (f *pageFields) read(key []byte, m value) (err error) {
	switch string(key) {
	case "content":
		f.content = m
	case "page":
		if m.kind() == '{' {
			return m.members(f.read)
		}
	case "number":
		f.number, err = m.integer()
	case "size":
		f.size, err = m.integer()
	case "totalPages":
		f.totalPages, err = m.integer()
	case "numberOfElements":
		f.told = true
		f.count, err = m.integer()
	case "totalElements":
		f.told = true
		f.total, err = m.integer()
	case "nextPage":
		f.next, err = flag(m)
	case "last":
		f.last, err = flag(m)
	case "first":
		f.first, err = flag(m)
	case "previousPage":
		f.previous, err = flag(m)
	}
	return err
}

func flag(v value) (*bool, error) {
	if v.null() {
		return nil, nil
	}
	b, err := v.boolean()
	return &b, err
}

// settle checks the page's own figures and decides whether another page follows.
func (p *Page[T]) settle(f *pageFields) error {
	n := int64(len(p.Content))
	switch {
	case f.total < 0 || f.size < 0 || f.count < 0 || f.totalPages < 0:
		return &MalformedError{Flaw: FlawCount, Reason: "the page counts below zero"}
	case f.count != 0 && f.count != n:
		return &MalformedError{Flaw: FlawCount, Field: "numberOfElements", Reason: fmt.Sprintf("says %d, the page holds %d", f.count, n)}
	}
	p.NumberOfElements = int(n)
	switch {
	case n == 0:
	case f.next != nil:
		p.HasNext = *f.next
	case f.last != nil:
		p.HasNext = !*f.last
	case f.size > 0:
		p.HasNext = n >= f.size
	default: // behind the last page comes one without content
		p.HasNext = n < f.total
	}
	return nil
}
