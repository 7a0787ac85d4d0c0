package review

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// sink is where a pack goes. It is at its place after finish, and nothing is left of it after abort.
type sink interface {
	create(path string) (io.WriteCloser, error) // one at a time
	finish() error
	abort()
}

// newSink returns the sink for a name; when is the time that a zip's files bear. It is made beside dst under a name that nothing has.
func newSink(dst string, when time.Time) (sink, error) {
	dir, pattern := filepath.Dir(dst), filepath.Base(dst)+".*.part"
	sweep(dst)
	if !strings.EqualFold(filepath.Ext(dst), ".zip") {
		temp, err := os.MkdirTemp(dir, pattern)
		return &folder{temp, dst}, err
	}
	f, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return nil, err
	}
	return &zipped{zip.NewWriter(f), f, f.Name(), dst, when}, nil
}

// abandoned is how long nothing was written to what a pack that was killed left.
const abandoned = time.Hour

// sweep removes what killed packs of the same name left beside it, for it holds people's images.
func sweep(dst string) {
	beside, _ := os.ReadDir(filepath.Dir(dst))
	for _, e := range beside {
		number, ours := strings.CutPrefix(e.Name(), filepath.Base(dst)+".")
		number, part := strings.CutSuffix(number, ".part")
		if path := filepath.Join(filepath.Dir(dst), e.Name()); ours && part && strings.Trim(number, "0123456789") == "" && time.Since(written(path)) > abandoned {
			_ = os.RemoveAll(path)
		}
	}
}

// written is when something in path was last written.
func written(path string) (last time.Time) {
	_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
		return err
	})
	return last
}

// place moves what is finished to where nothing was when it was begun; another pack may have come there since.
func place(temp, dst string) error {
	if _, err := os.Lstat(dst); !errors.Is(err, fs.ErrNotExist) {
		return fs.ErrExist
	}
	return os.Rename(temp, dst)
}

type folder struct{ temp, dst string }

func (f *folder) create(path string) (io.WriteCloser, error) {
	full := filepath.Join(f.temp, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		return nil, err
	}
	out, err := os.OpenFile(full, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return synced{out}, nil
}

func (f *folder) finish() error { return place(f.temp, f.dst) }
func (f *folder) abort()        { _ = os.RemoveAll(f.temp) }

// synced is a file that is on disk when it is closed.
type synced struct{ *os.File }

func (s synced) Close() error { return errors.Join(s.Sync(), s.File.Close()) }

type zipped struct {
	*zip.Writer
	file      *os.File
	temp, dst string
	when      time.Time
}

func (z *zipped) create(path string) (io.WriteCloser, error) {
	w, err := z.CreateHeader(&zip.FileHeader{Name: path, Method: zip.Deflate, Modified: z.when.UTC()})
	return unclosed{w}, err
}

// unclosed is a writer that has nothing to close.
type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }

func (z *zipped) finish() error {
	if err := errors.Join(z.Close(), z.file.Sync(), z.file.Close()); err != nil {
		return err
	}
	return place(z.temp, z.dst)
}

func (z *zipped) abort() {
	_ = z.file.Close()
	_ = os.Remove(z.temp)
}
