package screen

import (
	"fmt"
	"image"
	"io"
	"maps"
	"slices"
	"sync"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"imagery/internal/picture/graphics"
)

// Writer stands between Bubble Tea and its terminal (tea.WithOutput). It takes
// the marks of Frame and Pane.Lines out of what passes, sends pictures ahead of
// the frame that shows them, and draws immediate ones at the end of every frame
// that painted over one. Everything else passes as it is. It is safe for
// concurrent use.
//
// It is a terminal file where what it wraps is one, so that raw mode, the size
// of the window and the colour profile are found as usual.
type Writer struct {
	mu   sync.Mutex
	next io.Writer
	out  []byte
	in   stream
	wide wideJoiner
	// synced tells that a synchronized update is open: frames end with it.
	synced bool

	generation int
	entries    map[int]*entry
	// arriving are to be sent before the next frame; leaving are commands for
	// after it.
	arriving []*entry
	leaving  []byte
	// painted are the generations that have cells in the frame.
	painted map[int]bool
}

// entry is a picture that is on show in some pane.
type entry struct {
	generation, id int
	picture        *Picture
	// at is the cell of its top left corner in the last frame.
	at image.Point
	// seen tells whether it is in the last frame, and placed whether the
	// terminal has a direct kitty placement of it.
	seen, placed bool
}

// NewWriter wraps the program's output.
func NewWriter(next io.Writer) *Writer {
	w := &Writer{next: next, entries: map[int]*entry{}, painted: map[int]bool{}}
	w.in.text, w.in.sequence = w.printed, w.command
	return w
}

// Write implements io.Writer. A sequence that p ends in the middle of waits for
// the next call.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out = w.out[:0]
	if w.in.whole() {
		w.send(w.arriving)
		w.arriving = nil
	}
	w.in.write(p)
	if !w.synced && w.in.whole() {
		w.out = w.wide.settle(w.out)
		w.endFrame()
	}
	if len(w.out) == 0 {
		return len(p), nil
	}
	_, err := w.next.Write(w.out)
	if cap(w.out) > maxKept {
		w.out = nil
	}
	if err != nil {
		return 0, fmt.Errorf("writing to the terminal: %w", err)
	}
	return len(p), nil
}

// maxKept is the most bytes kept to build the next output in: frames need a few
// thousand, pictures sometimes millions.
const maxKept = 1 << 18

// printed passes text on.
func (w *Writer) printed(p []byte) {
	w.out = w.wide.text(w.out, p)
}

// The modes whose switching the Writer watches.
const (
	beginSync = ansi.SetModeSynchronizedOutput
	endSync   = ansi.ResetModeSynchronizedOutput
	enterAlt  = ansi.SetModeAltScreenSaveCursor
	leaveAlt  = ansi.ResetModeAltScreenSaveCursor
)

// command passes an escape sequence on, unless it is one of ours.
func (w *Writer) command(sequence []byte) {
	if c, n := parsePictureCell(sequence); n == len(sequence) {
		w.painted[c.generation] = true
		return
	}
	if r, side, ok := parseWide(sequence); ok {
		w.out = w.wide.half(w.out, r, side)
		return
	}
	w.out = w.wide.settle(w.out)
	switch string(sequence) {
	case beginSync:
		w.synced = true
	case endSync:
		w.endFrame()
		w.synced = false
	case leaveAlt:
		w.forget()
	}
	w.out = append(w.out, sequence...)
	if string(sequence) == enterAlt {
		// A terminal enters the alternate screen without pictures, whether for
		// the first time or after another program had it.
		w.send(slices.Collect(maps.Values(w.entries)))
	}
}

// endFrame draws what the frame painted over, and clears up after it.
func (w *Writer) endFrame() {
	for _, e := range w.entries {
		direct := e.picture.caps.Protocol == KittyDirect
		switch {
		case w.painted[e.generation], direct && e.seen && !e.placed:
			w.draw(e)
		case direct && e.placed && !e.seen:
			w.out = append(w.out, graphics.DeletePlacement(e.id, 1)...)
			e.placed = false
		}
	}
	clear(w.painted)
	w.out = append(w.out, w.leaving...)
	w.leaving = nil
}

