package review

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"imagery/internal/audit"
	"imagery/internal/sampling"
)

// checkManifest reads the manifest and compares its list with that of SHA256SUMS. It returns false when there is nothing to go on with.
func (v *verifier) checkManifest() bool {
	b, ok := v.read(manifestFile)
	if !ok {
		return false
	}
	m := &v.manifest
	if err := strict(b, m); err != nil || m.Format != packFormat || m.Version != packVersion || len(m.Run.Signatures) == 0 || m.Run.State != Signed {
		v.problem(manifestFile, Unreadable, 0)
		return false
	}
	v.run = &m.Run
	v.out.Run = v.run
	listed := map[string]string{}
	for i, f := range m.Files {
		if v.sums[f.Path] != f.SHA256 {
			v.problem(manifestFile, BadManifest, i+1)
		}
		listed[f.Path] = f.SHA256
	}
	if len(listed) != len(m.Files) || len(listed) != len(v.sums)-1 {
		v.problem(manifestFile, BadManifest, 0)
	}
	return true
}

// strict decodes JSON that holds exactly one value without unknown fields.
func strict(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}

// checkPopulation checks population, plan and draw.
func (v *verifier) checkPopulation() {
	sample, ok := v.read(sampleFile)
	if !ok {
		return
	}
	var err error
	if v.items, err = readSample(sample); err != nil {
		v.problem(sampleFile, Unreadable, 0)
		return
	}
	v.out.Items = len(v.items)
	text, ok := v.read(populationFile)
	if !ok {
		return
	}
	records, err := sampling.ReadItems(bytes.NewReader(text))
	if err != nil {
		v.problem(populationFile, Unreadable, 0)
		return
	}
	p, err := sampling.Freeze(records)
	if err != nil || p.Hash() != v.run.Hash || p.Len() != v.run.Population {
		v.problem(populationFile, BadPopulace, 0)
		return
	}
	q := v.run.Question
	plan, err := sampling.Stratify(q.sampling(p.Len()), p.Strata(), q.Minimum)
	if err != nil || !reflect.DeepEqual(plan, v.run.Plan) {
		v.problem(manifestFile, BadPlan, 0)
		return
	}
	v.checkDraw(p, records)
}

func (v *verifier) checkDraw(p *sampling.Population, records []sampling.Item) {
	strata := make(map[string]string, len(records))
	for _, r := range records {
		strata[r.ID] = r.Stratum
	}
	tickets := make([]sampling.Ticket, len(v.items))
	for i, it := range v.items {
		tickets[i] = sampling.Ticket{ID: it.ID, Number: it.Ticket}
		if strata[it.ID] != it.Stratum {
			v.problem(sampleFile, BadDraw, i+1)
		}
	}
	err := sampling.VerifyDrawStrata(p, v.run.Seed, v.run.Plan.Shares, tickets)
	var wrong *sampling.DrawError
	switch {
	case errors.As(err, &wrong):
		v.problem(sampleFile, BadDraw, wrong.Place)
	case err != nil:
		v.problem(sampleFile, BadDraw, 0)
	}
}

func (v *verifier) checkChecklist() {
	b, ok := v.read(checklistFile)
	if !ok {
		return
	}
	c, err := ReadChecklist(bytes.NewReader(b))
	switch {
	case err != nil:
		v.problem(checklistFile, Unreadable, 0)
	case !reflect.DeepEqual(c, v.run.Checklist):
		v.problem(checklistFile, BadChecklist, 0)
	}
}

// readLines decodes a file of JSON lines; a line that is none is a problem.
func readLines[T any](v *verifier, path string) (out []T, ok bool) {
	b, ok := v.read(path)
	if !ok {
		return nil, false
	}
	in := bufio.NewScanner(bytes.NewReader(b))
	in.Buffer(nil, 1<<22)
	for n := 1; in.Scan(); n++ {
		var x T
		if err := strict(in.Bytes(), &x); err != nil {
			v.problem(path, Unreadable, n)
			return out, false
		}
		out = append(out, x)
	}
	if in.Err() != nil {
		v.problem(path, Unreadable, len(out)+1)
	}
	return out, in.Err() == nil
}

