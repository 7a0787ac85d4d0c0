package graphics

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strconv"
	"strings"
	"testing"
)

// parseInline returns the arguments and the file of an iTerm2 command.
func parseInline(t *testing.T, text []byte) (map[string]string, []byte) {
	t.Helper()
	body, ok := strings.CutPrefix(string(text), "\x1b]1337;File=")
	body, ended := strings.CutSuffix(body, "\a")
	control, payload, _ := strings.Cut(body, ":")
	if !ok || !ended {
		t.Fatalf("not an inline image: %.40q", text)
	}
	args := map[string]string{}
	for pair := range strings.SplitSeq(control, ";") {
		k, v, _ := strings.Cut(pair, "=")
		args[k] = v
	}
	data, err := base64.StdEncoding.DecodeString(payload)
	if err != nil {
		t.Fatal(err)
	}
	return args, data
}

func TestInlineCarriesAPNGOfTheSamePixels(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {5, 3}, {200, 131}} {
		src := photo(size.X, size.Y)
		text, err := Inline(src, 9, 4, InlinePNG)
		if err != nil {
			t.Fatal(err)
		}
		args, data := parseInline(t, text)
		for k, want := range map[string]string{
			"inline": "1", "width": "9", "height": "4", "preserveAspectRatio": "1", "doNotMoveCursor": "1",
			"size": strconv.Itoa(len(data)),
		} {
			if args[k] != want {
				t.Errorf("%s=%s, want %s", k, args[k], want)
			}
		}
		m, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if d := apart(opaque(m), src); d != 0 {
			t.Errorf("%v: off by %d", size, d)
		}
	}
}

func TestInlineCarriesAJPEGCloseToThePicture(t *testing.T) {
	src := photo(120, 90)
	text, err := Inline(src, 9, 4, InlineJPEG)
	if err != nil {
		t.Fatal(err)
	}
	_, data := parseInline(t, text)
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if d := apart(Scale(m, 30, 22), Scale(src, 30, 22)); d > 8 {
		t.Errorf("off by %d", d)
	}
}

func TestInlineRefusesNothing(t *testing.T) {
	if _, err := Inline(&image.RGBA{}, 1, 1, InlinePNG); !errors.Is(err, ErrSize) {
		t.Errorf("no pixels: %v", err)
	}
	if _, err := Inline(photo(1, 1), 0, 1, InlinePNG); !errors.Is(err, ErrSize) {
		t.Errorf("no cells: %v", err)
	}
	if _, err := InlineFile(nil, 1, 1); !errors.Is(err, ErrSize) {
		t.Errorf("no bytes: %v", err)
	}
}

func TestTransparentPixelsAreSentAsBlack(t *testing.T) {
	src := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	src.SetNRGBA(0, 0, color.NRGBA{200, 100, 50, 255})
	src.SetNRGBA(1, 0, color.NRGBA{200, 100, 50, 0})
	text, err := transmit(16, src, 1, 1, KittyRaw)
	if err != nil {
		t.Fatal(err)
	}
	if got := parseKitty(t, text).data; !bytes.Equal(got, []byte{200, 100, 50, 0, 0, 0}) {
		t.Errorf("sent %v", got)
	}
}
