package screen

import (
	"strings"
	"testing"
)

var shown = []Protocol{Kitty, KittyDirect, Sixel, Inline, Cells}

func BenchmarkPrepare1000x800(b *testing.B) {
	m := photo(1000, 800)
	for _, protocol := range shown {
		b.Run(protocol.String(), func(b *testing.B) {
			var p *Picture
			for b.Loop() {
				p = prepared(b, m, capsOf(protocol), 100, 40)
			}
			b.ReportMetric(float64(p.Bytes()), "bytes")
		})
	}
}

func BenchmarkShow(b *testing.B) {
	for _, protocol := range shown {
		b.Run(protocol.String(), func(b *testing.B) {
			p := prepared(b, photo(1000, 800), capsOf(protocol), 100, 40)
			for b.Loop() {
				NewPane(NewWriter(nil)).Show(p)
			}
		})
	}
}

// BenchmarkKeyBesideAPicture moves a selection in a Chinese list. Unframed is
// what it would cost without Frame.
func BenchmarkKeyBesideAPicture(b *testing.B) {
	for _, protocol := range shown {
		for _, unframed := range []bool{false, true} {
			name := protocol.String() + map[bool]string{true: "/unframed"}[unframed]
			b.Run(name, func(b *testing.B) {
				d := newDisplay(b, 160, 50)
				pane := NewPane(d.writer)
				pane.Show(prepared(b, photo(1000, 800), capsOf(protocol), 100, 48))
				sent, n := 0, 0
				for b.Loop() {
					content := beside(list(60, 48, n%40), pane.Lines(false))
					if !unframed {
						content = d.writer.Frame(content, 160)
					}
					if bytes := len(d.render(content)); n > 0 {
						sent += bytes
					}
					n++
				}
				b.ReportMetric(float64(sent)/float64(max(n-1, 1)), "bytes/key")
			})
		}
	}
}

func BenchmarkFrame160x50(b *testing.B) {
	w := NewWriter(nil)
	pane := NewPane(w)
	pane.Show(prepared(b, photo(1000, 800), capsOf(Sixel), 100, 48))
	content := beside(list(60, 48, 3), pane.Lines(false))
	for b.Loop() {
		w.Frame(content, 160)
	}
}

func BenchmarkWrite(b *testing.B) {
	w := NewWriter(nowhere{})
	pane := NewPane(w)
	pane.Show(prepared(b, photo(1000, 800), capsOf(KittyDirect), 100, 48))
	frame := []byte(strings.ReplaceAll(w.Frame(beside(list(60, 48, 3), pane.Lines(false)), 160), "\n", "\r\n"))
	b.SetBytes(int64(len(frame)))
	for b.Loop() {
		_, _ = w.Write(frame)
	}
}

type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