// checkVerdicts checks each verdict and that every item has one that holds.
func (v *verifier) checkVerdicts() bool {
	var ok bool
	if v.verdicts, ok = readLines[Verdict](v, verdictsFile); !ok {
		return false
	}
	v.out.Verdicts = len(v.verdicts)
	if len(v.verdicts) != v.manifest.Verdicts {
		v.problem(verdictsFile, BadCount, 0)
	}
	valid := map[[2]int]string{} // place and round to reviewer
	sound := true
	for i, x := range v.verdicts {
		if err := v.checkVerdict(x, i, valid); err != nil {
			v.problem(verdictsFile, BadVerdict, i+1)
			sound = false
		}
	}
	if !sound {
		return false
	}
	both := pairs(v.verdicts)
	for _, it := range v.items {
		if _, ok := both[it.Place].settled(v.run.rounds()); !ok {
			v.problem(verdictsFile, NoVerdict, it.Place)
			sound = false
		}
	}
	return sound
}

// checkVerdict checks one verdict against item, checklist and times; valid holds who gave those before it that were not taken back.
func (v *verifier) checkVerdict(x Verdict, i int, valid map[[2]int]string) error {
	again := x
	signed := v.run.Signatures[0].At
	switch {
	case x.Seq != int64(i+1), x.Place < 1, x.Place > len(v.items), x.Round < First, x.Round > Final, !v.run.Blind && x.Round != First:
		return ErrInvalid
	case v.items[x.Place-1].ID != x.ID, x.At.Before(v.run.DrawnAt), x.At.After(signed), x.Round == Final && strings.TrimSpace(x.Note) == "":
		return ErrInvalid
	case !x.Undone.IsZero() && (x.Undone.Before(x.At) || x.Undone.After(signed)), (x.UndoneBy == "") != x.Undone.IsZero():
		return ErrInvalid
	}
	if err := again.prepare(v.run.Checklist); err != nil || !reflect.DeepEqual(again, x) {
		return ErrInvalid
	}
	if !x.Undone.IsZero() {
		return nil
	}
	key := [2]int{x.Place, x.Round}
	if valid[key] != "" || x.Round != Final && valid[[2]int{x.Place, First + Second - x.Round}] == x.Reviewer {
		return fmt.Errorf("review: %w", ErrClaim) // two verdicts in one place, or both reviews by one person
	}
	valid[key] = x.Reviewer
	return nil
}

// checkResult evaluates the verdicts anew and compares result, manifest and tables.
func (v *verifier) checkResult() {
	result, err := evaluate(v.run, v.items, v.verdicts)
	if err != nil || !reflect.DeepEqual(result, v.run.Result) || !v.same(resultFile, func(w io.Writer) error { return writeIndented(w, result) }) {
		v.problem(resultFile, BadResult, 0)
	}
	for path, table := range map[string][][]string{
		verdictsTable: verdictTable(v.run, v.items, v.verdicts), findingsTable: findingTable(v.run, v.items, v.verdicts),
	} {
		if !v.same(path, func(w io.Writer) error { return writeTable(w, table) }) {
			v.problem(path, BadTable, 0)
		}
	}
}

// checkOrder checks that each step came after the one before: asked, frozen, drawn, signed.
func (v *verifier) checkOrder() {
	r := v.run
	steps := []time.Time{r.Asked, r.FrozenAt, r.DrawnAt}
	for _, s := range r.Signatures {
		steps = append(steps, s.At)
	}
	if !slices.IsSortedFunc(steps, time.Time.Compare) {
		v.problem(manifestFile, BadOrder, 0)
	}
}

// checkLog checks what the journal's lines say of the run: the population's hash first, the seed after it, both as in the manifest, and nothing
// ended that was not begun. A pack made without a journal has no lines, and one of a team may lack those of other machines.
func (v *verifier) checkLog() {
	lines, ok := readLines[audit.Entry](v, requestsFile)
	if !ok {
		return
	}
	if len(lines) != v.manifest.Requests {
		v.problem(requestsFile, BadCount, 0)
	}
	begun, drawn := map[string]bool{}, false
	for i, e := range lines {
		if e.Detail["run"] != v.run.ID {
			continue
		}
		drawn = drawn || e.Act == audit.Draw
		fine := e.Phase == audit.Begun || begun[e.Ref]
		begun[e.Ref] = true
		switch e.Act {
		case audit.Freeze:
			fine = fine && !drawn && e.Detail["populationHash"] == v.run.Hash
		case audit.Draw:
			fine = fine && e.Detail["populationHash"] == v.run.Hash && (e.Detail["seed"] == v.run.Seed || e.Result == audit.Failed)
		}
		if !fine {
			v.problem(requestsFile, BadLog, i+1)
		}
	}
	if !v.same(headFile, v.writeHeads) {
		v.problem(headFile, BadLog, 0)
	}
}
