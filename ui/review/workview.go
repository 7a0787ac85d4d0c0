package review

import (
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/internal/i18n"
	engine "imagery/internal/review"
	"imagery/internal/text"
	"imagery/ui/internal/look"
	"imagery/ui/internal/style"
)

// Layout, in cells.
const (
	minSide, maxSide = 38, 46
	checksY          = 7 // line of the screen where the checks begin: the border, five lines above them and a blank one
	footLines        = 6 // below the checks
)

// sideW is the width of the checklist's panel.
func (m *Work) sideW() int { return min(max(m.w*2/5, minSide), maxSide) }

// checkLines is how many checks there is room for.
func (m *Work) checkLines() int { return max(1, m.h-checksY-footLines-1) }

// arrange gives the picture its room.
func (m *Work) arrange() tea.Cmd {
	return tea.Batch(m.pane.Resize(max(0, m.w-m.sideW()-2), max(0, m.h-2)), m.pane.Again(), m.show())
}

// View implements core.Screen.
func (m *Work) View(w, h int) (string, *tea.Cursor) {
	side := m.sideW()
	body := m.pane.View()
	if a := m.now(); a == nil || len(a.items) == 0 {
		body = m.empty(w-side-2, h-2)
	}
	picture := m.env.Styles.Panel(style.Panel{Title: m.heading(w - side), Info: m.paging(), W: w - side, H: h, Bare: true, Focused: m.onView, Body: body})
	list := m.env.Styles.Panel(style.Panel{
		Title: m.env.T("review.work.checklist"), Info: m.mode(), W: side, H: h, Focused: !m.onView, Body: strings.Join(m.side(side-4), "\n"),
	})
	return lipgloss.JoinHorizontal(lipgloss.Top, picture, list), nil
}

// mode tells the second look and a settling from the usual review.
func (m *Work) mode() string {
	switch a := m.now(); {
	case m.differs != nil:
		return m.env.T("review.work.mode_settle")
	case m.run.Blind && a != nil && a.task.Round == engine.Second:
		return m.env.T("review.work.mode_second")
	case m.run.Blind:
		return m.env.T("review.work.mode_blind")
	}
	return ""
}

// heading names the material on show.
func (m *Work) heading(w int) string {
	a := m.now()
	if a == nil || len(a.items) == 0 {
		return m.env.T("review.work.picture")
	}
	it := a.items[a.file]
	return text.Truncate(text.Steady(it.Material.MaterialName.String()+"  "+it.Material.MaterialCode.String()), max(8, w-16))
}

// paging is which file and page is on show.
func (m *Work) paging() string {
	a := m.now()
	if a == nil || len(a.items) == 0 {
		return ""
	}
	out := m.env.T("review.work.file", "at", a.file+1, "all", len(a.items))
	if n := m.pages(); n > 1 {
		out += "  " + m.env.T("review.work.page", "at", min(a.page, n), "all", n)
	}
	return out
}

// empty says why there is no picture.
func (m *Work) empty(w, h int) string {
	t, s := m.env.T, m.env.Styles
	var words string
	switch a := m.now(); {
	case a != nil && a.err != nil:
		words = s.Error.Render("! " + m.svc.Explain(a.err) + "  " + t("review.work.retry", "key", m.env.KeyOf("review.again", "r")))
	case a != nil && m.relist.Busy(), a == nil && m.fetch.Busy(), m.undoing.Busy():
		words = s.Info.Render(m.env.Spinner() + " " + t("review.work.claiming"))
	case a != nil:
		words = s.Muted.Render(t("review.work.no_files"))
	case m.err != nil:
		words = s.Error.Render("! " + m.svc.Explain(m.err) + "  " + t("review.work.retry", "key", m.env.KeyOf("review.again", "r")))
	default:
		words = s.Muted.Render(m.done())
	}
	lines := text.Wrap(words, max(1, w-4))
	for i, l := range lines {
		lines[i] = text.FitCenter(l, w)
	}
	return text.Block(strings.Repeat("\n", max(0, (h-len(lines))/2))+strings.Join(lines, "\n"), w, h)
}

