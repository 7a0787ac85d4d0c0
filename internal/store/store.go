// Package store keeps the program's own state in SQLite: open, migrate, queries. What it holds may be personal, so the file is readable by
// its owner only; nothing in it is ever the only copy of anything.
package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// migrations bring a database from each version to the next. One that has been released is never changed.
var migrations = []string{
	`CREATE TABLE state (profile TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (profile, key)) STRICT, WITHOUT ROWID;`,

	`CREATE TABLE task (
		id INTEGER PRIMARY KEY AUTOINCREMENT, profile TEXT NOT NULL, operator TEXT NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL, spec TEXT NOT NULL,
		state TEXT NOT NULL, priority INTEGER NOT NULL, created INTEGER NOT NULL, started INTEGER NOT NULL, ended INTEGER NOT NULL DEFAULT 0,
		listed INTEGER NOT NULL DEFAULT 0, files INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0, kept INTEGER NOT NULL DEFAULT 0,
		failed INTEGER NOT NULL DEFAULT 0, unknown INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,
		error TEXT NOT NULL DEFAULT '', owner TEXT NOT NULL DEFAULT '', lease INTEGER NOT NULL DEFAULT 0, wish TEXT NOT NULL DEFAULT '') STRICT;
	CREATE TABLE task_file (
		task INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE, seq INTEGER NOT NULL, id TEXT NOT NULL, item TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0,
		result TEXT NOT NULL DEFAULT '', bytes INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (task, seq)) STRICT, WITHOUT ROWID;
	CREATE UNIQUE INDEX task_file_id ON task_file (task, id);`,
}

// busyFor is how long one program waits for another that has the database locked, as in pragmas.
const busyFor = 10 * time.Second

const pragmas = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=trusted_schema(0)&_txlock=immediate"

// ErrNewer is returned for a database that a newer version of the program has made.
var ErrNewer = errors.New("store: database was made by a newer version of the program")

// Store is one database. It is safe for concurrent use, also by several programs at once.
type Store struct{ file *Opener }

// Memory returns a store that is never written down and ends with Close.
func Memory() *Store { return New("") }

// New returns the store in the file at path. The file is opened, and made if there is none, when it is first needed.
func New(path string) *Store { return &Store{NewOpener(path, migrations)} }

func (s *Store) opened() (*sql.DB, error) { return s.file.Opened() }

// Close ends the use of the store.
func (s *Store) Close() error { return s.file.Close() }

// Opener is a database that is opened when it is first needed. Its methods may be called from any goroutine.
type Opener struct {
	path  string // empty: in memory
	steps []string

	mu  sync.Mutex
	db  *sql.DB // nil until it is first needed
	err error   // of opening it, which is tried once, unless others had it locked
}

// NewOpener returns the database at path as Open opens it.
func NewOpener(path string, steps []string) *Opener { return &Opener{path: path, steps: steps} }

// Opened returns the database. Errors: those of Open, and sql.ErrConnDone after Close.
func (o *Opener) Opened() (*sql.DB, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.db != nil || o.err != nil {
		return o.db, o.err
	}
	db, err := Open(o.path, o.steps)
	if err != nil && busy(err) { // which passes
		return nil, err
	}
	o.db, o.err = db, err
	return db, err
}

// Close ends the use of the database.
func (o *Opener) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	db := o.db
	o.db, o.err = nil, sql.ErrConnDone
	if db == nil {
		return nil
	}
	return db.Close()
}

// Open opens the database at path, and makes it, readable by its owner only, if there is none. steps bring it from each version to the
// next; one that has been released is never changed. Error: ErrNewer.
func Open(path string, steps []string) (*sql.DB, error) {
	db, err := SQLite(path)
	if err != nil {
		return nil, fmt.Errorf("opening the state: %w", err)
	}
	if err := migrate(db, steps); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the state: %w", err), db.Close())
	}
	return db, nil
}

// SQLite opens the database at path as all of ours are used, and makes an empty one, readable by its owner only, if there is none.
func SQLite(path string) (*sql.DB, error) {
	if path == "" {
		return connect("file::memory:")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // SQLite gives its other files the same mode
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	return connect((&url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()}).String())
}

