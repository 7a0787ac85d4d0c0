package field

import (
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Date is a text field for a day, "2026-04-02", or with Clock for a moment, "2026-04-02 16:20:00". Digits flow into that form by
// themselves; words (今天, today) and days from now (-7) are taken too. Up, Down, + and - change the day, PgUp and PgDn the month. Set the
// fields before first use.
type Date struct {
	Text
	Clock    bool
	Required bool
}

var _ Control = (*Date)(nil)

// NewDate returns an empty date field.
func NewDate(env *core.Env) *Date {
	d := &Date{Text: Text{Env: env}}
	d.rest, d.MaxLen = d.template, longestDate
	return d
}

// longestDate is more code points than any writing of a moment has.
const longestDate = 32

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
	if !d.Focused() {
		return d.Text.Update(msg)
	}
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if d.step(keymap.Normalize(msg)) {
			return d.changed(), true
		}
		if keymap.Types(msg) {
			d.fill(msg.Text)
			return d.changed(), true
		}
	case tea.PasteMsg:
		if t, ok := parseDate(msg.Content, d.Env.Now()); ok {
			d.SetTime(t)
			return d.changed(), true
		}
	}
	return d.Text.Update(msg)
}

// step moves the date by a day or a month, from today in an empty field, and reports whether key does that.
func (d *Date) step(key string) bool {
	days := map[string]int{"up": 1, "down": -1, "+": 1, "=": 1, "-": -1}[key]
	months := map[string]int{"pgup": 1, "pgdown": -1}[key]
	t, ok := d.Time()
	switch letter := len(key) == 1; {
	case days == 0 && months == 0, letter && !ok: // a - may begin a number of days
		return false
	case !ok:
		t, days, months = d.Env.Now(), 0, 0
	}
	d.SetTime(addMonths(t, months).AddDate(0, 0, days))
	return true
}

// addMonths returns the same day n months on, or the last one of a shorter month.
func addMonths(t time.Time, n int) time.Time {
	first := t.AddDate(0, 0, 1-t.Day()).AddDate(0, n, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

var dateLayouts = func() (out []string) {
	for _, day := range []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日"} {
		for _, clock := range []string{"", " 15:04:05", " 15:04"} {
			out = append(out, day+clock)
		}
	}
	return append(out, "20060102", "20060102150405", "2006-01-02T15:04:05", time.RFC3339)
}()

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
