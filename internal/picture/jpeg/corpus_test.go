package jpeg_test

import (
	"bytes"
	"errors"
	"image"
	stdjpeg "image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"imagery/internal/picture/jpeg"
)

// corpus returns the JPEG files under the folder that IMAGERY_CORPUS names, or
// under testdata.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	root := os.Getenv("IMAGERY_CORPUS")
	if root == "" {
		root = "testdata"
	}
	files := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		ext := strings.ToLower(filepath.Ext(path))
		if err != nil || e.IsDir() || ext != ".jpg" && ext != ".jpeg" {
			return err
		}
		files[path], err = os.ReadFile(path)
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files under %s: %v", len(files), root, err)
	}
	return files
}

func TestEveryFileDecodesLikeTheStandardLibraryOrSaysWhyNot(t *testing.T) {
	same, beyond, refused := 0, 0, 0
	for name, data := range corpus(t) {
		got, full, err := jpeg.Decode(data, image.Point{})
		if err != nil && !known(err) {
			t.Errorf("%s: an error of no kind: %v", name, err)
		}
		want, wantErr := stdjpeg.Decode(bytes.NewReader(data))
		switch {
		case wantErr != nil && err != nil:
			t.Logf("%s: refused by both: %v; %v", name, err, wantErr)
			refused++
			continue
		case wantErr != nil:
			t.Logf("%s: decoded here only: %v", name, wantErr)
			beyond++
			continue
		case got == nil:
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err != nil {
			t.Logf("%s: shown, but %v", name, err)
		}
		if got.Bounds() != want.Bounds() || full != want.Bounds().Size() {
			t.Errorf("%s: size %v, full %v, want %v", name, got.Bounds(), full, want.Bounds())
			continue
		}
		if worst := farthest(got, want); worst > 2 {
			t.Errorf("%s: a sample is %d off", name, worst)
			continue
		}
		same++
	}
	if os.Getenv("IMAGERY_CORPUS") == "" && same < 19 {
		t.Errorf("only %d of ours are like the standard library's", same)
	}
	t.Logf("like the standard library %d, decoded here only %d, refused by both %d", same, beyond, refused)
}

func known(err error) bool {
	return errors.Is(err, jpeg.ErrDamaged) || errors.Is(err, jpeg.ErrTooLarge) || errors.Is(err, jpeg.ErrUnsupported)
}

// farthest returns the largest difference of two samples. Pictures with planes
// are compared as stored, so that rounding of colours is not what differs.
func farthest(a, b image.Image) int {
	ya, okA := a.(*image.YCbCr)
	yb, okB := b.(*image.YCbCr)
	if okA && okB && ya.SubsampleRatio == yb.SubsampleRatio {
		return farthestPlanes(ya, yb)
	}
	worst := 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			p, q := rgb(a.At(x, y)), rgb(b.At(x, y))
			for i := range p {
				worst = max(worst, p[i]-q[i], q[i]-p[i])
			}
		}
	}
	return worst
}

func rgb(c interface{ RGBA() (r, g, b, a uint32) }) [3]int {
	r, g, b, _ := c.RGBA()
	return [3]int{int(r >> 8), int(g >> 8), int(b >> 8)}
}

func farthestPlanes(a, b *image.YCbCr) int {
	worst := 0
	for y := a.Rect.Min.Y; y < a.Rect.Max.Y; y++ {
		for x := a.Rect.Min.X; x < a.Rect.Max.X; x++ {
			p, q := a.YCbCrAt(x, y), b.YCbCrAt(x, y)
			for _, d := range []int{int(p.Y) - int(q.Y), int(p.Cb) - int(q.Cb), int(p.Cr) - int(q.Cr)} {
				worst = max(worst, d, -d)
			}
		}
	}
	return worst
}

func TestReducedPicturesAreAreaAverages(t *testing.T) {
	for name, data := range corpus(t) {
		full, size, err := jpeg.Decode(data, image.Point{})
		if _, stdErr := stdjpeg.Decode(bytes.NewReader(data)); err != nil || stdErr != nil {
			continue // damaged, or with planes that are not as they were stored
		}
		for _, eighths := range []int{4, 2, 1} {
			got, _, err := jpeg.Stream{Data: data}.Decode(eighths)
			if err != nil {
				t.Errorf("%s at %d/8: %v", name, eighths, err)
				continue
			}
			if got.Bounds() == full.Bounds() {
				continue
			}
			if want := image.Pt((size.X*eighths+7)/8, (size.Y*eighths+7)/8); got.Bounds().Size() != want {
				t.Errorf("%s at %d/8: size %v, want %v", name, eighths, got.Bounds(), want)
				continue
			}
			if mean := meanFromAreas(t, got, full, 8/eighths); mean > 0.6 {
				t.Errorf("%s at %d/8: samples are off by %.2f on average", name, eighths, mean)
			}
		}
	}
}

// plane is one component of a picture.
type plane struct {
	pix          []byte
	stride, w, h int
}

func planesOf(t testing.TB, m image.Image) []plane {
	t.Helper()
	b := m.Bounds()
	switch m := m.(type) {
	case *image.Gray:
		return []plane{{m.Pix, m.Stride, b.Dx(), b.Dy()}}
	case *image.YCbCr:
		last := m.COffset(b.Max.X-1, b.Max.Y-1)
		w, h := last%m.CStride+1, last/m.CStride+1
		return []plane{{m.Y, m.YStride, b.Dx(), b.Dy()}, {m.Cb, m.CStride, w, h}, {m.Cr, m.CStride, w, h}}
	case *image.RGBA:
		return []plane{{m.Pix, m.Stride, 4 * b.Dx(), b.Dy()}}
	}
	t.Fatalf("a picture of type %T", m)
	return nil
}

// meanFromAreas returns how far the samples of small are on average from the
// areas of by × by samples of large; areas that are not whole are left out.
func meanFromAreas(t testing.TB, small, large image.Image, by int) float64 {
	sum, n := 0, 0
	of := planesOf(t, large)
	for i, s := range planesOf(t, small) {
		if _, mixed := small.(*image.RGBA); mixed {
			continue // its samples do not lie side by side
		}
		for y := range of[i].h / by {
			for x := range of[i].w / by {
				area := 0
				for k := range by * by {
					area += int(of[i].pix[(y*by+k/by)*of[i].stride+x*by+k%by])
				}
				d := int(s.pix[y*s.stride+x]) - (area+by*by/2)/(by*by)
				sum, n = sum+max(d, -d), n+1
			}
		}
	}
	return float64(sum) / float64(max(1, n))
}
