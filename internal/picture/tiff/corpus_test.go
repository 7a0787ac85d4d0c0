package tiff_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	xtiff "golang.org/x/image/tiff"

	"imagery/internal/picture/tiff"
)

// corpus returns the names of the TIFF files under the folder that
// IMAGERY_CORPUS names, or under testdata.
func corpus(t testing.TB) (names []string) {
	t.Helper()
	root := os.Getenv("IMAGERY_CORPUS")
	if root == "" {
		root = "testdata"
	}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		ext := strings.ToLower(filepath.Ext(path))
		if err == nil && !e.IsDir() && (ext == ".tif" || ext == ".tiff") {
			names = append(names, path)
		}
		return err
	})
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files under %s: %v", len(names), root, err)
	}
	return names
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// reference returns what another decoder makes of a page: a PNG beside the
// file, called like it with the page's number added or like the files that
// show the same, up to a hyphen; or else the first page as
// golang.org/x/image/tiff decodes it, nil when it does not.
func reference(t testing.TB, name string, page int, data []byte) image.Image {
	t.Helper()
	family, _, _ := strings.Cut(filepath.Base(name), "-")
	for _, beside := range []string{fmt.Sprintf("%s.%d.png", name, page), filepath.Join(filepath.Dir(name), family+".png")} {
		if _, err := os.Stat(beside); err == nil {
			return decodePNG(t, beside)
		}
	}
	if m, err := xtiff.Decode(bytes.NewReader(data)); err == nil && page == 0 {
		return m
	}
	return nil
}

func decodePNG(t testing.TB, name string) image.Image {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(read(t, name)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestEveryPageDecodesLikeAReferenceOrSaysWhyNot(t *testing.T) {
	same, alone, refused, wrong := 0, 0, 0, 0
	for _, name := range corpus(t) {
		data := read(t, name)
		f, err := tiff.Open(data)
		if err != nil {
			t.Logf("%s: %v", name, err)
			refused++
			continue
		}
		for page := range min(f.Pages(), 20) {
			got, err := f.Decode(page, image.Point{})
			if err != nil && !known(err) {
				t.Errorf("%s page %d: an error of no kind: %v", name, page, err)
			}
			if err != nil {
				t.Logf("%s page %d: %v", name, page, err)
			}
			want := reference(t, name, page, data)
			switch {
			case err != nil:
				refused++
			case want == nil:
				t.Logf("%s page %d: no reference", name, page)
				alone++
			case got.Bounds().Size() != want.Bounds().Size():
				t.Errorf("%s page %d: size %v, want %v", name, page, got.Bounds(), want.Bounds())
				wrong++
			default:
				// Decoders differ in how they smooth chroma: there a mean must do.
				if most, mean := difference(got, want); most > 3 && mean > 2 {
					t.Errorf("%s page %d: samples are up to %d off, %.2f on average", name, page, most, mean)
					wrong++
					continue
				}
				same++
			}
		}
	}
	if os.Getenv("IMAGERY_CORPUS") == "" && refused > 0 {
		t.Errorf("%d pages of ours were refused", refused)
	}
	t.Logf("pages like the reference %d, without one %d, refused or damaged %d, different %d", same, alone, refused, wrong)
}

func known(err error) bool {
	for _, kind := range []error{tiff.ErrDamaged, tiff.ErrTooLarge, tiff.ErrUnsupported, tiff.ErrNoPage} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// difference returns how far samples differ at most and on average.
func difference(a, b image.Image) (most int, mean float64) {
	from, to := a.Bounds().Min, b.Bounds().Min
	sum := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			p, q := rgba(a, from.X+x, from.Y+y), rgba(b, to.X+x, to.Y+y)
			for i := range p {
				d := max(p[i]-q[i], q[i]-p[i])
				most, sum = max(most, d), sum+d
			}
		}
	}
	return most, float64(sum) / float64(4*a.Bounds().Dx()*a.Bounds().Dy())
}

func rgba(m image.Image, x, y int) [4]int {
	r, g, b, a := m.At(x, y).RGBA()
	return [4]int{int(r >> 8), int(g >> 8), int(b >> 8), int(a >> 8)}
}
