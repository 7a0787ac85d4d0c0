// Package demo is the built-in platform: a real HTTP server of the nine interfaces over SQLite, with an invented book of accounts and
// imagery that is drawn when it is asked for. Everything follows from the seed; only what clients change is stored besides.
//
// Choices the contract leaves open: pages count from 1, tokens are bare JWTs, interface 9's material filters count customer-level
// materials like the account's own (Options.AccountMaterialsOnly turns that off), and a newer version of a material supersedes the
// older ones of the same owner and code.
package demo

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Options shape the platform. The zero value is the usual demo.
type Options struct {
	Accounts  int    // 0: 2,000
	Seed      uint64 // 0: 1
	DataDir   string // keeps database and uploads; empty: a temporary folder that Close removes
	Latency   func(*http.Request) time.Duration
	TokenLife time.Duration    // 0: one hour
	TempLife  time.Duration    // of uploads that are not archived; 0: 24 hours
	Now       func() time.Time // nil: time.Now
	// AccountMaterialsOnly makes interface 9's filters ignore customer-level materials.
	AccountMaterialsOnly bool
}

// Defaults of Options.
const (
	DefaultAccounts  = 2000
	DefaultTokenLife = time.Hour
	defaultTempLife  = 24 * time.Hour
)

// Platform is a running platform. Close it.
type Platform struct {
	opts Options
	cat  *catalogue
	dir  string
	temp bool // dir is ours to remove
	db   *sql.DB
	key  []byte // signs tokens; new with every start, as on a real server

	mu    sync.RWMutex // guards index, and makes writes one after another
	index []entry
}

// shanghai is the platform's zone.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Open starts a platform. With a DataDir that holds one for the same seed and number of accounts, it goes on where that one stopped; a
// folder with anything else in it is a *HeldError, and stays as it is.
func Open(ctx context.Context, o Options) (*Platform, error) {
	if o.Accounts == 0 {
		o.Accounts = DefaultAccounts
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.TokenLife == 0 {
		o.TokenLife = DefaultTokenLife
	}
	if o.TempLife == 0 {
		o.TempLife = defaultTempLife
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &Platform{opts: o, dir: o.DataDir, key: []byte(rand.Text())}
	if err := p.start(ctx); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Platform) start(ctx context.Context) (err error) {
	if p.cat, err = loadCatalogue(); err != nil {
		return err
	}
	if p.dir == "" {
		if p.dir, err = os.MkdirTemp("", "imagery-demo-*"); err != nil {
			return err
		}
		p.temp = true
	}
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return err
	}
	if err := p.openDB(ctx); err != nil {
		return err
	}
	if err := os.MkdirAll(p.blobs(), 0o700); err != nil {
		return err
	}
	return p.loadIndex(ctx)
}

func (p *Platform) blobs() string { return filepath.Join(p.dir, "files") }

// Close ends the platform and removes its folder if that was temporary.
func (p *Platform) Close() (err error) {
	if p.db != nil {
		err = p.db.Close()
	}
	if p.temp {
		err = errors.Join(err, os.RemoveAll(p.dir))
	}
	return err
}

// Serve answers on l until ctx ends.
func (p *Platform) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler: p.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: log.New(io.Discard, "", 0),
	}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
