package graphics

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"image"
	"image/png"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/kitty"
)

// command is one transmission, put together again from its chunks.
type command struct {
	keys   map[string]string
	data   []byte
	chunks int
}

// parseKitty reads the chunks of one transmission, holding them to the rules
// of the protocol.
func parseKitty(t *testing.T, text []byte) command {
	t.Helper()
	c := command{}
	for len(text) > 0 {
		body, found := bytes.CutPrefix(text, []byte("\x1b_G"))
		end := bytes.Index(body, []byte("\x1b\\"))
		if !found || end < 0 {
			t.Fatalf("not a kitty command: %.40q", text)
		}
		control, payload, _ := bytes.Cut(body[:end], []byte(";"))
		text = body[end+2:]
		if len(payload) > 4096 || len(text) > 0 && len(payload)%4 != 0 {
			t.Fatalf("a chunk of %d bytes", len(payload))
		}
		keys := map[string]string{}
		for pair := range strings.SplitSeq(string(control), ",") {
			k, v, _ := strings.Cut(pair, "=")
			keys[k] = v
		}
		if keys["q"] != "2" || (keys["m"] == "1") != (len(text) > 0) {
			t.Fatalf("chunk %d has %v with %d bytes to come", c.chunks, keys, len(text))
		}
		if c.chunks == 0 {
			c.keys = keys
		} else if len(keys) != 2 {
			t.Fatalf("chunk %d has %v", c.chunks, keys)
		}
		data, err := base64.StdEncoding.DecodeString(string(payload))
		if err != nil {
			t.Fatal(err)
		}
		c.data = append(c.data, data...)
		c.chunks++
	}
	return c
}

// picture decodes the pixels of a transmission.
func (c command) picture(t *testing.T) *image.RGBA {
	t.Helper()
	if c.keys["f"] == "100" {
		m, err := png.Decode(bytes.NewReader(c.data))
		if err != nil {
			t.Fatal(err)
		}
		return opaque(m)
	}
	if c.keys["o"] == "z" {
		z, err := zlib.NewReader(bytes.NewReader(c.data))
		if err != nil {
			t.Fatal(err)
		}
		if c.data, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	w, _ := strconv.Atoi(c.keys["s"])
	h, _ := strconv.Atoi(c.keys["v"])
	if c.keys["f"] != "24" || len(c.data) != 3*w*h {
		t.Fatalf("%v with %d bytes", c.keys, len(c.data))
	}
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		*(*[4]uint8)(m.Pix[4*i:]) = [4]uint8{c.data[3*i], c.data[3*i+1], c.data[3*i+2], 255}
	}
	return m
}

func TestTransmissionsDecodeToTheSamePixels(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {3, 2}, {32, 32}, {33, 129}} {
		src := photo(size.X, size.Y)
		for format := KittyRaw; format <= KittyPNG; format++ {
			text, err := transmit(42, src, 7, 3, format)
			if err != nil {
				t.Fatal(err)
			}
			c := parseKitty(t, text)
			if d := apart(c.picture(t), src); d != 0 {
				t.Errorf("%v in format %d: off by %d", size, format, d)
			}
			for k, want := range map[string]string{"a": "T", "U": "1", "i": "42", "c": "7", "r": "3"} {
				if c.keys[k] != want {
					t.Errorf("%s=%s, want %s", k, c.keys[k], want)
				}
			}
		}
	}
}

func TestTransmissionsAreSplitIntoFullChunks(t *testing.T) {
	for _, c := range []struct{ w, h, chunks int }{{1024, 1, 1}, {1025, 1, 2}, {1024, 2, 2}, {1024, 5, 5}} {
		text, err := transmit(16, photo(c.w, c.h), 1, 1, KittyRaw)
		if err != nil {
			t.Fatal(err)
		}
		if got := parseKitty(t, text).chunks; got != c.chunks {
			t.Errorf("%d × %d pixels took %d chunks, want %d", c.w, c.h, got, c.chunks)
		}
	}
}

