package overlay

import "testing"

func BenchmarkPlace(b *testing.B) {
	back, box := wall(160, 50), "+--+\n|张|\n+--+"
	for b.Loop() {
		Place(back, 160, 50, box, nil)
	}
}
