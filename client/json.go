package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// A value is one JSON value inside a document that encoding/json has found valid; off is its byte offset there. Walking
// values instead of unmarshalling them lets every field accept the shapes platforms differ in, keeps unknown fields, and
// lets an error name field and offset.
type value struct {
	b   []byte
	off int
}

// parse checks that doc is one valid JSON value with nothing behind it.
func parse(doc []byte) (value, error) {
	doc = bytes.TrimPrefix(doc, []byte("\xef\xbb\xbf"))
	if !json.Valid(doc) {
		return value{}, notJSON(doc)
	}
	v := value{b: doc}
	v.trim()
	return v, nil
}

// notJSON says where a document stops being JSON.
func notJSON(doc []byte) error {
	var raw json.RawMessage
	err := json.Unmarshal(doc, &raw)
	var syn *json.SyntaxError
	if errors.As(err, &syn) {
		return &MalformedError{Flaw: FlawSyntax, Offset: syn.Offset, Reason: syn.Error()}
	}
	return &MalformedError{Flaw: FlawSyntax, Reason: fmt.Sprint(err)}
}

func (v *value) trim() {
	for len(v.b) > 0 && blank(v.b[0]) {
		v.b, v.off = v.b[1:], v.off+1
	}
	v.b = bytes.TrimRight(v.b, " \t\r\n")
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// kind returns the value's first byte, '0' for any number.
func (v value) kind() byte {
	switch c := v.b[0]; c {
	case '{', '[', '"', 't', 'f', 'n':
		return c
	default:
		return '0'
	}
}

func (v value) null() bool { return v.kind() == 'n' }

// end returns the index behind the value that starts at v.b[i].
func (v value) end(i int) int {
	switch v.b[i] {
	case '"':
		for i++; v.b[i] != '"'; i++ {
			if v.b[i] == '\\' {
				i++
			}
		}
		return i + 1
	case '{', '[':
		return v.closing(i)
	}
	for i < len(v.b) && !blank(v.b[i]) && v.b[i] != ',' && v.b[i] != '}' && v.b[i] != ']' {
		i++
	}
	return i
}

func (v value) closing(i int) int {
	for depth := 0; ; {
		switch v.b[i] {
		case '"':
			i = v.end(i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
}

// next returns the value at or behind index i, and the index behind it.
func (v value) next(i int) (value, int) {
	i = v.skip(i)
	e := v.end(i)
	return value{v.b[i:e], v.off + i}, e
}

// skip returns the index of the next byte that is neither blank nor punctuation between members.
func (v value) skip(i int) int {
	for blank(v.b[i]) || v.b[i] == ',' || v.b[i] == ':' {
		i++
	}
	return i
}

// members calls fn for every member of an object; the error fn returns gets the member's name in front of its field.
func (v value) members(fn func(key []byte, m value) error) error {
	if v.kind() != '{' {
		return v.wrong("an object")
	}
	for i := v.skip(1); v.b[i] != '}'; i = v.skip(i) {
		var k, m value
		k, i = v.next(i)
		m, i = v.next(i)
		key := k.b[1 : len(k.b)-1]
		if bytes.IndexByte(key, '\\') >= 0 {
			key = []byte(k.text())
		}
		if err := fn(key, m); err != nil {
			return under(string(key), err)
		}
	}
	return nil
}

// items calls fn for every element of an array; null is an empty one.
func (v value) items(fn func(i int, m value) error) error {
	if v.null() {
		return nil
	}
	if v.kind() != '[' {
		return v.wrong("a list")
	}
	n := 0
	for i := v.skip(1); v.b[i] != ']'; i = v.skip(i) {
		var m value
		m, i = v.next(i)
		if err := fn(n, m); err != nil {
			return under("["+strconv.Itoa(n)+"]", err)
		}
		n++
	}
	return nil
}

// text returns strings unquoted, null as "", and anything else as it stands in the document.
func (v value) text() Text {
	switch v.kind() {
	case 'n':
		return ""
	case '"':
		if bytes.IndexByte(v.b, '\\') < 0 {
			return Text(v.b[1 : len(v.b)-1])
		}
		var s string
		if json.Unmarshal(v.b, &s) == nil {
			return Text(s)
		}
	}
	return Text(v.b)
}

// integer accepts numbers, numbers in strings, null and "" (0). It never goes through a float.
func (v value) integer() (int64, error) {
	s := string(v.text())
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, v.wrong("a whole number")
	}
	return n, nil
}

// boolean accepts true, "true", 1, "1" and their opposites; null and "" are false.
func (v value) boolean() (bool, error) {
	switch string(v.text()) {
	case "true", "TRUE", "True", "1":
		return true, nil
	case "false", "FALSE", "False", "0", "":
		return false, nil
	}
	return false, v.wrong("true or false")
}

func (v value) raw() json.RawMessage { return bytes.Clone(v.b) }

// wrong returns the error that names what was wanted here and what came.
func (v value) wrong(want string) error {
	return &MalformedError{Flaw: FlawKind, Offset: int64(v.off), Reason: "want " + want + ", got " + v.start()}
}

// start is what a value begins with, for errors.
func (v value) start() string { return SafeText(string(v.b[:min(len(v.b), 60)]), 60) }

// under puts name in front of the field err names.
func under(name string, err error) error {
	var m *MalformedError
	if !errors.As(err, &m) {
		return err
	}
	name = SafeText(name, 40)
	if m.Field != "" && m.Field[0] != '[' {
		name += "."
	}
	m.Field = name + m.Field
	return err
}
