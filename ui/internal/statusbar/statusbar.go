// Package statusbar draws the lines that frame every screen: header and tabs above, status and key footer below. Each function
// returns one line of exactly w cells.
package statusbar

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
)

// Header is the top line's content; every string is translated and sanitised, and may be empty.
type Header struct {
	App     string // program name
	Title   string // breadcrumb
	User    string
	Session string // time left, "会话 52:18"
	Profile string
	// ReadOnly chooses the badge after Profile; without a Profile there is none.
	ReadOnly bool
	Alarm    bool // the session is about to end
}

// Head draws the top line: " imagery  账号检索      mt1       会话 52:18  生产[可写] ".
func Head(env *core.Env, h Header, w int) string {
	s := env.Styles
	badge, badgeStyle := "", s.Writable
	if h.Profile != "" {
		badge = h.Profile + "[" + env.T("ui.profile.writable") + "]"
		if h.ReadOnly {
			badge, badgeStyle = h.Profile+"["+env.T("ui.profile.readonly")+"]", s.ReadOnly
		}
	}
	session := s.Text
	if h.Alarm {
		session = s.Error
	}
	right := ""
	add := func(part, gap string, render func(...string) string) {
		if part != "" {
			right += gap + render(part)
		}
	}
	add(text.Fit(h.User, max(8, text.Width(h.User))), "", s.Muted.Render)
	add(h.Session, "  ", session.Render)
	add(badge, "  ", badgeStyle.Render)
	if h.User == "" && h.Session == "" {
		right = strings.TrimLeft(right, " ")
	}
	left := " " + s.Header.Render(h.App) + "  " + s.Text.Render(h.Title)
	if text.Width(right) > w/2+10 {
		right = text.Truncate(right, w/2+10)
	}
	return text.Spread(text.Truncate(left, max(0, w-text.Width(right)-3)), right+" ", w)
}

// Tab is one entry of the tab line.
type Tab struct {
	Label string // translated
	Count int    // shown in brackets when not 0
}

// Tabs draws " 1 账号  2 资料  4 任务(2)      德索业务管理平台 "; active is the index of the tab shown, -1 for none.
func Tabs(env *core.Env, tabs []Tab, active int, right string, w int) string {
	s := env.Styles
	var b strings.Builder
	for i, t := range tabs {
		label := strconv.Itoa(i+1) + " " + t.Label
		if t.Count > 0 {
			label += "(" + strconv.Itoa(t.Count) + ")"
		}
		st := s.Tab
		if i == active {
			st = s.TabActive
		}
		b.WriteString(" " + st.Render(label) + " ")
	}
	left := b.String()
	if text.Width(left)+text.Width(right)+2 > w {
		right = text.Truncate(right, max(0, w-text.Width(left)-2))
	}
	return text.Spread(left, s.Muted.Render(right)+" ", w)
}

// TabAt returns the index of the tab at cell x, or -1.
func TabAt(tabs []Tab, x int) int {
	at := 0
	for i, t := range tabs {
		label := strconv.Itoa(i+1) + " " + t.Label
		if t.Count > 0 {
			label += "(" + strconv.Itoa(t.Count) + ")"
		}
		end := at + text.Width(label) + 2
		if x >= at && x < end {
			return i
		}
		at = end
	}
	return -1
}

// Status draws the status line in the manner of its kind; failures start with "!" so that colour is not needed.
func Status(env *core.Env, kind core.Kind, line string, w int) string {
	s := env.Styles
	st := s.StatusOK
	switch kind {
	case core.Success:
		st = s.Success
	case core.Warning:
		st = s.StatusWarning
	case core.Failure:
		st = s.StatusError
		line = "! " + line
	}
	return st.Render(text.Fit(" "+line, w))
}

// Foot draws the footer from bindings that have a Footer priority: those with the lowest numbers stay when room is short, all in the order
// given. Disabled ones are left out; help and palette say why.
func Foot(env *core.Env, bs []keymap.Binding, w int) string {
	type entry struct {
		cap, label        string
		width, prio, rank int
	}
	var all []entry
	for i, b := range bs {
		if b.Footer > 0 && b.Reason == "" {
			e := entry{cap: env.KeyCap(b, true), label: env.FootLabel(b), prio: b.Footer, rank: i}
			e.width = text.Width(e.cap) + 1 + text.Width(e.label)
			if e.cap != "" {
				all = append(all, e)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.prio, b.prio) })
	kept, used := all[:0], 1
	for _, e := range all {
		if used+e.width+1 <= w {
			used += e.width + 1
			kept = append(kept, e)
		}
	}
	slices.SortStableFunc(kept, func(a, b entry) int { return cmp.Compare(a.rank, b.rank) })
	gap := " "
	if used+len(kept) <= w {
		gap = "  "
	}
	var b strings.Builder
	for i, e := range kept {
		if i > 0 {
			b.WriteString(gap)
		}
		b.WriteString(env.Styles.FooterKey.Render(e.cap) + " " + env.Styles.FooterText.Render(e.label))
	}
	return text.Fit(" "+b.String(), w)
}

// TooSmall is the whole picture of a window below minW by minH cells: one sentence, wrapped.
func TooSmall(env *core.Env, w, h, minW, minH int) string {
	msg := env.T("ui.screen.small", "w", minW, "h", minH, "nw", w, "nh", h)
	return text.Block(strings.Join(text.Wrap(msg, max(1, w)), "\n"), w, h)
}
