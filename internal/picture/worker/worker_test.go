package worker

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"imagery/internal/demo/paper"
	"imagery/internal/picture"
)

// TestMain lets the test program be a worker, and workers that misbehave.
func TestMain(m *testing.M) {
	args := os.Args[1:]
	if Is(args) {
		os.Exit(Main(os.Stdin, os.Stdout))
	}
	if len(args) > 0 && misbehaviours[args[0]] != nil {
		misbehaviours[args[0]](args[1:])
		os.Exit(3)
	}
	os.Exit(m.Run())
}

// misbehaviours are what workers do after a request came, by their argument.
var misbehaviours = map[string]func(args []string){
	"stall": func([]string) {
		var r request
		_, _ = receive(os.Stdin, &r, picture.MaxFile)
		_, _ = io.Copy(io.Discard, os.Stdin) // which does not end
	},
	// die-once dies of its first request; the file it leaves tells the next one.
	"die-once": func(args []string) {
		if _, err := os.Stat(args[0]); err == nil {
			os.Exit(Main(os.Stdin, os.Stdout))
		}
		var r request
		_, _ = receive(os.Stdin, &r, picture.MaxFile)
		_ = os.WriteFile(args[0], nil, 0o600)
		panic("a bad file")
	},
	"hog": func([]string) {
		if limitMemory(64<<20) != nil {
			return
		}
		var r request
		_, _ = receive(os.Stdin, &r, picture.MaxFile)
		var all [][]byte
		for range 1000 {
			all = append(all, bytes.Repeat([]byte{1}, 1<<20))
		}
		fmt.Fprintln(os.Stderr, "a thousand megabytes were had:", len(all))
	},
	"tell": func([]string) {
		var r request
		_, _ = receive(os.Stdin, &r, picture.MaxFile)
		_ = send(os.Stdout, answer{Info: &picture.Info{Codec: strings.Join(os.Environ(), " ")}}, nil)
	},
	"pixels": func([]string) {
		for {
			var r request
			if _, err := receive(os.Stdin, &r, picture.MaxFile); err != nil {
				return
			}
			if r.Page == 0 {
				_ = send(os.Stdout, answer{Info: &picture.Info{Pages: 1, Sizes: []image.Point{{1, 1}}}}, nil)
			} else {
				_ = send(os.Stdout, answer{Size: image.Pt(1<<31, 1<<31)}, make([]byte, 64))
			}
		}
	},
	"endless": func([]string) {
		var r request
		_, _ = receive(os.Stdin, &r, picture.MaxFile)
		head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 2), 1<<32-1)
		_, _ = os.Stdout.Write(append(head, "{}"...))
		for {
			if _, err := os.Stdout.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	},
	"babble": func([]string) { fmt.Println(strings.Repeat("this is no message ", 100)) },
}

func newPool(t testing.TB, o Options, command ...string) *Pool {
	t.Helper()
	if len(command) > 0 {
		o.Command = append([]string{self()}, command...)
	}
	o.CacheDir = cacheDir(t)
	p := New(o)
	t.Cleanup(p.Close)
	return p
}

// cacheDir stays from one run of the tests to the next: compiling PDFium takes longer than all of them.
func cacheDir(t testing.TB) string {
	base, err := os.UserCacheDir()
	if err != nil {
		return t.TempDir()
	}
	return filepath.Join(base, "imagery-test")
}

