package client

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// Time is a moment the platform sent in any of its shapes, with the zone it was meant in. JSON prints RFC 3339, null if zero.
type Time struct{ time.Time }

// MarshalJSON implements json.Marshaler.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(t.Format(time.RFC3339))
}

// Date is a calendar day without a zone. JSON prints "2026-03-28", null if zero.
type Date struct {
	Year, Month, Day int
}

// DateOf returns the day of t in t's own zone.
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	y, m, d := t.Date()
	return Date{y, int(m), d}
}

// ParseDate reads yyyy-MM-dd, yyyy/MM/dd or yyyyMMdd, as people type it.
func ParseDate(s string) (Date, error) {
	for _, layout := range []string{"2006-1-2", "2006/1/2", "20060102"} {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return DateOf(t), nil
		}
	}
	return Date{}, errors.New("not a date: " + strconv.Quote(SafeText(s, 40)))
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// String returns yyyy-MM-dd, or "" if zero.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// Compare orders dates; the zero date comes first.
func (d Date) Compare(o Date) int { return strings.Compare(d.String(), o.String()) }

// MarshalJSON implements json.Marshaler.
func (d Date) MarshalJSON() ([]byte, error) {
	if d.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(d.String())
}