// connect waits its turn when other programs open the same new file: the first change to WAL locks them out, and SQLite's own busy timeout
// does not cover it.
func connect(address string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", address+pragmas)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	for end := time.Now().Add(busyFor); ; time.Sleep(20 * time.Millisecond) {
		err := db.PingContext(context.Background())
		if err == nil {
			return db, nil
		}
		if !busy(err) || time.Now().After(end) {
			return nil, errors.Join(err, db.Close())
		}
	}
}

func busy(err error) bool { return FaultOf(err) == FaultBusy }

// Fault is what keeps a database of this machine from being used.
type Fault string

// The faults.
const (
	FaultFull   Fault = "full"   // no room on the disk
	FaultAccess Fault = "access" // not to be opened or written
	FaultDisk   Fault = "disk"   // reading or writing failed
	FaultBroken Fault = "broken" // it is no database, or a torn one
	FaultBusy   Fault = "busy"   // others have it locked
)

// FaultOf returns what fault an error of a database is, "" for one that is none of them.
func FaultOf(err error) Fault {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return ""
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return FaultFull
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return FaultAccess
	case sqlite3.SQLITE_IOERR:
		return FaultDisk
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return FaultBroken
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return FaultBusy
	}
	return ""
}

// migrate runs the migrations that are due, all of them or none.
func migrate(db *sql.DB, steps []string) error {
	ctx := context.Background()
	var version int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil || version == len(steps) {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil { // another program may have been faster
		return err
	}
	if version > len(steps) {
		return ErrNewer
	}
	for _, m := range steps[version:] {
		if _, err := tx.ExecContext(ctx, m); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(steps))); err != nil {
		return err
	}
	return tx.Commit()
}

// Get reads what was put under key for a profile into the value that into points to, and reports whether there was anything.
func (s *Store) Get(ctx context.Context, profile, key string, into any) (bool, error) {
	db, err := s.opened()
	if err != nil {
		return false, err
	}
	var raw []byte
	switch err := db.QueryRowContext(ctx, "SELECT value FROM state WHERE profile = ? AND key = ?", profile, key).Scan(&raw); {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("reading the state: %w", err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return false, fmt.Errorf("reading the state: %s of %s: %w", key, profile, err)
	}
	return true, nil
}

// All returns everything kept for a profile by key, as JSON.
func (s *Store) All(ctx context.Context, profile string) (map[string]json.RawMessage, error) {
	db, err := s.opened()
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT key, value FROM state WHERE profile = ?", profile)
	if err != nil {
		return nil, fmt.Errorf("reading the state: %w", err)
	}
	defer rows.Close()
	all := map[string]json.RawMessage{}
	for rows.Next() {
		var key string
		var value []byte
		if err := rows.Scan(&key, &value); err != nil {
			return nil, fmt.Errorf("reading the state: %w", err)
		}
		all[key] = value
	}
	return all, rows.Err()
}

// Put keeps v, as JSON, under key for a profile, in the place of what was there.
func (s *Store) Put(ctx context.Context, profile, key string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("keeping the state: %s: %w", key, err)
	}
	return s.exec(ctx, "INSERT INTO state VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", profile, key, string(raw))
}

// Rename gives what is kept for one profile to another, in the place of what that had; queued tasks go along.
func (s *Store) Rename(ctx context.Context, before, after string) error {
	return errors.Join(
		s.exec(ctx, "UPDATE OR REPLACE state SET profile = ? WHERE profile = ?", after, before),
		s.exec(ctx, "UPDATE task SET profile = ? WHERE profile = ?", after, before))
}

// Forget removes all that is kept for a profile, but not tasks that are running.
func (s *Store) Forget(ctx context.Context, profile string) error {
	return errors.Join(
		s.exec(ctx, "DELETE FROM state WHERE profile = ?", profile),
		s.exec(ctx, "DELETE FROM task WHERE profile = ? AND owner = ''", profile))
}

func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	db, err := s.opened()
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("keeping the state: %w", err)
	}
	return nil
}
