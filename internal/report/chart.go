package report

import (
	"fmt"

	"imagery/internal/text"
)

// Measures of a chart in px, and how many bars it has at most.
const (
	barsFrom, barsLong = 260, 380
	barHigh, barStep   = 16, 24
	chartWide          = 820
	labelCells         = 34 // what fits before the bars at 13 px
	maxBars            = 60
)

// chartData collects bars before the longest is known.
type chartData struct {
	chart
	parts [][2]int // missing, all
}

func newChart(title, note string) *chartData {
	return &chartData{chart: chart{Title: title, Note: note, Width: chartWide}}
}

// add adds a bar: so many of all, or with listed false just so many, since a run that lists no complete accounts does not know of how many.
func (c *chartData) add(label string, part, all int, listed bool) {
	value := share(part, all)
	if !listed {
		all, value = part, fmt.Sprint(part)
	}
	c.Bars = append(c.Bars, bar{Label: text.Truncate(label, labelCells), Value: value})
	c.parts = append(c.parts, [2]int{part, all})
}

func share(part, all int) string {
	if all == 0 {
		return "0"
	}
	return fmt.Sprintf("%d / %d (%.1f%%)", part, all, 100*float64(part)/float64(all))
}

// settled lays the bars out, the longest over the whole width; n is how many there would be without a limit.
func (c *chartData) settled(n int, r *Report) chart {
	most := 1
	for _, p := range c.parts {
		most = max(most, p[1])
	}
	for i := range c.Bars {
		b, p := &c.Bars[i], c.parts[i]
		b.Y, b.Text = i*barStep, i*barStep+barHigh-3
		b.Length = p[0] * barsLong / most
		if p[0] > 0 {
			b.Length = max(b.Length, 1)
		}
		b.From = barsFrom + b.Length
		b.Rest = max(0, p[1]*barsLong/most-b.Length)
		b.ValueX = b.From + b.Rest + 8
	}
	c.Height = len(c.Bars) * barStep
	if n > len(c.Bars) {
		c.Note += " " + r.t("report.bars_left_out", "n", n-len(c.Bars))
	}
	return c.chart
}
