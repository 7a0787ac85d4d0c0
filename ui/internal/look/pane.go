// Package look shows pictures in an area of a screen: it opens a file, renders what of a page is to be seen, and has the neighbours ready
// before they are asked for.
package look

import (
	"context"
	"image"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/picture"
	"imagery/internal/picture/screen"
	"imagery/internal/picture/shelf"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
)

// Service is what a pane needs of the program.
type Service interface {
	// Look opens a file; others are accounts of other customers that hold the same bytes.
	Look(ctx context.Context, item transfer.Item) (look *shelf.Look, others []string, err error)
	// Explain turns an error into one translated, sanitised line.
	Explain(error) string
}

// Shown is what a pane shows now, for those who describe it.
type Shown struct {
	Item    transfer.Item
	Look    *shelf.Look
	Others  []string // accounts of other customers with the same bytes
	Page    int      // counted from 1
	Damaged bool
	Differs float64 // share of the pixels, while a difference is shown
}

// Pane shows one picture. Only the Update goroutine may use it.
type Pane struct {
	env *core.Env
	svc Service

	open       string // the ID of the binding that opens a file by another program
	out        *screen.Pane
	cols, rows int // of the area; zero before the first Resize
	want       request
	wanted     bool
	shown      *Shown
	err        error
	draw       core.Load[drawn]
	ready      []drawn // pictures prepared already, the one used longest ago first
	next       []request
	ahead      core.Load[drawn]
	coming     key // what ahead is of
}

// request is everything that a drawn picture depends on.
type request struct {
	item       transfer.Item
	other      *transfer.Item // to show the difference from
	page       int
	view       View
	cols, rows int
	caps       screen.Caps
}

// key tells requests apart.
type key struct {
	file, other string
	page        int
	view        View
	cols, rows  int
	caps        screen.Caps
}

func (r request) key() key {
	k := key{file: r.item.FileID, page: r.page, view: r.view, cols: r.cols, rows: r.rows, caps: r.caps}
	if r.other != nil {
		k.other = r.other.FileID
	}
	return k
}

// drawn is a request's outcome.
type drawn struct {
	key     key
	picture *screen.Picture
	shown   Shown
}

// New returns an empty pane. outside is the ID of the binding that opens a file by another program, named where there is no picture.
func New(env *core.Env, svc Service, outside string) *Pane {
	return &Pane{env: env, svc: svc, open: outside, out: screen.NewPane(env.Graphics.Writer)}
}

// keepReady is how many prepared pictures are kept.
const keepReady = 8

// settle is how long the cursor rests on a file before it is fetched, so that running past a hundred files fetches a few.
const settle = 40 * time.Millisecond

// Show shows a page of a file, counted from 1, and gets the ones in next ready afterwards.
func (p *Pane) Show(item transfer.Item, page int, v View, next ...transfer.Item) tea.Cmd {
	p.next = nil
	for _, n := range next {
		p.next = append(p.next, request{item: n, page: 1, view: v.As(v.Mode)})
	}
	return p.ask(request{item: item, page: page, view: v})
}

// ShowDifference shows where a page of two files differs.
func (p *Pane) ShowDifference(a, b transfer.Item, page int, v View) tea.Cmd {
	p.next = nil
	return p.ask(request{item: a, other: &b, page: page, view: v})
}

// Hide takes the picture away and cancels what is on its way.
func (p *Pane) Hide() {
	p.out.Hide()
	p.draw.Stop()
	p.ahead.Stop()
	p.wanted, p.shown, p.err, p.next = false, nil, nil, nil
}

// Close is Hide for good.
func (p *Pane) Close() {
	p.Hide()
	p.ready = nil
}

// Resize says how large the area is, in cells.
func (p *Pane) Resize(cols, rows int) tea.Cmd {
	if cols == p.cols && rows == p.rows {
		return nil
	}
	p.cols, p.rows = cols, rows
	p.out.Hide() // pixels for another area would stand over its neighbours
	return p.Again()
}

// Again draws anew, because the terminal or the area changed.
func (p *Pane) Again() tea.Cmd {
	if !p.wanted {
		return nil
	}
	return p.ask(p.want)
}

// Busy reports whether the picture asked for is still on its way.
func (p *Pane) Busy() bool { return p.draw.Busy() }

// Shown returns what is shown, nil while nothing is.
func (p *Pane) Shown() *Shown { return p.shown }

// Err is why the picture asked for cannot be shown.
func (p *Pane) Err() error { return p.err }

// Area is the area's size in pixels.
func (p *Pane) Area() image.Point { return area(p.want) }

func area(r request) image.Point {
	return image.Pt(r.cols*max(1, r.caps.CellW), r.rows*max(1, r.caps.CellH))
}

