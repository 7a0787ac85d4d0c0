package screen

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Application commands that the cell renderer carries along in front of a
// glyph, which is a space, and that the Writer takes out again:
//
//	ESC _ i generation ; row ; column ESC \    a cell of a picture
//	ESC _ w rune ; ESC \                       the left half of a wide character
//	ESC _ w rune ESC \                         its right half
//	ESC _ w ESC \                              nothing but not a plain space
const (
	commandStart = "\x1b_"
	pictureStart = "\x1b_i"
	wideStart    = "\x1b_w"
	commandEnd   = "\x1b\\"
	// anchor keeps the renderer from shifting the rest of a line: it does not
	// where the last cell is more than a space.
	anchor = wideStart + commandEnd
)

// pictureCell marks one cell of a picture.
type pictureCell struct{ generation, row, column int }

// appendPictureCell appends a marked space.
func appendPictureCell(b []byte, c pictureCell) []byte {
	b = strconv.AppendInt(append(b, pictureStart...), int64(c.generation), 10)
	b = strconv.AppendInt(append(b, ';'), int64(c.row), 10)
	b = strconv.AppendInt(append(b, ';'), int64(c.column), 10)
	return append(append(b, commandEnd...), ' ')
}

// parsePictureCell reads the command that text begins with. It returns how many
// bytes that is, 0 for anything else.
func parsePictureCell[T string | []byte](text T) (c pictureCell, n int) {
	if len(text) < len(pictureStart) || string(text[:len(pictureStart)]) != pictureStart {
		return c, 0
	}
	i := len(pictureStart)
	for k, value := range []*int{&c.generation, &c.row, &c.column} {
		start := i
		for i < len(text) && i-start < maxDigits && text[i] >= '0' && text[i] <= '9' {
			*value = *value*10 + int(text[i]-'0')
			i++
		}
		if i == start || i >= len(text) || (text[i] == ';') != (k < 2) {
			return c, 0
		}
		if k < 2 {
			i++
		}
	}
	if len(text) < i+len(commandEnd) || string(text[i:i+len(commandEnd)]) != commandEnd {
		return c, 0
	}
	return c, i + len(commandEnd)
}

// maxDigits is the most digits of a number in a command.
const maxDigits = 9

// appendWideCells appends a wide character as two cells of one: what the renderer can
// tell apart and repaint cell by cell.
func appendWideCells(b []byte, r rune) []byte {
	b = strconv.AppendInt(append(b, wideStart...), int64(r), 16)
	b = append(append(append(b, ';'), commandEnd...), ' ')
	b = strconv.AppendInt(append(b, wideStart...), int64(r), 16)
	return append(append(b, commandEnd...), ' ')
}

// half is what a wide command stands for.
type half uint8

const (
	noHalf half = iota
	leftHalf
	rightHalf
)

// parseWide reads a whole command; a half of no character is an anchor.
func parseWide[T string | []byte](command T) (r rune, side half, ok bool) {
	body, ok := bodyOf(string(command), wideStart)
	if !ok || body == "" {
		return 0, noHalf, ok
	}
	body, left := strings.CutSuffix(body, ";")
	n, err := strconv.ParseUint(body, 16, 31)
	if err != nil || !utf8.ValidRune(rune(n)) || !wide(rune(n)) {
		return 0, noHalf, false
	}
	if left {
		return rune(n), leftHalf, true
	}
	return rune(n), rightHalf, true
}

func bodyOf(command, start string) (string, bool) {
	body, ok := strings.CutPrefix(command, start)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(body, commandEnd)
}

// wide tells of characters that every terminal draws two cells wide: Chinese,
// Japanese, Korean and full-width ones; no emoji, on which they differ.
func wide(r rune) bool {
	switch {
	case r < 0x3000 || r == 0x3030 || r == 0x303d || r == 0x303f:
		return false
	case r <= 0x303e, // CJK punctuation, but for what combines
		r >= 0x3041 && r <= 0x3096,
		r >= 0x30a0 && r <= 0x30ff,
		r >= 0x3105 && r <= 0x312f,
		r >= 0x3400 && r <= 0x4dbf,
		r >= 0x4e00 && r <= 0x9fff,
		r >= 0xac00 && r <= 0xd7a3,
		r >= 0xf900 && r <= 0xfaff,
		r >= 0xff01 && r <= 0xff60,
		r >= 0xffe0 && r <= 0xffe6,
		r >= 0x20000 && r <= 0x2fffd,
		r >= 0x30000 && r <= 0x3fffd:
		return r < 0x302a || r > 0x302f
	}
	return false
}
