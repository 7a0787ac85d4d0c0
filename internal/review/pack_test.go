package review

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"imagery/internal/audit"
	"imagery/internal/report"
)

// signedRun is a blind run in strata with everything a pack can hold: failures, findings, notes, something skipped and taken back.
func signedRun(t *testing.T, b *Book) *Run {
	t.Helper()
	s := selection(t, 240, 0)
	s.Title, s.Blind, s.Rules = "=抽查 <2026>", true, "version = 1\n"
	s.Question = Question{Confidence: 0.9, Tolerable: 0.1, Failures: 1, Minimum: 3}
	for i := range s.Members {
		s.Members[i].Stratum = "dept " + s.Members[i].Department
		s.Members[i].Name = "阿卜杜勒·买买提江"
	}
	s.Members[7].ID = "=1+1" // what a spreadsheet would compute
	r := start(t, b, s)
	first := func(place int) Verdict {
		v := say(Pass)
		switch place {
		case 1:
			v = say(Fail)
			v.Note = "第 2 页\n签字压线"
			v.Files = []Seen{{FileID: "f-1", Material: "1101", SHA256: strings.Repeat("0a", 32), Bytes: 1000}}
		case 2:
			v = Verdict{Skipped: true, Note: "打不开"}
		case 3:
			v.Findings = []Finding{{Kind: Expiry, Material: "1101", Date: "2031-05-06"}, {Kind: Other, Text: "=HYPERLINK(\"x\")"}}
		}
		return v
	}
	reviewAll(t, b, r.ID, "anna", first)
	task, err := b.Undo(t.Context(), r.ID, "anna")
	if err != nil {
		t.Fatal(err)
	}
	put(t, b, task, first(task.Item.Place))
	reviewAll(t, b, r.ID, "bert", func(place int) Verdict {
		if place == 4 {
			return say(Doubt)
		}
		return first(place)
	})
	v := say(Pass)
	v.Place, v.Reviewer, v.Note = 4, "boss", "清楚"
	if _, err := b.Settle(t.Context(), r.ID, v); err != nil {
		t.Fatal(err)
	}
	if _, err := b.SignOff(t.Context(), r.ID, "anna", "复核完毕"); err != nil {
		t.Fatal(err)
	}
	r, err = b.SignOff(t.Context(), r.ID, "boss", "")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// packed makes a signed run's pack in a folder.
func packed(t *testing.T, b *Book, r *Run, name string, o PackOptions) (dir, digest string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), name)
	digest, err := b.Pack(t.Context(), r.ID, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, digest
}

func withJournal(t *testing.T, dsn string) (*Book, *audit.Journal) {
	t.Helper()
	b := open(t, dsn)
	j := audit.Open(filepath.Join(t.TempDir(), "audit.jsonl"))
	b.Journal = j
	return b, j
}

func twoFiles(_ context.Context, it Item, add func(string, io.Reader) error) error {
	for range 2 {
		if err := add("../身份证 正面.jpg", strings.NewReader("picture of "+it.ID)); err != nil {
			return err
		}
	}
	return nil
}

func holds(t *testing.T, path string) *Checked {
	t.Helper()
	c, err := Verify(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Problems {
		t.Error(&c.Problems[i])
	}
	return c
}

func TestAPackHoldsAndIsCheckedWithoutTheProgram(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string) {
		b, _ := withJournal(t, dsn)
		r := signedRun(t, b)
		dir, digest := packed(t, b, r, "pack", PackOptions{Lang: "zh", Files: twoFiles})
		moved := filepath.Join(t.TempDir(), "moved")
		if err := os.Rename(dir, moved); err != nil {
			t.Fatal(err)
		}
		c := holds(t, moved)
		if c.Digest != digest || c.Items != r.Plan.Size || c.Verdicts != 2*r.Plan.Size+2 {
			t.Errorf("%+v", c)
		}
		shell(t, moved, "sha256sum --strict --quiet -c SHA256SUMS")
		if got := shell(t, moved, "LC_ALL=C sort population.txt | sha256sum"); !strings.HasPrefix(got, r.Hash) {
			t.Errorf("population %s, want %s", got, r.Hash)
		}
		if got := shell(t, moved, "sha256sum SHA256SUMS"); !strings.HasPrefix(got, digest) {
			t.Errorf("digest %s, want %s", got, digest)
		}
		if got := read(t, moved, rulesFile); got != r.Rules {
			t.Errorf("rules %q", got)
		}
		if _, err := os.Stat(filepath.Join(moved, "files", "000001", "_身份证_正面-2.jpg")); err != nil {
			t.Error(err)
		}
		redraw(t, moved, r)
	})
}

