package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync/atomic"

	"imagery/client"
	"imagery/internal/audit"
)

// ErrNotArchived is an archive that was not sent because one of its files could not be uploaded before.
var ErrNotArchived = errors.New("app: a file could not be uploaded, nothing was archived")

// NotArchivedError is ErrNotArchived with the file and why its upload failed. Whether the upload was done may be unknown; that nothing was
// archived is known, so it never matches client.ErrOutcomeUnknown.
type NotArchivedError struct {
	Name string // of the file
	Err  error
}

// Error implements error.
func (e *NotArchivedError) Error() string {
	return fmt.Sprintf("%v: %s: %v", ErrNotArchived, e.Name, e.Err)
}

// Is matches ErrNotArchived, and what the upload's error matches.
func (e *NotArchivedError) Is(target error) bool {
	return target == ErrNotArchived || target != client.ErrOutcomeUnknown && errors.Is(e.Err, target)
}

// As finds the upload's error.
func (e *NotArchivedError) As(target any) bool { return errors.As(e.Err, target) }

// ArchiveToAccount archives to an account. Files above the profile's base64 limit go up through interface 5 first. Empty SystemCode,
// BusinessID and Extras are filled in: the profile's code, a unique token, and compact JSON with the files' SHA-256, tool and
// operator. After a lost answer the account's materials are searched for the archive: found, it is returned with no error; else the
// error matches client.ErrOutcomeUnknown. It is never sent twice. progress may be nil; it is called from other goroutines, many times a
// second. Interfaces 2 and 5.
func (a *App) ArchiveToAccount(ctx context.Context, r client.ArchiveToAccountRequest, progress func(sent, total int64)) (*client.ServiceAccess, error) {
	at := client.ListMaterialsRequest{AccountNo: r.AccountNo, AccountBizType: r.AccountBizType}
	return a.archive(ctx, r.Archive, at, progress, func(c *conn, ready client.Archive) (*client.ServiceAccess, error) {
		r.Archive = ready
		return c.client.ArchiveToAccount(ctx, r)
	})
}

// ArchiveToCustomer is ArchiveToAccount for a customer. lookup names one of the customer's accounts, through which a lost
// answer is looked up; it may be zero. Interfaces 6 and 5.
func (a *App) ArchiveToCustomer(ctx context.Context, r client.ArchiveToCustomerRequest, lookup client.ListMaterialsRequest, progress func(sent, total int64)) (*client.ServiceAccess, error) {
	at := client.ListMaterialsRequest{AccountNo: lookup.AccountNo, AccountBizType: lookup.AccountBizType, WithCustomer: true}
	return a.archive(ctx, r.Archive, at, progress, func(c *conn, ready client.Archive) (*client.ServiceAccess, error) {
		r.Archive = ready
		return c.client.ArchiveToCustomer(ctx, r)
	})
}

// archive is what both have in common: at is where the archive's rows will show.
func (a *App) archive(ctx context.Context, r client.Archive, at client.ListMaterialsRequest, progress func(sent, total int64), send func(*conn, client.Archive) (*client.ServiceAccess, error)) (*client.ServiceAccess, error) {
	c, err := a.current()
	if err != nil {
		return nil, err
	}
	if c.guarded() {
		return nil, ErrReadOnly
	}
	if r, err = a.complete(c, r); err != nil {
		return nil, err
	}
	c, tie, err := a.writing(audit.Archive, archiveDetail(r, at))
	if err != nil {
		return nil, err
	}
	out, err := c.archive(ctx, r, at, progress, send)
	d := detail{}
	if out != nil {
		d.set("serviceAccessId", out.ID.Raw())
	}
	c.after(audit.Archive, tie, err, d)
	return out, err
}

// archiveDetail is what the journal says of an archive.
func archiveDetail(r client.Archive, at client.ListMaterialsRequest) detail {
	var codes []string
	for _, m := range r.Materials {
		codes = append(codes, m.Code)
	}
	return detail{"businessId": r.BusinessID, "materialCodes": list(codes)}.set("accountNo", at.AccountNo).set("accountBizType", at.AccountBizType)
}

func (c *conn) archive(ctx context.Context, r client.Archive, at client.ListMaterialsRequest, progress func(sent, total int64), send func(*conn, client.Archive) (*client.ServiceAccess, error)) (*client.ServiceAccess, error) {
	// Rows that are there already tell an archive of this call from an older one with the same title. An account that cannot be
	// listed makes the archive itself fail, or leaves an unknown outcome unknown.
	before, looked := c.archives(ctx, at)
	return c.sendOnce(ctx, r, at, before, looked, progress, send)
}

