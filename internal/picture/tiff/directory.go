package tiff

import "encoding/binary"

// File is an opened TIFF file. It may be used from several goroutines.
type File struct {
	data  []byte
	order binary.ByteOrder
	big   bool
	pages [][]byte // the entries of each page's directory
}

// readHeader returns the place of the first directory, too.
func readHeader(data []byte) (f *File, first uint64, err error) {
	f = &File{data: data}
	if len(data) < 8 {
		return nil, 0, damaged("no TIFF starts here")
	}
	switch string(data[:2]) {
	case "II":
		f.order = binary.LittleEndian
	case "MM":
		f.order = binary.BigEndian
	default:
		return nil, 0, damaged("no TIFF starts here")
	}
	switch version := f.order.Uint16(data[2:]); {
	case version == 42:
		return f, uint64(f.order.Uint32(data[4:])), nil
	case version == 43 && len(data) >= 16 && f.order.Uint16(data[4:]) == 8:
		f.big = true
		return f, f.order.Uint64(data[8:]), nil
	}
	return nil, 0, damaged("no TIFF starts here")
}

// part returns n bytes at a place, and whether they are in the file.
func (f *File) part(at, n uint64) ([]byte, bool) {
	size := uint64(len(f.data))
	if at > size || n > size-at {
		return nil, false
	}
	return f.data[at : at+n], true
}

// directoryAt returns the entries of a directory and the place of the next; a
// directory that lies outside the file, in part, is not ok.
func (f *File) directoryAt(at uint64) (entries []byte, next uint64, ok bool) {
	countSize, entrySize, offsetSize := uint64(2), uint64(12), uint64(4)
	if f.big {
		countSize, entrySize, offsetSize = 8, 20, 8
	}
	head, ok := f.part(at, countSize)
	if !ok {
		return nil, 0, false
	}
	n := f.unsigned(head)
	if n == 0 || n > 1<<16 {
		return nil, 0, false
	}
	entries, ok = f.part(at+countSize, n*entrySize)
	if !ok {
		return nil, 0, false
	}
	if link, ok := f.part(at+countSize+n*entrySize, offsetSize); ok {
		next = f.unsigned(link)
	}
	return entries, next, true
}

// unsigned reads all of b, which has 1, 2, 4 or 8 bytes.
func (f *File) unsigned(b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(f.order.Uint16(b))
	case 4:
		return uint64(f.order.Uint32(b))
	}
	return f.order.Uint64(b)
}

const (
	tagWidth           = 256
	tagHeight          = 257
	tagBits            = 258
	tagCompression     = 259
	tagPhotometric     = 262
	tagFillOrder       = 266
	tagStripOffsets    = 273
	tagOrientation     = 274
	tagSamples         = 277
	tagRowsPerStrip    = 278
	tagStripByteCounts = 279
	tagPlanar          = 284
	tagT4Options       = 292
	tagPredictor       = 317
	tagColorMap        = 320
	tagTileWidth       = 322
	tagTileHeight      = 323
	tagTileOffsets     = 324
	tagTileByteCounts  = 325
	tagExtraSamples    = 338
	tagSampleFormat    = 339
	tagJPEGTables      = 347
	tagJPEGStream      = 513
	tagSubsampling     = 530
)

// typeSizes are the bytes of the types of entries, by their number; 0 marks
// what cannot be a number or bytes that this package needs.
var typeSizes = [19]uint64{1: 1, 3: 2, 4: 4, 7: 1, 13: 4, 16: 8, 18: 8}

// tags are the entries of a page: the bytes of their values and the size of
// one value.
type tags struct {
	file   *File
	values map[uint16]tagValue
}

type tagValue struct {
	bytes []byte
	size  uint64
}

// tags reads the entries of a directory. Those that reach outside the file, or
// are there twice, are left out.
func (f *File) tags(entries []byte) tags {
	t := tags{file: f, values: map[uint16]tagValue{}}
	entrySize, inline := 12, 4
	if f.big {
		entrySize, inline = 20, 8
	}
	for ; len(entries) >= entrySize; entries = entries[entrySize:] {
		tag, kind := f.order.Uint16(entries), f.order.Uint16(entries[2:])
		if _, twice := t.values[tag]; twice || int(kind) >= len(typeSizes) || typeSizes[kind] == 0 {
			continue
		}
		size, count := typeSizes[kind], f.unsigned(entries[4:4+inline])
		field := entries[entrySize-inline : entrySize]
		if count > uint64(len(f.data)) {
			continue
		}
		bytes, ok := field[:min(count*size, uint64(inline))], true
		if count*size > uint64(inline) {
			bytes, ok = f.part(f.unsigned(field), count*size)
		}
		if ok {
			t.values[tag] = tagValue{bytes, size}
		}
	}
	return t
}

// number returns the first value of a tag, or otherwise.
func (t tags) number(tag uint16, otherwise uint64) uint64 {
	if v, ok := t.values[tag]; ok && len(v.bytes) > 0 {
		return t.file.unsigned(v.bytes[:v.size])
	}
	return otherwise
}

// numbers returns at most n values of a tag.
func (t tags) numbers(tag uint16, n int) []uint64 {
	v := t.values[tag]
	if len(v.bytes) == 0 {
		return nil
	}
	all := make([]uint64, min(n, len(v.bytes)/int(v.size)))
	for i := range all {
		all[i] = t.file.unsigned(v.bytes[i*int(v.size) : (i+1)*int(v.size)])
	}
	return all
}
