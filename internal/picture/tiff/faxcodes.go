package tiff

import (
	"strings"
	"sync"

	"imagery/internal/picture/tiff/t4"
)

// A mode of ITU-T T.4 table 4: how the next change is coded. Those from
// modeVertical on say how far it is from the one above, 3 to the left first.
type mode uint8

const (
	modeNone mode = iota // no code
	modePass
	modeHorizontal
	modeVertical
)

var modeCodes = [...]string{
	modePass: "0001", modeHorizontal: "001",
	modeVertical: "0000010", modeVertical + 1: "000010", modeVertical + 2: "010",
	modeVertical + 3: "1",
	modeVertical + 4: "011", modeVertical + 5: "000011", modeVertical + 6: "0000011",
}

// Lengths of the longest codes.
const (
	whiteBits = 12
	blackBits = 13
	modeBits  = 7
)

// code is what the next bits mean: a value and how many bits it takes, 0 when
// they are no code.
type code struct {
	value uint16
	bits  uint8
}

// faxTables are the codes by the next bits.
type faxTables struct{ white, black, mode []code }

// codeTables are made for the first fax page, not when every command starts.
var codeTables = sync.OnceValue(func() faxTables {
	return faxTables{
		white: runTable(t4.White[:], whiteBits), black: runTable(t4.Black[:], blackBits),
		mode: newTable(modeBits, modeCodes[:], func(i int) uint16 { return uint16(i) }),
	}
})

func runTable(codes []string, bits int) []code {
	return newTable(bits, codes, func(i int) uint16 {
		if i < 64 {
			return uint16(i)
		}
		return uint16(64 * (i - 63))
	})
}

// newTable returns the codes by the next bits.
func newTable(bits int, codes []string, value func(i int) uint16) []code {
	table := make([]code, 1<<bits)
	for i, c := range codes {
		if c == "" {
			continue
		}
		first := 0
		for _, bit := range c + strings.Repeat("0", bits-len(c)) {
			first = 2*first + int(bit-'0')
		}
		for at := first; at < first+1<<(bits-len(c)); at++ {
			table[at] = code{value(i), uint8(len(c))}
		}
	}
	return table
}
