package client

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"
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
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil && !t.IsZero() { // year 1 begins with what stands for no date
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

// layouts are the textual shapes of a moment; those without a zone are read in the profile's.
var layouts = []string{
	"2006-01-02 15:04:05",
	time.RFC3339Nano,
	"2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04",
	"2006-01-02T15:04",
	"2006/01/02 15:04:05",
	"2006/01/02",
	"20060102150405",
	"20060102",
}

// moment reads a date in every shape the contract lists. Null, "" and all-zero dates are the zero Time.
func (v value) moment(loc *time.Location) (Time, error) {
	switch v.kind() {
	case 'n':
		return Time{}, nil
	case '0':
		ms, err := v.integer()
		if err != nil {
			return Time{}, v.wrong("a date")
		}
		return Time{time.UnixMilli(ms).In(loc)}, nil
	case '[':
		return v.parts(loc)
	case '"':
		return v.written(loc)
	}
	return Time{}, v.wrong("a date")
}

func (v value) written(loc *time.Location) (Time, error) {
	s := strings.TrimSpace(string(v.text()))
	if s == "" || strings.HasPrefix(s, "0000-00-00") {
		return Time{}, nil
	}
	if len(s) == len(time.DateOnly) {
		if t, err := time.ParseInLocation(time.DateOnly, s, loc); err == nil {
			return Time{t}, nil
		}
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			return Time{t.In(loc)}, nil
		}
	}
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) >= 9 {
		return Time{time.UnixMilli(ms).In(loc)}, nil
	}
	return Time{}, v.wrong("a date")
}

// parts reads [year, month, day, hour, minute, second, nanosecond], from the third on as far as it goes.
func (v value) parts(loc *time.Location) (Time, error) {
	var p [7]int
	err := v.items(func(i int, m value) error {
		n, err := m.integer()
		if err == nil && i < len(p) {
			p[i] = int(n)
		}
		return err
	})
	if err != nil {
		return Time{}, err
	}
	if p[1] < 1 || p[1] > 12 || p[2] < 1 || p[2] > 31 {
		return Time{}, v.wrong("a date")
	}
	return Time{time.Date(p[0], time.Month(p[1]), p[2], p[3], p[4], p[5], p[6], loc)}, nil
}

// shanghai is the zone the contract assumes when the profile names none.
var shanghai = sync.OnceValue(func() *time.Location {
	if loc, err := time.LoadLocation("Asia/Shanghai"); err == nil {
		return loc
	}
	return time.FixedZone("Asia/Shanghai", 8*60*60)
})
