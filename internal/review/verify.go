package review

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
)

// Fault is what is wrong with a pack.
type Fault string

// The faults.
const (
	Missing      Fault = "missing"     // a file that is listed, or that every pack has
	Changed      Fault = "changed"     // its hash is not the one listed
	Unlisted     Fault = "unlisted"    // a file that SHA256SUMS does not know
	Unreadable   Fault = "unreadable"  // not what a file of this name is
	BadManifest  Fault = "manifest"    // does not list the files that SHA256SUMS lists
	BadPopulace  Fault = "population"  // not the population whose hash is on record
	BadPlan      Fault = "plan"        // not the plan that answers the question
	BadDraw      Fault = "draw"        // not what the seed draws
	BadChecklist Fault = "checklist"   // not the run's
	BadVerdict   Fault = "verdict"     // one that cannot be, in the run's terms
	NoVerdict    Fault = "no-verdict"  // an item without one that holds
	BadCount     Fault = "count"       // not as many as the manifest says
	BadResult    Fault = "result"      // not what the verdicts show
	BadTable     Fault = "table"       // says something else than the verdicts
	BadOrder     Fault = "order"       // a step came before the one it must follow
	BadLog       Fault = "request-log" // the journal's lines tell another story
)

// Problem is one thing that does not hold.
type Problem struct {
	File  string `json:"file"`
	Fault Fault  `json:"fault"`
	At    int    `json:"at,omitempty"` // line, place or number of a verdict in that file, from 1; 0 for the file as a whole
}

// Error implements error.
func (p *Problem) Error() string {
	if p.At > 0 {
		return fmt.Sprintf("review: %s: %s at %d", p.File, p.Fault, p.At)
	}
	return fmt.Sprintf("review: %s: %s", p.File, p.Fault)
}

// Checked is what Verify found.
type Checked struct {
	Run      *Run      `json:"-"`      // nil when the manifest cannot be read
	Digest   string    `json:"digest"` // SHA-256 of SHA256SUMS: compare it with the export in the journal
	Files    int       `json:"files"`
	Items    int       `json:"items"`
	Verdicts int       `json:"verdicts"`
	Problems []Problem `json:"problems,omitempty"`
}

// Err returns the first problem, or nil.
func (c *Checked) Err() error {
	if len(c.Problems) == 0 {
		return nil
	}
	return &c.Problems[0]
}

// Limits of what is read of a pack, which may come from anywhere.
const (
	maxProblems  = 1000
	maxPackFiles = 1_000_000
	maxParsed    = 256 << 20 // bytes of a file that is taken into memory
	// maxRatio is how many times a file of a zip, and all of them, may grow. Tables of verdicts grow 40 times.
	maxRatio  = 200
	freeBytes = 64 << 20 // may come of anything: a blank scan reaches any ratio
	freeTotal = 1 << 30
)

// Verify checks a pack, folder or zip, without any database: every hash, the population's hash, the plan, the draw, every verdict, the result
// and the order of events. The error is that of reading at all; what does not hold is in Problems. A pack that was made anew from changed
// verdicts is consistent too: only its Digest tells.
func Verify(path string) (*Checked, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("review: verify: %w", err)
	}
	v := &verifier{out: &Checked{}, have: map[string]bool{}, sums: map[string]string{}}
	if info.IsDir() {
		root, err := os.OpenRoot(path)
		if err != nil {
			return nil, fmt.Errorf("review: verify: %w", err)
		}
		defer root.Close()
		v.fsys = root.FS()
		err = v.walk()
		if err != nil {
			return nil, fmt.Errorf("review: verify: %w", err)
		}
	} else {
		z, err := zip.OpenReader(path)
		if errors.Is(err, zip.ErrFormat) {
			err = fmt.Errorf("%w: %w", ErrNotPack, err)
		}
		if err != nil {
			return nil, fmt.Errorf("review: verify: %w", err)
		}
		defer z.Close()
		v.fsys = z
		v.entries(z.File, uint64(info.Size()))
	}
	v.check()
	return v.out, nil
}

type verifier struct {
	out  *Checked
	fsys fs.FS
	have map[string]bool   // regular files there are
	sums map[string]string // path to hash, by SHA256SUMS
	evidence
	manifest Manifest
}

func (v *verifier) problem(file string, f Fault, at int) {
	if len(v.out.Problems) < maxProblems {
		v.out.Problems = append(v.out.Problems, Problem{file, f, at})
	}
}

