package worker

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"

	"imagery/internal/picture"
)

// A message is its header's length and its body's, 4 bytes each, the header as JSON, and the body: a file one way, pixels the other.
const (
	maxHeader = 1 << 20
	maxBody   = 4 * picture.MaxResult
)

var errProtocol = errors.New("worker: not a message")

// request is what the pool asks. With a body that is opened first, and kept until another comes.
type request struct {
	CacheDir string
	// Warm is a format to get ready for, instead of anything else.
	Warm picture.Format `json:",omitempty"`
	// Page to render, 0 for none.
	Page    int `json:",omitempty"`
	Fit     image.Point
	Options picture.Options
}

// answer is what a worker says.
type answer struct {
	Failure *failure      `json:",omitempty"`
	Info    *picture.Info `json:",omitempty"` // of a file just opened
	// Size of the pixels in the body, and the fields of picture.Result.
	Size, Full image.Point
	Damaged    bool
	Note       picture.Note `json:",omitempty"`
}

// failure is an error on its way between processes.
type failure struct {
	Kind   int // index in kinds, or -1
	Format picture.Format
	Reason picture.Note
	Text   string
}

var kinds = []error{picture.ErrTooLarge, picture.ErrDamaged, picture.ErrPage, picture.ErrUnsupported}

func failed(err error) *failure {
	f := &failure{Kind: -1, Text: err.Error()}
	f.Text = f.Text[:min(len(f.Text), 500)]
	var unsupported *picture.UnsupportedError
	if errors.As(err, &unsupported) {
		f.Format, f.Reason = unsupported.Format, unsupported.Reason
	}
	for i, kind := range kinds {
		if errors.Is(err, kind) {
			f.Kind = i
		}
	}
	return f
}

// err is the error again.
func (f *failure) err() error {
	if f == nil {
		return nil
	}
	if f.Kind < 0 || f.Kind >= len(kinds) {
		return fmt.Errorf("worker: %q", f.Text)
	}
	if errors.Is(kinds[f.Kind], picture.ErrUnsupported) {
		return &picture.UnsupportedError{Format: f.Format, Reason: f.Reason}
	}
	return fmt.Errorf("%w: %q", kinds[f.Kind], f.Text)
}

// send writes a message.
func send(w io.Writer, header any, body []byte) error {
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	head := binary.BigEndian.AppendUint32(make([]byte, 0, 8+len(text)), uint32(len(text)))
	head = binary.BigEndian.AppendUint32(head, uint32(len(body)))
	if _, err := w.Write(append(head, text...)); err != nil || len(body) == 0 {
		return err
	}
	_, err = w.Write(body)
	return err
}

// receive reads a message whose body has at most limit bytes.
func receive(r io.Reader, header any, limit int) (body []byte, err error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size, length := binary.BigEndian.Uint32(head[:]), binary.BigEndian.Uint32(head[4:])
	if size > maxHeader || uint64(length) > uint64(limit) {
		return nil, fmt.Errorf("%w: %d and %d bytes", errProtocol, size, length)
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, header); err != nil {
		return nil, fmt.Errorf("%w: %w", errProtocol, err)
	}
	body = make([]byte, length)
	_, err = io.ReadFull(r, body)
	return body, err
}

// result checks that an answer's pixels are as many as it says.
func (a *answer) result(body []byte) (*picture.Result, error) {
	w, h := a.Size.X, a.Size.Y
	if w <= 0 || h <= 0 || w > maxBody || h > maxBody || w*h > picture.MaxResult || 4*w*h != len(body) {
		return nil, fmt.Errorf("%w: %d × %d pixels in %d bytes", errProtocol, w, h, len(body))
	}
	m := &image.RGBA{Pix: body, Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}
	return &picture.Result{Image: m, Full: a.Full, Damaged: a.Damaged, Note: a.Note}, nil
}
