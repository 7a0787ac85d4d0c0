// Package video reads what an MP4 or QuickTime file says about itself: how long it is, how large its picture is and how it is coded. It
// decodes nothing.
package video

import (
	"encoding/binary"
	"image"
	"math"
	"time"
)

// Info is what was found; fields stay zero for what the file does not say.
type Info struct {
	Duration time.Duration
	// Size of the picture in pixels as it is to be shown, turned as the file says.
	Size image.Point
	// Codec is the code of four characters of the first video track: avc1, hvc1, jpeg.
	Codec string
}

// maxBoxes is how many boxes are visited: a file has dozens, a hostile one millions.
const maxBoxes = 20000

// longest is the duration from which on a file is not believed.
const longest = 10 * 365 * 24 * time.Hour

type walker struct {
	info Info
	left int
	// The track being visited.
	size  image.Point
	video bool
	codec string
}

// Read walks the boxes of a file. Files cut short give what came before the cut.
func Read(file []byte) Info {
	w := &walker{left: maxBoxes}
	w.each(file, func(kind string, body []byte) {
		if kind == "moov" {
			w.each(body, w.movie)
		}
	})
	return w.info
}

// each calls visit for the boxes in data, one behind the other, and stops at the first that is not whole.
func (w *walker) each(data []byte, visit func(kind string, body []byte)) {
	for len(data) >= 8 && w.left > 0 {
		w.left--
		size, header := uint64(binary.BigEndian.Uint32(data)), 8
		switch {
		case size == 0: // up to the end
			size = uint64(len(data))
		case size == 1 && len(data) >= 16:
			size, header = binary.BigEndian.Uint64(data[8:]), 16
		}
		if size < uint64(header) || size > uint64(len(data)) {
			return
		}
		visit(string(data[4:8]), data[header:size])
		data = data[size:]
	}
}

func (w *walker) movie(kind string, body []byte) {
	switch kind {
	case "mvhd":
		w.info.Duration = duration(body)
	case "trak":
		w.size, w.video, w.codec = image.Point{}, false, ""
		w.each(body, w.track)
		if w.video && w.info.Codec == "" {
			w.info.Size, w.info.Codec = w.size, w.codec
		}
	}
}

func (w *walker) track(kind string, body []byte) {
	switch kind {
	case "tkhd":
		w.size = shown(body)
	case "mdia", "minf", "stbl":
		w.each(body, w.track)
	case "hdlr":
		w.video = w.video || len(body) >= 12 && string(body[8:12]) == "vide"
	case "stsd":
		if w.codec == "" && len(body) >= 16 {
			w.codec = printable(body[12:16])
		}
	}
}

// duration reads a movie header of version 0 or 1.
func duration(body []byte) time.Duration {
	var scale, length uint64
	switch {
	case len(body) >= 32 && body[0] == 1:
		scale, length = uint64(binary.BigEndian.Uint32(body[20:])), binary.BigEndian.Uint64(body[24:])
	case len(body) >= 20 && body[0] == 0:
		scale, length = uint64(binary.BigEndian.Uint32(body[12:])), uint64(binary.BigEndian.Uint32(body[16:]))
		if length == math.MaxUint32 { // unknown
			return 0
		}
	}
	if scale == 0 {
		return 0
	}
	seconds := float64(length) / float64(scale)
	if seconds > longest.Seconds() {
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}

// shown reads the size of a track header, turned when its matrix turns by a quarter.
func shown(body []byte) image.Point {
	at := 76
	if len(body) > 0 && body[0] == 1 {
		at = 88
	}
	if len(body) < at+8 {
		return image.Point{}
	}
	w, h := binary.BigEndian.Uint32(body[at:])>>16, binary.BigEndian.Uint32(body[at+4:])>>16
	if matrix := body[at-36:]; binary.BigEndian.Uint32(matrix) == 0 && binary.BigEndian.Uint32(matrix[4:]) != 0 {
		w, h = h, w
	}
	return image.Pt(int(w), int(h))
}

func printable(code []byte) string {
	for _, c := range code {
		if c < ' ' || c > '~' {
			return "????"
		}
	}
	return string(code)
}