// sendOnce uploads what is big, sends an archive, and looks a lost answer up if what was there before is known.
func (c *conn) sendOnce(ctx context.Context, r client.Archive, at client.ListMaterialsRequest, before map[client.Text]bool, looked error, progress func(sent, total int64), send func(*conn, client.Archive) (*client.ServiceAccess, error)) (*client.ServiceAccess, error) {
	r, err := c.uploadBig(ctx, r, progress)
	if err != nil {
		return nil, err
	}
	out, err := send(c, r)
	if errors.Is(err, client.ErrOutcomeUnknown) && looked == nil {
		if found, _ := c.lookUp(ctx, r, at, before); found != nil {
			c.reconciled(audit.Archive)
			return found, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// complete fills in what the user left empty.
func (a *App) complete(c *conn, r client.Archive) (client.Archive, error) {
	if r.SystemCode == "" {
		r.SystemCode = c.profile.SystemCode
	}
	if r.BusinessID == "" {
		r.BusinessID = "IM" + rand.Text()[:12]
	}
	r.Materials = slices.Clone(r.Materials)
	if r.Extras != "" {
		return r, nil
	}
	extras := struct {
		SHA256   []string `json:"sha256,omitempty"` // of the local files, in the order of the materials
		Tool     string   `json:"tool"`
		Operator string   `json:"operator"`
	}{Tool: "imagery/" + a.opts.Version, Operator: c.username}
	for _, m := range r.Materials {
		if m.Source == nil {
			continue
		}
		sum, err := hashOf(m.Source)
		if err != nil {
			return r, fmt.Errorf("reading %s: %w", m.Source.Name, err)
		}
		extras.SHA256 = append(extras.SHA256, sum)
	}
	b, err := json.Marshal(extras)
	r.Extras = string(b)
	return r, err
}

func hashOf(src *client.Source) (string, error) {
	f, err := src.Open()
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
}

// uploadBig replaces files above the limit by ids, and lets progress watch all of them.
func (c *conn) uploadBig(ctx context.Context, r client.Archive, progress func(sent, total int64)) (client.Archive, error) {
	m := &meter{tell: progress}
	for _, mat := range r.Materials {
		if mat.Source != nil {
			m.total += mat.Source.Size
		}
	}
	for i, mat := range r.Materials {
		if mat.Source == nil {
			continue
		}
		watched := m.watch(mat.Source)
		if mat.Source.Size <= c.profile.Base64Max() {
			r.Materials[i].Source = watched
			continue
		}
		f, err := c.client.UploadFile(ctx, watched, r.CreateTime)
		if err != nil {
			return r, &NotArchivedError{mat.Source.Name, err}
		}
		r.Materials[i].Source, r.Materials[i].FileID = nil, f.ID.Raw()
	}
	return r, nil
}

// errNoPlace is a list that cannot be asked for: no account is known in which the archive would show.
var errNoPlace = errors.New("app: no account to look an archive up in")

// archives returns the ids of the archives whose rows show at an account; an error if that cannot be told.
func (c *conn) archives(ctx context.Context, at client.ListMaterialsRequest) (map[client.Text]bool, error) {
	if at.AccountNo == "" {
		return nil, errNoPlace
	}
	rows, err := c.client.ListMaterials(ctx, at)
	ids := map[client.Text]bool{}
	for _, m := range rows {
		ids[m.ServiceAccessID] = true
	}
	return ids, err
}

// lookUp looks for the archive that a call with a lost answer may have made: one that was not there before and holds all its materials
// under its title. Nil without an error: there is none, or more than one that it may be.
func (c *conn) lookUp(ctx context.Context, r client.Archive, at client.ListMaterialsRequest, before map[client.Text]bool) (*client.ServiceAccess, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTime)
	defer cancel()
	rows, err := c.client.ListMaterials(ctx, at)
	if err != nil {
		return nil, err
	}
	byID := map[client.Text][]client.MaterialInfo{}
	for _, m := range rows {
		if m.ServiceAccessID != "" && !before[m.ServiceAccessID] && m.ServiceAccessTitle.Raw() == r.Title {
			byID[m.ServiceAccessID] = append(byID[m.ServiceAccessID], m)
		}
	}
	if len(byID) != 1 { // none, or another user's archive of that title came in between
		return nil, nil
	}
	for id, ms := range byID {
		if !holds(ms, r.Materials) {
			continue
		}
		return &client.ServiceAccess{
			ID: id, Title: client.Text(r.Title), BusinessID: client.Text(r.BusinessID), AccountID: ms[0].AccountID, CustomerID: ms[0].CustomerID,
			AccountBizType: ms[0].AccountBizType, Extras: client.Text(r.Extras), MaterialCount: int64(len(r.Materials)), CreateTime: ms[0].CreateTime,
		}, nil
	}
	return nil, nil
}

// holds reports whether rows show every material that was sent, and the files that were sent by id.
func holds(rows []client.MaterialInfo, sent []client.ArchiveMaterial) bool {
	for _, s := range sent {
		if !slices.ContainsFunc(rows, func(m client.MaterialInfo) bool {
			return m.MaterialCode.Raw() == s.Code && (s.FileID == "" || slices.Contains(m.FileIDs, client.Text(s.FileID)))
		}) {
			return false
		}
	}
	return true
}

// meter adds up the bytes of all files while they are sent.
type meter struct {
	total int64
	sent  atomic.Int64
	tell  func(sent, total int64)
}

// watch returns src with its reads counted. A file that is sent again counts again from its start.
func (m *meter) watch(src *client.Source) *client.Source {
	if m.tell == nil {
		return src
	}
	w := *src
	var mine atomic.Int64
	w.Open = func() (io.ReadCloser, error) {
		f, err := src.Open()
		if err != nil {
			return nil, err
		}
		m.sent.Add(-mine.Swap(0))
		return &watched{f, m, &mine}, nil
	}
	return &w
}

type watched struct {
	io.ReadCloser
	m    *meter
	mine *atomic.Int64
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	if n > 0 {
		w.mine.Add(int64(n))
		w.m.tell(w.m.sent.Add(int64(n)), w.m.total)
	}
	return n, err
}
