// Lighttable shows pictures beside a list the way a screen of the program does,
// for .ci/photograph and for looking at a terminal by hand.
//
// Keys: j and k select, o opens and closes a dialog, h hides the picture, q
// quits. The argument names a protocol; the last line says which is in use.
package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"os"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"imagery/internal/picture/screen"
)

type model struct {
	detector       *screen.Detector
	writer         *screen.Writer
	pane           *screen.Pane
	w, h, selected int
	dialog, hidden bool
	// generation drops pictures that came too late.
	generation int
}

type preparedMsg struct {
	generation int
	picture    *screen.Picture
}

func main() {
	name := screen.Auto
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	detector, err := screen.NewDetector(screen.EnvOf(os.Getenv), name)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	writer := screen.NewWriter(os.Stdout)
	m := &model{detector: detector, writer: writer, pane: screen.NewPane(writer)}
	if _, err := tea.NewProgram(m, tea.WithOutput(writer)).Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (m *model) Init() tea.Cmd {
	return tea.Batch(tea.Raw(m.detector.Query()), tea.RequestBackgroundColor,
		tea.Tick(screen.Timeout, func(time.Time) tea.Msg { return screen.TimeoutMsg{} }))
}

func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	changed := m.detector.Update(msg)
	switch msg := msg.(type) {
	case preparedMsg:
		if msg.generation == m.generation && !m.hidden {
			m.pane.Show(msg.picture)
		}
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
		m.pane.Hide()
		return m, tea.Batch(m.prepare(), m.writer.Measure, tea.Raw(m.detector.QuerySizes()))
	case tea.KeyPressMsg:
		return m, m.key(msg.String())
	}
	if changed {
		return m, m.prepare()
	}
	return m, nil
}

func (m *model) key(key string) tea.Cmd {
	switch key {
	case "q":
		return tea.Quit
	case "o":
		m.dialog = !m.dialog
	case "h":
		m.hidden = !m.hidden
		m.pane.Hide()
		return m.prepare()
	case "j", "k":
		m.selected = max(m.selected+map[string]int{"j": 1, "k": -1}[key], 0)
		return m.prepare()
	}
	return nil
}

func (m *model) prepare() tea.Cmd {
	if m.w == 0 || m.hidden || !m.detector.Done() {
		return nil
	}
	m.generation++
	caps, n, cols, rows, generation := m.detector.Caps(), m.selected, m.w-m.list(), m.h-2, m.generation
	return func() tea.Msg {
		picture, err := screen.Prepare(draft(n), caps, cols, rows)
		if err != nil {
			return nil
		}
		return preparedMsg{generation, picture}
	}
}

func (m *model) list() int { return m.w * 2 / 5 }

func (m *model) View() tea.View {
	v := tea.NewView(m.writer.Frame(m.content(), m.w))
	v.AltScreen = true
	return v
}

func (m *model) content() string {
	if m.w == 0 {
		return ""
	}
	lines := []string{fit("影像 · 期货开户资料", m.w)}
	right := m.pane.Lines(m.dialog)
	for y := range m.h - 2 {
		left := fit(fmt.Sprintf("%3d 张三丰 身份证正面 第%d页", y+1, y%7+1), m.list())
		if y == m.selected {
			left = "\x1b[7m" + left + "\x1b[m"
		}
		if y < len(right) {
			left += right[y]
		}
		lines = append(lines, left)
	}
	caps := m.detector.Caps()
	lines = append(lines, fit(fmt.Sprintf("%v %d×%d %s", caps.Protocol, caps.CellW, caps.CellH, caps.Terminal), m.w))
	if m.dialog {
		return over(lines, m.w/2-10, m.h/2-3)
	}
	return strings.Join(lines, "\n")
}

// over lays a dialog over lines.
func over(lines []string, x, y int) string {
	for i, text := range []string{"┌──────────────────┐", "│ 确认归档？       │", "│ [确定]   [取消]  │", "└──────────────────┘"} {
		line := lines[y+i]
		lines[y+i] = ansi.Cut(line, 0, x) + "\x1b[m" + text + ansi.Cut(line, x+20, ansi.StringWidth(line))
	}
	return strings.Join(lines, "\n")
}

func fit(s string, w int) string {
	s = ansi.Truncate(s, w, "")
	return s + strings.Repeat(" ", w-ansi.StringWidth(s))
}

// draft draws picture n: a red border a pixel wide at the very edge, a gradient, a disc
// and n+1 squares.
func draft(n int) image.Image {
	const w, h = 1200, 900
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), uint8(60 * n), 255}
			if (x-600)*(x-600)+(y-450)*(y-450) < 300*300 {
				c = color.RGBA{255, 255, 255, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	for i := range n + 1 {
		at := image.Rect(0, 0, 60, 60).Add(image.Pt(350+i%6*80, 300+i/6*80))
		draw.Draw(m, at, image.NewUniform(color.RGBA{200, 0, 0, 255}), image.Point{}, draw.Src)
	}
	for i, edge := range []image.Rectangle{{Max: image.Pt(w, 6)}, {Min: image.Pt(0, h-6), Max: image.Pt(w, h)}, {Max: image.Pt(6, h)}, {Min: image.Pt(w-6, 0), Max: image.Pt(w, h)}} {
		draw.Draw(m, edge, image.NewUniform(color.RGBA{255, uint8(i / 4 * 255), 0, 255}), image.Point{}, draw.Src)
	}
	return m
}