// walk finds the files of a folder. Links are none.
func (v *verifier) walk() error {
	return fs.WalkDir(v.fsys, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
		case !d.Type().IsRegular():
			v.problem(path, Unreadable, 0)
		case len(v.have) == maxPackFiles:
			return errors.New("too many files")
		default:
			v.have[path] = true
		}
		return nil
	})
}

// entries finds the files of a zip of so many bytes. Two of a name, names that lead out of it, and what grows out of all proportion are none;
// archive/zip reads no more of a file than the size it is said to have.
func (v *verifier) entries(files []*zip.File, size uint64) {
	left := max(freeTotal, size*maxRatio)
	for i, f := range files {
		if f.UncompressedSize64 > min(left, max(freeBytes, min(f.CompressedSize64, size)*maxRatio)) {
			v.problem(f.Name, Unreadable, 0)
			continue
		}
		left -= f.UncompressedSize64
		switch {
		case strings.HasSuffix(f.Name, "/") && fs.ValidPath(strings.TrimSuffix(f.Name, "/")):
		case !fs.ValidPath(f.Name) || v.have[f.Name] || !f.Mode().IsRegular() || i >= maxPackFiles:
			v.problem(f.Name, Unreadable, 0)
		default:
			v.have[f.Name] = true
		}
	}
}

// read returns a file's content; a file that is missing or too large is a problem.
func (v *verifier) read(path string) ([]byte, bool) {
	if !v.have[path] {
		v.problem(path, Missing, 0)
		return nil, false
	}
	f, err := v.fsys.Open(path)
	if err != nil {
		v.problem(path, Unreadable, 0)
		return nil, false
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxParsed+1))
	if err != nil || len(b) > maxParsed {
		v.problem(path, Unreadable, 0)
		return nil, false
	}
	return b, true
}

func (v *verifier) check() {
	if !v.checkSums() {
		return
	}
	if !v.checkManifest() {
		return
	}
	v.checkPopulation()
	v.checkChecklist()
	if v.checkVerdicts() {
		v.checkResult()
	}
	v.checkOrder()
	v.checkLog()
}

// required are the files every pack has.
var required = []string{
	populationFile, sampleFile, howtoFile, verdictsFile, verdictsTable, findingsTable, resultFile, requestsFile, checklistFile, headFile, reportPage, reportBook,
	manifestFile,
}

// checkSums hashes every file. It returns false without a list to go by.
func (v *verifier) checkSums() bool {
	b, ok := v.read(sumsFile)
	if !ok {
		return false
	}
	sum := sha256.Sum256(b)
	v.out.Digest = hex.EncodeToString(sum[:])
	n := 0
	for text := range bytes.Lines(b) {
		if n++; n > maxPackFiles {
			v.problem(sumsFile, Unreadable, n)
			break
		}
		hash, path, ok := strings.Cut(strings.TrimSuffix(string(text), "\n"), "  ")
		if !ok || !isHash(hash) || !fs.ValidPath(path) || path == sumsFile || v.sums[path] != "" {
			v.problem(sumsFile, Unreadable, n)
			continue
		}
		v.sums[path] = hash
	}
	for _, path := range slices.Sorted(maps.Keys(v.sums)) {
		v.checkSum(path)
	}
	for _, path := range slices.Sorted(maps.Keys(v.have)) {
		if v.sums[path] == "" && path != sumsFile {
			v.problem(path, Unlisted, 0)
		}
	}
	for _, path := range required {
		if v.sums[path] == "" && !v.have[path] {
			v.problem(path, Missing, 0)
		}
	}
	v.out.Files = len(v.have)
	return true
}

func (v *verifier) checkSum(path string) {
	if !v.have[path] {
		v.problem(path, Missing, 0)
		return
	}
	f, err := v.fsys.Open(path)
	if err != nil {
		v.problem(path, Unreadable, 0)
		return
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil || hex.EncodeToString(h.Sum(nil)) != v.sums[path] {
		v.problem(path, Changed, 0)
	}
}

// same reports whether a file holds exactly what write writes.
func (v *verifier) same(path string, write func(io.Writer) error) bool {
	if !v.have[path] {
		return true // said already
	}
	have, ok := v.read(path)
	var want bytes.Buffer
	return ok && write(&want) == nil && bytes.Equal(have, want.Bytes())
}
