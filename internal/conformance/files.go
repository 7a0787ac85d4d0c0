package conformance

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"imagery/client"
)

const (
	maxFiles = 5        // fetched, one of a kind
	maxBytes = 32 << 20 // of a file that is fetched
)

// download: files have the size and kind they are listed with, and come back the same.
func (s *suite) download(t *testing.T) {
	files := s.kinds()
	if len(files) == 0 {
		t.Skip("the accounts looked at have no file")
	}
	for i, f := range files {
		b := s.fetch(t, f)
		if i == 0 && !bytes.Equal(b, s.fetch(t, f)) {
			t.Errorf("file %s changes from one download to the next", f.ID)
		}
	}
}

// filesOf returns a material's files, by their ids alone where nothing more is told.
func filesOf(m client.MaterialInfo) []client.File {
	if len(m.Files) > 0 {
		return m.Files
	}
	var files []client.File
	for _, id := range m.FileIDs {
		files = append(files, client.File{ID: id})
	}
	return files
}

// kinds returns the smallest file of each kind among the materials looked at.
func (s *suite) kinds() []client.File {
	var out []client.File
	for _, l := range s.listings {
		for _, m := range l.materials {
			out = append(out, filesOf(m)...)
		}
	}
	slices.SortStableFunc(out, func(a, b client.File) int { return int(a.FileSize - b.FileSize) })
	seen := map[string]bool{}
	out = slices.DeleteFunc(out, func(f client.File) bool {
		kind := kindNamed(f.FileContentType.Raw(), f.FileExtName.Raw())
		again := seen[kind] || f.FileSize > maxBytes
		seen[kind] = true
		return again
	})
	return out[:min(maxFiles, len(out))]
}

// fetch reads a file and checks what is told of it, by its record and by the answer.
func (s *suite) fetch(t *testing.T, f client.File) []byte {
	t.Helper()
	body, err := s.c.FetchFile(within(t), f.ID.Raw())
	must(t, err)
	defer body.Close()
	b, err := io.ReadAll(io.LimitReader(body, maxBytes))
	must(t, err)
	if n := int64(len(b)); f.FileSize > 0 && n != f.FileSize || body.Size >= 0 && n != body.Size {
		t.Errorf("file %s has %d bytes; %d by its record, %d by the answer", f.ID, n, f.FileSize, body.Size)
	}
	is := kindOf(b)
	for told, kind := range map[string]string{"its record": kindNamed(f.FileContentType.Raw(), f.FileExtName.Raw()), "the answer": kindNamed(body.ContentType, "")} {
		if is != "" && kind != "" && kind != is {
			t.Errorf("file %s is %s, and %s by %s", f.ID, is, kind, told)
		}
	}
	if name := body.Name.Raw(); name != "" && f.FileOriginalName != "" && !strings.HasSuffix(f.FileOriginalName.Raw(), name) { // paths are cut off
		t.Errorf("file %s is called %s, and %s by the answer", f.ID, f.FileOriginalName, body.Name)
	}
	return b
}

// known are the kinds of files that are told apart, by parts of their media types and by their extensions.
var known = map[string][]string{
	"jpeg": {"image/jpeg", "image/jpg", "jpg", "jpeg"}, "png": {"image/png", "png"}, "bmp": {"image/bmp", "image/x-ms-bmp", "bmp"}, "gif": {"image/gif", "gif"},
	"tiff": {"image/tiff", "tif", "tiff"}, "pdf": {"application/pdf", "pdf"}, "mp4": {"video/mp4", "mp4"},
}

// kindNamed returns the kind that a media type, or else an extension, stands for; empty for others.
func kindNamed(mediaType, ext string) string {
	for _, name := range []string{mediaType, strings.TrimPrefix(ext, ".")} {
		for kind, names := range known {
			if slices.Contains(names, strings.ToLower(name)) {
				return kind
			}
		}
	}
	return ""
}

// kindOf returns the kind that a file's first bytes show.
func kindOf(b []byte) string {
	if bytes.HasPrefix(b, []byte("II*\x00")) || bytes.HasPrefix(b, []byte("MM\x00*")) {
		return "tiff"
	}
	return kindNamed(http.DetectContentType(b), "")
}
