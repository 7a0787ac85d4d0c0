package demo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the database driver
)

// schemaVersion changes whenever the schema or the generator does: a database of another version is made anew.
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

// openDB opens the folder's database, or makes it anew when there is none for these options.
func (p *Platform) openDB(ctx context.Context) error {
	path := filepath.Join(p.dir, "platform.db")
	if err := p.connect(path); err != nil {
		return err
	}
	if p.matches(ctx) {
		return nil
	}
	if err := p.db.Close(); err != nil {
		return err
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := os.RemoveAll(p.blobs()); err != nil {
		return err
	}
	if err := p.connect(path); err != nil {
		return err
	}
	return p.fill(ctx)
}

func (p *Platform) connect(path string) (err error) {
	p.db, err = sql.Open("sqlite", "file:"+filepath.ToSlash(path)+pragmas)
	return err
}

// stamp is what a database was made for.
func (p *Platform) stamp() string {
	return fmt.Sprintf("v%d seed=%d accounts=%d", schemaVersion, p.opts.Seed, p.opts.Accounts)
}

func (p *Platform) matches(ctx context.Context) bool {
	var got string
	err := p.db.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = 'stamp'").Scan(&got)
	return err == nil && got == p.stamp()
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
