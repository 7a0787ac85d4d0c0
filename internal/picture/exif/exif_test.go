package exif

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"
)

// block lays out two directories: the orientation and a change in the first, the original time in the second.
func block(order binary.AppendByteOrder, orientation uint16) []byte {
	mark := "II"
	if order.String() == "BigEndian" {
		mark = "MM"
	}
	b := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	b = order.AppendUint16(b, 3)
	b = order.AppendUint16(order.AppendUint16(order.AppendUint32(order.AppendUint16(order.AppendUint16(b, tagOrientation), 3), 1), orientation), 0)
	b = order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(b, tagChanged), 2), 20), 80)
	b = order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(b, tagExif), 4), 1), 50)
	b = order.AppendUint32(b, 0)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(b, tagOriginal), 2), 20), 100)
	b = append(b, make([]byte, 80-len(b))...)
	return append(b, "2025:01:01 00:00:00\x002024:03:05 06:07:08\x00"...)
}

func TestOrientationAndOriginalTimeAreReadInBothByteOrders(t *testing.T) {
	for o := 1; o <= 8; o++ {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			for _, prefix := range []string{"", "Exif\x00\x00"} {
				got := Read(append([]byte(prefix), block(order, uint16(o))...))
				if got.Orientation != o || !got.Taken.Equal(time.Date(2024, 3, 5, 6, 7, 8, 0, time.UTC)) {
					t.Errorf("%v %q %d: %+v", order, prefix, o, got)
				}
			}
		}
	}
}

func TestNonsenseMeansNothing(t *testing.T) {
	for name, b := range map[string][]byte{
		"nothing": nil, "short": []byte("II*\x00"), "order": []byte("IM*\x00\x08\x00\x00\x00\x00\x00"), "orientation 0": block(binary.LittleEndian, 0), "orientation 9": block(binary.BigEndian, 9),
		"offset": []byte("II*\x00\xff\xff\xff\xff\xff\xff"),
	} {
		if got := Read(b); got.Orientation != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestDirectoriesThatNameEachOtherEnd(t *testing.T) {
	b := block(binary.LittleEndian, 6)
	binary.LittleEndian.PutUint32(b[10+24+8:], 8) // the second directory is the first
	if got := Read(b); got.Orientation != 6 {
		t.Errorf("%+v", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(block(binary.LittleEndian, 6))
	f.Add(block(binary.BigEndian, 3))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00*"))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x08eXIfII*\x00\x08\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("RIFF\x10\x00\x00\x00WEBPEXIF\x04\x00\x00\x00II*\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if d := Read(b); d.Orientation < 0 || d.Orientation > 8 {
			t.Errorf("%+v", d)
		}
		for _, part := range [][]byte{OfJPEG(b), OfPNG(b), OfWEBP(b)} {
			if len(part) > 0 && !bytes.Contains(b, part) {
				t.Error("a block from elsewhere")
			}
		}
	})
}