func shell(t *testing.T, dir, command string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}

// redraw does what HOWTO.txt says, by other means than the package under test; where there is Python, also with the program it prints.
func redraw(t *testing.T, dir string, r *Run) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, populationFile))
	if err != nil {
		t.Fatal(err)
	}
	key := sha256.Sum256([]byte(r.Seed))
	strata := map[string][]string{}
	for line := range strings.Lines(string(b)) {
		id, stratum, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		sum := sha256.Sum256([]byte(hex.EncodeToString(key[:]) + id))
		digits := []byte(fmt.Sprintf("%064s", new(big.Int).SetBytes(sum[:]).String()))
		slices.Reverse(digits)
		strata[stratum] = append(strata[stratum], "0."+string(digits)+","+id)
	}
	var want []string
	for _, s := range r.Plan.Shares {
		slices.Sort(strata[s.Name])
		want = append(want, strata[s.Name][:s.Sample]...)
	}
	slices.Sort(want)
	b, err = os.ReadFile(filepath.Join(dir, sampleFile))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")[1:]
	if len(lines) != len(want) {
		t.Fatalf("%d drawn, want %d", len(lines), len(want))
	}
	for i, line := range lines {
		f := strings.Split(line, ",")
		if got := f[1] + "," + strings.TrimPrefix(f[2], "'"); got != want[i] {
			t.Fatalf("ticket %d is %s, want %s", i+1, got, want[i])
		}
	}
	howto, err := os.ReadFile(filepath.Join(dir, howtoFile))
	if err != nil {
		t.Fatal(err)
	}
	_, program, _ := strings.Cut(string(howto), "import csv")
	if python, err := exec.LookPath("python3"); err == nil {
		cmd := exec.Command(python, "-c", "import csv"+program)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil || !strings.HasPrefix(string(out), fmt.Sprint("OK ", r.Plan.Size)) {
			t.Errorf("the program of HOWTO.txt: %v\n%s", err, out)
		}
	}
}

func TestThePackIsTheSameEveryTime(t *testing.T) {
	b, _ := withJournal(t, filepath.Join(t.TempDir(), "review.db"))
	r := signedRun(t, b)
	o := PackOptions{Lang: "en", Files: twoFiles}
	one, first := packed(t, b, r, "one.zip", o)
	time.Sleep(2 * time.Millisecond) // times in the journal are milliseconds
	if _, err := b.Reopen(t.Context(), r.ID, "anna"); err == nil {
		t.Error("a signed run was opened again")
	}
	two, second := packed(t, b, r, "two.zip", o)
	a, err := os.ReadFile(one)
	if err != nil {
		t.Fatal(err)
	}
	c, err := os.ReadFile(two)
	if err != nil || !bytes.Equal(a, c) || first != second {
		t.Errorf("%d and %d bytes differ, %v", len(a), len(c), err)
	}
	if folder, third := packed(t, b, r, "three", o); third != first || holds(t, folder).Digest != first {
		t.Error("a folder has another digest than a zip")
	}
	holds(t, one)
	_, err = b.Pack(t.Context(), r.ID, one, o)
	refused(t, err, fs.ErrExist)
}

func TestOneChangedByteIsFoundInAnyFile(t *testing.T) {
	b, _ := withJournal(t, filepath.Join(t.TempDir(), "review.db"))
	first := func(ctx context.Context, it Item, add func(string, io.Reader) error) error {
		if it.Place > 1 {
			return nil
		}
		return twoFiles(ctx, it, add)
	}
	dir, _ := packed(t, b, signedRun(t, b), "pack", PackOptions{Lang: "zh", Files: first})
	n := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		before, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if n++; len(before) == 0 {
			return nil
		}
		after := bytes.Clone(before)
		after[len(after)/2] ^= 1
		if err := os.WriteFile(path, after, 0o600); err != nil {
			return err
		}
		if c, err := Verify(dir); err != nil || c.Err() == nil {
			t.Errorf("%s changed, and nothing found (%v)", path, err)
		}
		return os.WriteFile(path, before, 0o600)
	})
	if err != nil || n < 15 {
		t.Fatalf("%d files, %v", n, err)
	}
	holds(t, dir)
}

