package paper

import "imagery/internal/picture/tiff/t4"

// g4 encodes rows of pixels (true is black) as ITU-T T.6, Group 4.
func g4(rows [][]bool) []byte {
	w := &bits{}
	if len(rows) == 0 {
		return nil
	}
	above := make([]bool, len(rows[0])) // an imaginary white line
	for _, row := range rows {
		w.row(row, above)
		above = row
	}
	w.write("000000000001000000000001") // end of facsimile block
	return w.done()
}

// bits collects a bit string.
type bits struct {
	out []byte
	n   int // bits in the last byte, 0 when it is full
}

func (w *bits) write(s string) {
	for _, c := range s {
		if w.n == 0 {
			w.out = append(w.out, 0)
		}
		if c == '1' {
			w.out[len(w.out)-1] |= 0x80 >> w.n
		}
		w.n = (w.n + 1) % 8
	}
}

func (w *bits) done() []byte { return w.out }

// change returns the first pixel from x on that differs from colour, or the row's length.
func change(row []bool, x int, colour bool) int {
	for x < len(row) && row[x] == colour {
		x++
	}
	return x
}

// vertical codes a change at a distance from the one above, -3 to 3.
var vertical = map[int]string{0: "1", 1: "011", 2: "000011", 3: "0000011", -1: "010", -2: "000010", -3: "0000010"}

func (w *bits) row(row, above []bool) {
	colour, a0 := false, -1
	for a0 < len(row) {
		start := max(a0, 0)
		a1 := change(row, start, colour)
		b1 := beyond(above, a0, colour)
		b2 := change(above, b1, !colour)
		if b2 < a1 {
			w.write("0001") // pass
			a0 = b2
			continue
		}
		if code, near := vertical[a1-b1]; near {
			w.write(code)
			a0, colour = a1, !colour
			continue
		}
		a2 := change(row, a1, !colour)
		w.write("001") // horizontal
		w.run(a1-start, colour)
		w.run(a2-a1, !colour)
		a0 = a2
	}
}

// beyond returns the first change on the line above, right of a0, to the colour that is not ours.
func beyond(above []bool, a0 int, colour bool) int {
	for x := a0 + 1; x < len(above); x++ {
		if above[x] != colour && (x == 0 && above[x] || x > 0 && above[x-1] == colour) {
			return x
		}
	}
	return len(above)
}

func (w *bits) run(n int, black bool) {
	codes := &t4.White
	if black {
		codes = &t4.Black
	}
	for ; n >= 2560; n -= 2560 {
		w.write(codes[63+2560/64])
	}
	if n >= 64 {
		w.write(codes[63+n/64])
	}
	w.write(codes[n%64])
}
