package review

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"imagery/internal/audit"
	"imagery/internal/i18n"
)

// PackOptions say what a pack holds beside what it must. The same run and options give the same bytes.
type PackOptions struct {
	Lang  string         // of the report: "zh" or "en"
	By    string         // who makes it, for the journal; empty is who signed first
	Zone  *time.Location // of the report's times; nil is China's
	Log   Log            // where the request log is taken from; nil is the Book's journal. Reviewers elsewhere keep journals of their own
	Files FileSource     // sampled files; nil for none
}

// Log yields entries of one or more journals.
type Log func(each func(audit.Entry) bool) error

// FileSource hands over the files of one item that go into the pack, each with a name for people.
type FileSource func(ctx context.Context, item Item, add func(name string, content io.Reader) error) error

// The names of a pack's files.
const (
	populationFile = "population.txt"
	sampleFile     = "sample.csv"
	howtoFile      = "HOWTO.txt"
	verdictsFile   = "verdicts.jsonl"
	verdictsTable  = "verdicts.csv"
	findingsTable  = "findings.csv"
	resultFile     = "result.json"
	requestsFile   = "requests.jsonl"
	checklistFile  = "checklist.toml"
	rulesFile      = "rules.toml"
	headFile       = "audit-head.txt"
	reportPage     = "report.html"
	reportBook     = "report.xlsx"
	filesFolder    = "files"
	manifestFile   = "manifest.json"
	sumsFile       = "SHA256SUMS"
)

const (
	packFormat  = "imagery-review-pack"
	packVersion = 1
)

// Manifest is manifest.json of a pack.
type Manifest struct {
	Format   string   `json:"format"`
	Version  int      `json:"version"`
	Run      Run      `json:"run"`
	Verdicts int      `json:"verdicts"` // those taken back too
	Requests int      `json:"requests"` // lines of the request log
	Files    []Packed `json:"files"`    // all but this one and SHA256SUMS, by path
}

// Packed is one file of a pack.
type Packed struct {
	Path   string `json:"path"` // with slashes
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// evidence is all that a pack is made from.
type evidence struct {
	run      *Run
	members  []Member
	items    []Item
	verdicts []Verdict
	requests []audit.Entry
	o        PackOptions
}

// Pack writes the evidence of a signed run to dst, which must not exist: a zip file when its name ends so, else a folder. It appears there
// complete or not at all. digest is the SHA-256 of its SHA256SUMS, which stands for the whole pack and goes into the journal. Errors: ErrState,
// fs.ErrExist, ErrJournal.
func (b *Book) Pack(ctx context.Context, run, dst string, o PackOptions) (digest string, err error) {
	if o.Zone == nil {
		o.Zone = time.FixedZone("", 8*60*60)
	}
	e, err := b.evidence(ctx, run, o)
	if err != nil {
		return "", err
	}
	if _, err := os.Lstat(dst); !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("review: pack %s: %w", dst, fs.ErrExist)
	}
	d := map[string]string{"run": run, "file": filepath.Base(dst)}
	by := cmp.Or(o.By, e.run.Signatures[0].By)
	err = b.act(audit.Entry{Act: audit.Export, Profile: e.run.Profile, User: by, Detail: d}, func() error {
		digest, err = e.writeTo(ctx, dst)
		d["sha256"] = digest
		return err
	})
	return digest, err
}

func (b *Book) evidence(ctx context.Context, run string, o PackOptions) (*evidence, error) {
	r, err := b.Run(ctx, run)
	if err != nil {
		return nil, err
	}
	if r.State != Signed {
		return nil, fmt.Errorf("review: pack: %w", ErrState)
	}
	e := &evidence{run: r, o: o}
	var packed []byte
	if err := b.db.QueryRowContext(ctx, "SELECT members FROM population WHERE run = $1", run).Scan(&packed); err != nil {
		return nil, fmt.Errorf("review: %w", err)
	}
	if e.members, err = unpackMembers(packed); err != nil {
		return nil, err
	}
	if e.items, err = b.Items(ctx, run); err != nil {
		return nil, err
	}
	if e.verdicts, err = readVerdicts(ctx, b.db, run); err != nil {
		return nil, err
	}
	log := o.Log
	if log == nil && b.Journal != nil {
		log = b.Journal.Entries
	}
	if log != nil {
		err = e.readLog(log)
	}
	return e, err
}

// readLog takes what a journal says of the run: its own lines but exports, and from the first search to the last signature the searches that
// found its population and what was asked about its items.
func (e *evidence) readLog(log Log) error {
	accounts, files, begun := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, it := range e.items {
		accounts[it.AccountNo] = it.AccountNo != ""
	}
	for _, v := range e.verdicts {
		for _, f := range v.Files {
			files[f.FileID] = true
		}
	}
	last := e.run.Signatures[len(e.run.Signatures)-1].At
	return log(func(x audit.Entry) bool {
		search := (x.Act == audit.Search || x.Act == audit.SignIn) && !x.Time.After(e.run.FrozenAt)
		about := search || accounts[x.Detail["accountNo"]] || files[x.Detail["fileId"]]
		about = about && x.Profile == e.run.Profile && !x.Time.Before(e.run.Asked) && !x.Time.After(last)
		// What is tried after the last signature is not part of what was signed; the end of signing is.
		mine := x.Detail["run"] == e.run.ID && x.Act != audit.Export && (!x.Time.After(last) || x.Ref != "" && begun[x.Ref])
		if mine || about && x.Detail["run"] == "" {
			begun[x.Ref] = true
			e.requests = append(e.requests, x)
		}
		return true
	})
}