// reseal makes sums and manifest fit what is in a folder now: what a forger would do.
func reseal(t *testing.T, dir string, change func(*Manifest)) {
	t.Helper()
	var m Manifest
	b, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		t.Fatal(err)
	}
	change(&m)
	p := &packer{sink: &folder{temp: dir}}
	for _, f := range m.Files {
		b, err := os.ReadFile(filepath.Join(dir, f.Path))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		p.files = append(p.files, Packed{f.Path, int64(len(b)), hex.EncodeToString(sum[:])})
	}
	for _, f := range []string{manifestFile, sumsFile} {
		if err := os.Remove(filepath.Join(dir, f)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.seal(m); err != nil {
		t.Fatal(err)
	}
}

// edit replaces a text in one of a folder's files.
func edit(t *testing.T, dir, file, before, after string, n int) {
	t.Helper()
	path := filepath.Join(dir, file)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b, []byte(before)) {
		t.Fatalf("%s does not hold %q", file, before)
	}
	if err := os.WriteFile(path, bytes.Replace(b, []byte(before), []byte(after), n), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAForgersPackIsFoundThoughItsHashesFit(t *testing.T) {
	b, _ := withJournal(t, filepath.Join(t.TempDir(), "review.db"))
	r := signedRun(t, b)
	good, _ := packed(t, b, r, "pack", PackOptions{Lang: "zh"})
	drawn, err := b.Items(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	has := func(id string) bool { return slices.ContainsFunc(drawn, func(it Item) bool { return it.ID == id }) }
	left := slices.IndexFunc(population(240), func(m Member) bool { return m.ID > "acc-000010" && !has(m.ID) })
	for name, c := range map[string]struct {
		fault  Fault
		change func(t *testing.T, dir string, m *Manifest)
	}{
		"an account left out of the population": {BadPopulace, func(t *testing.T, dir string, _ *Manifest) {
			edit(t, dir, populationFile, fmt.Sprintf("acc-%06d\tdept 11%02d\n", left, left%3), "", 1)
		}},
		"the hash of another population": {BadPopulace, func(_ *testing.T, _ string, m *Manifest) { m.Run.Hash = strings.Repeat("0", 64) }},
		"another account in the sample": {BadDraw, func(t *testing.T, dir string, _ *Manifest) {
			edit(t, dir, sampleFile, drawn[4].ID, fmt.Sprintf("acc-%06d", left), 1)
		}},
		"another seed":      {BadDraw, func(_ *testing.T, _ string, m *Manifest) { m.Run.Seed = "1" }},
		"a smaller plan":    {BadPlan, func(_ *testing.T, _ string, m *Manifest) { m.Run.Plan.Size-- }},
		"a milder question": {BadPlan, func(_ *testing.T, _ string, m *Manifest) { m.Run.Question.Tolerable = 0.2 }},
		"a failure made a pass": {BadVerdict, func(t *testing.T, dir string, _ *Manifest) {
			edit(t, dir, verdictsFile, `"value":"fail"`, `"value":"pass"`, 2)
		}},
		"a failure with its outcome made a pass": {BadResult, func(t *testing.T, dir string, _ *Manifest) {
			edit(t, dir, verdictsFile, `"value":"fail"`, `"value":"pass"`, -1)
			edit(t, dir, verdictsFile, `"outcome":"failed"`, `"outcome":"passed"`, -1)
		}},
		"a verdict of somebody else": {BadTable, func(t *testing.T, dir string, _ *Manifest) {
			edit(t, dir, verdictsFile, `"reviewer":"boss"`, `"reviewer":"carl"`, 1)
		}},
		"both reviews by one person": {BadVerdict, func(t *testing.T, dir string, _ *Manifest) {
			edit(t, dir, verdictsFile, `"reviewer":"bert"`, `"reviewer":"anna"`, 1)
		}},
		"a verdict left out": {BadVerdict, func(t *testing.T, dir string, m *Manifest) {
			lines := strings.SplitAfter(read(t, dir, verdictsFile), "\n")
			edit(t, dir, verdictsFile, lines[5], "", 1)
			m.Verdicts--
		}},
		"the last verdict left out": {NoVerdict, func(t *testing.T, dir string, m *Manifest) {
			lines := strings.SplitAfter(read(t, dir, verdictsFile), "\n")
			edit(t, dir, verdictsFile, lines[len(lines)-2], "", 1)
			m.Verdicts--
		}},
		"a count": {BadCount, func(_ *testing.T, _ string, m *Manifest) { m.Verdicts++ }},
		"a bound": {BadResult, func(t *testing.T, dir string, _ *Manifest) {
			edit(t, dir, resultFile, `"bound": 0.`, `"bound": 0.0`, 1)
		}},
		"the manifest's result": {BadResult, func(_ *testing.T, _ string, m *Manifest) { m.Run.Result.Conclusion = Met; m.Run.Result.Failed = 0 }},
		"the table of findings": {BadTable, func(t *testing.T, dir string, _ *Manifest) { edit(t, dir, findingsTable, "2031", "2041", 1) }},
		"a check left out": {BadChecklist, func(t *testing.T, dir string, _ *Manifest) {
			edit(t, dir, checklistFile, "legible and complete", "legible", 1)
		}},
		"a seed before the hash":    {BadOrder, func(_ *testing.T, _ string, m *Manifest) { m.Run.FrozenAt = m.Run.DrawnAt.Add(time.Second) }},
		"a verdict before the draw": {BadVerdict, func(_ *testing.T, _ string, m *Manifest) { m.Run.DrawnAt = m.Run.Signatures[0].At }},
		"a line of the log left out": {BadLog, func(t *testing.T, dir string, m *Manifest) {
			lines := strings.SplitAfter(read(t, dir, requestsFile), "\n")
			edit(t, dir, requestsFile, lines[0], "", 1)
			m.Requests--
		}},
		"another seed in the log": {BadLog, func(t *testing.T, dir string, _ *Manifest) { edit(t, dir, requestsFile, `"seed":"`, `"seed":"9`, 1) }},
		"another head": {BadLog, func(t *testing.T, dir string, _ *Manifest) {
			edit(t, dir, headFile, "imagery-audit-head ", "imagery-audit-head 1", 1)
		}},
		"a file nobody listed":    {Unlisted, func(t *testing.T, dir string, _ *Manifest) { write(t, dir, "more.txt", "x") }},
		"a manifest that is none": {Unreadable, func(_ *testing.T, _ string, m *Manifest) { m.Version = 2 }},
		"a report that is missing": {Missing, func(t *testing.T, dir string, m *Manifest) {
			m.Files = slices.DeleteFunc(m.Files, func(f Packed) bool { return f.Path == reportPage })
			if err := os.Remove(filepath.Join(dir, reportPage)); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "pack")
			if err := os.CopyFS(dir, os.DirFS(good)); err != nil {
				t.Fatal(err)
			}
			reseal(t, dir, func(m *Manifest) { c.change(t, dir, m) })
			got, err := Verify(dir)
			if err != nil || !slices.ContainsFunc(got.Problems, func(p Problem) bool { return p.Fault == c.fault }) {
				t.Errorf("want %s, found %v, %v", c.fault, got.Problems, err)
			}
		})
	}
}

func read(t *testing.T, dir, file string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, dir, file, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestPacksHoldNoNamesNorFormulas(t *testing.T) {
	b, _ := withJournal(t, filepath.Join(t.TempDir(), "review.db"))
	r := signedRun(t, b)
	dir, _ := packed(t, b, r, "pack", PackOptions{Lang: "zh"})
	for _, file := range []string{populationFile, sampleFile, verdictsFile, verdictsTable, findingsTable, requestsFile, reportPage, manifestFile} {
		content := read(t, dir, file)
		if strings.Contains(content, "买买提") {
			t.Errorf("%s holds a name", file)
		}
		if strings.HasSuffix(file, ".csv") && strings.Contains(content, ",=") {
			t.Errorf("%s holds a formula", file)
		}
	}
	page := read(t, dir, reportPage)
	for _, bad := range []string{"<2026>", "http:", "https:", "<script", "src=", "url("} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	x, err := excelize.OpenFile(filepath.Join(dir, reportBook))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if len(x.GetSheetList()) != 7 {
		t.Errorf("sheets %v", x.GetSheetList())
	}
	for _, sheet := range x.GetSheetList() {
		rows, err := x.GetRows(sheet)
		if err != nil || len(rows) == 0 {
			t.Errorf("%s: %v", sheet, err)
		}
		for i, row := range rows {
			for j, value := range row {
				at, _ := excelize.CoordinatesToCellName(j+1, i+1)
				if kind, _ := x.GetCellType(sheet, at); value != "" && kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
					t.Errorf("%s %s is of type %v", sheet, at, kind)
				}
				if f, _ := x.GetCellFormula(sheet, at); f != "" || strings.Contains(value, "买买提") {
					t.Errorf("%s %s: formula %q, value %q", sheet, at, f, value)
				}
			}
		}
	}
}

func TestThePackTellsWhatWasAskedAboutItsAccountsOnly(t *testing.T) {
	b, j := withJournal(t, filepath.Join(t.TempDir(), "review.db"))
	s := selection(t, 100, 2)
	s.Asked = time.Now().Add(-time.Minute)
	add := func(e audit.Entry) {
		if e.Profile == "" {
			e.Profile = "prod"
		}
		if err := j.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	add(audit.Entry{Act: audit.Search, Phase: audit.Begun, Detail: map[string]string{"deptCodes": "1100"}})
	add(audit.Entry{Act: audit.Search, Phase: audit.Begun, Profile: "test", Detail: map[string]string{"deptCodes": "of another profile"}})
	r := start(t, b, s)
	items, err := b.Items(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	add(audit.Entry{Act: audit.List, Phase: audit.Begun, Detail: map[string]string{"accountNo": items[0].AccountNo}})
	add(audit.Entry{Act: audit.List, Phase: audit.Begun, Detail: map[string]string{"accountNo": "something else"}})
	add(audit.Entry{Act: audit.View, Phase: audit.Begun, Detail: map[string]string{"fileId": "seen"}})
	reviewAll(t, b, r.ID, "a", func(int) Verdict {
		v := say(Pass)
		v.Files = []Seen{{FileID: "seen"}}
		return v
	})
	if r, err = b.SignOff(t.Context(), r.ID, "a", ""); err != nil {
		t.Fatal(err)
	}
	dir, _ := packed(t, b, r, "pack", PackOptions{})
	holds(t, dir)
	log := read(t, dir, requestsFile)
	for text, want := range map[string]int{
		`"act":"search"`: 1, `"act":"freeze"`: 2, `"act":"draw"`: 2, `"act":"list"`: 1, `"act":"view"`: 1, `"act":"verdict"`: 4, `something else`: 0,
	} {
		if got := strings.Count(log, text); got != want {
			t.Errorf("%s is there %d times, want %d", text, got, want)
		}
	}
}

func TestAnOpenRunHasNoPackAndAFailedOneLeavesNothing(t *testing.T) {
	b := open(t, filepath.Join(t.TempDir(), "review.db"))
	r := start(t, b, selection(t, 20, 2))
	dst := filepath.Join(t.TempDir(), "pack.zip")
	_, err := b.Pack(t.Context(), r.ID, dst, PackOptions{})
	refused(t, err, ErrState)
	reviewAll(t, b, r.ID, "a", func(int) Verdict { return say(Pass) })
	if _, err := b.SignOff(t.Context(), r.ID, "a", ""); err != nil {
		t.Fatal(err)
	}
	for _, dst := range []string{dst, strings.TrimSuffix(dst, ".zip")} {
		broken := errors.New("connection lost")
		_, err = b.Pack(t.Context(), r.ID, dst, PackOptions{Files: func(context.Context, Item, func(string, io.Reader) error) error { return broken }})
		refused(t, err, broken)
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(dst), "*")); len(left) != 0 {
			t.Errorf("left: %v", left)
		}
	}
}

func TestAPackTouchesNothingThatIsAnothers(t *testing.T) {
	b := open(t, filepath.Join(t.TempDir(), "review.db"))
	r := signedRun(t, b)
	for _, name := range []string{"pack", "pack.zip"} {
		dst := filepath.Join(t.TempDir(), name)
		write(t, filepath.Dir(dst), name+".part", "a user's")
		second := false
		_, err := b.Pack(t.Context(), r.ID, dst, PackOptions{Files: func(context.Context, Item, func(string, io.Reader) error) error {
			if second {
				return nil
			}
			second = true
			_, err := b.Pack(t.Context(), r.ID, dst, PackOptions{})
			return err
		}})
		refused(t, err, fs.ErrExist) // the second was faster, and stays
		holds(t, dst)
		if left, _ := filepath.Glob(dst + "*"); len(left) != 2 || read(t, filepath.Dir(dst), name+".part") != "a user's" {
			t.Errorf("left: %v", left)
		}
	}
}

func TestWhatAKilledPackLeftGoesWithTheNext(t *testing.T) {
	b := open(t, filepath.Join(t.TempDir(), "review.db"))
	r := signedRun(t, b)
	dir := t.TempDir()
	for name, old := range map[string]time.Duration{"pack.zip.1.part": 2 * time.Hour, "pack.zip.2.part": 0, "pack.zip.mine.part": 2 * time.Hour, "other.zip.3.part": 2 * time.Hour} {
		write(t, dir, name, "people's images")
		if err := os.Chtimes(filepath.Join(dir, name), time.Time{}, time.Now().Add(-old)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Pack(t.Context(), r.ID, filepath.Join(dir, "pack.zip"), PackOptions{}); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*.part"))
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	if want := []string{"other.zip.3.part", "pack.zip.2.part", "pack.zip.mine.part"}; !slices.Equal(left, want) {
		t.Errorf("left %v, want %v", left, want)
	}
}

func TestHostilePacksAreProblemsNotPanics(t *testing.T) {
	b, _ := withJournal(t, filepath.Join(t.TempDir(), "review.db"))
	good, _ := packed(t, b, signedRun(t, b), "pack", PackOptions{})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.CopyFS(link, os.DirFS(good)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(link, howtoFile)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(good, howtoFile), filepath.Join(link, howtoFile)); err != nil {
		t.Fatal(err)
	}
	if c, err := Verify(link); err != nil || c.Err() == nil {
		t.Errorf("a link passes for a file (%v)", err)
	}
	for name, entries := range map[string][]string{
		"a name leading out":   {"../../evil", sumsFile},
		"two of one name":      {sumsFile, sumsFile},
		"a name of a system":   {"/etc/passwd", `a\b`},
		"nothing but a folder": {"files/"},
		"nothing":              nil,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.zip")
			var buf bytes.Buffer
			z := zip.NewWriter(&buf)
			for _, e := range entries {
				if _, err := z.Create(e); err != nil {
					t.Fatal(err)
				}
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			if c, err := Verify(path); err == nil && c.Err() == nil {
				t.Error("it holds")
			}
		})
	}
}

// What a zip says of its files' sizes is held against its own.
func TestAZipThatGrowsOutOfProportionIsNotUnpacked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pack.zip")
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, size := range map[string]uint64{"one": freeBytes + 1, sumsFile: 1 << 29} {
		w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CompressedSize64: 3, UncompressedSize64: size})
		if err == nil {
			_, err = w.Write([]byte("\x4b\x04\x00"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for n := range freeTotal/freeBytes + 3 { // together too much
		w, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("part-%02d", n), Method: zip.Deflate, UncompressedSize64: freeBytes})
		if err != nil || w == nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), os.WriteFile(path, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	c, err := Verify(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range c.Problems {
		if p.Fault == Unreadable {
			got = append(got, p.File)
		}
	}
	slices.Sort(got)
	if want := []string{"SHA256SUMS", "one", "part-16", "part-17", "part-18"}; !slices.Equal(got, want) {
		t.Errorf("refused %q, want %q", got, want)
	}
}

func TestCellsKeepWhatTheyHold(t *testing.T) {
	for _, s := range []string{"", "a", "'", "''", "'=1", "=1", "＝1", "-5", "\tx", "880012347", "中文", " =1", "\n=1", "\u00a0@x"} {
		if got := text(cell(s)); got != s {
			t.Errorf("%q comes back as %q", s, got)
		}
		if c := cell(s); report.Guard(c) != c {
			t.Errorf("%q is taken for a formula", c)
		}
	}
}

func FuzzChecklist(f *testing.F) {
	c, err := DefaultChecklist()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("version = 1\n[[check]]\nid = \"a\"\nzh = \"甲\"\nen = \"a\"\nmaterials = [\"1101\"]\nexpiry = true\n"))
	f.Add([]byte("version = 2"))
	var b bytes.Buffer
	if err := (&evidence{run: &Run{Checklist: c}}).writeChecklist(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ReadChecklist(bytes.NewReader(b))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := (&evidence{run: &Run{Checklist: c}}).writeChecklist(&out); err != nil {
			t.Fatal(err)
		}
		again, err := ReadChecklist(&out)
		if err != nil || len(again.Checks) != len(c.Checks) {
			t.Fatalf("%v: %q", err, b)
		}
	})
}

func FuzzSample(f *testing.F) {
	f.Add("acc-1", "dept", "=880", "0")
	f.Add("'", "=", "\"", ",")
	f.Fuzz(func(t *testing.T, id, stratum, account, biz string) {
		for _, s := range []string{id, stratum, account, biz} {
			if !line(s, maxName) {
				return
			}
		}
		want := Item{Place: 1, Ticket: "0.5", Member: Member{ID: id, Stratum: stratum, AccountNo: account, BizType: biz}}
		var b bytes.Buffer
		if err := writeTable(&b, sampleTable([]Item{want})); err != nil {
			t.Fatal(err)
		}
		got, err := readSample(b.Bytes())
		if err != nil || len(got) != 1 || got[0] != want {
			t.Fatalf("%+v, %v", got, err)
		}
	})
}

// inMemory verifies a small pack of which one file holds something else; with no name it is right.
func inMemory(t *testing.T, file string, content []byte) *Checked {
	t.Helper()
	v := &verifier{out: &Checked{}, have: map[string]bool{}, sums: map[string]string{}, fsys: memoryPack(content, file)}
	if err := v.walk(); err != nil {
		t.Fatal(err)
	}
	v.check()
	return v.out
}

// FuzzVerify changes one file of a pack and reseals it: whatever it holds, Verify answers, and only a pack of the same run can hold.
func FuzzVerify(f *testing.F) {
	for _, file := range append(slices.Clone(required), sumsFile) {
		f.Add(file, []byte("{}\n"))
		f.Add(file, []byte("\"\n"))
		if good := memoryPack(nil, "")[file]; good != nil {
			f.Add(file, good.Data)
		}
	}
	f.Fuzz(func(t *testing.T, file string, content []byte) {
		if !slices.Contains(required, file) && file != sumsFile {
			return
		}
		if c := inMemory(t, file, content); c.Err() == nil && (c.Items != 1 || c.Verdicts != 1 || c.Run.Result.Passed != 1) {
			t.Fatalf("%+v", c)
		}
	})
}

func TestTheSmallPackForFuzzingHolds(t *testing.T) {
	if err := inMemory(t, "", nil).Err(); err != nil {
		t.Error(err)
	}
	if err := inMemory(t, verdictsFile, nil).Err(); err == nil {
		t.Error("a pack without verdicts holds")
	}
}

func TestAFileThatIsNoPackIsCalledThat(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(path, []byte("account,path\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(path); !errors.Is(err, ErrNotPack) {
		t.Error(err)
	}
}

func TestAChecklistTooLongIsRefusedNotCut(t *testing.T) {
	short := "version = 1\n[[check]]\nid = \"a\"\nzh = \"甲\"\nen = \"a\"\n"
	long := short + strings.Repeat("#\n", MaxChecklistSize/2) + strings.ReplaceAll(short[len("version = 1\n"):], `"a"`, `"b"`)
	if c, err := ReadChecklist(strings.NewReader(long)); err == nil {
		t.Errorf("taken with %d of 2 checks", len(c.Checks))
	}
	if _, err := ReadChecklist(strings.NewReader(short)); err != nil {
		t.Error(err)
	}
}
