package review

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"

	"github.com/lib/pq"

	"imagery/internal/audit"
	"imagery/internal/store"
)

// Journal is where acts are put on record: Freeze, Draw, Verdict, SignOff and Export, each before and after it is done. *audit.Journal is one.
type Journal interface {
	Append(e audit.Entry) error
	Entries(each func(audit.Entry) bool) error // the oldest first
	Head() (audit.Head, error)
}

// Book is the runs of one database. It is safe for concurrent use, also by several programs at once.
type Book struct {
	Journal Journal // set before use; nil for none

	db      *sql.DB
	dialect dialect
	session string // this Book's own, for its claims
}

// dialect is what differs between databases.
type dialect struct {
	now  string // expression: milliseconds since 1970, by the one clock that all reviewers share
	lock string // statement that keeps other programs from migrating until the transaction ends
}

var (
	sqlite   = dialect{now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)"} // whose transactions are exclusive from their beginning
	postgres = dialect{now: "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)", lock: "SELECT pg_advisory_xact_lock(7203815524)"}
)

// Open opens the database that dsn names, and makes or brings up to date what is missing: "postgres://…" for a team, else the path of an
// SQLite file. A password for PostgreSQL belongs in PGPASSWORD or a .pgpass file. Errors: ErrNewer, ErrPassword, and those of the database.
func Open(ctx context.Context, dsn string) (*Book, error) {
	b := &Book{session: rand.Text()}
	var err error
	if isPostgres(dsn) {
		b.dialect = postgres
		b.db, err = openPostgres(dsn)
	} else {
		b.dialect = sqlite
		b.db, err = store.SQLite(dsn)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the reviews: %w", err)
	}
	if err := b.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the reviews: %w", err), b.db.Close())
	}
	return b, nil
}

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

func openPostgres(dsn string) (*sql.DB, error) {
	u, err := url.Parse(dsn)
	if err != nil || hasPassword(u) {
		return nil, ErrPassword // an address that cannot be read may hold one too, and errors are shown
	}
	q := u.Query()
	if q.Get("synchronous_commit") == "" {
		q.Set("synchronous_commit", "on") // a verdict that was acknowledged is on disk, whatever the server's default
	}
	u.RawQuery = q.Encode()
	c, err := pq.NewConnector(u.String())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(4)
	return db, nil
}

func hasPassword(u *url.URL) bool {
	_, has := u.User.Password()
	return has || u.Query().Has("password") || u.Query().Has("sslpassword")
}

// Sitting returns the book for one of several that claim in this program: what one gives back leaves the others theirs. Only b is closed.
func (b *Book) Sitting(id string) *Book {
	s := *b
	s.session += "-" + id
	return &s
}

// Close ends the use of the book. Claims it holds go back to the queue when they expire; Release gives them back at once.
func (b *Book) Close() error { return b.db.Close() }

// migrationFiles hold numbered files, each of which brings a database from the version before. One that has been released is never changed.
//
//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrate runs the migrations that are due, all of them or none. This is all that is wanted of a migration library here.
func (b *Book) migrate(ctx context.Context) error {
	files, err := migrationFiles.ReadDir("migrations")
	if err != nil {
		return err
	}
	return b.within(ctx, func(tx *sql.Tx) error {
		if b.dialect.lock != "" {
			if _, err := tx.ExecContext(ctx, b.dialect.lock); err != nil {
				return err
			}
		}
		version, err := version(ctx, tx)
		switch {
		case err != nil:
			return err
		case version > len(files):
			return ErrNewer
		}
		for i, f := range files[version:] {
			text, err := migrationFiles.ReadFile("migrations/" + f.Name())
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, string(text)); err != nil {
				return fmt.Errorf("%s: %w", f.Name(), err)
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO review_version VALUES ($1)", version+i+1); err != nil {
				return err
			}
		}
		return nil
	})
}

func version(ctx context.Context, tx *sql.Tx) (n int, err error) {
	if _, err := tx.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS review_version (version BIGINT NOT NULL PRIMARY KEY)"); err != nil {
		return 0, err
	}
	err = tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(version), 0) FROM review_version").Scan(&n)
	return n, err
}

// within runs do in a transaction, which is committed when it returns nil.
func (b *Book) within(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// change is a transaction on one run. No two of the same run are under way at once, in whatever program.
type change struct {
	*sql.Tx
	ctx context.Context
	now time.Time // never before that of an earlier change
	run *Run
}

// change runs do on a run. Errors: ErrNoRun and those of do.
func (b *Book) change(ctx context.Context, run string, do func(*change) error) error {
	return b.within(ctx, func(tx *sql.Tx) error {
		var body string
		var now int64
		clock := b.dialect.now
		err := tx.QueryRowContext(ctx, "UPDATE run SET revision = revision + 1, touched = CASE WHEN touched > "+clock+" THEN touched ELSE "+clock+" END WHERE id = $1 RETURNING body, touched",
			run).Scan(&body, &now)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("review: %s: %w", run, ErrNoRun)
		}
		if err != nil {
			return fmt.Errorf("review: %w", err)
		}
		c := &change{Tx: tx, ctx: ctx, now: moment(now), run: &Run{}}
		if err := json.Unmarshal([]byte(body), c.run); err != nil {
			return fmt.Errorf("review: run %s: %w", run, err)
		}
		return do(c)
	})
}

// moment and millis translate the times of the database.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// act puts an act on record, does it, and puts on record what became of it. What do adds to the entry's detail goes into the second line.
func (b *Book) act(e audit.Entry, do func() error) error {
	if b.Journal == nil {
		return do()
	}
	e.Ref, e.Phase = rand.Text()[:12], audit.Begun
	before := e
	before.Detail = maps.Clone(e.Detail)
	if err := b.Journal.Append(before); err != nil {
		return fmt.Errorf("review: %w: %w", ErrJournal, err)
	}
	err := do()
	e.Phase, e.Result = audit.Ended, audit.OK
	if err != nil {
		e.Result = audit.Failed
	}
	_ = b.Journal.Append(e) // the act is done; its beginning without an end shows that this line is missing
	return err
}
