package field

import (
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/core"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Date is a text field for a day, "2026-04-02", or with Clock for a moment, "2026-04-02 16:20:00". It also takes 20260402, 今天, today,
// and -7 for a week ago; Up and Down change the day. Set the fields before first use.
type Date struct {
	Text
	Clock    bool
	Required bool
}

var _ Control = (*Date)(nil)

// NewDate returns an empty date field.
func NewDate(env *core.Env) *Date { return &Date{Text: Text{Env: env}} }

func (d *Date) layout() string {
	if d.Clock {
		return time.DateTime
	}
	return time.DateOnly
}

// Time returns the moment written in the field, in the zone of Env.Now; ok is false when it is empty or not a date.
func (d *Date) Time() (t time.Time, ok bool) { return parseDate(d.Text.Value(), d.Env.Now()) }

// SetTime writes t into the field.
func (d *Date) SetTime(t time.Time) { d.SetValue(t.Format(d.layout())) }

// Value implements Control: the date in full whichever way it was typed, or the text as typed when it is none.
func (d *Date) Value() string {
	if t, ok := d.Time(); ok {
		return t.Format(d.layout())
	}
	return d.Text.Value()
}

// Blur implements Control; the date typed is written out in full.
func (d *Date) Blur() {
	d.SetValue(d.Value())
	d.Text.Blur()
}

// Problem implements Control.
func (d *Date) Problem() string {
	_, ok := d.Time()
	switch blank := strings.TrimSpace(d.Text.Value()) == ""; {
	case blank && d.Required:
		return d.Env.T("ui.field.required")
	case !blank && !ok:
		return d.Env.T("ui.date.malformed")
	}
	return d.Text.Problem()
}

// Update implements Control.
func (d *Date) Update(msg tea.Msg) (tea.Cmd, bool) {
	k, isKey := msg.(tea.KeyPressMsg)
	if step := map[string]int{"up": 1, "down": -1, "pgup": 30, "pgdown": -30}[k.String()]; isKey && d.Focused() && step != 0 {
		t, ok := d.Time()
		if !ok {
			t, step = d.Env.Now(), 0
		}
		d.SetTime(t.AddDate(0, 0, step))
		return d.changed(), true
	}
	return d.Text.Update(msg)
}

var dateLayouts = []string{time.DateTime, time.DateOnly, "20060102", "2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "2006-01-02 15:04", "20060102150405"}

// parseDate reads a day or moment as people write it; relative ones count from now.
func parseDate(s string, now time.Time) (time.Time, bool) {
	s = strings.TrimSpace(s)
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch strings.ToLower(s) {
	case "":
		return time.Time{}, false
	case "今天", "today", "t":
		return midnight, true
	case "昨天", "yesterday":
		return midnight.AddDate(0, 0, -1), true
	case "现在", "now":
		return now, true
	}
	if n, err := strconv.Atoi(s); err == nil && (s[0] == '-' || s[0] == '+') && n > -36600 && n < 36600 {
		return midnight.AddDate(0, 0, n), true
	}
	for _, l := range dateLayouts {
		if t, err := time.ParseInLocation(l, s, now.Location()); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
