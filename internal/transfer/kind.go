package transfer

import (
	"bytes"
	"net/http"
	"strings"
)

// Kind is what a file's first bytes say it is.
type Kind struct {
	MIME string // without parameters
	Ext  string // with its dot; ".bin" when the content tells nothing
}

// SniffLen is how many bytes from the front Sniff looks at.
const SniffLen = 512

// magic holds what http.DetectContentType does not know.
var magic = []struct {
	offset int
	bytes  string
	kind   Kind
}{
	{0, "II*\x00", Kind{"image/tiff", ".tif"}},
	{0, "MM\x00*", Kind{"image/tiff", ".tif"}},
	{0, "II+\x00", Kind{"image/tiff", ".tif"}},
	{0, "MM\x00+", Kind{"image/tiff", ".tif"}},
	{4, "ftypheic", Kind{"image/heic", ".heic"}},
	{4, "ftypmif1", Kind{"image/heic", ".heic"}},
	{4, "ftypqt  ", Kind{"video/quicktime", ".mov"}},
	{4, "ftyp", Kind{"video/mp4", ".mp4"}},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind{"application/x-ole-storage", ".doc"}},
	{0, "PK\x03\x04", Kind{"application/zip", ".zip"}},
	{0, "#!AMR", Kind{"audio/amr", ".amr"}},
	{0, "MZ", Kind{"application/x-msdownload", ".exe.bin"}}, // never an extension that runs
}

var sniffed = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/bmp": ".bmp", "image/webp": ".webp", "image/x-icon": ".ico",
	"application/pdf": ".pdf", "video/webm": ".webm", "video/avi": ".avi", "audio/mpeg": ".mp3", "audio/wave": ".wav", "audio/basic": ".au",
	"application/x-gzip": ".gz", "application/x-rar-compressed": ".rar", "text/plain": ".txt", "text/xml": ".xml", "text/html": ".html.txt",
}

// Sniff tells a file's kind by its first bytes alone, never by its name.
func Sniff(head []byte) Kind {
	for _, m := range magic {
		if len(head) >= m.offset && bytes.HasPrefix(head[m.offset:], []byte(m.bytes)) {
			if m.kind.MIME == "application/zip" && bytes.Contains(head, []byte("OFD.xml")) {
				return Kind{"application/ofd", ".ofd"}
			}
			return m.kind
		}
	}
	mime, _, _ := strings.Cut(http.DetectContentType(head), ";")
	if ext, ok := sniffed[mime]; ok {
		return Kind{mime, ext}
	}
	return Kind{"application/octet-stream", ".bin"}
}

// family maps an extension to the one its kind is written with here.
var family = map[string]string{
	"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "tiff": "tif", "m4v": "mp4", "dib": "bmp", "htm": "html",
	"docx": "zip", "xlsx": "zip", "pptx": "zip", "xls": "doc", "ppt": "doc", "csv": "txt", "log": "txt", "json": "txt", "heif": "heic",
}

// claims reports whether the platform's name or type for a file promises another kind than its content is. Names without an
// extension promise nothing.
func (it Item) claims(k Kind) (other bool) {
	ext := strings.ToLower(strings.TrimPrefix(it.File.FileExtName.Raw(), "."))
	if name := it.File.FileOriginalName.Raw(); ext == "" {
		if i := strings.LastIndexByte(name, '.'); i >= 0 {
			ext = strings.ToLower(name[i+1:])
		}
	}
	if f, ok := family[ext]; ok {
		ext = f
	}
	if ext == "" || k.Ext == ".bin" && !known(ext) {
		return false
	}
	return "."+ext != k.Ext
}

func known(ext string) bool {
	for _, e := range sniffed {
		if e == "."+ext {
			return true
		}
	}
	for _, m := range magic {
		if m.kind.Ext == "."+ext {
			return true
		}
	}
	return false
}
