package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"imagery/internal/demo/paper"
)

// file is one stored file: uploaded, or generated and drawn when asked for.
type file struct {
	id, name, mime, emp string
	size                int64
	created             time.Time
	expires             time.Time // zero: permanent
	doc                 *paper.Doc
}

// fileInfo is a File of the contract on the wire.
type fileInfo struct {
	ID                         string  `json:"id"`
	FileSize                   int64   `json:"fileSize"`
	FileExtName                string  `json:"fileExtName"`
	FileContentType            string  `json:"fileContentType"`
	FileOriginalName           string  `json:"fileOriginalName"`
	FileChunkKey               string  `json:"fileChunkKey"`
	EmpCode                    string  `json:"empCode"`
	ImageSourceFileChunkKeys   *string `json:"imageSourceFileChunkKeys"`
	CompressSourceFileChunkKey *string `json:"compressSourceFileChunkKey"`
	IsTemp                     bool    `json:"isTemp"`
	TempExpireTime             *string `json:"tempExpireTime"`
	CreateTime                 *string `json:"createTime"`
	UpdateTime                 *string `json:"updateTime"`
}

func (f *file) info() *fileInfo {
	return &fileInfo{
		ID: f.id, FileSize: f.size, FileExtName: strings.TrimPrefix(filepath.Ext(f.name), "."), FileContentType: f.mime, FileOriginalName: f.name,
		FileChunkKey: "chunk/" + f.id, EmpCode: f.emp, IsTemp: !f.expires.IsZero(), TempExpireTime: stamp(f.expires),
		CreateTime: stamp(f.created), UpdateTime: stamp(f.created),
	}
}

// file finds a file by id; an expired upload is not found.
func (p *Platform) file(ctx context.Context, id string) (*file, error) {
	if k, ok := parseFileID(id); ok {
		return p.generatedFile(ctx, id, k)
	}
	f := &file{id: id}
	var created int64
	var expires sql.NullInt64
	err := p.db.QueryRowContext(ctx, "SELECT name, mime, size, emp, created, expires FROM files WHERE id = ?", id).
		Scan(&f.name, &f.mime, &f.size, &f.emp, &created, &expires)
	f.created = fromMillis(created)
	if expires.Valid {
		f.expires = fromMillis(expires.Int64)
	}
	if err == nil && expires.Valid && p.opts.Now().After(f.expires) {
		_ = os.Remove(p.blob(id)) // purged, as the contract says of temporary files
		err = sql.ErrNoRows
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil, refuse(http.StatusNotFound, "文件不存在: "+id)
	}
	return f, err
}

// generatedFile says what the document behind an id is. Ids that the book never gave out are not found.
func (p *Platform) generatedFile(ctx context.Context, id string, k fileKey) (*file, error) {
	bit, known := p.cat.bit[k.code]
	where := "seq = ?"
	if k.owner.customer {
		where = "customer = ?"
	}
	found, err := p.accountsWhere(ctx, p.db, where, k.owner.n)
	if err != nil {
		return nil, err
	}
	mask := uint64(0)
	if len(found) > 0 {
		mask = found[0].own
		if k.owner.customer {
			mask = found[0].shared
		}
	}
	if !known || mask&(1<<bit) == 0 || k.index >= filesOf(k.code) || k.version > 1 {
		return nil, refuse(http.StatusNotFound, "文件不存在: "+id)
	}
	a, m := found[0], p.cat.Materials[bit]
	doc := &paper.Doc{
		Code: k.code, Title: m.Name, Name: a.name, IDNo: a.idNo, AccountNo: a.no, Dept: p.cat.dept(a.dept).DeptName,
		Seed: p.opts.Seed ^ hash(id), Pages: 1,
	}
	doc.Format, doc.Pages = format(k, doc.Seed)
	size, err := paper.Size(*doc)
	if err != nil {
		return nil, err
	}
	day, _ := time.ParseInLocation(time.DateOnly, a.opened, shanghai)
	return &file{
		id: id, name: fmt.Sprintf("%s_%d%s", m.Name, k.index+1, paper.Ext(doc.Format)), mime: paper.MIME(doc.Format), size: size, emp: employees[0].code,
		created: day.Add(10 * time.Hour), doc: doc,
	}, nil
}

// hash is FNV-1a.
func hash(s string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, s) // never fails
	return h.Sum64()
}

// format chooses what kind of file a document came as.
func format(k fileKey, seed uint64) (kind string, pages int) {
	n := seed % 100
	switch k.code {
	case "1101", "1102", "1103", "1203", "1204": // cards and faces are photographed
		if n < 30 {
			return "jpg-phone", 1
		}
	case "2101", "6101": // paper contracts are faxed or scanned as one document
		if n < 40 {
			return "tif", 3
		}
	case "2102", "2103", "3104":
		if n < 70 {
			return "pdf", 2 + int(n%3)
		}
	case "3103":
		return "mp4", 1
	case "1107":
		return "png", 1
	}
	switch {
	case n >= 97:
		return "bmp", 1
	case n >= 92:
		return "png", 1
	}
	return "jpg", 1
}

