package review

import (
	"slices"
	"time"

	"imagery/client"
	engine "imagery/internal/review"
	"imagery/internal/transfer"
)

// account is one that was claimed, with what the reviewer says of it so far.
type account struct {
	task     engine.Task
	items    []transfer.Item
	err      error // why its files could not be listed
	points   []engine.Point
	values   []engine.Value // by point; empty while it is open
	at       int            // point under the cursor
	file     int            // index into items
	page     int            // counted from 1
	note     string
	findings []engine.Finding
	seen     []engine.Seen // files that were looked at
	spent    time.Duration
	touched  time.Time // of the last key, zero while another account is at hand
	said     []change  // answers in this sitting, for undo
	// theirs are the answers of both reviewers by point, of a difference that is being settled.
	theirs [2][]engine.Value
}

// change is an answer that took the place of another.
type change struct {
	point int
	was   engine.Value
}

// answer answers the point under the cursor.
func (a *account) answer(v engine.Value) {
	a.said = append(a.said, change{a.at, a.values[a.at]})
	a.values[a.at] = v
}

// unsay takes the last answer back and puts the cursor there.
func (a *account) unsay() {
	last := a.said[len(a.said)-1]
	a.said = a.said[:len(a.said)-1]
	a.values[last.point], a.at = last.was, last.point
}

// newAccount lays out what is asked about a claimed account. What was said before it was taken back stands.
func newAccount(list engine.Checklist, t engine.Task, items []transfer.Item, err error) *account {
	a := &account{task: t, items: items, err: err, page: 1}
	a.points = list.Points(a.held())
	a.values = make([]engine.Value, len(a.points))
	if t.Before != nil {
		a.recall(*t.Before)
	}
	a.at = max(0, a.nextOpen(-1))
	return a
}

// takeOver takes over what was said and seen of the account before its files were listed again.
func (a *account) takeOver(was *account) {
	a.spent, a.touched = was.spent, was.touched
	a.recall(engine.Verdict{Answers: was.answers(), Note: was.note, Findings: was.findings, Files: was.seen})
	a.at = max(0, a.nextOpen(-1))
}

// settling lays out a difference: where both say the same, that stands; the rest is open.
func settling(list engine.Checklist, d engine.Difference, items []transfer.Item, err error) *account {
	a := newAccount(list, engine.Task{Item: d.Item, Round: engine.Final}, items, err)
	// What was answered about a material that has gone since must be settled too.
	for _, v := range []engine.Verdict{d.First, d.Second} {
		for _, x := range v.Answers {
			if a.point(x) < 0 {
				a.points, a.values = append(a.points, pointOf(list, x)), append(a.values, "")
			}
		}
	}
	for i, v := range []engine.Verdict{d.First, d.Second} {
		a.theirs[i] = make([]engine.Value, len(a.points))
		for _, x := range v.Answers {
			a.theirs[i][a.point(x)] = x.Value
		}
	}
	for i := range a.points {
		if a.theirs[0][i] == a.theirs[1][i] {
			a.values[i] = a.theirs[0][i]
		}
	}
	a.findings = append(slices.Clone(d.First.Findings), d.Second.Findings...)
	if d.Settled != nil {
		a.recall(*d.Settled)
	}
	a.at = max(0, a.nextOpen(-1))
	return a
}

func pointOf(list engine.Checklist, x engine.Answer) engine.Point {
	for _, c := range list.Checks {
		if c.ID == x.Check {
			return engine.Point{Check: c, Material: x.Material}
		}
	}
	return engine.Point{Check: engine.Check{ID: x.Check, Zh: x.Check, En: x.Check}, Material: x.Material}
}

// recall takes over what a verdict says.
func (a *account) recall(v engine.Verdict) {
	for _, x := range v.Answers {
		if i := a.point(x); i >= 0 {
			a.values[i] = x.Value
		}
	}
	a.note, a.findings, a.seen = v.Note, slices.Clone(v.Findings), slices.Clone(v.Files)
}

// point is the index of what an answer answers, -1 when that is not asked.
func (a *account) point(x engine.Answer) int {
	return slices.IndexFunc(a.points, func(p engine.Point) bool { return p.Check.ID == x.Check && p.Material == x.Material })
}

// held are the codes of the materials there are files of.
func (a *account) held() (codes []string) {
	for _, it := range a.items {
		if c := it.Material.MaterialCode.Raw(); !slices.Contains(codes, c) {
			codes = append(codes, c)
		}
	}
	return codes
}

// nextOpen is the first open point behind one, from the start again after the last; -1 when none is open.
func (a *account) nextOpen(after int) int {
	for i := range a.points {
		if n := (after + 1 + i) % len(a.points); a.values[n] == "" {
			return n
		}
	}
	return -1
}

// open counts the points without an answer.
func (a *account) open() (n int) {
	for _, v := range a.values {
		if v == "" {
			n++
		}
	}
	return n
}

func (a *account) answers() (out []engine.Answer) {
	for i, v := range a.values {
		if v != "" {
			out = append(out, engine.Answer{Check: a.points[i].Check.ID, Material: a.points[i].Material, Value: v})
		}
	}
	return out
}

// passRest answers what is open.
func (a *account) passRest() {
	for i, v := range a.values {
		if v == "" {
			a.values[i] = engine.Pass
		}
	}
}

// verdict is what the reviewer says; put aside, it has no answers.
func (a *account) verdict(skipped bool) engine.Verdict {
	v := engine.Verdict{Place: a.task.Item.Place, Skipped: skipped, Note: a.note, Findings: a.findings, Files: a.seen, Spent: a.spent.Milliseconds()}
	if !skipped {
		v.Answers = a.answers()
	}
	return v
}

// idle is the longest time between two keys that counts as looking at an account.
const idle = 3 * time.Minute

// touch counts the time since the last key.
func (a *account) touch(now time.Time) {
	if !a.touched.IsZero() {
		a.spent += min(max(0, now.Sub(a.touched)), idle)
	}
	a.touched = now
}

// saw notes a file that was looked at.
func (a *account) saw(s engine.Seen) {
	if !slices.Contains(a.seen, s) {
		a.seen = append(slices.DeleteFunc(a.seen, func(x engine.Seen) bool { return x.FileID == s.FileID }), s)
	}
}

// fileOf is the index of the first file of a material, -1 without one.
func (a *account) fileOf(material string) int {
	return slices.IndexFunc(a.items, func(it transfer.Item) bool { return it.Material.MaterialCode.Raw() == material })
}

// record is the account as the platform's records have it, as far as the sample tells.
func (a *account) record() client.CustomerAccount {
	if len(a.items) > 0 {
		return client.CustomerAccount{Account: a.items[0].Account, Customer: a.items[0].Customer}
	}
	var r client.CustomerAccount
	m := a.task.Item.Member
	r.Account.AccountNo, r.Account.AccountBizType = client.Text(m.AccountNo), client.Text(m.BizType)
	return r
}
