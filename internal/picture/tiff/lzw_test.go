package tiff

import (
	"bytes"
	"io"
	"os"
	"testing"

	"golang.org/x/image/tiff/lzw"
)

// expanded returns the first bytes that r gives, and whether it failed.
func expanded(r io.Reader) ([]byte, bool) {
	out, err := io.ReadAll(io.LimitReader(r, 1<<20))
	return out, err != nil
}

// overfull reports whether a stream goes on when its table is full, where TIFF has it cleared: x/image gives code 4095 no meaning then.
func overfull(data []byte) bool {
	r := newLZWReader(data)
	for r.next < 1<<lzwMaxBits {
		switch code := r.code(); {
		case code == lzwClear:
			r.clear()
		case code < 0 || code == lzwEnd || !r.learn(code):
			return false
		}
	}
	return true
}

func FuzzLZW(f *testing.F) {
	for _, name := range []string{"rgb-lzw", "rgb-lzw-2", "palette-8", "bw-lzw"} {
		data, err := os.ReadFile("testdata/" + name + ".tif")
		if err != nil {
			f.Fatal(err)
		}
		file, err := Open(data)
		if err != nil {
			f.Fatal(err)
		}
		p, err := file.page(0)
		if err != nil {
			f.Fatal(err)
		}
		strip, err := p.data(0)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(strip)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if overfull(data) {
			_, _ = expanded(newLZWReader(data))
			return
		}
		got, gotBad := expanded(newLZWReader(data))
		want, wantBad := expanded(lzw.NewReader(bytes.NewReader(data), lzw.MSB, 8))
		if !wantBad && (gotBad || !bytes.Equal(got, want)) {
			t.Fatalf("%d bytes, bad: %v; x/image has %d", len(got), gotBad, len(want))
		}
		if n := min(len(got), len(want)); !bytes.Equal(got[:n], want[:n]) {
			t.Fatal("not what x/image reads")
		}
	})
}

func BenchmarkLZW(b *testing.B) {
	data, err := os.ReadFile("testdata/rgb-lzw.tif")
	if err != nil {
		b.Fatal(err)
	}
	file, err := Open(data)
	if err != nil {
		b.Fatal(err)
	}
	p, err := file.page(0)
	if err != nil {
		b.Fatal(err)
	}
	strip, err := p.data(0)
	if err != nil {
		b.Fatal(err)
	}
	for name, open := range map[string]func() io.Reader{
		"own":     func() io.Reader { return newLZWReader(strip) },
		"x/image": func() io.Reader { return lzw.NewReader(bytes.NewReader(strip), lzw.MSB, 8) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				n, err := io.Copy(io.Discard, open())
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(n)
			}
		})
	}
}
