package preview

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"imagery/client"
	"imagery/internal/i18n"
	"imagery/internal/picture"
	"imagery/internal/picture/shelf"
	"imagery/internal/text"
	"imagery/internal/transfer"
)

// Sizes of what is drawn, in pixels.
const (
	thumbSide           = 320
	minWidth, maxWidth  = 16, 8192
	peekLen             = 64 << 10
	maxSizes            = 500 // pages whose sizes are told ahead
	headerFull          = "X-Page-Size"
	headerDamaged       = "X-Page-Damaged"
	drawnByTheBrowser   = "video"
	drawnByUs           = "pages"
	drawnByNobody       = "none"
	contentTypeUnlisted = "application/octet-stream"
)

// item is the file an address names.
func (g *Gallery) item(r *http.Request) (transfer.Item, bool) {
	i, err := strconv.Atoi(r.PathValue("file"))
	if err != nil || i < 0 || i >= len(g.Items) {
		return transfer.Item{}, false
	}
	return g.Items[i], true
}

// reasons are the words fail has for errors, the first that fits, and their status.
var reasons = []struct {
	err    error
	status int
	word   string
}{
	{ErrGone, http.StatusGone, "gone"},
	{ErrJournal, http.StatusInternalServerError, "journal"},
	{picture.ErrTooLarge, http.StatusRequestEntityTooLarge, "too_large"},
	{picture.ErrDamaged, http.StatusUnprocessableEntity, "damaged"},
	{client.ErrEmptyFile, http.StatusUnprocessableEntity, "damaged"},
	{picture.ErrTimeout, http.StatusUnprocessableEntity, "timeout"},
	{picture.ErrCrashed, http.StatusUnprocessableEntity, "crashed"},
	{picture.ErrUnsupported, http.StatusUnsupportedMediaType, "unsupported"},
	{picture.ErrPage, http.StatusNotFound, "missing"},
}

// ErrJournal is returned by a Source that could not write its journal, and so shows nothing.
var ErrJournal = errors.New("preview: journal cannot be written")

// fail answers with a word for the script, which has the sentence.
func fail(w http.ResponseWriter, err error) {
	var answer *client.Error
	status, word := http.StatusBadGateway, "network"
	if errors.As(err, &answer) && answer.Status == http.StatusNotFound {
		status, word = http.StatusNotFound, "missing"
	}
	for _, reason := range reasons {
		if errors.Is(err, reason.err) {
			status, word = reason.status, reason.word
			break
		}
	}
	http.Error(w, word, status)
}

