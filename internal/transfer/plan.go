package transfer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/sync/errgroup"

	"imagery/client"
)

// What can be wrong with a row, for errors.Is.
var (
	ErrRowFields    = errors.New("transfer: account, business type, code, title or path is missing")
	ErrRowRead      = errors.New("transfer: file cannot be read")
	ErrRowSize      = errors.New("transfer: file is empty or too big")
	ErrRowType      = errors.New("transfer: file is of a kind that is not archived")
	ErrRowCode      = errors.New("transfer: material code is not known")
	ErrRowAccount   = errors.New("transfer: account does not exist or is not for this login")
	ErrRowDuplicate = errors.New("transfer: the account has this very file already")
	ErrRowChanged   = errors.New("transfer: file has changed since it was planned")
	ErrRowQueued    = errors.New("transfer: another task has this row yet to send, or does not know what became of it")
)

// DefaultMaxSize is the size of the biggest file a plan takes, in bytes.
const DefaultMaxSize = 200 << 20

// Archivable are the kinds of files a plan takes, by content.
var Archivable = []string{
	"image/jpeg", "image/png", "image/tiff", "image/bmp", "image/gif", "image/heic", "image/webp", "application/pdf", "application/ofd", "video/mp4", "video/quicktime",
	"video/avi", "audio/mpeg", "audio/amr", "audio/wave",
}

// Checks are what a plan's rows are held against.
type Checks struct {
	Platform interface { // interfaces 7 and 8
		Fetcher
		ListMaterials(ctx context.Context, r client.ListMaterialsRequest) ([]client.MaterialInfo, error)
	}
	KnownCode func(code string) bool // nil: every code is taken
	// SomeCodes says that there may be codes beside the known ones: an unknown one is a doubt then, not a problem.
	SomeCodes bool
	Queued    map[string]int64 // rows that tasks have, by Manager.QueuedRows; nil: none
	MaxSize   int64            // bytes; 0: DefaultMaxSize
	Types     []string         // kinds by content; nil: Archivable
	Checked   func(rows int)   // told of rows that were checked, from many goroutines; nil: nobody is
}

// Planned is a row with what was found wrong with it; without a Problem it can be archived.
type Planned struct {
	Row
	Problem error
	Doubt   error // what the user should look at before
}

// Counts are how many rows of a plan are of each sort; doubtful ones are among the good.
type Counts struct{ Good, Doubtful, Refused int }

// Count counts the rows of a plan.
func Count(plan []Planned) (c Counts) {
	for _, p := range plan {
		switch {
		case p.Problem != nil:
			c.Refused++
			continue
		case p.Doubt != nil:
			c.Doubtful++
		}
		c.Good++
	}
	return c
}

const checkedAtOnce = 8 // accounts

// Plan checks rows before anything is sent: files are read and hashed, accounts are asked for what they hold. The result is in the order
// of accounts, and of rows within each. An error is one that ends the whole, such as a refused password.
func Plan(ctx context.Context, rows []Row, c Checks) ([]Planned, error) {
	c.MaxSize = cmp.Or(c.MaxSize, DefaultMaxSize)
	if c.Types == nil {
		c.Types = Archivable
	}
	plan := make([]Planned, len(rows))
	for i, r := range rows {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		plan[i] = c.local(r)
	}
	slices.SortStableFunc(plan, func(a, b Planned) int {
		return cmp.Or(cmp.Compare(a.AccountNo, b.AccountNo), cmp.Compare(a.AccountBizType, b.AccountBizType))
	})
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(checkedAtOnce)
	for rest := plan; len(rest) > 0; {
		n := 1
		for n < len(rest) && sameAccount(rest[0].Row, rest[n].Row) {
			n++
		}
		account := rest[:n]
		rest = rest[n:]
		group.Go(func() error {
			err := guard("checking", func() error { return c.account(ctx, account) })
			if c.Checked != nil {
				c.Checked(len(account))
			}
			return err
		})
	}
	return plan, group.Wait()
}

func sameAccount(a, b Row) bool {
	return a.AccountNo == b.AccountNo && a.AccountBizType == b.AccountBizType
}

