package picture

import "bytes"

// Format is what the content of a file is.
type Format string

// The formats that are told apart.
const (
	JPEG  Format = "jpeg"
	PNG   Format = "png"
	GIF   Format = "gif"
	BMP   Format = "bmp"
	WEBP  Format = "webp"
	TIFF  Format = "tiff"
	HEIC  Format = "heic"
	PDF   Format = "pdf"
	OFD   Format = "ofd"
	MP4   Format = "mp4"
	MOV   Format = "mov"
	OLE   Format = "ole"   // office files before 2007: doc, xls, ppt
	OOXML Format = "ooxml" // office files since: docx, xlsx, pptx
	Zip   Format = "zip"
	Text  Format = "text"
	Other Format = "other"
)

// SniffLen is how many bytes from the front of a file Sniff looks at.
const SniffLen = 4096

var magic = []struct {
	offset int
	bytes  string
	format Format
}{
	{0, "\xff\xd8\xff", JPEG},
	{0, "\x89PNG\r\n\x1a\n", PNG},
	{0, "GIF87a", GIF},
	{0, "GIF89a", GIF},
	{8, "WEBPVP8", WEBP},
	{0, "II*\x00", TIFF},
	{0, "MM\x00*", TIFF},
	{0, "II+\x00", TIFF},
	{0, "MM\x00+", TIFF},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE},
	{0, "PK\x03\x04", Zip},
	{0, "PK\x05\x06", Zip},
	{4, "ftyp", MP4},
	{4, "moov", MOV},
	{4, "mdat", MOV},
}

// heifBrands are the major or compatible brands of still pictures coded with HEVC.
var heifBrands = []string{"heic", "heix", "heim", "heis", "hevc", "hevx"}

// Sniff tells the format of a file by its first bytes alone, never by its name.
func Sniff(head []byte) Format {
	head = head[:min(len(head), SniffLen)]
	for _, m := range magic {
		if len(head) < m.offset || !bytes.HasPrefix(head[m.offset:], []byte(m.bytes)) {
			continue
		}
		switch m.format {
		case Zip:
			return sniffZip(head)
		case MP4:
			return sniffBrand(head)
		}
		return m.format
	}
	switch {
	case isBMP(head):
		return BMP
	case bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")): // readers allow what stands before it
		return PDF
	case isText(head):
		return Text
	}
	return Other
}

// isText reports whether there is nothing but text, in whatever encoding that keeps control characters apart.
func isText(head []byte) bool {
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b || c == 0x7f {
			return false
		}
	}
	return true
}

// isBMP also asks for a plausible header size: two letters alone begin many texts.
func isBMP(head []byte) bool {
	return len(head) >= 18 && head[0] == 'B' && head[1] == 'M' && head[15] == 0 && head[16] == 0 && head[17] == 0 && head[14] >= 12 && head[14] <= 124
}

// sniffZip looks at the names of the first entries; Open looks at the directory when they tell nothing.
func sniffZip(head []byte) Format {
	switch {
	case bytes.Contains(head, []byte("OFD.xml")):
		return OFD
	case bytes.Contains(head, []byte("[Content_Types].xml")):
		return OOXML
	}
	return Zip
}

// sniffBrand tells still pictures from videos by the brands of a leading ftyp box.
func sniffBrand(head []byte) Format {
	size := int(head[0])<<24 | int(head[1])<<16 | int(head[2])<<8 | int(head[3])
	brands := head[8:max(8, min(size, len(head), 256))]
	for i := 0; i+4 <= len(brands); i += 4 {
		brand := string(brands[i : i+4])
		for _, known := range heifBrands {
			if brand == known {
				return HEIC
			}
		}
	}
	switch {
	case bytes.HasPrefix(brands, []byte("qt  ")):
		return MOV
	case bytes.HasPrefix(brands, []byte("mif1")), bytes.HasPrefix(brands, []byte("msf1")):
		return HEIC
	case bytes.HasPrefix(brands, []byte("avif")):
		return Other
	}
	return MP4
}

var mimes = map[Format]string{
	JPEG: "image/jpeg", PNG: "image/png", GIF: "image/gif", BMP: "image/bmp", WEBP: "image/webp", TIFF: "image/tiff", HEIC: "image/heic",
	PDF: "application/pdf", OFD: "application/ofd", MP4: "video/mp4", MOV: "video/quicktime", OLE: "application/x-ole-storage",
	OOXML: "application/vnd.openxmlformats-officedocument", Zip: "application/zip", Text: "text/plain",
}

// MIME is the media type, without parameters.
func (f Format) MIME() string {
	if m, ok := mimes[f]; ok {
		return m
	}
	return "application/octet-stream"
}
