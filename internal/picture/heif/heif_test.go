package heif

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"testing"
)

func TestModuleIsTheOneREADMENames(t *testing.T) {
	const want = "3634a6447ea3915633667f39e01ff540a60f4e2f837a8391d044d76dfd8a0435"
	if got := fmt.Sprintf("%x", sha256.Sum256(module)); got != want {
		t.Errorf("SHA-256 %s, want %s", got, want)
	}
}

func TestPictureSmallerThanTheLinesOfTheModuleIsNotSkewed(t *testing.T) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	e, err := Start(filepath.Join(cache, "imagery-test"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	file, err := os.ReadFile("testdata/narrow.heic")
	if err != nil {
		t.Fatal(err)
	}
	m, err := e.Decode(file, 1e6)
	if err != nil {
		t.Fatal(err)
	}
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 4 {
		left, _, _, _ := m.At(b.Min.X+2, y).RGBA()
		_, _, right, _ := m.At(b.Max.X-3, y).RGBA()
		if left < 0xc000 || right < 0xc000 {
			t.Fatalf("line %d is not red on the left and blue on the right", y)
		}
	}
	if size, err := e.Size(file); err != nil || size != image.Pt(20, 40) {
		t.Errorf("size %v, %v", size, err)
	}
	if _, err := e.Decode(file, 799); !errors.Is(err, ErrDamaged) {
		t.Errorf("more pixels than allowed: %v", err)
	}
	if _, err := e.Decode(file[:200], 1e6); !errors.Is(err, ErrDamaged) {
		t.Errorf("cut short: %v", err)
	}
}
