package transfer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"imagery/client"
)

// Names of the records beside the files.
const (
	ManifestName = "manifest.jsonl"
	SumsName     = "SHA256SUMS" // read by sha256sum -c
)

const maxLine = 1 << 20 // bytes of a line of a manifest

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

func (r Record) sumLine() string { return r.SHA256 + "  " + r.Path + "\n" }

// manifest is the list of files of a folder, and beside it their sums. Of a file with several lines the last one counts. Programs that
// share it lock the list itself while they read its end, place files and write. In memory there is a place in the list per file, no more.
type manifest struct {
	path, sums string // absolute

	mu         sync.RWMutex // held for writing with the lock
	seed       maphash.Seed
	index      map[uint64]int64 // hash of a file's id to the offset of its last line
	size       int64            // bytes that were indexed
	reader     *os.File
	superseded bool // lines of sums are out of date
}

func newManifest(path, sums string) *manifest {
	return &manifest{path: path, sums: sums, seed: maphash.MakeSeed(), index: map[uint64]int64{}}
}

func (m *manifest) close() error {
	if m.reader == nil {
		return nil
	}
	return m.reader.Close()
}

// locked runs do while no other program reads or writes the manifest, with what they wrote indexed. Unless it is to be made, do runs
// without the file (and its lock) when there is none. A new manifest that nothing came into is removed again.
func (m *manifest) locked(create bool, do func(*lockedfile.File) error) (err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	file, err := m.lock(create)
	if errors.Is(err, fs.ErrNotExist) && !create {
		return do(nil)
	}
	if err != nil {
		return err
	}
	fresh := false
	defer func() {
		if fresh && m.size == 0 {
			_ = os.Remove(m.path) // whoever waits for its lock sees that it has gone
		}
		err = errors.Join(err, file.Close())
	}()
	if err := m.catchUp(file); err != nil {
		return err
	}
	fresh = m.size == 0
	return do(file)
}

// lock opens the manifest and waits for its lock, again if another program removed it meanwhile.
func (m *manifest) lock(create bool) (*lockedfile.File, error) {
	flags := os.O_RDWR
	if create {
		flags |= os.O_CREATE
	}
	for {
		file, err := lockedfile.OpenFile(m.path, flags, 0o600)
		if err != nil {
			return nil, err
		}
		mine, err := file.Stat()
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		if there, err := os.Stat(m.path); err == nil && os.SameFile(mine, there) {
			return file, nil
		}
		_ = file.Close()
	}
}

// catchUp indexes what was added since the last time. A line that a crash has torn is cut off.
func (m *manifest) catchUp(file *lockedfile.File) error {
	st, err := file.Stat()
	if err != nil {
		return err
	}
	if st.Size() < m.size { // somebody replaced it
		clear(m.index)
		m.size = 0
		if err := m.close(); err != nil {
			return err
		}
		m.reader = nil
	}
	if st.Size() == m.size {
		return nil
	}
	if m.size == 0 && !begins(file) {
		return fmt.Errorf("%w: %s", ErrNotManifest, m.path)
	}
	if _, err := file.Seek(m.size, io.SeekStart); err != nil {
		return err
	}
	if err := m.indexFrom(file, func(int) {}); err != nil {
		return err
	}
	if m.size < st.Size() {
		return file.Truncate(m.size)
	}
	return nil
}

// begins reports whether a file that is not empty begins as a manifest does, or as what a crash has left of one.
func begins(file io.ReaderAt) bool {
	head := make([]byte, len(recordHead))
	n, _ := file.ReadAt(head, 0)
	return n > 0 && string(head[:n]) == recordHead[:n]
}

const recordHead = `{"fileId":"`

// indexFrom indexes what in holds behind what is indexed. bad is told of lines that cannot be read, by their number within it.
func (m *manifest) indexFrom(in io.Reader, bad func(line int)) error {
	start, n := m.size, 0
	return eachLine(in, func(offset int64, line []byte, whole bool) error {
		n++
		var r Record
		if json.Unmarshal(line, &r) != nil || r.FileID == "" || !whole {
			bad(n)
		} else {
			m.index[m.hash(r.FileID)] = start + offset
		}
		if whole {
			m.size = start + offset + int64(len(line)) + 1
		}
		return nil
	})
}

// scan indexes the whole list without changing it.
func (m *manifest) scan(bad func(line int)) error { return m.indexFrom(m.reader, bad) }

func (m *manifest) hash(id string) uint64 { return maphash.String(m.seed, id) }