// packer writes the files of a pack and remembers them.
type packer struct {
	sink
	files []Packed
}

func (e *evidence) writeTo(ctx context.Context, dst string) (digest string, err error) {
	s, err := newSink(dst, e.run.Signatures[len(e.run.Signatures)-1].At)
	if err != nil {
		return "", fmt.Errorf("review: pack: %w", err)
	}
	p := &packer{sink: s}
	if digest, err = e.fill(ctx, p); err == nil {
		err = s.finish()
	}
	if err != nil {
		s.abort()
		return "", fmt.Errorf("review: pack: %w", err)
	}
	return digest, nil
}

func (e *evidence) fill(ctx context.Context, p *packer) (digest string, err error) {
	doc := e.report(i18n.Load(e.o.Lang))
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{populationFile, e.writePopulation},
		{sampleFile, e.writeSample},
		{howtoFile, e.writeHowto},
		{verdictsFile, func(w io.Writer) error { return writeLines(w, e.verdicts) }},
		{verdictsTable, func(w io.Writer) error { return writeTable(w, verdictTable(e.run, e.items, e.verdicts)) }},
		{findingsTable, func(w io.Writer) error { return writeTable(w, findingTable(e.run, e.items, e.verdicts)) }},
		{resultFile, func(w io.Writer) error { return writeIndented(w, e.run.Result) }},
		{requestsFile, func(w io.Writer) error { return writeLines(w, e.requests) }},
		{checklistFile, e.writeChecklist},
		{headFile, e.writeHeads},
		{reportPage, doc.writeHTML},
		{reportBook, doc.writeXLSX},
	} {
		if err := p.add(f.name, f.write); err != nil {
			return "", fmt.Errorf("%s: %w", f.name, err)
		}
	}
	if e.run.Rules != "" {
		err = p.add(rulesFile, func(w io.Writer) error { _, err := io.WriteString(w, e.run.Rules); return err })
	}
	if err == nil && e.o.Files != nil {
		err = e.addFiles(ctx, p)
	}
	if err != nil {
		return "", err
	}
	run := *e.run
	run.Rules = "" // they are a file of their own
	return p.seal(Manifest{Format: packFormat, Version: packVersion, Run: run, Verdicts: len(e.verdicts), Requests: len(e.requests)})
}

// add writes one file.
func (p *packer) add(path string, write func(io.Writer) error) error {
	w, err := p.create(path)
	if err != nil {
		return err
	}
	c := &counted{to: w, sum: sha256.New()}
	err = write(c)
	if err = errors.Join(err, w.Close()); err != nil {
		return err
	}
	p.files = append(p.files, Packed{path, c.n, hex.EncodeToString(c.sum.Sum(nil))})
	return nil
}

type counted struct {
	to  io.Writer
	sum hash.Hash
	n   int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	c.sum.Write(b[:n])
	c.n += int64(n)
	return n, err
}

// addFiles puts each item's files in a folder by its place.
func (e *evidence) addFiles(ctx context.Context, p *packer) error {
	for _, it := range e.items {
		folder, used := fmt.Sprintf("%s/%06d", filesFolder, it.Place), map[string]bool{}
		err := e.o.Files(ctx, it, func(name string, content io.Reader) error {
			path := folder + "/" + fileName(name, used)
			return p.add(path, func(w io.Writer) error { _, err := io.Copy(w, content); return err })
		})
		if err != nil {
			return fmt.Errorf("%s: %w", folder, err)
		}
	}
	return nil
}

const maxFileName = 120 // bytes

// fileName returns a name of letters, digits and "._-" that is not used in its folder, also where case does not count.
func fileName(name string, used map[string]bool) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}, strings.ToValidUTF8(name, "_"))
	name = strings.TrimLeft(name, ".")
	ext := filepath.Ext(name)
	if len(ext) > 10 {
		ext = ""
	}
	stem := strings.TrimRight(strings.TrimSuffix(name, ext), ".")
	for len(stem) > maxFileName {
		r := []rune(stem)
		stem = string(r[:len(r)-1])
	}
	if stem == "" {
		stem = "file"
	}
	out := stem + ext
	for n := 2; used[strings.ToLower(out)]; n++ {
		out = fmt.Sprintf("%s-%d%s", stem, n, ext)
	}
	used[strings.ToLower(out)] = true
	return out
}

// seal writes the manifest and the sums and returns their hash.
func (p *packer) seal(m Manifest) (digest string, err error) {
	slices.SortFunc(p.files, func(a, b Packed) int { return strings.Compare(a.Path, b.Path) })
	m.Files = slices.Clone(p.files)
	if err := p.add(manifestFile, func(w io.Writer) error { return writeIndented(w, m) }); err != nil {
		return "", err
	}
	slices.SortFunc(p.files, func(a, b Packed) int { return strings.Compare(a.Path, b.Path) })
	var sums bytes.Buffer
	for _, f := range p.files {
		fmt.Fprintf(&sums, "%s  %s\n", f.SHA256, f.Path)
	}
	if err := p.add(sumsFile, func(w io.Writer) error { _, err := w.Write(sums.Bytes()); return err }); err != nil {
		return "", err
	}
	return p.files[len(p.files)-1].SHA256, nil
}

func writeIndented(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func writeLines[T any](w io.Writer, list []T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, v := range list {
		if err := enc.Encode(v); err != nil {
			return err
		}
	}
	return nil
}
