package shelf

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"imagery/internal/picture"
	"imagery/internal/picture/worker"
)

func TestMain(m *testing.M) {
	if worker.Is(os.Args[1:]) {
		os.Exit(worker.Main(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// store is a platform of PNG files whose names are their widths.
type store struct {
	t       *testing.T
	fetches atomic.Int32
	hold    chan struct{} // nil, or what every fetch waits for
}

func (s *store) open(ctx context.Context, id string) (io.ReadCloser, int64, error) {
	s.fetches.Add(1)
	if s.hold != nil {
		select {
		case <-s.hold:
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 20*len(id), 10))); err != nil {
		s.t.Error(err)
	}
	return io.NopCloser(&b), int64(b.Len()), nil
}

func shelf(t *testing.T) *Shelf {
	pool := worker.New(worker.Options{})
	t.Cleanup(pool.Close)
	return &Shelf{Open: InPool(pool)}
}

func TestAFileIsFetchedOnceAndRendered(t *testing.T) {
	s, from := shelf(t), &store{t: t}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			l, err := s.Get(t.Context(), "abc", from.open)
			if err != nil || l.Info.Size(1) != image.Pt(60, 10) || len(l.SHA256) != 64 {
				t.Errorf("%+v, %v", l, err)
				return
			}
			if r, err := l.Render(t.Context(), 1, image.Pt(30, 30), picture.Options{}); err != nil || r.Image.Rect.Max != image.Pt(30, 5) {
				t.Errorf("%v, %v", r, err)
			}
		})
	}
	wait.Wait()
	if n := from.fetches.Load(); n != 1 {
		t.Errorf("fetched %d times", n)
	}
}

func TestWhoLeavesEndsAFetchThatNobodyElseWants(t *testing.T) {
	s, from := shelf(t), &store{t: t, hold: make(chan struct{})}
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() { _, err := s.Get(ctx, "a", from.open); gone <- err }()
	for from.fetches.Load() == 0 {
		select {
		case err := <-gone:
			t.Fatal(err)
		default:
		}
	}
	leave()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	close(from.hold)
	if _, err := s.Get(t.Context(), "a", from.open); err != nil {
		t.Errorf("after the cancelled fetch: %v", err)
	}
}

func TestTheOldestGiveWayToTheNewest(t *testing.T) {
	s, from := shelf(t), &store{t: t}
	l, err := s.Get(t.Context(), "a", from.open)
	if err != nil {
		t.Fatal(err)
	}
	s.Max = 2*l.Bytes + 20
	for _, id := range []string{"b", "a", "c", "a", "c", "b"} { // a is used again before c comes, so b has to go
		if _, err := s.Get(t.Context(), id, from.open); err != nil {
			t.Fatal(err)
		}
	}
	if n := from.fetches.Load(); n != 4 || s.held > s.Max {
		t.Errorf("fetched %d times, %d bytes held", n, s.held)
	}
	s.Clear()
	if s.held != 0 || len(s.order) != 0 {
		t.Errorf("%d bytes, %v left", s.held, s.order)
	}
}

func TestAFailureIsNotKept(t *testing.T) {
	s, from := shelf(t), &store{t: t}
	broken := errors.New("cut")
	if _, err := s.Get(t.Context(), "a", func(context.Context, string) (io.ReadCloser, int64, error) { return nil, 0, broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, err := s.Get(t.Context(), "a", from.open); err != nil {
		t.Error(err)
	}
	if _, err := s.Get(t.Context(), "big", func(context.Context, string) (io.ReadCloser, int64, error) {
		return io.NopCloser(&bytes.Buffer{}), picture.MaxFile + 1, nil
	}); !errors.Is(err, picture.ErrTooLarge) {
		t.Error(err)
	}
}
