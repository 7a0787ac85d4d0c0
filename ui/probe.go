package ui

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"os"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/i18n"
	"imagery/internal/picture/screen"
	"imagery/internal/text"
)

// Probe asks the terminal what it shows of pictures, shows a test picture in the way that was found until a key is pressed, and returns what
// was found. Of o it takes Lang, Graphics, NoColor, Getenv and Out.
func Probe(ctx context.Context, o Options) (screen.Caps, error) {
	if o.Out == nil {
		o.Out = os.Stdout
	}
	p := newProbe(o)
	_, err := tea.NewProgram(p, tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithInput(screen.NewReader(os.Stdin)), tea.WithOutput(p.writer)).Run()
	return p.detector.Caps(), err
}

// probe is the program that Probe runs.
type probe struct {
	t        func(i18n.Key, ...any) string
	detector *screen.Detector
	writer   *screen.Writer
	pane     *screen.Pane
	shown    screen.Caps // that the picture was prepared for
	size     image.Point // cells of the window
	err      error
}

func newProbe(o Options) *probe {
	p := &probe{t: i18n.Load(o.Lang).T, writer: screen.NewWriter(o.Out)}
	p.pane = screen.NewPane(p.writer)
	env := screen.EnvOf(o.Getenv)
	env.NoColor = env.NoColor || o.NoColor
	d, err := screen.NewDetector(env, cmp.Or(o.Graphics, screen.Auto))
	if err != nil {
		d, _ = screen.NewDetector(env, screen.Auto)
	}
	p.detector = d
	return p
}

// prepared is a test picture ready to be shown.
type prepared struct {
	picture *screen.Picture
	caps    screen.Caps // that it is for
	err     error
}

// Init implements tea.Model.
func (p *probe) Init() tea.Cmd {
	return tea.Batch(tea.Raw(p.detector.Query()), tea.RequestBackgroundColor, p.writer.Measure,
		tea.Tick(screen.Timeout, func(time.Time) tea.Msg { return screen.TimeoutMsg{} }))
}

// Update implements tea.Model.
func (p *probe) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	p.detector.Update(msg)
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.size, p.shown = image.Pt(msg.Width, msg.Height), screen.Caps{}
	case tea.KeyPressMsg:
		p.pane.Hide()
		return p, tea.Quit
	case prepared:
		if msg.caps == p.shown { // more may have become known meanwhile
			p.err = msg.err
			p.pane.Show(msg.picture)
		}
		return p, nil
	}
	return p, p.prepare()
}

// probeLines are the lines around the picture.
const probeLines = 4

// prepare makes the picture anew when more became known of the terminal.
func (p *probe) prepare() tea.Cmd {
	caps := p.detector.Caps()
	if !p.detector.Done() || caps == p.shown || p.size.Y <= probeLines {
		return nil
	}
	p.shown = caps
	cols, rows := min(p.size.X, 64), min(p.size.Y-probeLines, 24)
	return func() tea.Msg {
		pic, err := screen.Prepare(testPicture(), caps, cols, rows)
		return prepared{pic, caps, err}
	}
}

// View implements tea.Model.
func (p *probe) View() tea.View {
	lines := []string{p.t("doctor.picture.asking")}
	if p.detector.Done() {
		caps := p.detector.Caps()
		lines[0] = p.t("doctor.picture.found", "protocol", caps.Protocol.String(), "size", fmt.Sprintf("%dx%d", caps.CellW, caps.CellH))
	}
	lines = append(lines, "")
	switch {
	case p.err != nil:
		lines = append(lines, p.err.Error())
	case p.detector.Done() && p.shown.Protocol == screen.None:
		lines = append(lines, p.t("doctor.picture.none"))
	default:
		lines = append(lines, p.pane.Lines(false)...)
	}
	lines = append(lines, "", p.t("doctor.picture.judge"))
	for i := range lines {
		lines[i] = text.Fit(lines[i], max(p.size.X, 1))
	}
	v := tea.NewView(p.writer.Frame(strings.Join(lines, "\n"), p.size.X))
	v.AltScreen = true
	return v
}

// testPicture shows at a glance what goes wrong with pictures: colours, greys, proportions, edges.
func testPicture() image.Image {
	const w, h = 480, 320
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	bars := []color.RGBA{{192, 0, 0, 255}, {192, 192, 0, 255}, {0, 160, 0, 255}, {0, 192, 192, 255}, {0, 0, 192, 255}, {160, 0, 160, 255}}
	for i, c := range bars {
		draw.Draw(img, image.Rect(20+i*220/len(bars), 20, 20+(i+1)*220/len(bars), 220), image.NewUniform(c), image.Point{}, draw.Src)
	}
	for x := 20; x < w-20; x++ {
		grey := image.NewUniform(color.Gray{uint8((x - 20) * 255 / (w - 40))})
		draw.Draw(img, image.Rect(x, 240, x+1, 300), grey, image.Point{}, draw.Src)
	}
	ring(img, image.Pt(360, 120), 100, 12)
	for _, edge := range []image.Rectangle{image.Rect(0, 0, w, 3), image.Rect(0, h-3, w, h), image.Rect(0, 0, 3, h), image.Rect(w-3, 0, w, h)} {
		draw.Draw(img, edge, image.Black, image.Point{}, draw.Src)
	}
	return img
}

// ring draws a circle, which is round only where a cell's pixels are known.
func ring(img *image.RGBA, at image.Point, radius, thick int) {
	for y := -radius; y <= radius; y++ {
		for x := -radius; x <= radius; x++ {
			if d := x*x + y*y; d <= radius*radius && d >= (radius-thick)*(radius-thick) {
				img.Set(at.X+x, at.Y+y, color.Black)
			}
		}
	}
}