// done says what is left of a run that has nothing for this reviewer.
func (m *Work) done() string {
	switch p := m.progress; {
	case !m.counted:
		return m.env.T("review.work.none")
	case p.Remaining > 0:
		return m.env.T("review.work.others", "n", p.Remaining, "key", m.env.KeyOf("review.again", "r"))
	case p.Unsettled > 0:
		return m.env.T("review.work.unsettled", "n", p.Unsettled, "key", m.env.KeyOf("review.differences", "D"))
	}
	return m.env.T("review.work.finished", "sign", m.env.KeyOf("review.sign", "w"), "pack", m.env.KeyOf("review.pack", "e"))
}

// side is the panel beside the picture: what the run is, whose account this is, the checks, and how far it all is.
func (m *Work) side(w int) []string {
	t, s := m.env.T, m.env.Styles
	p := m.progress
	lines := []string{
		t("review.work.sample", "size", text.Count(int64(m.run.Plan.Size)), "population", text.Count(int64(m.run.Population)), "seed", client.SafeText(m.run.Seed, 40)),
		t("review.work.progress", "bar", style.Bar(share(p), 12), "done", p.Done, "all", p.Reviews),
	}
	a := m.now()
	if a == nil {
		return append(lines, "", s.Muted.Render(t("review.work.none")), "", s.Muted.Render(m.tally()))
	}
	it := a.task.Item
	lines = append(lines,
		t("review.work.account", "no", client.Text(it.AccountNo), "biz", m.svc.Codes().Name(codes.BizTypes, client.Text(it.BizType))),
		s.Strong.Render(t("review.work.customer", "name", it.Name)),
		s.Muted.Render(m.svc.Codes().Name(codes.Departments, client.Text(it.Department))),
		"")
	lines = append(lines, m.checks(a, w)...)
	for i, l := range lines {
		lines[i] = text.Truncate(l, w)
	}
	lines = append(lines, m.noteLine(a, w), m.findingLine(a, w), "", text.Truncate(m.answerKeys(), w))
	return append(lines, text.Truncate(m.tally(), w), s.Muted.Render(text.Truncate(m.pace(), w)))
}

// answerKeys are the keys of the answers; the footer leaves them out.
func (m *Work) answerKeys() string {
	var out []string
	for _, x := range []struct {
		v     engine.Value
		usual string
	}{{engine.Pass, "y"}, {engine.Fail, "n"}, {engine.NA, "s"}, {engine.Doubt, "d"}} {
		out = append(out, m.env.KeyOf("review."+string(x.v), x.usual)+" "+m.word(x.v))
	}
	return strings.Join(out, " ")
}

func share(p engine.Progress) float64 {
	if p.Reviews == 0 {
		return 0
	}
	return float64(p.Done) / float64(p.Reviews)
}

// checks are the lines of the checklist that there is room for, the one under the cursor among them.
func (m *Work) checks(a *account, w int) []string {
	room := m.checkLines()
	m.top = min(max(m.top, a.at-room+1), a.at)
	m.top = max(0, min(m.top, len(a.points)-room))
	out := make([]string, 0, room)
	for i := m.top; i < m.top+room; i++ {
		if i < len(a.points) {
			out = append(out, m.check(a, i, w))
		} else {
			out = append(out, "")
		}
	}
	return out
}

func (m *Work) check(a *account, i, w int) string {
	p, mark := a.points[i], "  "
	if i == a.at {
		mark = "> "
	}
	label := client.SafeText(p.Check.Label(m.env.Lang), 100)
	if p.Material != "" {
		label = m.svc.Codes().Name(codes.Materials, client.Text(p.Material)) + " " + label
	}
	line := mark + text.FitRight(strconv.Itoa(i+1), 2) + " " + m.box(a.values[i])
	if m.differs != nil {
		line += m.word(a.theirs[0][i]) + "/" + m.word(a.theirs[1][i])
	}
	line = text.Fit(text.Truncate(line+" "+text.Steady(label), w), w)
	switch v := a.values[i]; {
	case i == a.at && !m.onView:
		return m.env.Styles.Selected.Render(line)
	case v == engine.Fail:
		return m.env.Styles.Error.Render(line)
	case v == engine.Doubt:
		return m.env.Styles.Warning.Render(line)
	case v == engine.Pass:
		return m.env.Styles.Success.Render(line)
	}
	return line
}