func TestPlaceDrawsAtTheCursorAndLeavesIt(t *testing.T) {
	packed, err := PackKitty(photo(4, 4), KittyRaw)
	if err != nil {
		t.Fatal(err)
	}
	text, err := packed.Place(20, 3, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	keys := parseKitty(t, text).keys
	for k, want := range map[string]string{"a": "T", "C": "1", "i": "20", "p": "3", "c": "2", "r": "1", "U": ""} {
		if keys[k] != want {
			t.Errorf("%s=%s, want %s", k, keys[k], want)
		}
	}
	text, _ = packed.Place(20, 3, 0, 0)
	if keys := parseKitty(t, text).keys; keys["c"]+keys["r"] != "" {
		t.Errorf("without cells: %v", keys)
	}
	text, _ = packed.Store(20)
	if keys := parseKitty(t, text).keys; keys["a"] != "t" || keys["i"] != "20" || keys["p"] != "" {
		t.Errorf("stored with %v", keys)
	}
}

// transmit packs and sends in one go.
func transmit(id int, img image.Image, cols, rows int, format KittyFormat) ([]byte, error) {
	packed, err := PackKitty(img, format)
	if err != nil {
		return nil, err
	}
	return packed.Transmit(id, cols, rows)
}

func TestKittyCommandsWithoutPixels(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Delete(99), "\x1b_Ga=d,d=I,i=99,q=2\x1b\\"},
		{DeletePlacement(99, 2), "\x1b_Ga=d,d=i,i=99,p=2,q=2\x1b\\"},
		{Put(99, 2, 10, 4), "\x1b_Ga=p,C=1,i=99,p=2,c=10,r=4,q=2\x1b\\"},
		{Put(99, 2, 0, 0), "\x1b_Ga=p,C=1,i=99,p=2,q=2\x1b\\"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestKittyRefusesWhatTheTerminalWould(t *testing.T) {
	img := photo(2, 2)
	for _, c := range []struct {
		id, cols, rows int
		img            image.Image
		want           error
	}{
		{15, 1, 1, img, ErrID},
		{256, 1, 1, img, ErrID},
		{16, 0, 1, img, ErrSize},
		{16, 1, MaxCells + 1, img, ErrSize},
		{16, 1, 1, &image.RGBA{}, ErrSize},
		{16, 1, 1, image.NewGray(image.Rect(0, 0, 10001, 1)), ErrSize},
	} {
		if _, err := transmit(c.id, c.img, c.cols, c.rows, KittyRaw); !errors.Is(err, c.want) {
			t.Errorf("id %d, %d × %d cells: %v, want %v", c.id, c.cols, c.rows, err, c.want)
		}
	}
	if Placeholders(15, 1, 1) != nil || Placeholders(16, MaxCells+1, 1) != nil || Placeholders(16, 1, 0) != nil {
		t.Error("placeholders for what cannot be sent")
	}
}

func TestDiacriticsAreTheOfficialOnes(t *testing.T) {
	marks := diacritics()
	if len(marks) != MaxCells {
		t.Fatalf("%d marks", len(marks))
	}
	for i, mark := range marks {
		if mark != string(kitty.Diacritic(i)) {
			t.Errorf("mark %d is %+q, want %+q", i, mark, kitty.Diacritic(i))
		}
	}
}

func TestEveryPlaceholderNamesItsRowAndColumn(t *testing.T) {
	index := map[rune]int{}
	for i := range MaxCells {
		index[kitty.Diacritic(i)] = i
	}
	const cols, rows = MaxCells, 40
	lines := Placeholders(137, cols, rows)
	if len(lines) != rows {
		t.Fatalf("%d lines", len(lines))
	}
	for y, line := range lines {
		if ansi.StringWidth(line) != cols || ansi.StringWidthWc(line) != cols {
			t.Fatalf("line %d is %d or %d cells wide", y, ansi.StringWidth(line), ansi.StringWidthWc(line))
		}
		text, _ := strings.CutPrefix(line, "\x1b[38;5;137m")
		text, ok := strings.CutSuffix(text, "\x1b[39m")
		cells := []rune(text)
		if !ok || len(cells) != 3*cols {
			t.Fatalf("line %d is %.60q", y, line)
		}
		for x := range cols {
			if c := cells[3*x:]; c[0] != kitty.Placeholder || index[c[1]] != y || index[c[2]] != x {
				t.Fatalf("the cell at %d, %d is %+q", x, y, string(c[:3]))
			}
		}
	}
}

func TestPassthroughIsUndoneByTmux(t *testing.T) {
	text, err := transmit(16, photo(60, 60), 5, 5, KittyRaw)
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, Delete(16)...)
	wrapped := string(Passthrough(text))
	var out strings.Builder
	pieces := 0
	for wrapped != "" {
		body, ok := strings.CutPrefix(wrapped, "\x1bPtmux;")
		// tmux ends at the first ESC that is not doubled.
		end := strings.Index(strings.ReplaceAll(body, "\x1b\x1b", "xx"), "\x1b\\")
		if !ok || end < 0 || end > 5000 {
			t.Fatalf("not wrapped for tmux: %.40q, %d", wrapped, end)
		}
		out.WriteString(strings.ReplaceAll(body[:end], "\x1b\x1b", "\x1b"))
		wrapped = body[end+2:]
		pieces++
	}
	if out.String() != string(text) || pieces != 5 {
		t.Errorf("%d pieces; the same text: %v", pieces, out.String() == string(text))
	}
	if got := string(Passthrough([]byte("\x1b]1337;x\a"))); got != "\x1bPtmux;\x1b\x1b]1337;x\a\x1b\\" {
		t.Errorf("a command that ends in BEL became %q", got)
	}
}