func (p *Pane) ask(r request) tea.Cmd {
	r.cols, r.rows, r.caps = p.cols, p.rows, p.env.Graphics.Caps
	p.want, p.wanted, p.err = r, true, nil
	if r.cols < 1 || r.rows < 1 {
		return nil
	}
	if d := p.take(r.key()); d != nil {
		p.draw.Stop()
		p.accept(*d)
		return p.prefetch()
	}
	svc, wait := p.svc, settle
	if p.shown != nil && p.shown.Item.FileID == r.item.FileID { // another view of what is open
		wait = 0
	}
	return p.draw.Start(p.env.Ctx, func(ctx context.Context) (drawn, error) {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return drawn{}, ctx.Err()
		}
		return render(ctx, svc, r)
	})
}

// take finds a prepared picture and makes it the one used last.
func (p *Pane) take(k key) *drawn {
	i := slices.IndexFunc(p.ready, func(d drawn) bool { return d.key == k })
	if i < 0 {
		return nil
	}
	d := p.ready[i]
	p.ready = append(slices.Delete(p.ready, i, i+1), d)
	return &d
}

func (p *Pane) keep(d drawn) {
	if p.take(d.key) == nil {
		p.ready = append(p.ready, d)
	}
	p.ready = p.ready[max(0, len(p.ready)-keepReady):]
}

func (p *Pane) accept(d drawn) {
	p.shown = &d.shown
	p.out.Show(d.picture)
}

// Update takes in the answers of the pane's own commands.
func (p *Pane) Update(msg tea.Msg) (cmd tea.Cmd, mine bool) {
	if _, again := msg.(core.RetryMsg); again && p.err != nil {
		return p.Again(), false
	}
	m, ok := msg.(core.Loaded[drawn])
	switch {
	case !ok:
		return nil, false
	case p.draw.Owns(m):
		if !p.draw.Accept(m) {
			return nil, true
		}
		if p.err = m.Err; p.err != nil {
			p.out.Hide()
			p.shown = nil
			return nil, true
		}
		p.keep(m.Value)
		p.accept(m.Value)
		return p.prefetch(), true
	case p.ahead.Owns(m):
		if p.ahead.Accept(m) && m.Err == nil {
			p.keep(m.Value)
		}
		return p.prefetch(), true
	}
	return nil, false
}

// prefetch prepares the next neighbour that is not ready.
func (p *Pane) prefetch() tea.Cmd {
	for len(p.next) > 0 {
		r := p.next[0]
		r.cols, r.rows, r.caps = p.cols, p.rows, p.env.Graphics.Caps
		if p.ahead.Busy() && p.coming == r.key() { // what is fetched half is not begun anew; its answer goes on from here
			return nil
		}
		p.next = p.next[1:]
		if p.take(r.key()) != nil {
			continue
		}
		p.coming = r.key()
		svc := p.svc
		return p.ahead.Start(p.env.Ctx, func(ctx context.Context) (drawn, error) { return render(ctx, svc, r) })
	}
	return nil
}

// render opens a file, renders what of the page is to be seen, and prepares it for the terminal.
func render(ctx context.Context, svc Service, r request) (drawn, error) {
	l, others, err := svc.Look(ctx, r.item)
	if err != nil {
		return drawn{}, err
	}
	d := drawn{key: r.key(), shown: Shown{Item: r.item, Look: l, Others: others, Page: r.page}}
	if l.Info.Pages == 0 || r.caps.Protocol == screen.None {
		return d, nil
	}
	m, damaged, err := page(ctx, l, r)
	if err != nil {
		return drawn{}, err
	}
	d.shown.Damaged = damaged
	if r.other != nil {
		o, _, err := svc.Look(ctx, *r.other)
		if err != nil {
			return drawn{}, err
		}
		b, _, err := page(ctx, o, r)
		if err != nil {
			return drawn{}, err
		}
		m, _ = difference(m, b)
		if d.shown.Differs, err = share(ctx, l, o, r); err != nil {
			return drawn{}, err
		}
	}
	d.picture, err = screen.Prepare(m, r.caps, r.cols, r.rows)
	return d, err
}

// share is how much of a page differs in two files, whatever part of it is looked at.
func share(ctx context.Context, a, b *shelf.Look, r request) (float64, error) {
	r.view, r.cols, r.rows, r.caps.CellW, r.caps.CellH = View{}, comparedAt, comparedAt, 1, 1
	p, _, err := page(ctx, a, r)
	if err != nil {
		return 0, err
	}
	q, _, err := page(ctx, b, r)
	if err != nil {
		return 0, err
	}
	_, out := difference(p, q)
	return out, nil
}

// comparedAt is the side, in pixels, of the square that pages are compared in.
const comparedAt = 700

// page is the part of a page that a request's area shows.
func page(ctx context.Context, l *shelf.Look, r request) (*image.RGBA, bool, error) {
	n := min(max(r.page, 1), l.Info.Pages)
	part, fit := r.view.region(l.Info.Size(n), area(r), l.Info.Scalable)
	if r.view == (View{}) {
		part = image.Rectangle{} // all of it, though the size told may not be this page's
		fit = area(r)
	}
	res, err := l.Render(ctx, n, fit, picture.Options{Region: part, Grow: r.view.Mode != Whole || r.view.zoom() > 1})
	if err != nil {
		return nil, false, err
	}
	return adjust(res.Image, r.view), res.Damaged, nil
}
