package video

import (
	"bytes"
	"encoding/binary"
	"image"
	"slices"
	"testing"
	"time"
)

func box(kind string, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	return slices.Concat(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), []byte(kind), body)
}

func numbers(values ...uint32) (out []byte) {
	for _, v := range values {
		out = binary.BigEndian.AppendUint32(out, v)
	}
	return out
}

// track is of the given kind and codec, w × h pixels as coded, turned by a quarter or not.
func track(handler, codec string, w, h uint32, quarter bool) []byte {
	matrix := numbers(1<<16, 0, 0, 0, 1<<16, 0, 0, 0, 1<<30)
	if quarter {
		matrix = numbers(0, 1<<16, 0, 0xffff0000, 0, 0, 0, 0, 1<<30)
	}
	return box("trak", box("tkhd", numbers(7, 0, 0, 1, 0, 0, 0, 0, 0, 0), matrix, numbers(w<<16, h<<16)),
		box("mdia", box("hdlr", numbers(0, 0), []byte(handler), make([]byte, 12)),
			box("minf", box("stbl", box("stsd", numbers(0, 1), box(codec, make([]byte, 70)))))))
}

func file(parts ...[]byte) []byte {
	return slices.Concat(box("ftyp", []byte("isom"), numbers(512)), box("mdat", make([]byte, 100)), box("moov", parts...))
}

func header(scale, length uint32) []byte {
	return box("mvhd", numbers(0, 0, 0, scale, length), make([]byte, 80))
}

func TestPictureTrackTellsSizeAndCodec(t *testing.T) {
	sound := track("soun", "mp4a", 0, 0, false)
	got := Read(file(header(1000, 12345), sound, track("vide", "avc1", 1920, 1080, false)))
	if want := (Info{Duration: 12345 * time.Millisecond, Size: image.Pt(1920, 1080), Codec: "avc1"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := Read(file(header(1, 1), track("vide", "hvc1", 1920, 1080, true))); got.Size != image.Pt(1080, 1920) {
		t.Errorf("held upright: %+v", got)
	}
	if got := Read(file(header(1, 1), sound)); got.Size != (image.Point{}) || got.Codec != "" {
		t.Errorf("sound alone: %+v", got)
	}
}

func TestLongHeadersAndBoxesAreRead(t *testing.T) {
	long := box("mvhd", numbers(1<<24, 0, 0, 0, 0, 600, 0, 1200), make([]byte, 80))
	whole := file(long)
	at := bytes.Index(whole, []byte("mdat")) - 4
	wide := slices.Concat(whole[:at], numbers(1), []byte("mdat"), numbers(0, 116), whole[at+8:])
	if got := Read(wide); got.Duration != 2*time.Second {
		t.Errorf("got %+v", got)
	}
}

func TestLiesAboutTimeAreNotBelieved(t *testing.T) {
	for _, h := range [][]byte{header(0, 5), header(1, 1<<32-1), header(1, 1<<32-2), {}} {
		if got := Read(file(h)); got.Duration != 0 {
			t.Errorf("got %v", got.Duration)
		}
	}
}

func TestControlCharactersInACodecAreHidden(t *testing.T) {
	if got := Read(file(track("vide", "a\x1b[m", 1, 1, false))); got.Codec != "????" {
		t.Errorf("got %q", got.Codec)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(header(1000, 12345), track("soun", "mp4a", 0, 0, false), track("vide", "avc1", 1920, 1080, true)))
	f.Add(slices.Concat(numbers(0), []byte("moov"), numbers(1), []byte("trak"), numbers(0, 16)))
	f.Add(bytes.Repeat([]byte("\x00\x00\x00\x08moov"), 100))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := Read(b); got.Duration < 0 || got.Size.X < 0 || got.Size.Y < 0 || len(got.Codec) > 4 {
			t.Errorf("%+v", got)
		}
	})
}
