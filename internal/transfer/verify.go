package transfer

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"imagery/client"
)

// What does not hold, as Problem.Kind.
const (
	ProblemMissing  = "missing"  // the file is not there
	ProblemSize     = "size"     // it has another size
	ProblemContent  = "content"  // it has another hash
	ProblemPath     = "path"     // its line names a place outside the folder
	ProblemLine     = "line"     // a line of the manifest cannot be read
	ProblemSums     = "sums"     // SHA256SUMS does not say what the manifest says
	ProblemLeftover = "leftover" // a temporary file of a download that was cut off
	ProblemRead     = "read"     // the file is there but cannot be read
)

// Problem is one thing about a downloaded folder that does not hold.
type Problem struct {
	Kind      string `json:"problem"`
	FileID    string `json:"fileId,omitempty"`
	Path      string `json:"path,omitempty"` // below the folder, with slashes
	Line      int    `json:"line,omitempty"` // of the manifest, from 1
	Want, Got string `json:",omitempty"`
}

// Error implements error, in plain English for logs.
func (p Problem) Error() string {
	return fmt.Sprintf("%s: %s %s", p.Kind, client.SafeText(p.Path, 300), p.Got)
}

// Verify checks a folder against its manifest ("": manifest.jsonl in it), calls found with each thing that does not hold, and returns how
// many files were checked. It changes nothing. An error means that it could not be checked.
func Verify(dir, manifestPath string, found func(Problem)) (files int, err error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return 0, err
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return 0, err
	}
	defer root.Close()
	if manifestPath == "" {
		manifestPath = filepath.Join(abs, ManifestName)
	}
	m := newManifest(manifestPath, filepath.Join(abs, SumsName))
	if m.reader, err = os.Open(m.path); err != nil {
		return 0, err
	}
	defer m.close()
	if err := m.scan(func(line int) { found(Problem{Kind: ProblemLine, Line: line}) }); err != nil {
		return 0, err
	}
	err = m.current(func(r Record) error {
		files++
		if p := checkRecord(root, r); p.Kind != "" {
			p.FileID, p.Path = r.FileID, r.Path
			found(p)
		}
		return nil
	})
	if err != nil {
		return files, err
	}
	if same, err := m.sumsHold(); err != nil || !same {
		found(Problem{Kind: ProblemSums, Path: SumsName})
	}
	return files, leftovers(root, found)
}

// checkRecord holds a file against its record; the zero Problem if it is as it should be.
func checkRecord(root *os.Root, r Record) Problem {
	if !fs.ValidPath(r.Path) {
		return Problem{Kind: ProblemPath}
	}
	st, err := root.Lstat(filepath.FromSlash(r.Path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Problem{Kind: ProblemMissing}
	case err != nil || !st.Mode().IsRegular():
		return Problem{Kind: ProblemRead}
	case st.Size() != r.Bytes:
		return Problem{Kind: ProblemSize, Want: fmt.Sprint(r.Bytes), Got: fmt.Sprint(st.Size())}
	}
	sum, err := sumOf(root, r.Path)
	switch {
	case err != nil:
		return Problem{Kind: ProblemRead}
	case sum != r.SHA256:
		return Problem{Kind: ProblemContent, Want: r.SHA256, Got: sum}
	}
	return Problem{}
}

func leftovers(root *os.Root, found func(Problem)) error {
	return fs.WalkDir(root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasPrefix(d.Name(), tempPrefix) && (strings.HasSuffix(p, tempSuffix) || strings.HasSuffix(p, halfSuffix)) {
			found(Problem{Kind: ProblemLeftover, Path: p})
		}
		return nil
	})
}
