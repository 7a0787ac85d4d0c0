package worker

import (
	"context"
	"io"
	"runtime"
	"runtime/debug"

	"imagery/internal/picture"
)

// Main answers requests from in on out until in ends, and returns the exit status. It limits the process it runs in.
func Main(in io.Reader, out io.Writer) int {
	debug.SetMemoryLimit(memorySoft)
	debug.SetGCPercent(400)
	if limitMemory(memoryHard) != nil {
		return 1
	}
	s := &server{}
	for {
		var r request
		body, err := receive(in, &r, picture.MaxFile)
		if err != nil {
			return 0
		}
		a, pixels := s.answer(r, body)
		if err := send(out, a, pixels); err != nil {
			return 0
		}
		if !trim() {
			return 0
		}
	}
}

// trim gives memory back to the system and reports whether little enough is left.
func trim() bool {
	if held() < memoryKept/4 {
		return true
	}
	debug.FreeOSMemory()
	return held() < memoryKept
}

// held is how many bytes Go has from the system.
func held() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys - m.HeapReleased
}

// server holds one file, the last it was given.
type server struct {
	decoder picture.Decoder
	file    *picture.File
}

func (s *server) answer(r request, body []byte) (a answer, pixels []byte) {
	s.decoder.CacheDir = r.CacheDir
	if r.Warm != "" {
		if err := s.decoder.Warm(r.Warm); err != nil {
			a.Failure = failed(err)
		}
		return a, nil
	}
	if len(body) > 0 {
		if err := s.open(body); err != nil {
			return answer{Failure: failed(err)}, nil
		}
		a.Info = &s.file.Info
	}
	if r.Page == 0 || s.file == nil {
		return a, nil
	}
	result, err := s.file.Render(context.Background(), r.Page, r.Fit, r.Options)
	if err != nil {
		a.Failure = failed(err)
		return a, nil
	}
	a.Size, a.Full, a.Damaged, a.Note = result.Image.Rect.Size(), result.Full, result.Damaged, result.Note
	return a, result.Image.Pix
}

func (s *server) open(data []byte) error {
	if s.file != nil {
		_ = s.file.Close() // PDFium then no longer has it
		s.file = nil
	}
	f, err := s.decoder.Open(context.Background(), data)
	if err == nil {
		s.file = f
	}
	return err
}