// eachLine reads lines with their offsets from where in stands. A line that is too long is an error, a last one without its end not whole.
func eachLine(in io.Reader, do func(offset int64, line []byte, whole bool) error) error {
	lines := bufio.NewReaderSize(in, 64<<10)
	var offset int64
	var long []byte
	for {
		part, err := lines.ReadSlice('\n')
		if long = append(long, part...); len(long) > maxLine {
			return bufio.ErrTooLong
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return err
		case len(long) == 0:
			return nil
		}
		line, whole := bytes.CutSuffix(long, []byte("\n"))
		if err := do(offset, line, whole); err != nil {
			return err
		}
		offset += int64(len(long))
		long = long[:0]
	}
}

// lookup reads the record of a file.
func (m *manifest) lookup(id string) (r Record, ok bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.recorded(id)
}

// recorded is lookup for whoever holds mu.
func (m *manifest) recorded(id string) (r Record, ok bool) {
	at, ok := m.index[m.hash(id)]
	if !ok || m.reader == nil {
		return r, false
	}
	line, err := bufio.NewReaderSize(io.NewSectionReader(m.reader, at, maxLine), 4<<10).ReadBytes('\n')
	return r, err == nil && json.Unmarshal(line, &r) == nil && r.FileID == id
}

// add writes records of files that are there, all of them or none; the manifest is locked.
func (m *manifest) add(file *lockedfile.File, records []Record) (err error) {
	var lines, sums bytes.Buffer
	at := make([]int64, 0, len(records))
	for _, r := range records {
		at = append(at, m.size+int64(lines.Len()))
		b, err := json.Marshal(r)
		if err != nil {
			return err
		}
		lines.Write(append(b, '\n'))
		sums.WriteString(r.sumLine())
	}
	if lines.Len() == 0 {
		return nil
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Truncate(m.size))
		}
	}()
	if _, err := file.WriteAt(lines.Bytes(), m.size); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := m.addSums(sums.Bytes()); err != nil {
		return err
	}
	m.size += int64(lines.Len())
	for i, r := range records {
		h := m.hash(r.FileID)
		_, had := m.index[h]
		m.superseded = m.superseded || had
		m.index[h] = at[i]
	}
	return m.openReader()
}

func (m *manifest) openReader() (err error) {
	if m.reader == nil {
		m.reader, err = os.Open(m.path)
	}
	return err
}

func (m *manifest) addSums(lines []byte) error {
	file, err := os.OpenFile(m.sums, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	st, err := file.Stat()
	if err == nil {
		if _, err = file.Write(lines); err == nil {
			err = file.Sync()
		}
		if err != nil {
			_ = file.Truncate(st.Size())
		}
	}
	return errors.Join(err, file.Close())
}

// mendSums makes the sums say what the manifest says, which a crash between writing the two may have prevented. The manifest is locked.
func (m *manifest) mendSums() error {
	if m.size == 0 {
		return nil
	}
	if err := m.openReader(); err != nil {
		return err
	}
	if same, err := m.sumsHold(); same || err != nil {
		return err
	}
	dir := filepath.Dir(m.sums)
	tmp, err := os.OpenFile(filepath.Join(dir, tempName()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(tmp)
	err = m.current(func(r Record) error { _, err := out.WriteString(r.sumLine()); return err })
	err = errors.Join(err, out.Flush(), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), m.sums)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	m.superseded = false
	return nil
}

var errDiffers = errors.New("differs")

// sumsHold reports whether the sums are those of the records that count, in their order.
func (m *manifest) sumsHold() (bool, error) {
	file, err := os.Open(m.sums)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	in := bufio.NewReader(file)
	err = m.current(func(r Record) error {
		want := r.sumLine()
		got := make([]byte, len(want))
		if _, err := io.ReadFull(in, got); err != nil || string(got) != want {
			return errDiffers
		}
		return nil
	})
	if errors.Is(err, errDiffers) {
		return false, nil
	}
	_, more := in.ReadByte()
	return err == nil && errors.Is(more, io.EOF), err
}

// current calls do with the record that counts of each file, in the order of the manifest.
func (m *manifest) current(do func(Record) error) error {
	in := io.NewSectionReader(m.reader, 0, m.size)
	return eachLine(in, func(offset int64, line []byte, _ bool) error {
		var r Record
		if json.Unmarshal(line, &r) != nil || r.FileID == "" || m.index[m.hash(r.FileID)] != offset {
			return nil
		}
		return do(r)
	})
}
