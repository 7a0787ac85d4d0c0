package tiff_test

import (
	"encoding/binary"
	"maps"
	"slices"
)

// Tags that tests write.
const (
	width, height, bits, compression, photometric = 256, 257, 258, 259, 262
	stripOffsets, samples, rowsPerStrip           = 273, 277, 278
	stripByteCounts, planar, t4Options, colorMap  = 279, 284, 292, 320
	sampleFormat, subsampling                     = 339, 530
)

// fields are the numbers of a page's directory by their tags.
type fields map[uint16][]uint32

// build makes a little-endian file of one page whose only strip is data;
// more replaces and adds fields.
func build(w, h int, data []byte, more fields) []byte {
	all := fields{
		width: {uint32(w)}, height: {uint32(h)}, rowsPerStrip: {uint32(h)},
		stripOffsets: {8}, stripByteCounts: {uint32(len(data))},
	}
	maps.Copy(all, more)
	le := binary.LittleEndian
	out := append([]byte("II*\x00\x00\x00\x00\x00"), data...)
	places := map[uint16]uint32{}
	for tag, values := range all {
		if len(values) > 1 {
			places[tag] = uint32(len(out))
			for _, v := range values {
				out = le.AppendUint32(out, v)
			}
		}
	}
	le.PutUint32(out[4:], uint32(len(out)))
	out = le.AppendUint16(out, uint16(len(all)))
	for _, tag := range slices.Sorted(maps.Keys(all)) {
		out = le.AppendUint16(out, tag)
		out = le.AppendUint16(out, 4)
		out = le.AppendUint32(out, uint32(len(all[tag])))
		value, elsewhere := places[tag]
		if !elsewhere {
			value = all[tag][0]
		}
		out = le.AppendUint32(out, value)
	}
	return le.AppendUint32(out, 0)
}

// field returns where a file that build or libtiff made has the entry of a
// tag, in the directory of its first page.
func field(data []byte, tag uint16) []byte {
	order := binary.ByteOrder(binary.LittleEndian)
	if data[0] == 'M' {
		order = binary.BigEndian
	}
	at := order.Uint32(data[4:])
	for i := range int(order.Uint16(data[at:])) {
		entry := data[int(at)+2+12*i:][:12]
		if order.Uint16(entry) == tag {
			return entry
		}
	}
	return nil
}
