package demo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the database driver
)

// schemaVersion changes whenever the schema or the generator does: a database of another version is not used.
const schemaVersion = 1

const schema = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE accounts (
  seq INTEGER PRIMARY KEY, customer INTEGER NOT NULL, no TEXT NOT NULL, biz TEXT NOT NULL, cust TEXT NOT NULL, status TEXT NOT NULL,
  dept TEXT NOT NULL, opened TEXT NOT NULL, closed TEXT NOT NULL, name TEXT NOT NULL, id_type TEXT NOT NULL, id_no TEXT NOT NULL,
  extra TEXT NOT NULL, risk INTEGER NOT NULL,
  own INTEGER NOT NULL,      -- account-level materials the book started with, a mask of catalogue positions
  shared INTEGER NOT NULL,   -- customer-level ones
  holds INTEGER NOT NULL,    -- current account-level materials
  customer_holds INTEGER NOT NULL
) STRICT;
CREATE TABLE archives (
  id TEXT PRIMARY KEY, account INTEGER, customer INTEGER, biz TEXT NOT NULL, system TEXT NOT NULL, title TEXT NOT NULL, business_id TEXT NOT NULL,
  extras TEXT NOT NULL, created INTEGER NOT NULL, emp TEXT NOT NULL
) STRICT;
CREATE TABLE archived (
  id INTEGER PRIMARY KEY, archive TEXT NOT NULL REFERENCES archives(id), account INTEGER, customer INTEGER, code TEXT NOT NULL, file TEXT NOT NULL
) STRICT;
CREATE INDEX archived_account ON archived(account) WHERE account IS NOT NULL;
CREATE INDEX archived_customer ON archived(customer) WHERE customer IS NOT NULL;
CREATE TABLE discards (archive TEXT PRIMARY KEY, emp TEXT NOT NULL, reason TEXT NOT NULL, time INTEGER NOT NULL) STRICT;
CREATE TABLE files (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, mime TEXT NOT NULL, size INTEGER NOT NULL, emp TEXT NOT NULL, created INTEGER NOT NULL,
  expires INTEGER -- a temporary file's end; NULL once archived
) STRICT;
`

// indexes are made after the accounts are in, which is faster.
const indexes = `
CREATE UNIQUE INDEX accounts_no ON accounts(no, biz);
CREATE INDEX accounts_customer ON accounts(customer);
CREATE INDEX accounts_id ON accounts(id_type, id_no);
`

const pragmas = "?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=trusted_schema(0)&_txlock=immediate"

// What a DataDir can hold that it should not, matched by *HeldError.
var (
	ErrOtherPlatform = errors.New("demo: the folder holds a platform of another seed, size or version")
	ErrNotAPlatform  = errors.New("demo: the folder is not empty and holds no platform")
)

// HeldError is a DataDir that holds something else than what was asked for. Nothing of it was touched.
type HeldError struct {
	Dir string
	// Seed and Accounts are those of the platform that is there, zero when it is none or of another version of the program.
	Seed     uint64
	Accounts int
	Err      error // ErrOtherPlatform or ErrNotAPlatform
}

// Error implements error.
func (e *HeldError) Error() string {
	return fmt.Sprintf("%v: %s (seed %d, %d accounts)", e.Err, e.Dir, e.Seed, e.Accounts)
}

// Unwrap returns which of the two it is.
func (e *HeldError) Unwrap() error { return e.Err }

// openDB opens the folder's database, or makes one where there is nothing yet. It never removes or changes what is not this platform's:
// that is a *HeldError.
func (p *Platform) openDB(ctx context.Context) error {
	path := filepath.Join(p.dir, "platform.db")
	made, err := p.inspect(ctx, path)
	if err != nil {
		return err
	}
	if p.db, err = connect(path, pragmas); err != nil || made {
		return err
	}
	return p.fill(ctx)
}

// inspect looks at the folder without changing it, and reports whether the platform asked for is in it.
func (p *Platform) inspect(ctx context.Context, path string) (made bool, err error) {
	_, err = os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		there, err := os.ReadDir(p.dir)
		if len(there) > 0 {
			err = &HeldError{Dir: p.dir, Err: ErrNotAPlatform}
		}
		return false, err
	}
	if err == nil {
		err = sqliteFile(path)
	}
	if err != nil {
		return false, errors.Join(&HeldError{Dir: p.dir, Err: ErrNotAPlatform}, err)
	}
	db, err := connect(path, "?mode=ro&_pragma=busy_timeout(5000)&_pragma=trusted_schema(0)")
	if err != nil {
		return false, err
	}
	defer db.Close()
	var tables, ours int
	err = db.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(name IN ('meta', 'accounts')), 0) FROM sqlite_master").Scan(&tables, &ours)
	switch {
	case err != nil: // locked perhaps: no reason to think that it is another's
		return false, fmt.Errorf("demo: looking into %s: %w", path, err)
	case tables == 0: // a start that was killed before it had made anything
		return false, nil
	case ours < 2:
		return false, &HeldError{Dir: p.dir, Err: ErrNotAPlatform}
	}
	return true, p.matches(ctx, db)
}

// sqliteFile reports a file that is no database as an error. An empty one is one that is about to be.
func sqliteFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 16)
	if n, err := io.ReadFull(f, head); n > 0 && string(head[:n]) != "SQLite format 3\x00" {
		return errors.Join(errors.New("demo: platform.db is no database"), err)
	}
	return nil
}

func connect(path, options string) (*sql.DB, error) {
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(path))
	return sql.Open("sqlite", "file:"+escaped+options)
}

const stampFormat = "v%d seed=%d accounts=%d"

// stamp is what a database was made for.
func (p *Platform) stamp() string {
	return fmt.Sprintf(stampFormat, schemaVersion, p.opts.Seed, p.opts.Accounts)
}

// matches checks that the database is the one these options would make.
func (p *Platform) matches(ctx context.Context, db *sql.DB) error {
	var got string
	err := db.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = 'stamp'").Scan(&got)
	held := &HeldError{Dir: p.dir, Err: ErrOtherPlatform}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return held
	case err != nil:
		return fmt.Errorf("demo: looking into %s: %w", p.dir, err)
	case got == p.stamp():
		return nil
	}
	var version int
	if n, err := fmt.Sscanf(got, stampFormat, &version, &held.Seed, &held.Accounts); n < 3 || err != nil || version != schemaVersion {
		held.Seed, held.Accounts = 0, 0
	}
	return held
}

// fill makes the schema and the book in one transaction, so that a killed start leaves nothing half done.
func (p *Platform) fill(ctx context.Context) error {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return err
	}
	in := inserter{ctx: ctx, tx: tx}
	g := generator{cat: p.cat, seed: p.opts.Seed, leaves: p.cat.leaves()}
	var group []account // of one customer, who shares the customer-level materials of all
	for seq := int64(1); seq <= int64(p.opts.Accounts); seq++ {
		a := g.next(seq)
		if len(group) > 0 && group[0].customer != a.customer {
			in.addGroup(p, group)
			group = group[:0]
		}
		group = append(group, a)
	}
	in.addGroup(p, group)
	in.flush()
	if in.err != nil {
		return in.err
	}
	if _, err := tx.ExecContext(ctx, indexes+"INSERT INTO meta VALUES ('stamp', ?)", p.stamp()); err != nil {
		return err
	}
	return tx.Commit()
}

const (
	accountColumns = 18
	batchRows      = 200
)

// inserter writes accounts in multi-row statements; the first error stops it.
type inserter struct {
	ctx  context.Context
	tx   *sql.Tx
	full *sql.Stmt
	args []any
	err  error
}

// addGroup adds the accounts of one customer with their starting holdings.
func (in *inserter) addGroup(p *Platform, group []account) {
	var shared uint64
	for _, a := range group {
		shared |= a.shared
	}
	for _, a := range group {
		a.shared = shared
		in.add(a, a.own, shared)
	}
}

func (in *inserter) add(a account, holds, customerHolds uint64) {
	in.args = append(in.args, a.seq, a.customer, a.no, a.biz, a.cust, a.status, a.dept, a.opened, a.closed, a.name, a.idType, a.idNo, a.extra, a.risk,
		int64(a.own), int64(a.shared), int64(holds), int64(customerHolds))
	if len(in.args) == accountColumns*batchRows {
		in.flush()
	}
}

func (in *inserter) flush() {
	rows := len(in.args) / accountColumns
	if rows == 0 || in.err != nil {
		return
	}
	row := "(" + strings.Repeat("?,", accountColumns-1) + "?)"
	query := "INSERT INTO accounts VALUES " + strings.Repeat(row+",", rows-1) + row
	if rows == batchRows {
		if in.full == nil {
			in.full, in.err = in.tx.PrepareContext(in.ctx, query)
		}
		if in.err == nil {
			_, in.err = in.full.ExecContext(in.ctx, in.args...)
		}
	} else {
		_, in.err = in.tx.ExecContext(in.ctx, query, in.args...)
	}
	in.args = in.args[:0]
}

const accountFields = "seq, customer, no, biz, cust, status, dept, opened, closed, name, id_type, id_no, extra, risk, own, shared"

func scanAccount(row interface{ Scan(...any) error }) (a account, err error) {
	var own, shared int64
	err = row.Scan(&a.seq, &a.customer, &a.no, &a.biz, &a.cust, &a.status, &a.dept, &a.opened, &a.closed, &a.name, &a.idType, &a.idNo, &a.extra, &a.risk, &own, &shared)
	a.own, a.shared = uint64(own), uint64(shared)
	return a, err
}

// accountsWhere returns the accounts a condition selects, in the order of interface 9.
func (p *Platform) accountsWhere(ctx context.Context, q querier, where string, args ...any) ([]account, error) {
	rows, err := q.QueryContext(ctx, "SELECT "+accountFields+" FROM accounts WHERE "+where+" ORDER BY seq", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []account
	for rows.Next() {
		a, err := scanAccount(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func millis(t time.Time) int64 { return t.UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).In(shanghai) }