func picturePNG(t testing.TB, w, h int) []byte {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{uint8(255 * x / w), uint8(255 * y / h), 100, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func document(t testing.TB, format string) []byte {
	b, err := paper.Render(paper.Doc{Code: "0101", Title: "身份证", Name: "张三", AccountNo: "80001234", Seed: 9, Format: format, Pages: 2})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWorkersShowWhatTheDecoderShows(t *testing.T) {
	p := newPool(t, Options{})
	local := &picture.Decoder{CacheDir: cacheDir(t)}
	for _, format := range paper.Formats {
		data := document(t, format)
		d, err := p.Open(t.Context(), data)
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		f, err := local.Open(t.Context(), data)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(d.Info) != fmt.Sprint(f.Info) {
			t.Errorf("%s: %+v, want %+v", format, d.Info, f.Info)
		}
		got, gotErr := d.Render(t.Context(), f.Info.Pages, image.Pt(300, 300), picture.Options{})
		want, wantErr := f.Render(t.Context(), f.Info.Pages, image.Pt(300, 300), picture.Options{})
		if wantErr != nil {
			if !errors.Is(gotErr, picture.ErrUnsupported) {
				t.Errorf("%s: %v, want %v", format, gotErr, wantErr)
			}
			continue
		}
		if gotErr != nil || !bytes.Equal(got.Image.Pix, want.Image.Pix) || got.Full != want.Full || got.Damaged != want.Damaged {
			t.Errorf("%s: other pixels: %v", format, gotErr)
		}
	}
}

func TestErrorsKeepTheirMeaningBetweenProcesses(t *testing.T) {
	p := newPool(t, Options{})
	whole := picturePNG(t, 50, 50)
	bomb := append([]byte{}, whole...)
	copy(bomb[16:], "\x00\x00\x75\x30\x00\x00\x75\x30")
	for name, c := range map[string]struct {
		data []byte
		page int
		want error
	}{
		"bomb": {bomb, 1, picture.ErrTooLarge}, "large": {make([]byte, picture.MaxFile+1), 1, picture.ErrTooLarge}, "empty": {nil, 1, picture.ErrDamaged},
		"damaged": {whole[:20], 1, picture.ErrDamaged}, "page": {whole, 2, picture.ErrPage}, "text": {[]byte("text"), 1, picture.ErrUnsupported},
	} {
		d, err := p.Open(t.Context(), c.data)
		if err == nil {
			_, err = d.Render(t.Context(), c.page, image.Pt(9, 9), picture.Options{})
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	d, err := p.Open(t.Context(), whole[:len(whole)*3/4])
	if err != nil {
		t.Fatal(err)
	}
	if r, err := d.Render(t.Context(), 1, image.Pt(9, 9), picture.Options{}); err != nil || !r.Damaged {
		t.Errorf("cut short: %v", err)
	}
}

func TestDocumentOutlivesItsWorker(t *testing.T) {
	p := newPool(t, Options{Processes: 1})
	d, err := p.Open(t.Context(), picturePNG(t, 50, 40))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		running := p.seats[0].running.Load()
		running.kill()
		<-running.gone
		if r, err := d.Render(t.Context(), 1, image.Pt(25, 25), picture.Options{}); err != nil || r.Image.Rect != image.Rect(0, 0, 25, 20) {
			t.Fatalf("after its worker was killed: %v", err)
		}
	}
	other, err := p.Open(t.Context(), picturePNG(t, 10, 20))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for document, want := range map[*Document]image.Point{d: {50, 40}, other: {10, 20}} {
			if r, err := document.Render(t.Context(), 1, image.Point{}, picture.Options{}); err != nil || r.Image.Rect.Size() != want {
				t.Errorf("documents in turn: %v", err)
			}
		}
	}
}

func TestWorkerThatDiesOfAFileIsReplaced(t *testing.T) {
	p := newPool(t, Options{Processes: 1}, "die-once", filepath.Join(t.TempDir(), "died"))
	_, err := p.Open(t.Context(), picturePNG(t, 5, 5))
	if !errors.Is(err, picture.ErrCrashed) || !strings.Contains(err.Error(), "panic: a bad file") {
		t.Errorf("got %v", err)
	}
	if _, err := p.Open(t.Context(), picturePNG(t, 5, 5)); err != nil {
		t.Errorf("the next file: %v", err)
	}
}

func TestRequestPastItsDeadlineEndsTheWorker(t *testing.T) {
	p := newPool(t, Options{Processes: 1, Deadline: 20 * time.Millisecond}, "stall")
	if _, err := p.Open(t.Context(), []byte("x")); !errors.Is(err, picture.ErrTimeout) {
		t.Errorf("got %v", err)
	}
	if p.seats[0].running.Load() != nil {
		t.Error("the worker goes on")
	}
}

func TestCancelledRequestReturnsAndFreesTheWorkerForTheNext(t *testing.T) {
	p := newPool(t, Options{Processes: 1}, "stall")
	for range 3 {
		// The worker never answers, so that any of these returns shows that cancelling does not wait for it.
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			_, err := p.Open(ctx, []byte("x"))
			done <- err
		}()
		for p.seats[0].running.Load() == nil {
			runtime.Gosched()
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}

func TestWaitingForAWorkerEndsWithTheContext(t *testing.T) {
	p := newPool(t, Options{Processes: 1}, "stall")
	ctx, cancel := context.WithCancel(t.Context())
	results := make(chan error, 5)
	for range cap(results) {
		go func() {
			_, err := p.Open(ctx, []byte("x"))
			results <- err
		}()
	}
	for {
		p.mu.Lock()
		waiting := len(p.queue)
		p.mu.Unlock()
		if waiting == cap(results)-1 {
			break
		}
		runtime.Gosched()
	}
	cancel()
	for range cap(results) {
		if err := <-results; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}

func TestMemoryOfAWorkerIsLimited(t *testing.T) {
	p := newPool(t, Options{}, "hog")
	_, err := p.Open(t.Context(), []byte("x"))
	if !errors.Is(err, picture.ErrCrashed) || strings.Contains(err.Error(), "were had") {
		t.Errorf("got %v", err)
	}
}

func TestWorkerHasNoEnvironment(t *testing.T) {
	t.Setenv("IMAGERY_PASSWORD", "secret")
	p := newPool(t, Options{}, "tell")
	d, err := p.Open(t.Context(), []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(d.Info.Codec, "=") && runtime.GOOS != "windows" || strings.Contains(d.Info.Codec, "secret") {
		t.Errorf("environment: %q", d.Info.Codec)
	}
}

func TestLyingWorkerIsACrashedOne(t *testing.T) {
	for _, kind := range []string{"pixels", "endless", "babble"} {
		t.Run(kind, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			p := newPool(t, Options{}, kind)
			d, err := p.Open(t.Context(), []byte("x"))
			if err == nil {
				_, err = d.Render(t.Context(), 1, image.Pt(5, 5), picture.Options{})
			}
			if !errors.Is(err, picture.ErrCrashed) {
				t.Errorf("got %v", err)
			}
			runtime.ReadMemStats(&after)
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 16 {
				t.Errorf("%d MB were allocated", used)
			}
		})
	}
}

func TestMissingProgramIsAnError(t *testing.T) {
	p := New(Options{Command: []string{filepath.Join(t.TempDir(), "nothing")}})
	if _, err := p.Open(t.Context(), []byte("x")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestManyAtOnceAllGetTheirOwn(t *testing.T) {
	p := newPool(t, Options{Processes: 2})
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			d, err := p.Open(t.Context(), picturePNG(t, 10+i, 20))
			if err != nil {
				t.Error(err)
				return
			}
			r, err := d.Render(t.Context(), 1, image.Point{}, picture.Options{})
			if err != nil || r.Image.Rect.Dx() != 10+i {
				t.Errorf("picture %d: %v", i, err)
			}
		})
	}
	wg.Wait()
}

func TestClosedPoolLeavesNothingAndRefuses(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	p := New(Options{})
	if _, err := p.Open(t.Context(), picturePNG(t, 5, 5)); err != nil {
		t.Fatal(err)
	}
	var running []*process
	for _, s := range p.seats {
		if r := s.running.Load(); r != nil {
			running = append(running, r)
		}
	}
	p.Close()
	p.Close()
	for _, r := range running {
		<-r.gone
	}
	if _, err := p.Open(t.Context(), picturePNG(t, 5, 5)); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestWarmLoadsPDFiumOnce(t *testing.T) {
	p := newPool(t, Options{})
	if err := p.Warm(t.Context(), picture.PDF); err != nil {
		t.Fatal(err)
	}
	warm := 0
	for _, s := range p.seats {
		if s.warm[picture.PDF] {
			warm++
		}
	}
	d, err := p.Open(t.Context(), document(t, "pdf"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Render(t.Context(), 2, image.Pt(100, 100), picture.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, s := range p.seats {
		if s.warm[picture.PDF] {
			warm--
		}
	}
	if warm != 0 {
		t.Error("another worker loaded it too")
	}
}

func TestOnlyTheHiddenArgumentMakesAWorker(t *testing.T) {
	for _, args := range [][]string{nil, {"demo"}, {Argument, "x"}, {"x", Argument}} {
		if Is(args) {
			t.Errorf("%q", args)
		}
	}
	if !Is([]string{Argument}) {
		t.Error("not even that")
	}
}
