package transfer

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"imagery/client"
	"imagery/internal/store"
)

// spec is what a task is to do, as the queue keeps it.
type spec struct {
	Folder   string  `json:"folder,omitempty"`
	Template string  `json:"template,omitempty"`
	Manifest string  `json:"manifest,omitempty"`
	Jobs     int     `json:"jobs,omitempty"`
	Server   string  `json:"server,omitempty"`
	Ref      string  `json:"ref,omitempty"`
	Key      string  `json:"key"` // tells this task's halves of files from others'
	Search   *search `json:"search,omitempty"`
	Once     bool    `json:"once,omitempty"` // the source cannot be read again
}

// entry is an Item as the queue keeps it: what names, checks and manifest need. Document numbers are left out.
type entry struct {
	AccountNo       string      `json:"a,omitempty"`
	AccountBizType  string      `json:"b,omitempty"`
	CustomerName    string      `json:"c,omitempty"`
	DeptCode        string      `json:"d,omitempty"`
	Opened          client.Date `json:"-"`
	OpenedText      string      `json:"o,omitempty"`
	MaterialCode    string      `json:"m,omitempty"`
	MaterialName    string      `json:"n,omitempty"`
	MaterialID      string      `json:"i,omitempty"`
	ServiceAccessID string      `json:"s,omitempty"`
	CreateTime      *time.Time  `json:"t,omitempty"`
	Size            int64       `json:"z,omitempty"`
	OriginalName    string      `json:"f,omitempty"`
	ExtName         string      `json:"x,omitempty"`
	Number          int         `json:"k,omitempty"`
}

func queued(it Item) store.File {
	e := entry{
		AccountNo: first(it.Account.AccountNo, it.Material.AccountNo), AccountBizType: first(it.Account.AccountBizType, it.Material.AccountBizType),
		CustomerName: first(it.Customer.CustomerName, it.Account.AccountName), DeptCode: first(it.Account.DeptCode, it.Material.AccountDeptCode),
		OpenedText: it.Account.OpenAcctDate.String(), MaterialCode: it.Material.MaterialCode.Raw(), MaterialName: it.Material.MaterialName.Raw(),
		MaterialID: it.Material.ID.Raw(), ServiceAccessID: it.Material.ServiceAccessID.Raw(), Size: max(0, it.File.FileSize),
		OriginalName: it.File.FileOriginalName.Raw(), ExtName: it.File.FileExtName.Raw(), Number: it.number,
	}
	if t := it.Material.CreateTime; !t.IsZero() {
		e.CreateTime = &t.Time
	}
	b, _ := json.Marshal(e) // of strings and numbers: cannot fail
	return store.File{ID: it.FileID, Item: string(b), Bytes: e.Size}
}

func unqueued(f store.File) (Item, error) {
	var e entry
	if err := json.Unmarshal([]byte(f.Item), &e); err != nil {
		return Item{}, fmt.Errorf("queued file %s: %w", f.ID, err)
	}
	it := Item{FileID: f.ID, number: e.Number}
	it.Account.AccountNo, it.Account.AccountBizType, it.Account.DeptCode = client.Text(e.AccountNo), client.Text(e.AccountBizType), client.Text(e.DeptCode)
	it.Account.OpenAcctDate, _ = client.ParseDate(e.OpenedText)
	it.Customer.CustomerName = client.Text(e.CustomerName)
	it.Material.MaterialCode, it.Material.MaterialName = client.Text(e.MaterialCode), client.Text(e.MaterialName)
	it.Material.ID, it.Material.ServiceAccessID = client.Text(e.MaterialID), client.Text(e.ServiceAccessID)
	if e.CreateTime != nil {
		it.Material.CreateTime = client.Time{Time: *e.CreateTime}
	}
	it.File = client.File{ID: client.Text(f.ID), FileSize: e.Size, FileOriginalName: client.Text(e.OriginalName), FileExtName: client.Text(e.ExtName)}
	return it, nil
}

// outcome is a FileResult as the queue keeps it.
type outcome struct {
	Path   string `json:"p,omitempty"` // below the folder, with slashes
	SHA256 string `json:"h,omitempty"`
	Note   string `json:"n,omitempty"`
	Error  *fault `json:"e,omitempty"`
	Half   *half  `json:"r,omitempty"` // what is there of a large file
	Intent *intent
	Access string `json:"s,omitempty"` // id of the archive that a row became
}

func (o outcome) String() string {
	b, _ := json.Marshal(o) // of strings and numbers: cannot fail
	return string(b)
}

func outcomeOf(f store.File) (o outcome) {
	if f.Result != "" {
		_ = json.Unmarshal([]byte(f.Result), &o) // ours; what cannot be read counts for nothing
	}
	return o
}

var statuses = map[store.FileState]string{
	store.FileWaiting: StatusWaiting, store.FileSaved: StatusSaved, store.FileKept: StatusKept, store.FileFailed: StatusFailed,
	store.FileSending: StatusUnknown, store.FileUnknown: StatusUnknown,
}

// resultOf turns what the queue keeps of a file into a FileResult.
func resultOf(kind string, s spec, f store.File) FileResult {
	o := outcomeOf(f)
	r := FileResult{Seq: f.Seq, FileID: f.ID, Bytes: f.Bytes, SHA256: o.SHA256, Status: statuses[f.State], Note: o.Note, Err: o.Error.err()}
	if kind == KindArchive {
		return rowResult(r, f, o)
	}
	if o.Path != "" {
		r.Path = filepath.Join(s.Folder, filepath.FromSlash(o.Path))
	}
	if f.State == store.FileFailed {
		r.Bytes = 0
		if it, err := unqueued(f); err == nil {
			r.Item = &it
		}
	}
	return r
}