// serveFile is interface 8.
func (p *Platform) serveFile(w http.ResponseWriter, r *http.Request, _ user) {
	f, err := p.file(r.Context(), r.PathValue("fileId"))
	if err != nil {
		answer(w, r, nil, err)
		return
	}
	content, err := p.open(f)
	if err != nil {
		answer(w, r, nil, err)
		return
	}
	defer content.Close()
	how := "attachment"
	if r.URL.Query().Get("preview") == "true" {
		how = "inline"
	}
	w.Header().Set("Content-Type", f.mime)
	w.Header().Set("Content-Disposition", how+"; filename*=UTF-8''"+url.PathEscape(f.name))
	w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprintf("%s-%d", f.id, f.size)))
	http.ServeContent(w, r, "", f.created, content)
}

// open returns a file's bytes, drawing a generated one.
func (p *Platform) open(f *file) (io.ReadSeekCloser, error) {
	if f.doc == nil {
		return os.Open(p.blob(f.id))
	}
	b, err := paper.Render(*f.doc)
	if err != nil {
		return nil, err
	}
	return struct {
		io.ReadSeeker
		io.Closer
	}{bytes.NewReader(b), io.NopCloser(nil)}, nil
}

func (p *Platform) blob(id string) string { return filepath.Join(p.blobs(), id) }

// upload is interface 5. The file is streamed to disk.
func (p *Platform) upload(w http.ResponseWriter, r *http.Request, u user) {
	parts, err := r.MultipartReader()
	if err != nil {
		answer(w, r, nil, refuse(http.StatusBadRequest, "Current request is not a multipart request"))
		return
	}
	created := p.opts.Now()
	var f *file
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && part.FormName() == "createTime" {
			created, err = readTime(part, created)
		} else if err == nil && part.FormName() == "file" {
			f, err = p.keep(u, part.FileName(), part)
		}
		if err != nil {
			answer(w, r, nil, err)
			return
		}
	}
	if f == nil {
		answer(w, r, nil, refuse(http.StatusBadRequest, "Required part 'file' is not present."))
		return
	}
	f.created, f.expires = created, p.opts.Now().Add(p.opts.TempLife)
	answer(w, r, f.info(), p.record(context.WithoutCancel(r.Context()), f))
}

func readTime(part io.Reader, otherwise time.Time) (time.Time, error) {
	b, err := io.ReadAll(io.LimitReader(part, 64))
	if err != nil || len(b) == 0 {
		return otherwise, err
	}
	at, err := time.ParseInLocation(time.DateTime, string(b), shanghai)
	if err != nil {
		return otherwise, refuse(http.StatusBadRequest, "createTime must be yyyy-MM-dd HH:mm:ss")
	}
	return at, nil
}

// keep streams an upload to disk under a new id.
func (p *Platform) keep(u user, name string, content io.Reader) (*file, error) {
	f := &file{id: "U" + rand.Text(), name: filepath.Base(strings.ReplaceAll(name, `\`, "/")), emp: u.emp}
	out, err := os.OpenFile(p.blob(f.id), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	f.size, err = io.Copy(out, content)
	err = errors.Join(err, out.Close())
	if err == nil && f.size == 0 {
		err = refuse(http.StatusBadRequest, "文件为空")
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(p.blob(f.id)))
	}
	if f.mime = mime.TypeByExtension(strings.ToLower(filepath.Ext(f.name))); f.mime == "" {
		f.mime = "application/octet-stream"
	}
	return f, nil
}

func (p *Platform) keepBase64(ctx context.Context, u user, name, data string) (*file, error) {
	f, err := p.keep(u, name, base64.NewDecoder(base64.StdEncoding, strings.NewReader(data)))
	var corrupt base64.CorruptInputError
	if errors.As(err, &corrupt) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, refuse(http.StatusBadRequest, "base64Data is not base64")
	}
	if err != nil {
		return nil, err
	}
	f.created = p.opts.Now()
	return f, p.record(ctx, f)
}

func (p *Platform) record(ctx context.Context, f *file) error {
	expires := any(nil)
	if !f.expires.IsZero() {
		expires = millis(f.expires)
	}
	p.mu.Lock() // two writers would wait for each other in SQLite, and whoever wants the index for both
	defer p.mu.Unlock()
	_, err := p.db.ExecContext(ctx, "INSERT INTO files VALUES (?,?,?,?,?,?,?)", f.id, f.name, f.mime, f.size, f.emp, millis(f.created), expires)
	return err
}
