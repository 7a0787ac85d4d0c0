package client

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// body is a request body in pieces: bytes that are there, and files that are read while they are sent. Its size is known
// before, so nothing is buffered.
type body struct {
	contentType string
	pieces      []piece
}

// piece is bytes, or a file, plain or in base64.
type piece struct {
	bytes  []byte
	source *Source
	base64 bool
}

func (p piece) size() int64 {
	switch {
	case p.source == nil:
		return int64(len(p.bytes))
	case p.base64:
		return (p.source.Size + 2) / 3 * 4
	}
	return p.source.Size
}

func (b *body) size() (n int64) {
	for _, p := range b.pieces {
		n += p.size()
	}
	return n
}

func (b *body) reader() io.ReadCloser { return &bodyReader{pieces: b.pieces} }

// bodyReader reads the pieces one after another, each file opened when its turn comes.
type bodyReader struct {
	pieces []piece
	now    io.Reader
	close  func() error
}

// Read implements io.Reader.
func (r *bodyReader) Read(p []byte) (int, error) {
	for {
		if r.now == nil {
			if len(r.pieces) == 0 {
				return 0, io.EOF
			}
			if err := r.open(r.pieces[0]); err != nil {
				return 0, err
			}
			r.pieces = r.pieces[1:]
		}
		n, err := r.now.Read(p)
		if err == io.EOF {
			err, r.now = r.Close(), nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (r *bodyReader) open(p piece) error {
	if p.source == nil {
		r.now = bytes.NewReader(p.bytes)
		return nil
	}
	f, err := p.source.Open()
	if err != nil {
		return err
	}
	r.close, r.now = f.Close, io.LimitReader(f, p.source.Size)
	if p.base64 {
		r.now = &base64Reader{src: r.now}
	}
	return nil
}

// Close closes the file being read, if any.
func (r *bodyReader) Close() error {
	if r.close == nil {
		return nil
	}
	f := r.close
	r.close = nil
	return f()
}

// base64Reader encodes src while it is read.
type base64Reader struct {
	src io.Reader
	in  [24 << 10]byte // a multiple of 3, so that padding comes only at the end
	out [32 << 10]byte
	buf []byte
}

// Read implements io.Reader.
func (r *base64Reader) Read(p []byte) (int, error) {
	if len(r.buf) == 0 {
		n, err := io.ReadFull(r.src, r.in[:])
		if n == 0 {
			return 0, err
		}
		base64.StdEncoding.Encode(r.out[:], r.in[:n])
		r.buf = r.out[:base64.StdEncoding.EncodedLen(n)]
	}
	n := copy(p, r.buf)
	r.buf = r.buf[n:]
	return n, nil
}

// body returns what the layout sends behind the headers, nil for nothing.
func (l *layout) body() (*body, error) {
	if len(l.parts) > 0 || len(l.form) > 0 { // a request has one body: what should be JSON goes along in it
		l.form, l.json = append(l.form, l.json...), nil
	}
	switch {
	case len(l.parts) > 0:
		return l.multipart(), nil
	case len(l.form) > 0:
		return l.urlencoded()
	case len(l.json) > 0:
		w := &bodyWriter{}
		w.object(l.json)
		return w.done("application/json")
	}
	return nil, nil
}

func (l *layout) urlencoded() (*body, error) {
	form := url.Values{}
	for _, f := range l.form {
		s, err := l.flat(f)
		if err != nil {
			return nil, err
		}
		form[f.name] = append(form[f.name], s...)
	}
	return &body{"application/x-www-form-urlencoded", []piece{{bytes: []byte(form.Encode())}}}, nil
}

var partName = strings.NewReplacer("\\", "\\\\", `"`, "\\\"", "\r", "", "\n", "")

func (l *layout) multipart() *body {
	boundary := rand.Text()
	w := &bodyWriter{}
	for _, f := range append(l.form, l.parts...) {
		fmt.Fprintf(w, "--%s\r\nContent-Disposition: form-data; name=\"%s\"", boundary, partName.Replace(f.name))
		if src, ok := f.val.(*Source); ok {
			fmt.Fprintf(w, "; filename=\"%s\"\r\nContent-Type: application/octet-stream\r\n\r\n", partName.Replace(src.Name))
			w.file(src, false)
		} else {
			_, _ = io.WriteString(w, "\r\n\r\n")
			w.text(f.val)
		}
		_, _ = w.Write([]byte("\r\n"))
	}
	fmt.Fprintf(w, "--%s--\r\n", boundary)
	b, _ := w.done("multipart/form-data; boundary=" + boundary)
	return b
}

// bodyWriter collects pieces.
type bodyWriter struct {
	pieces []piece
	buf    bytes.Buffer
	err    error
}

// Write implements io.Writer.
func (w *bodyWriter) Write(p []byte) (int, error) { return w.buf.Write(p) }

func (w *bodyWriter) flush() {
	if w.buf.Len() > 0 {
		w.pieces = append(w.pieces, piece{bytes: bytes.Clone(w.buf.Bytes())})
		w.buf.Reset()
	}
}

func (w *bodyWriter) file(src *Source, base64 bool) {
	w.flush()
	w.pieces = append(w.pieces, piece{source: src, base64: base64})
}

func (w *bodyWriter) done(contentType string) (*body, error) {
	w.flush()
	return &body{contentType, w.pieces}, w.err
}

func (w *bodyWriter) json(v any) {
	b, err := json.Marshal(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.buf.Write(b)
}

// object writes args as a JSON object; neighbours whose dotted names share a head become one nested object.
func (w *bodyWriter) object(args []arg) {
	w.buf.WriteByte('{')
	for i := 0; i < len(args); i++ {
		if i > 0 {
			w.buf.WriteByte(',')
		}
		head, rest, nested := strings.Cut(args[i].name, ".")
		w.json(head)
		w.buf.WriteByte(':')
		if !nested {
			w.value(args[i].val)
			continue
		}
		group := []arg{{rest, args[i].val}}
		for i+1 < len(args) && strings.HasPrefix(args[i+1].name, head+".") {
			i++
			group = append(group, arg{args[i].name[len(head)+1:], args[i].val})
		}
		w.object(group)
	}
	w.buf.WriteByte('}')
}

// text writes a value as the text of a part: what is nested as JSON.
func (w *bodyWriter) text(v any) {
	if s, ok := flat(v); ok {
		_, _ = io.WriteString(w, strings.Join(s, ","))
		return
	}
	w.value(v)
}

func (w *bodyWriter) value(v any) {
	materials, ok := v.([]ArchiveMaterial)
	if !ok {
		w.json(v)
		return
	}
	for i, m := range materials {
		w.buf.WriteByte("[,"[min(i, 1)])
		w.buf.WriteString(`{"code":`)
		w.json(m.Code)
		if m.Source == nil {
			w.buf.WriteString(`,"fileId":`)
			w.json(m.FileID)
		} else {
			w.buf.WriteString(`,"base64File":{"name":`)
			w.json(m.Source.Name)
			w.buf.WriteString(`,"base64Data":"`)
			w.file(m.Source, true)
			w.buf.WriteString(`"}`)
		}
		w.buf.WriteByte('}')
	}
	w.buf.WriteByte(']')
}