// draw puts an immediate picture where the last frame has it.
func (w *Writer) draw(e *entry) {
	p := e.picture
	if !p.caps.Protocol.Immediate() {
		return
	}
	w.out = append(w.out, ansi.SaveCursor...)
	w.out = append(w.out, ansi.CursorPosition(e.at.X+1, e.at.Y+1)...)
	if p.caps.Protocol == KittyDirect {
		w.out = append(w.out, graphics.Put(e.id, 1, p.size.Cols, p.size.Rows)...)
		e.placed = true
	} else {
		w.out = append(w.out, p.drawing...)
	}
	w.out = append(w.out, ansi.RestoreCursor...)
}

// add puts a picture on show.
func (w *Writer) add(p *Picture) *entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.generation++
	e := &entry{generation: w.generation, id: w.freeID(), picture: p}
	w.entries[e.generation] = e
	w.arriving = append(w.arriving, e)
	return e
}

// freeID goes round the numbers, so that none is used again while the terminal
// may still be busy with it.
func (w *Writer) freeID() int {
	const ids = graphics.LastID - graphics.FirstID + 1
	used := map[int]bool{}
	for _, e := range w.entries {
		used[e.id] = true
	}
	for i := range ids {
		id := graphics.FirstID + (w.generation+i)%ids
		if !used[id] {
			return id
		}
	}
	return graphics.FirstID
}

// send sends the pixels of pictures that are to be sent ahead.
func (w *Writer) send(entries []*entry) {
	for _, e := range entries {
		p := e.picture
		var commands []byte
		switch p.caps.Protocol {
		case Kitty:
			// Prepare has seen to it that the sizes fit.
			commands, _ = p.kitty.Transmit(e.id, p.size.Cols, p.size.Rows)
		case KittyDirect:
			commands, _ = p.kitty.Store(e.id)
		}
		w.out = append(w.out, e.wrapped(commands)...)
	}
}

// appendDeleting appends the command that frees the pixels.
func (e *entry) appendDeleting(b []byte) []byte {
	switch e.picture.caps.Protocol {
	case Kitty, KittyDirect:
		return append(b, e.wrapped([]byte(graphics.Delete(e.id)))...)
	}
	return b
}

func (e *entry) wrapped(commands []byte) []byte {
	if e.picture.caps.Tmux {
		return graphics.Passthrough(commands)
	}
	return commands
}

// remove takes a picture off after the next frame.
func (w *Writer) remove(e *entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.entries[e.generation] == nil {
		return
	}
	delete(w.entries, e.generation)
	if i := slices.Index(w.arriving, e); i >= 0 {
		w.arriving = slices.Delete(w.arriving, i, i+1)
		return
	}
	w.leaving = e.appendDeleting(w.leaving)
}

// forget deletes every picture: the alternate screen is left.
func (w *Writer) forget() {
	for _, e := range w.entries {
		w.out = e.appendDeleting(w.out)
		e.placed = false
	}
}

// Fd is the file descriptor of a terminal, or else none.
func (w *Writer) Fd() uintptr {
	if f, ok := w.next.(term.File); ok {
		return f.Fd()
	}
	return ^uintptr(0)
}

// Read reads from the terminal.
func (w *Writer) Read(p []byte) (int, error) {
	if r, ok := w.next.(io.Reader); ok {
		return r.Read(p) //nolint:wrapcheck // io.EOF must stay itself
	}
	return 0, io.EOF
}

// Close passes on what is held of a sequence and closes what is wrapped.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	held := w.in.held
	w.in.held = nil
	if len(held) > 0 {
		if _, err := w.next.Write(held); err != nil {
			return fmt.Errorf("writing to the terminal: %w", err)
		}
	}
	if c, ok := w.next.(io.Closer); ok {
		return c.Close() //nolint:wrapcheck // nothing to add
	}
	return nil
}
