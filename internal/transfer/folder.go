package transfer

import (
	"bufio"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"imagery/client"
)

// Names of the records beside the files.
const (
	ManifestName = "manifest.jsonl"
	SumsName     = "SHA256SUMS"
)

// Record is one line of the manifest: a file that is there, and where it came from. Customer names and document numbers are left out.
type Record struct {
	FileID          string      `json:"fileId"`
	Path            string      `json:"path"` // below the folder, with slashes
	Bytes           int64       `json:"bytes"`
	SHA256          string      `json:"sha256"`
	Type            string      `json:"type"` // by content
	AccountNo       client.Text `json:"accountNo,omitempty"`
	AccountBizType  client.Text `json:"accountBizType,omitempty"`
	MaterialCode    client.Text `json:"materialCode,omitempty"`
	MaterialID      client.Text `json:"materialId,omitempty"`
	ServiceAccessID client.Text `json:"serviceAccessId,omitempty"`
	CreateTime      client.Time `json:"createTime"`
	SavedAt         time.Time   `json:"savedAt"`
	Server          string      `json:"server,omitempty"`
	Operator        string      `json:"operator,omitempty"`
}

// folder is where a download goes. Nothing is ever written outside it.
type folder struct {
	root     *os.Root
	path     string // absolute
	manifest string // absolute
	placing  sync.Mutex
	mu       sync.Mutex
	records  map[string]Record // by file id
}

func openFolder(dir, manifest string) (*folder, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(abs, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, err
	}
	if manifest == "" {
		manifest = filepath.Join(abs, ManifestName)
	}
	f := &folder{root: root, path: abs, manifest: manifest, records: map[string]Record{}}
	f.sweep()
	if err := f.load(); err != nil {
		_ = root.Close()
		return nil, err
	}
	return f, nil
}

// load reads the manifest. Lines that cannot be read, such as one torn by a crash, count for nothing.
func (f *folder) load() error {
	file, err := os.Open(f.manifest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	in := bufio.NewScanner(file)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var r Record
		if json.Unmarshal(in.Bytes(), &r) == nil && r.FileID != "" {
			f.records[r.FileID] = r
		}
	}
	return in.Err()
}

// kept returns the record of a file that is already here, whole and unchanged.
func (f *folder) kept(id string) (Record, bool) {
	f.mu.Lock()
	r, ok := f.records[id]
	f.mu.Unlock()
	if !ok || !fs.ValidPath(r.Path) {
		return r, false
	}
	st, err := f.root.Lstat(filepath.FromSlash(r.Path))
	if err != nil || !st.Mode().IsRegular() || st.Size() != r.Bytes {
		return r, false
	}
	sum, err := f.sum(r.Path)
	return r, err == nil && sum == r.SHA256
}

func (f *folder) sum(name string) (string, error) {
	file, err := f.root.Open(filepath.FromSlash(name))
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	_, err = io.Copy(h, file)
	return hex.EncodeToString(h.Sum(nil)), err
}

// record adds a file to the manifest and to SHA256SUMS.
func (f *folder) record(r Record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	old, had := f.records[r.FileID]
	if had && old.Path == r.Path && old.SHA256 == r.SHA256 {
		return nil
	}
	if err := appendLine(f.manifest, string(line)); err != nil {
		return err
	}
	f.records[r.FileID] = r
	return appendLine(filepath.Join(f.path, SumsName), r.SHA256+"  "+r.Path)
}

func appendLine(name, line string) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(line + "\n")
	return errors.Join(err, file.Close())
}

// temp opens a new file in the folder of name; only its owner can read it.
func (f *folder) temp(name string) (*os.File, string, error) {
	dir := path.Dir(name)
	if err := f.root.MkdirAll(filepath.FromSlash(dir), 0o700); err != nil {
		return nil, "", err
	}
	tmp := path.Join(dir, tempName())
	file, err := f.root.OpenFile(filepath.FromSlash(tmp), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	return file, tmp, err
}

// place moves a finished temporary file to its name. A different file that stands there is left alone and a number added; the same
// file makes the new one superfluous (kept).
func (f *folder) place(tmp, stem, ext, sum string) (name string, kept bool, err error) {
	f.placing.Lock() // ids that differ in case only share a name on some systems
	defer f.placing.Unlock()
	for n := 1; n < 1000; n++ {
		name = stem + ext
		if n > 1 {
			name = stem + "_" + strconv.Itoa(n) + ext
		}
		if _, err := f.root.Lstat(filepath.FromSlash(name)); errors.Is(err, fs.ErrNotExist) {
			return name, false, f.rename(tmp, name)
		}
		if there, err := f.sum(name); err == nil && there == sum {
			return name, true, f.root.Remove(filepath.FromSlash(tmp))
		}
	}
	return "", false, fmt.Errorf("%s: too many other files of that name", stem)
}

func (f *folder) rename(tmp, name string) error {
	var err error
	for try := range 5 { // a virus scanner may hold the file for a moment on Windows
		if err = f.root.Rename(filepath.FromSlash(tmp), filepath.FromSlash(name)); err == nil || runtime.GOOS != "windows" {
			break
		}
		time.Sleep(time.Duration(try+1) * 50 * time.Millisecond)
	}
	return err
}

// syncDir makes the names in a folder last. Windows has no such thing.
func (f *folder) syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := f.root.Open(filepath.FromSlash(dir))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// A temporary file's name tells whose it is: .imagery-HOST-PID-RANDOM.part.
const (
	tempPrefix = ".imagery-"
	tempSuffix = ".part"
)

func tempName() string {
	return fmt.Sprintf("%s%s-%d-%s%s", tempPrefix, hostMark(), os.Getpid(), rand.Text()[:8], tempSuffix)
}

// hostMark tells machines apart that share a network folder: their process numbers say nothing to each other.
var hostMark = sync.OnceValue(func() string {
	name, _ := os.Hostname()
	h := fnv.New32a()
	_, _ = io.WriteString(h, name)
	return fmt.Sprintf("%08x", h.Sum32())
})

// sweep removes what programs of this machine left behind when they died.
func (f *folder) sweep() {
	_ = fs.WalkDir(f.root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && stale(d.Name()) {
			_ = f.root.Remove(filepath.FromSlash(p))
		}
		return nil
	})
}

func stale(name string) bool {
	rest, ok := strings.CutPrefix(name, tempPrefix)
	if !ok || !strings.HasSuffix(rest, tempSuffix) {
		return false
	}
	parts := strings.Split(rest, "-")
	if len(parts) != 3 || parts[0] != hostMark() {
		return false
	}
	pid, err := strconv.Atoi(parts[1])
	return err == nil && pid != os.Getpid() && !alive(pid)
}