func (m *Work) word(v engine.Value) string {
	if v == "" {
		return "-"
	}
	return m.env.T(i18n.Key("review.short." + string(v)))
}

// box is an answer in brackets that are as wide for each.
func (m *Work) box(v engine.Value) string {
	wide := 0
	for _, x := range []engine.Value{engine.Pass, engine.Fail, engine.NA, engine.Doubt} {
		wide = max(wide, text.Width(m.word(x)))
	}
	if v == "" {
		return "[" + strings.Repeat(" ", wide) + "]"
	}
	return "[" + text.FitCenter(m.word(v), wide) + "]"
}

func (m *Work) noteLine(a *account, w int) string {
	if a.note == "" {
		return m.env.Styles.Muted.Render(text.Truncate(m.env.T("review.work.no_note"), w))
	}
	return text.Truncate(m.env.T("review.work.note", "note", client.SafeText(a.note, 300)), w)
}

func (m *Work) findingLine(a *account, w int) string {
	var all []string
	for _, f := range a.findings {
		words := m.env.T(i18n.Key("review.finding." + string(f.Kind)))
		if f.Date != "" {
			words += " " + f.Date
		}
		if f.Text != "" {
			words += " " + client.SafeText(f.Text, 100)
		}
		all = append(all, words)
	}
	if len(all) > 0 {
		return text.Truncate(m.env.T("review.work.findings", "list", strings.Join(all, "; ")), w)
	}
	if a.at < len(a.points) && a.points[a.at].Check.Expiry {
		return m.env.Styles.Accent.Render(text.Truncate(m.env.T("review.work.want_expiry"), w))
	}
	return m.env.Styles.Muted.Render(text.Truncate(m.env.T("review.work.no_findings"), w))
}

// tally counts what was found so far.
func (m *Work) tally() string {
	p := m.progress
	return m.env.T("review.work.tally", "failed", p.Failed, "undecided", max(0, p.Undecided-p.Skipped), "skipped", p.Skipped, "spent", text.Clock(p.Spent.Round(time.Second)))
}

// pace is how long an account takes, and all that remain.
func (m *Work) pace() string {
	p := m.progress
	if p.Done == 0 {
		return m.env.T("review.work.remaining", "n", p.Remaining, "key", m.env.KeyOf("review.again", "r"))
	}
	return m.env.T("review.work.pace", "each", text.Clock(p.Each.Round(time.Second)), "n", p.Remaining, "left", text.Clock(p.Left.Round(time.Second)))
}

// Title implements core.Screen.
func (m *Work) Title() string {
	switch a := m.now(); {
	case a == nil:
		return m.env.T("review.work.breadcrumb")
	case m.differs != nil:
		return m.env.T("review.work.breadcrumb_settle", "n", a.task.Item.Place)
	default:
		return m.env.T("review.work.breadcrumb_at", "n", a.task.Item.Place)
	}
}

// Status implements core.Screen.
func (m *Work) Status() string {
	if len(m.given) > 0 {
		return m.env.Spinner() + " " + m.env.T("review.work.saving", "n", len(m.given))
	}
	var out []string
	if !m.saved.IsZero() {
		out = append(out, m.env.T("review.work.saved", "time", m.saved.Format(time.TimeOnly)))
	}
	if err := m.pane.Err(); err != nil {
		out = append(out, "! "+m.svc.Explain(err))
	} else if s := m.pane.Shown(); s != nil {
		for _, w := range look.Warnings(m.env, s) {
			out = append(out, "! "+w)
		}
		out = append(out, look.Facts(m.env, s))
	}
	return strings.Join(out, "  |  ")
}
