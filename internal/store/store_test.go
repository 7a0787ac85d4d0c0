package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestWhatIsPutIsThereForTheNextProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "状态 #1?", "state.db")
	ctx := context.Background()
	s := New(path)
	type view struct{ Name string }
	for _, name := range []string{"旧", "新"} {
		if err := s.Put(ctx, "甲", "view", view{name}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(ctx, "甲", "view", view{"后"}); err == nil {
		t.Error("a closed store takes something")
	}
	s = New(path)
	defer s.Close()
	var got view
	if ok, err := s.Get(ctx, "甲", "view", &got); !ok || err != nil || got.Name != "新" {
		t.Errorf("got %v, %v, %v", got, ok, err)
	}
	if ok, err := s.Get(ctx, "乙", "view", &got); ok || err != nil {
		t.Errorf("another profile has it: %v, %v", ok, err)
	}
	if i, err := os.Stat(path); err != nil || i.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", i.Mode(), err)
	}
}

func TestRenameTakesTheStateAlongAndForgetRemovesIt(t *testing.T) {
	ctx := context.Background()
	s := New(filepath.Join(t.TempDir(), "state.db"))
	defer s.Close()
	for _, p := range []string{"a", "b"} {
		if err := s.Put(ctx, p, "k", p); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Rename(ctx, "a", "b"); err != nil {
		t.Fatal(err)
	}
	var got string
	if ok, _ := s.Get(ctx, "a", "k", &got); ok {
		t.Error("the old name still has it")
	}
	if ok, _ := s.Get(ctx, "b", "k", &got); !ok || got != "a" {
		t.Errorf("the new name has %q", got)
	}
	if err := s.Forget(ctx, "b"); err != nil {
		t.Fatal(err)
	}
	if ok, _ := s.Get(ctx, "b", "k", &got); ok {
		t.Error("forgotten state is there")
	}
}

func TestAnUnusedStoreMakesNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	if err := New(path).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a file: %v", err)
	}
}

func TestADatabaseOfANewerProgramIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := New(path)
	if err := s.exec(context.Background(), fmt.Sprintf("PRAGMA user_version = %d", len(migrations)+1)); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	if err := New(path).Put(context.Background(), "p", "k", 1); !errors.Is(err, ErrNewer) {
		t.Errorf("the error is %v", err)
	}
}

func TestWhatCannotBeADatabaseIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	if err := os.WriteFile(path, []byte("这不是数据库，这不是数据库，这不是数据库，这不是数据库，这不是数据库，这不是数据库"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := New(path)
	defer s.Close()
	if err := s.Put(context.Background(), "p", "k", 1); err == nil {
		t.Error("it was taken for one")
	}
	if err := New(filepath.Join(path, "below", "a", "file")).Put(context.Background(), "p", "k", 1); err == nil {
		t.Error("a folder below a file was made")
	}
}

// Each Store stands for a program of its own.
func TestProgramsShareADatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	ctx := context.Background()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			s := New(path)
			defer s.Close()
			for j := range 20 {
				if err := s.Put(ctx, fmt.Sprint(i), fmt.Sprint(j), j); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	s := New(path)
	defer s.Close()
	for i := range 8 {
		for j := range 20 {
			var got int
			if ok, err := s.Get(ctx, fmt.Sprint(i), fmt.Sprint(j), &got); !ok || err != nil || got != j {
				t.Fatalf("%d/%d is %d, %v, %v", i, j, got, ok, err)
			}
		}
	}
}

// SQLite's own busy timeout does not cover the first change to WAL, which many programs may ask for at once.
func TestManyMayOpenANewFileAtOnce(t *testing.T) {
	for range 30 {
		path := filepath.Join(t.TempDir(), "state.db")
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				s := New(path)
				defer s.Close()
				if err := s.Put(context.Background(), "p", fmt.Sprint(i), i); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
}
