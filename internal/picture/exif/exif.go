// Package exif reads the two facts that matter here from an EXIF block: which way up a picture is and when it was taken. It allocates
// nothing that a file's numbers decide, and reads no more than two directories.
package exif

import (
	"bytes"
	"encoding/binary"
	"time"
)

// Data is what was found; its zero value means nothing.
type Data struct {
	// Orientation is 1 to 8, or 0 when the block does not say.
	Orientation int
	// Taken is the camera's local time, given as UTC; the original time before that of a change.
	Taken time.Time
}

// Tags, and the entries of one directory that are looked at.
const (
	tagOrientation, tagChanged, tagExif, tagOriginal = 0x0112, 0x0132, 0x8769, 0x9003

	maxEntries = 512
)

// Read reads a block that begins with a TIFF header, with or without "Exif\0\0" before it.
func Read(block []byte) (d Data) {
	block = bytes.TrimPrefix(block, []byte("Exif\x00\x00"))
	if len(block) < 8 {
		return d
	}
	var order binary.ByteOrder = binary.LittleEndian
	if block[0] == 'M' {
		order = binary.BigEndian
	}
	if order.Uint16(block[2:]) != 42 || block[0] != block[1] || block[0] != 'I' && block[0] != 'M' {
		return d
	}
	sub := d.directory(block, order, order.Uint32(block[4:]))
	if sub != 0 {
		d.directory(block, order, sub)
	}
	return d
}

// directory takes what it finds in the directory at offset and returns the offset of the EXIF directory it names, or 0.
func (d *Data) directory(block []byte, order binary.ByteOrder, offset uint32) (sub uint32) {
	if uint64(offset)+2 > uint64(len(block)) {
		return 0
	}
	rest := block[offset+2:]
	for range min(order.Uint16(block[offset:]), maxEntries) {
		if len(rest) < 12 {
			break
		}
		tag, kind, value := order.Uint16(rest), order.Uint16(rest[2:]), order.Uint32(rest[8:])
		switch {
		case tag == tagOrientation && kind == 3:
			if v := int(order.Uint16(rest[8:])); v >= 1 && v <= 8 {
				d.Orientation = v
			}
		case tag == tagExif && kind == 4:
			sub = value
		case (tag == tagChanged && d.Taken.IsZero() || tag == tagOriginal) && kind == 2:
			d.taken(block, value)
		}
		rest = rest[12:]
	}
	return sub
}

func (d *Data) taken(block []byte, offset uint32) {
	const layout = "2006:01:02 15:04:05"
	if uint64(offset)+uint64(len(layout)) > uint64(len(block)) {
		return
	}
	if t, err := time.Parse(layout, string(block[offset:][:len(layout)])); err == nil {
		d.Taken = t
	}
}

// OfJPEG returns the EXIF block of a JPEG file, or nil.
func OfJPEG(file []byte) []byte {
	for at := 2; at+4 <= len(file); {
		marker, size := file[at+1], int(binary.BigEndian.Uint16(file[at+2:]))
		switch {
		case file[at] != 0xff || marker == 0xda || marker == 0xd9:
			return nil
		case marker == 0xff: // fill
			at++
			continue
		case size < 2 || at+2+size > len(file):
			return nil
		case marker == 0xe1 && bytes.HasPrefix(file[at+4:at+2+size], []byte("Exif\x00\x00")):
			return file[at+4 : at+2+size]
		}
		at += 2 + size
	}
	return nil
}

// OfPNG returns the EXIF block of a PNG file, or nil.
func OfPNG(file []byte) []byte {
	for at := 8; at+12 <= len(file); {
		size := int64(binary.BigEndian.Uint32(file[at:]))
		if size > int64(len(file)-at-12) {
			return nil
		}
		if string(file[at+4:at+8]) == "eXIf" {
			return file[at+8 : at+8+int(size)]
		}
		at += 12 + int(size)
	}
	return nil
}

// OfWEBP returns the EXIF block of a WEBP file, or nil.
func OfWEBP(file []byte) []byte {
	for at := 12; at+8 <= len(file); {
		size := int64(binary.LittleEndian.Uint32(file[at+4:]))
		if size > int64(len(file)-at-8) {
			return nil
		}
		if string(file[at:at+4]) == "EXIF" {
			return file[at+8 : at+8+int(size)]
		}
		at += 8 + int(size+size%2)
	}
	return nil
}
