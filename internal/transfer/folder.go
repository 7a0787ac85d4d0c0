package transfer

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
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

	"github.com/rogpeppe/go-internal/lockedfile"
)

// folder is where a download goes. Nothing is ever written outside it, but for a manifest that the user wants elsewhere.
type folder struct {
	root *os.Root
	path string // absolute
	*manifest

	mu    sync.Mutex
	dirs  map[string]bool // known to be there; bounded by maxDirs
	fresh map[string]bool // whose list of names changed by new folders since the last commit
}

const maxDirs = 4096

// openFolder opens a folder, making it if need be. halves are the temporary files to be left alone, depth how far below it files go.
func openFolder(dir, manifestPath string, depth int, key string, halves map[string]bool) (*folder, error) {
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
	if manifestPath == "" {
		manifestPath = filepath.Join(abs, ManifestName)
	}
	f := &folder{root: root, path: abs, manifest: newManifest(manifestPath, filepath.Join(abs, SumsName)), dirs: map[string]bool{".": true}, fresh: map[string]bool{}}
	if err := f.locked(false, func(*lockedfile.File) error { f.sweep(depth, key, halves); return f.mendSums() }); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return f, nil
}

func (f *folder) close() error {
	var err error
	if f.superseded {
		err = f.locked(false, func(*lockedfile.File) error { return f.mendSums() })
	}
	return errors.Join(err, f.manifest.close(), f.root.Close())
}

// present returns the record of a file that is already here, by name and size.
func (f *folder) present(id string) (Record, bool) {
	r, ok := f.lookup(id)
	if !ok || !fs.ValidPath(r.Path) {
		return r, false
	}
	st, err := f.root.Lstat(filepath.FromSlash(r.Path))
	return r, err == nil && st.Mode().IsRegular() && st.Size() == r.Bytes
}

// kept returns the record of a file that is already here, whole and unchanged.
func (f *folder) kept(id string) (Record, bool) {
	r, ok := f.present(id)
	if !ok {
		return r, false
	}
	sum, err := f.sum(r.Path)
	return r, err == nil && sum == r.SHA256
}

func (f *folder) sum(name string) (string, error) { return sumOf(f.root, name) }

func sumOf(root *os.Root, name string) (string, error) {
	file, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	buf := buffers.Get().(*[bufferSize]byte)
	defer buffers.Put(buf)
	_, err = io.CopyBuffer(h, struct{ io.Reader }{file}, buf[:])
	return hex.EncodeToString(h.Sum(nil)), err
}

// temp opens a new file in the folder of stem, which only its owner can read. A lasting one is the task's, others the program's.
func (f *folder) temp(h *partial, stem string, lasting bool, key string, seq int64) error {
	dir := path.Dir(stem)
	if err := f.mkdir(dir); err != nil {
		return err
	}
	tmp := path.Join(dir, tempName())
	if lasting {
		tmp = path.Join(dir, fmt.Sprintf("%s%s-%d%s", tempPrefix, key, seq, halfSuffix))
		_ = f.root.Remove(filepath.FromSlash(tmp))
	}
	file, err := f.root.OpenFile(filepath.FromSlash(tmp), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	f.mark(file, tmp)
	h.file, h.tmp = file, tmp
	return nil
}

// mkdir makes a folder below the root and remembers which lists of names have changed by it.
func (f *folder) mkdir(dir string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.mkdirLocked(dir)
}

func (f *folder) mkdirLocked(dir string) error {
	if f.dirs[dir] {
		return nil
	}
	err := f.root.Mkdir(filepath.FromSlash(dir), 0o700)
	if errors.Is(err, fs.ErrNotExist) && path.Dir(dir) != dir {
		if err := f.mkdirLocked(path.Dir(dir)); err != nil {
			return err
		}
		err = f.root.Mkdir(filepath.FromSlash(dir), 0o700)
	}
	switch {
	case err == nil:
		f.fresh[path.Dir(dir)] = true
	case !errors.Is(err, fs.ErrExist):
		return err
	}
	if len(f.dirs) >= maxDirs {
		clear(f.dirs)
	}
	f.dirs[dir] = true
	return nil
}

// place moves a finished temporary file to its name; the manifest is locked. A different file that stands there is left alone and a
// number added; the same file makes the new one superfluous (kept).
func (f *folder) place(tmp, stem, ext, sum string) (name string, kept bool, err error) {
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

// freshDirs hands over the folders whose list of names changed by new folders.
func (f *folder) freshDirs() map[string]bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.fresh
	f.fresh = map[string]bool{}
	return out
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

// A temporary file's name tells whose it is: .imagery-HOST-PID-RANDOM.part of a program, .imagery-KEY-SEQ.half of a task.
const (
	tempPrefix = ".imagery-"
	tempSuffix = ".part"
	halfSuffix = ".half"
	halfLife   = 30 * 24 * time.Hour // of a half whose task is gone
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

// ours reports whether a temporary file is a half of the task with that key.
func (f *folder) ours(tmp, key string) bool {
	return fs.ValidPath(tmp) && strings.HasPrefix(path.Base(tmp), tempPrefix+key+"-") && strings.HasSuffix(tmp, halfSuffix)
}

// sweep removes what programs of this machine left behind when they died, what this task left but does not need, and what tasks left that
// are long gone.
func (f *folder) sweep(depth int, key string, needed map[string]bool) {
	_ = fs.WalkDir(f.root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case d.IsDir() && p != "." && strings.Count(p, "/") >= depth:
			return fs.SkipDir
		case d.Type().IsRegular() && (stale(d.Name()) || f.ours(p, key) && !needed[p] || forgotten(d)):
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

func forgotten(d fs.DirEntry) bool {
	if !strings.HasPrefix(d.Name(), tempPrefix) || !strings.HasSuffix(d.Name(), halfSuffix) {
		return false
	}
	info, err := d.Info()
	return err == nil && time.Since(info.ModTime()) > halfLife
}
