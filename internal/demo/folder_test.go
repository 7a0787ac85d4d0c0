package demo

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDataFolderKeepsWhatWasDone(t *testing.T) {
	dir := t.TempDir()
	o := Options{Accounts: 30, DataDir: dir}
	p, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	a, err := p.insertAccount(t.Context(), newAccount{AccountNo: "X1", AccountBizType: "0", AccountName: "n", AccountCustomerType: "1", AccountStatus: "1", DeptCode: "1101", IDType: "1", IDNo: "1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	c := start(t, o)
	if p := c.search(`{"pageNumber":1,"pageSize":100}`); p.TotalElements != 31 || p.Content[30].Account.AccountID != a.id() {
		t.Fatalf("%+v", p)
	}
}

func TestAFolderOfOthersIsRefusedAndStaysAsItIs(t *testing.T) {
	write := func(dir, name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept := func(dir string) {
		p, err := Open(t.Context(), Options{Accounts: 30, Seed: 7, DataDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		write(p.blobs(), "upload", "mine")
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	foreign := func(dir string) {
		db, err := connect(filepath.Join(dir, "platform.db"), "")
		if err == nil {
			_, err = db.Exec("CREATE TABLE mine (x); INSERT INTO mine VALUES (1)")
			err = errors.Join(err, db.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		make func(dir string)
		want HeldError
	}{
		"a platform of another seed and size": {kept, HeldError{Seed: 7, Accounts: 30, Err: ErrOtherPlatform}},
		"photos":                              {func(dir string) { write(dir, "a.jpg", "x") }, HeldError{Err: ErrNotAPlatform}},
		"a file of that name":                 {func(dir string) { write(dir, "platform.db", "notes") }, HeldError{Err: ErrNotAPlatform}},
		"another database":                    {foreign, HeldError{Err: ErrNotAPlatform}},
		"files of another's alone":            {func(dir string) { _ = os.Mkdir(filepath.Join(dir, "files"), 0o700); write(dir, "files/a", "x") }, HeldError{Err: ErrNotAPlatform}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			c.make(dir)
			before := contents(t, dir)
			_, err := Open(t.Context(), Options{Accounts: 20, DataDir: dir})
			var held *HeldError
			if !errors.As(err, &held) || !errors.Is(err, c.want.Err) || held.Dir != dir || held.Seed != c.want.Seed || held.Accounts != c.want.Accounts {
				t.Errorf("got %v", err)
			}
			if after := contents(t, dir); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
		})
	}
}

// contents lists a folder's files with what is in them.
func contents(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "-shm") || strings.HasSuffix(path, "-wal") { // which SQLite makes for readers too
			return err
		}
		b, err := os.ReadFile(path)
		fmt.Fprintf(&out, "%s %x\n", path, sha256.Sum256(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestALockedDatabaseIsNotTakenForAnothers(t *testing.T) {
	dir := t.TempDir()
	o := Options{Accounts: 30, DataDir: dir}
	p, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	conn, err := p.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, q := range []string{"PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = DELETE", "BEGIN EXCLUSIVE"} {
		if _, err := conn.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(t.Context(), o); err == nil || errors.As(err, new(*HeldError)) {
		t.Errorf("got %v", err)
	}
	var n int
	if err := conn.QueryRowContext(t.Context(), "SELECT count(*) FROM accounts").Scan(&n); err != nil || n != 30 {
		t.Errorf("%d accounts left, %v", n, err)
	}
}