// local checks what this machine can tell of a row.
func (c Checks) local(r Row) Planned {
	p := Planned{Row: r}
	if lacks := r.lacks(); lacks != nil {
		p.Problem = &RowFieldsError{Missing: lacks}
		return p
	}
	st, err := os.Stat(r.Path)
	switch {
	case err != nil:
		p.Problem = fmt.Errorf("%w: %w", ErrRowRead, err)
	case !st.Mode().IsRegular():
		p.Problem = ErrRowRead
	case st.Size() == 0 || st.Size() > c.MaxSize:
		p.Size, p.Problem = st.Size(), ErrRowSize
	case !c.SomeCodes && !c.known(r.Code):
		p.Size, p.Problem = st.Size(), fmt.Errorf("%w: %s", ErrRowCode, client.SafeText(r.Code, 40))
	default:
		p.Size, p.SHA256, p.Type, err = describe(r.Path)
		if err != nil {
			p.Problem = fmt.Errorf("%w: %w", ErrRowRead, err)
		} else if !slices.Contains(c.Types, p.Type) {
			p.Problem = fmt.Errorf("%w: %s", ErrRowType, p.Type)
		} else if task := c.Queued[rowID(p.Row)]; task != 0 {
			p.Problem = &QueuedError{task}
		} else if !c.known(r.Code) {
			p.Doubt = fmt.Errorf("%w: %s", ErrRowCode, client.SafeText(r.Code, 40))
		}
	}
	return p
}

func (c Checks) known(code string) bool { return c.KnownCode == nil || c.KnownCode(code) }

// describe reads a file to its end.
func describe(path string) (size int64, sum, kind string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, "", "", err
	}
	defer f.Close()
	return describeReader(f)
}

func describeReader(in io.Reader) (size int64, sum, kind string, err error) {
	h := sha256.New()
	head := make([]byte, SniffLen)
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, "", "", err
	}
	h.Write(head[:n])
	rest, err := io.Copy(h, in)
	return int64(n) + rest, hex.EncodeToString(h.Sum(nil)), Sniff(head[:n]).MIME, err
}

// account checks the rows of one account against each other and against what the platform has.
func (c Checks) account(ctx context.Context, rows []Planned) error {
	if !slices.ContainsFunc(rows, func(p Planned) bool { return p.Problem == nil }) {
		return nil
	}
	var held []client.MaterialInfo
	err := retried(ctx, func() (err error) {
		held, err = c.Platform.ListMaterials(ctx, client.ListMaterialsRequest{AccountNo: rows[0].AccountNo, AccountBizType: rows[0].AccountBizType, WithCustomer: true, WithHis: true})
		return err
	})
	switch {
	case err != nil && (ctx.Err() != nil || endsAll(err) || networkFault(err)):
		return err
	case err != nil:
		for i := range rows {
			rows[i].Problem = cmp.Or[error](rows[i].Problem, fmt.Errorf("%w: %w", ErrRowAccount, err))
		}
		return nil
	}
	here := map[string]bool{}
	sums := map[string]string{} // of the platform's files, as far as they had to be fetched
	for i := range rows {
		p := &rows[i]
		if p.Problem != nil {
			continue
		}
		twice := here[p.Code+" "+p.SHA256]
		here[p.Code+" "+p.SHA256] = true
		if !twice {
			if twice, err = holds(ctx, c.Platform, held, p.Row, sums); err != nil {
				return err
			}
		}
		if twice {
			p.Problem = ErrRowDuplicate
		}
	}
	return nil
}

// Holds reports whether a row's file is among an account's materials of its code, history included: a list with several files of a code
// for an account leaves all but the last there. Only files of the same size are fetched to be compared.
// Interface 8.
func Holds(ctx context.Context, from Fetcher, held []client.MaterialInfo, r Row) (bool, error) {
	return holds(ctx, from, held, r, map[string]string{})
}

// holds is Holds with the sums of files that were fetched before.
func holds(ctx context.Context, from Fetcher, held []client.MaterialInfo, r Row, sums map[string]string) (bool, error) {
	for _, m := range held {
		if m.MaterialCode.Raw() != r.Code {
			continue
		}
		for _, f := range m.Files {
			if f.FileSize != r.Size {
				continue
			}
			sum, err := sumAt(ctx, from, f.ID.Raw(), sums)
			if err != nil && (ctx.Err() != nil || endsAll(err) || networkFault(err)) {
				return false, err
			}
			if err == nil && sum == r.SHA256 {
				return true, nil
			}
		}
	}
	return false, nil
}

func sumAt(ctx context.Context, from Fetcher, id string, sums map[string]string) (string, error) {
	if sum, ok := sums[id]; ok {
		return sum, nil
	}
	err := retried(ctx, func() error {
		body, err := from.FetchFile(ctx, id)
		if err != nil {
			return err
		}
		defer body.Close()
		_, sum, _, err := describeReader(body)
		sums[id] = sum
		return err
	})
	return sums[id], err
}
