package client

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// UploadFile stores one file for a later archive; it is temporary until then. createTime may be zero. Interface 5.
func (c *Client) UploadFile(ctx context.Context, src *Source, createTime Time) (*File, error) {
	r := &request{op: OpUploadFile}
	if src == nil || src.Size == 0 {
		return nil, &InvalidError{r.op, "file", ReasonEmptyFile}
	}
	r.moment("createTime", createTime, c)
	r.add("file", src)
	out := &File{}
	return out, c.record(ctx, r, func(v value) error { return readFile(c.decoder(), v, out) }, fileFields.knows)
}

var fileID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`) })

// ValidFileID reports whether id can name a file: 1 to 64 letters, digits, "_" and "-".
func ValidFileID(id string) bool { return fileID().MatchString(id) }

// FileBody is a file on its way. Reads fail with ErrTruncated when fewer bytes come than were announced.
type FileBody struct {
	io.ReadCloser
	Name        Text   // from Content-Disposition; empty when not told
	ContentType string // as declared, without parameters
	Size        int64  // bytes of the whole file, -1 when not told
	ETag        string
	Validator   string // names this very version of the file to FetchFileFrom; empty when the platform gave none that is sure
	Offset      int64  // where the bytes begin; 0 unless FetchFileFrom was granted its wish
}

// FetchFile opens a file of the platform for reading; the caller closes it. A page of HTML or JSON in a file's place is
// ErrNotAFile with the page's words, no bytes at all is ErrEmptyFile. Interface 8.
func (c *Client) FetchFile(ctx context.Context, id string) (*FileBody, error) {
	return c.FetchFileFrom(ctx, id, 0, "")
}

// FetchFileFrom is FetchFile from a byte on, for a file that came in part before with a validator. A platform that has another version
// now, or cannot send parts, sends the whole: the body's Offset tells. Interface 8.
func (c *Client) FetchFileFrom(ctx context.Context, id string, offset int64, validator string) (*FileBody, error) {
	r := &request{op: OpFetchFile}
	if offset > 0 && validator != "" {
		r.header = http.Header{"Range": {fmt.Sprintf("bytes=%d-", offset)}, "If-Range": {validator}}
	}
	if !ValidFileID(id) {
		return nil, &InvalidError{r.op, "fileId", ReasonFileID}
	}
	r.add("fileId", id)
	res, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	body := &FileBody{Size: res.ContentLength, ETag: res.Header.Get("ETag"), Validator: validatorOf(res.Header)}
	in := bufio.NewReaderSize(&counted{ReadCloser: res.Body}, 4<<10)
	if res.StatusCode == http.StatusPartialContent {
		body.Offset, body.Size, err = contentRange(res.Header.Get("Content-Range"), offset)
	} else {
		err = c.wholeFile(res, in)
	}
	if err != nil {
		_ = res.Body.Close()
		return nil, &fileError{id, err}
	}
	body.ReadCloser = struct {
		io.Reader
		io.Closer
	}{in, res.Body}
	body.Name = c.fileName(res.Header.Get("Content-Disposition"))
	body.ContentType, _, _ = mime.ParseMediaType(res.Header.Get("Content-Type"))
	return body, nil
}

// wholeFile looks at the first bytes of a file that is sent from its start.
func (c *Client) wholeFile(res *http.Response, in *bufio.Reader) error {
	head, err := in.Peek(512)
	switch {
	case err == nil || errors.Is(err, io.EOF) && len(head) > 0:
		return c.pageInstead(res, head)
	case errors.Is(err, io.EOF):
		return ErrEmptyFile
	}
	return err
}

// contentRange reads where a part begins and how long the whole is. It must begin where it was asked to.
func contentRange(s string, asked int64) (offset, size int64, err error) {
	var last int64
	if n, _ := fmt.Sscanf(s, "bytes %d-%d/%d", &offset, &last, &size); n != 3 || asked == 0 || offset != asked || last+1 != size || last < offset {
		return 0, 0, &MalformedError{Op: OpFetchFile, Field: "Content-Range", Reason: SafeText(s, 80)}
	}
	return offset, size, nil
}

// validatorOf returns what If-Range may be asked with: a strong entity tag, or a date of change that is certain to have passed before the
// answer was made, since a file may change twice within a second.
func validatorOf(h http.Header) string {
	if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) {
		return tag
	}
	changed, err := http.ParseTime(h.Get("Last-Modified"))
	if err != nil {
		return ""
	}
	if sent, err := http.ParseTime(h.Get("Date")); err != nil || sent.Sub(changed) < 2*time.Second {
		return ""
	}
	return h.Get("Last-Modified")
}

// fileError names the file that failed.
type fileError struct {
	id  string
	err error
}

func (e *fileError) Error() string {
	return OpFetchFile.String() + ": file " + e.id + ": " + e.err.Error()
}
func (e *fileError) Unwrap() error { return e.err }

// pageInstead reports an error page that came with a 2xx status where a file should be.
func (c *Client) pageInstead(res *http.Response, head []byte) error {
	mt, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	start := bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n")
	json := strings.HasSuffix(mt, "json") || bytes.HasPrefix(start, []byte(`{"`)) || bytes.HasPrefix(start, []byte(`[{"`))
	if !json && mt != "text/html" && !looksLikeHTML(head) {
		return nil
	}
	msg := serverMessage(c.toUTF8(res.Header, bytes.Clone(head)))
	return &NotAFileError{msg}
}

// NotAFileError is ErrNotAFile with the words of the page that came.
type NotAFileError struct{ Message Text }

// Error implements error with sanitised text.
func (e *NotAFileError) Error() string { return "a page came instead of a file: " + e.Message.String() }

// Is matches ErrNotAFile.
func (e *NotAFileError) Is(target error) bool { return target == ErrNotAFile }

// counted turns the transport's word for a short body into ErrTruncated.
type counted struct{ io.ReadCloser }

// Read implements io.Reader.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = ErrTruncated
	}
	return n, err
}

var (
	nameStar  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)filename\*\s*=\s*"?([\w-]*)'[\w-]*'([^;"]+)`) })
	namePlain = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]+))`) })
)

// fileName reads a Content-Disposition in the ways platforms write them: filename*, percent-encoded, raw UTF-8, raw GBK.
// Paths are cut off.
func (c *Client) fileName(disposition string) Text {
	var name string
	if m := nameStar().FindStringSubmatch(disposition); m != nil {
		if s, err := url.PathUnescape(strings.TrimSpace(m[2])); err == nil {
			name = c.nameUTF8(m[1], s)
		}
	}
	if m := namePlain().FindStringSubmatch(disposition); m != nil && name == "" {
		name = strings.TrimSpace(m[1] + m[2])
		if s, err := url.PathUnescape(name); err == nil && strings.Contains(name, "%") {
			name = s
		}
		name = c.nameUTF8("", strings.ReplaceAll(name, `\"`, `"`))
	}
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return Text(name)
}

func (c *Client) nameUTF8(charset, s string) string {
	charset = strings.ToLower(charset)
	if c.Charset == nil || utf8.ValidString(s) && (charset == "" || charset == "utf-8") {
		return s
	}
	if out, ok := c.Charset(charset, []byte(s)); ok {
		return string(out)
	}
	return s
}
