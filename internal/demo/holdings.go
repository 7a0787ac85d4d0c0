package demo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// owner is whose a material is: an account's, or with customer set a customer's.
type owner struct {
	customer bool
	n        int64 // account seq or customer number
}

func (o owner) letter() string {
	if o.customer {
		return "C"
	}
	return "A"
}

// held is one version of a material, generated or archived through interface 2 or 6.
type held struct {
	owner     owner
	code      string
	id        int64
	files     []string // file ids
	created   time.Time
	source    string // COUNTER, WORKFLOW or ARCHIVE
	access    string // serviceAccessId, archives only
	title     string // of the archive
	process   string // processInstanceId, workflows only
	emp       int
	replaced  time.Time // zero on the current version
	discarded bool
}

// archivedSince reports whether the version came by interface 2 or 6 rather than with the book; its id is negative then.
func (h held) archivedSince() bool { return h.id < 0 }

// Where generated materials come from.
const (
	fromCounter  = "COUNTER"
	fromWorkflow = "WORKFLOW"
	fromArchive  = "ARCHIVE"
)

// employees are the people who submitted generated materials; the number is the employee code.
var employees = []struct{ code, name string }{{"0231", "李四"}, {"0232", "王五"}, {"0118", "赵敏"}, {"0307", "欧阳兰"}, {"0412", "孙立"}}

// generated returns the materials a book started with for one owner, history included, from its holdings mask.
func (p *Platform) generated(o owner, mask uint64, opened string) []held {
	var out []held
	day, err := time.ParseInLocation(time.DateOnly, opened, shanghai)
	if err != nil {
		day = firstDay
	}
	for bit, m := range p.cat.Materials {
		if mask&(1<<bit) == 0 {
			continue
		}
		key := o.n*64 + int64(bit)
		if o.customer {
			key = -key
		}
		r := source(p.opts.Seed, streamMaterial, key)
		h := p.version(r, o, m, day.Add(9*time.Hour+time.Duration(r.IntN(8*60))*time.Minute), 0)
		h.id = 10 * (o.n*64 + int64(bit))
		if o.customer {
			h.id += 5
		}
		out = append(out, h)
		if r.IntN(10) == 0 {
			old := p.version(r, o, m, h.created.AddDate(0, 0, -r.IntN(200)-1), 1)
			old.id = h.id + 1
			out = append(out, old)
		}
	}
	return out
}

func (p *Platform) version(r *rand.Rand, o owner, m material, at time.Time, version int) held {
	h := held{owner: o, code: m.Code, created: at, emp: r.IntN(len(employees))}
	switch n := r.IntN(100); {
	case n < 20:
		h.source = fromCounter
	case n < 50:
		h.source, h.process = fromWorkflow, fmt.Sprintf("P%s-%s%d", at.Format("20060102"), o.letter(), o.n)
	default:
		group := m.Code[0]
		h.source, h.title = fromArchive, archiveTitles[int(group)%len(archiveTitles)]
		h.access = fmt.Sprintf("S%s%09d%c%d", o.letter(), o.n, group, version)
	}
	for i := range filesOf(m.Code) {
		h.files = append(h.files, fmt.Sprintf("%s%09d%s%d%d", o.letter(), o.n, m.Code, version, i))
	}
	return h
}

var archiveTitles = []string{"互联网开户", "补录影像", "适当性归档", "变更影像"}

// filesOf returns how many files a material of this code has.
func filesOf(code string) int {
	switch code {
	case "2101", "4101", "6101":
		return 2
	}
	return 1
}

// fileKey is what a generated file's id says.
type fileKey struct {
	owner   owner
	code    string
	version int
	index   int
}

// parseFileID reads the id of a generated file; ok is false for uploaded ones and inventions.
func parseFileID(id string) (k fileKey, ok bool) {
	if len(id) != 16 || id[0] != 'A' && id[0] != 'C' {
		return k, false
	}
	n, err := strconv.ParseInt(id[1:10], 10, 64)
	if err != nil || n < 1 {
		return k, false
	}
	return fileKey{owner{id[0] == 'C', n}, id[10:14], int(id[14] - '0'), int(id[15] - '0')}, true
}

// settle marks discarded versions, and among the rest of one owner's code all but the newest as replaced.
func settle(all []held, discarded map[string]bool) []held {
	slices.SortStableFunc(all, func(a, b held) int {
		if a.archivedSince() && b.archivedSince() { // as they came in, whatever time they were given
			return cmp.Or(strings.Compare(a.code, b.code), cmp.Compare(a.id, b.id))
		}
		if a.archivedSince() != b.archivedSince() {
			return cmp.Or(strings.Compare(a.code, b.code), map[bool]int{true: -1, false: 1}[a.archivedSince()])
		}
		return cmp.Or(strings.Compare(a.code, b.code), b.created.Compare(a.created))
	})
	newest := map[string]time.Time{}
	for i := range all {
		h := &all[i]
		if h.access != "" && discarded[h.access] {
			h.discarded = true
			continue
		}
		if at, ok := newest[h.code]; ok {
			h.replaced = at
		}
		newest[h.code] = h.created
	}
	return slices.DeleteFunc(all, func(h held) bool { return h.discarded })
}