// enter waits for room in a lane; leave makes room again.
func enter(r *http.Request, lane chan struct{}) (leave func(), err error) {
	select {
	case lane <- struct{}{}:
		return func() { <-lane }, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// about is what a look at a file tells.
type about struct {
	Shown    string   `json:"shown"` // "pages", "video" or "none"
	Why      string   `json:"why"`   // of "none": a word as fail's
	PDF      bool     `json:"pdf"`   // the browser can show it itself, too
	Pages    int      `json:"pages"`
	Sizes    [][2]int `json:"sizes"`    // of the first pages, in units
	Scalable bool     `json:"scalable"` // units are 1/72 inch, else pixels
	Others   []string `json:"others"`   // accounts of other customers with the same bytes
	Facts    []fact   `json:"facts"`
}

func (s *Server) about(g *Gallery, w http.ResponseWriter, r *http.Request) {
	it, ok := g.item(r)
	if !ok {
		http.NotFound(w, r)
		return
	}
	cat := g.catalogue(r)
	look, others, err := g.Source.Look(r.Context(), it)
	var a about
	switch {
	case err == nil:
		a = aboutLook(look, cat)
	case errors.Is(err, picture.ErrTooLarge), errors.Is(err, picture.ErrDamaged), errors.Is(err, picture.ErrCrashed), errors.Is(err, picture.ErrTimeout):
		a, err = s.aboutHead(g, r, it, err, cat)
	}
	if err != nil {
		fail(w, err)
		return
	}
	for _, no := range others {
		a.Others = append(a.Others, client.Text(no).String())
	}
	writeJSON(w, a)
}

// aboutLook describes a file that was opened.
func aboutLook(look *shelf.Look, cat *i18n.Catalogue) about {
	info := look.Info
	a := about{Shown: drawnByUs, PDF: info.Format == picture.PDF, Pages: info.Pages, Scalable: info.Scalable}
	for _, p := range info.Sizes[:min(len(info.Sizes), maxSizes)] {
		a.Sizes = append(a.Sizes, [2]int{p.X, p.Y})
	}
	if info.Pages == 0 {
		a.Shown, a.Why = drawnByNobody, why(info.Note)
	}
	if video(info.Format) {
		a.Shown = drawnByTheBrowser
	}
	a.add(cat.T("gallery.format"), strings.ToUpper(string(info.Format)))
	if len(info.Sizes) > 0 {
		a.add(cat.T("gallery.dimensions"), dimensions(info))
	}
	if info.Duration > 0 {
		a.add(cat.T("gallery.duration"), text.Clock(info.Duration))
	}
	a.add(cat.T("gallery.codec"), client.Text(info.Codec).String())
	a.add(cat.T("gallery.taken"), moment(info.Taken))
	if info.Note == picture.NoteAnimated {
		a.add(cat.T("gallery.note"), cat.T("gallery.animated"))
	}
	a.add(cat.T("gallery.size"), text.Bytes(look.Bytes))
	a.add(cat.T("gallery.sha256"), look.SHA256)
	return a
}

func (a *about) add(label, value string) {
	if value != "" {
		a.Facts = append(a.Facts, fact{label, value})
	}
}

func dimensions(info picture.Info) string {
	size := info.Sizes[0]
	if info.Scalable {
		return fmt.Sprintf("%.0f × %.0f mm", float64(size.X)*25.4/72, float64(size.Y)*25.4/72)
	}
	return fmt.Sprintf("%d × %d", size.X, size.Y)
}

func video(f picture.Format) bool { return f == picture.MP4 || f == picture.MOV }

// why is the word of a file that is not drawn.
func why(n picture.Note) string {
	switch n {
	case picture.NotePassword, picture.NoteDrawn, picture.NoteVariant:
		return string(n)
	}
	return "unsupported"
}

// aboutHead describes a file that could not be opened as a whole, by how it begins: a long video or a large PDF is for the browser.
func (s *Server) aboutHead(g *Gallery, r *http.Request, it transfer.Item, because error, cat *i18n.Catalogue) (about, error) {
	body, err := g.Source.Fetch(r.Context(), it, false)
	if err != nil {
		return about{}, err
	}
	defer body.Close()
	head, err := bufio.NewReaderSize(body, peekLen).Peek(picture.SniffLen)
	if err != nil && !errors.Is(err, io.EOF) {
		return about{}, err
	}
	format := picture.Sniff(head)
	a := about{Shown: drawnByNobody, PDF: format == picture.PDF}
	for _, reason := range reasons {
		if errors.Is(because, reason.err) {
			a.Why = reason.word
			break
		}
	}
	if video(format) {
		a.Shown = drawnByTheBrowser
	}
	a.add(cat.T("gallery.format"), strings.ToUpper(string(format)))
	if body.Size >= 0 {
		a.add(cat.T("gallery.size"), text.Bytes(body.Size))
	}
	return a, nil
}

// thumb is a small picture of a file, of its first page or, when it has none, of what it is.
func (s *Server) thumb(g *Gallery, w http.ResponseWriter, r *http.Request) {
	it, ok := g.item(r)
	if !ok {
		http.NotFound(w, r)
		return
	}
	leave, err := enter(r, s.thumbs)
	if err != nil {
		return
	}
	defer leave()
	look, _, err := g.Source.Look(r.Context(), it)
	if err == nil && look.Info.Pages == 0 {
		writePlaceholder(w, strings.ToUpper(string(look.Info.Format)))
		return
	}
	var result *picture.Result
	if err == nil {
		result, err = look.Render(r.Context(), 1, image.Pt(thumbSide, thumbSide), picture.Options{})
	}
	switch {
	case err == nil:
		writePicture(w, result, true)
	case errors.Is(err, picture.ErrTooLarge), errors.Is(err, picture.ErrDamaged), errors.Is(err, picture.ErrCrashed), errors.Is(err, picture.ErrTimeout), errors.Is(err, client.ErrEmptyFile):
		writePlaceholder(w, "!")
	default:
		fail(w, err)
	}
}

// render draws a page at about the width the script asks for.
func (s *Server) render(g *Gallery, w http.ResponseWriter, r *http.Request) {
	it, ok := g.item(r)
	page, err := strconv.Atoi(r.PathValue("page"))
	width, badWidth := strconv.Atoi(r.URL.Query().Get("w"))
	if !ok || err != nil || badWidth != nil {
		http.NotFound(w, r)
		return
	}
	leave, err := enter(r, s.pages)
	if err != nil {
		return
	}
	defer leave()
	look, _, err := g.Source.Look(r.Context(), it)
	if err != nil {
		fail(w, err)
		return
	}
	result, err := look.Render(r.Context(), page, image.Pt(min(max(width, minWidth), maxWidth), 0), picture.Options{})
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set(headerFull, fmt.Sprintf("%dx%d", result.Full.X, result.Full.Y))
	if result.Damaged {
		w.Header().Set(headerDamaged, "1")
	}
	f := look.Info.Format
	writePicture(w, result, f == picture.JPEG || f == picture.HEIC || f == picture.WEBP)
}

// inline are the types a browser shows itself and that cannot run anything. All others are only saved.
var inline = map[picture.Format]bool{picture.PDF: true, picture.MP4: true, picture.MOV: true}

// original streams a file for the browser's own viewer or player.
func (s *Server) original(g *Gallery, w http.ResponseWriter, r *http.Request) {
	it, ok := g.item(r)
	if !ok {
		http.NotFound(w, r)
		return
	}
	body, err := g.Source.Fetch(r.Context(), it, false)
	if err != nil {
		fail(w, err)
		return
	}
	defer body.Close()
	in := bufio.NewReaderSize(body, peekLen)
	head, err := in.Peek(picture.SniffLen)
	if err != nil && !errors.Is(err, io.EOF) {
		fail(w, err)
		return
	}
	format := picture.Sniff(head)
	if !inline[format] {
		fail(w, picture.ErrUnsupported)
		return
	}
	h := w.Header()
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Content-Security-Policy", policy+"'self'")
	h.Set("Content-Type", format.MIME())
	h.Set("Content-Disposition", disposition("inline", it, transfer.Sniff(head)))
	stream(w, r, in, body.Size)
}

// save streams a file to be kept by the user.
func (s *Server) save(g *Gallery, w http.ResponseWriter, r *http.Request) {
	it, ok := g.item(r)
	if !ok {
		http.NotFound(w, r)
		return
	}
	body, err := g.Source.Fetch(r.Context(), it, true)
	if err != nil {
		fail(w, err)
		return
	}
	defer body.Close()
	in := bufio.NewReaderSize(body, peekLen)
	head, err := in.Peek(transfer.SniffLen)
	if err != nil && !errors.Is(err, io.EOF) {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", contentTypeUnlisted)
	w.Header().Set("Content-Disposition", disposition("attachment", it, transfer.Sniff(head)))
	stream(w, r, in, body.Size)
}

// disposition names a file by what it is, safely.
func disposition(how string, it transfer.Item, k transfer.Kind) string {
	return mime.FormatMediaType(how, map[string]string{"filename": transfer.Name("{materialCode}_{materialName}", it) + k.Ext})
}
