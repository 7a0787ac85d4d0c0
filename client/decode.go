package client

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// decoder carries what reading a reply depends on besides the reply.
type decoder struct {
	loc  *time.Location
	room *int // bytes that what is read may still take
}

// maxRead is how many bytes of memory what is read from one reply may take, its texts aside: a record without members takes some hundred
// times the bytes it has in the reply.
const maxRead = 48 << 20

func (c *Client) decoder() decoder {
	room := maxRead
	return decoder{c.location(), &room}
}

// take accounts for n bytes, and as many again for what appending to a list leaves behind.
func (d decoder) take(n int) error {
	if *d.room -= 2 * n; *d.room < 0 {
		return ErrTooLarge
	}
	return nil
}

// fields reads one kind of record: by member name, what puts the member's value into the record.
type fields[T any] map[string]func(decoder, *T, value) error

func textField[T any](at func(*T) *Text) func(decoder, *T, value) error {
	return func(_ decoder, t *T, v value) error { *at(t) = v.text(); return nil }
}

func intField[T any](at func(*T) *int64) func(decoder, *T, value) error {
	return func(_ decoder, t *T, v value) (err error) { *at(t), err = v.integer(); return err }
}

func boolField[T any](at func(*T) *bool) func(decoder, *T, value) error {
	return func(_ decoder, t *T, v value) (err error) { *at(t), err = v.boolean(); return err }
}

func timeField[T any](at func(*T) *Time) func(decoder, *T, value) error {
	return func(d decoder, t *T, v value) (err error) { *at(t), err = v.moment(d.loc); return err }
}

func dateField[T any](at func(*T) *Date) func(decoder, *T, value) error {
	return func(d decoder, t *T, v value) error {
		m, err := v.moment(d.loc)
		*at(t) = DateOf(m.Time)
		return err
	}
}

func idField[T any](at func(*T) *IDNumber) func(decoder, *T, value) error {
	return func(_ decoder, t *T, v value) error { *at(t) = NewIDNumber(v.text().Raw()); return nil }
}

func rawField[T any](at func(*T) *json.RawMessage) func(decoder, *T, value) error {
	return func(_ decoder, t *T, v value) error {
		if !v.null() {
			*at(t) = v.raw()
		}
		return nil
	}
}

// record reads an object into t with table; members the table does not know go to extra, when there is one.
func record[T any](d decoder, v value, t *T, table fields[T], extra *Extra) error {
	if v.null() {
		return nil
	}
	return v.members(func(key []byte, m value) error {
		set, ok := table[string(key)]
		switch {
		case ok:
			return set(d, t, m)
		case extra == nil:
			return nil
		case *extra == nil:
			*extra = Extra{}
		}
		(*extra)[string(key)] = m.raw()
		return d.take(extraSize)
	})
}

const extraSize = 64 // bytes of an entry of an Extra, about

// appended adds a record to a list and returns where it stands.
func appended[T any](d decoder, list *[]T) (*T, error) {
	if err := d.take(int(reflect.TypeFor[T]().Size())); err != nil {
		return nil, err
	}
	*list = append(*list, *new(T))
	return &(*list)[len(*list)-1], nil
}

// unwrap goes through the envelopes platforms put around a value (data, result, content) until it meets one of the kind
// wanted: '[' for a list, '{' for a record that has one of the known members; or null. at is the dotted path of the envelopes.
func unwrap(v value, want byte, known func(key []byte, m value) bool) (_ value, at string, _ error) {
	for range 3 {
		if v.kind() == want && (want == '[' || has(v, known)) || v.null() {
			return v, at, nil
		}
		inner, name, err := open(v)
		if err != nil {
			return v, at, err
		}
		if inner.b == nil && want == '[' && succeeded(v) {
			return value{b: []byte("null"), off: v.off}, at, nil
		}
		if inner.b == nil {
			break
		}
		v, at = inner, strings.TrimPrefix(at+"."+name, ".")
	}
	if v.kind() == want || v.null() {
		return v, at, nil
	}
	if want == '[' {
		return v, at, v.wrong("a list")
	}
	return v, at, v.wrong("an object")
}

func has(v value, known func(key []byte, m value) bool) bool {
	found := false
	_ = v.members(func(key []byte, m value) error {
		found = found || known(key, m)
		return nil
	})
	return found
}

// open returns what an envelope holds and the member's name, or an error when the envelope reports a failure. The zero value: not an
// envelope.
func open(v value) (inner value, name string, err error) {
	if v.kind() != '{' {
		return value{}, "", nil
	}
	var code, msg Text
	_ = v.members(func(key []byte, m value) error {
		switch string(key) {
		case "data", "result", "content":
			if m.kind() == '{' || m.kind() == '[' || inner.b == nil {
				inner, name = m, string(key)
			}
		case "code":
			code = m.text()
		case "msg", "message":
			msg = m.text()
		}
		return nil
	})
	if code != "" && !successCode(code) && (inner.b == nil || inner.null()) {
		return value{}, "", &refusal{code: code, msg: msg}
	}
	return inner, name, nil
}

// succeeded reports whether an envelope without anything in it says that all went well: it held a list with nothing in it, on a platform
// that leaves such out. A code of 1 is not enough, for it means failure on some.
func succeeded(v value) bool {
	return v.kind() == '{' && has(v, func(key []byte, m value) bool {
		return string(key) == "code" && successCode(m.text()) && m.text() != "1"
	})
}

// doubtful is the error of an answer to a write that is code 1 and no data: done on some platforms, failed on others.
func doubtful(v value) error {
	if v.null() || v.kind() != '{' {
		return nil
	}
	if inner, _, err := open(v); err != nil || inner.b != nil && !inner.null() {
		return nil
	}
	one := has(v, func(key []byte, m value) bool { return string(key) == "code" && m.text() == "1" })
	if !one {
		return nil
	}
	return &MalformedError{Flaw: FlawMissing, Field: "data", Offset: int64(v.off), Reason: "code 1 alone is success on some platforms and failure on others"}
}

func successCode(code Text) bool {
	switch code {
	case "0", "00", "000", "0000", "00000", "000000", "1", "200", "true", "ok", "OK", "success", "SUCCESS":
		return true
	}
	return false
}

// refusal is a failure that came with a 2xx status inside an envelope.
type refusal struct{ code, msg Text }

func (r *refusal) Error() string {
	if r.msg == "" {
		return "code " + r.code.String()
	}
	return r.msg.String()
}

// list reads an array of records, however wrapped.
func list[T any](d decoder, v value, one func(decoder, value, *T) error) ([]T, error) {
	v, _, err := unwrap(v, '[', nil)
	if err != nil {
		return nil, err
	}
	out := []T{}
	err = v.items(func(_ int, m value) error {
		t, err := appended(d, &out)
		if err != nil {
			return err
		}
		return one(d, m, t)
	})
	return out, err
}

// texts reads a list of strings; a single string is split at commas, as some platforms join theirs.
func texts(d decoder, v value) (out []Text, err error) {
	add := func(s Text) error {
		t, err := appended(d, &out)
		if err == nil {
			*t = s
		}
		return err
	}
	if v.kind() != '"' {
		err = v.items(func(_ int, m value) error { return add(m.text()) })
		return out, err
	}
	for part := range strings.SplitSeq(string(v.text()), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		if err := add(Text(part)); err != nil {
			return nil, err
		}
	}
	return out, nil
}
