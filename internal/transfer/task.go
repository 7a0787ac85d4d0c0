// Package transfer brings files home as background tasks: fetched a few at a time, checked, hashed, written atomically under safe
// names and recorded in a manifest.
package transfer

import (
	"time"

	"imagery/client"
)

// Item is one file to bring home, with what is known of the material and account it belongs to. Only FileID is needed; the rest
// names the folder and feeds the manifest and the checks.
type Item struct {
	FileID   string
	Account  client.Account
	Customer client.Customer
	Material client.MaterialInfo
	File     client.File
}

// Items returns one Item for each file of a material, whether the platform described its files or only named them.
func Items(m client.MaterialInfo, a client.CustomerAccount) []Item {
	var out []Item
	seen := map[client.Text]bool{}
	add := func(id client.Text, f client.File) {
		if id == "" || seen[id] {
			return
		}
		seen[id] = true
		out = append(out, Item{FileID: id.Raw(), Account: a.Account, Customer: a.Customer, Material: m, File: f})
	}
	for _, f := range m.Files {
		add(f.ID, f)
	}
	for _, id := range m.FileIDs {
		add(id, client.File{ID: id})
	}
	return out
}

// Request is a download.
type Request struct {
	Folder       string // made if it is not there
	NameTemplate string // empty: DefaultTemplate
	Manifest     string // empty: manifest.jsonl in Folder
	Items        []Item
	Jobs         int    // files fetched at once; 0: 4
	Label        string // what the task is called; empty: Folder
	Server       string // for the manifest
	Operator     string // for the manifest
}

// DefaultTemplate names a saved file below the folder; the extension by content is appended. See Names.
const DefaultTemplate = "{accountNo}_{customerName}/{materialCode}_{materialName}_{fileId}"

// State is where a task or a file stands.
type State string

// The states. A task is Failed when at least one of its files is.
const (
	Waiting  State = "waiting"
	Running  State = "running"
	Done     State = "done"
	Failed   State = "failed"
	Canceled State = "canceled"
)

// Ended reports whether nothing more will happen.
func (s State) Ended() bool { return s == Done || s == Failed || s == Canceled }

// Task is a snapshot of one download.
type Task struct {
	ID                  string
	Kind                string // "download"
	Label               string
	Folder              string
	State               State
	DoneFiles, AllFiles int // DoneFiles counts saved and kept ones
	FailedFiles         int
	DoneBytes, AllBytes int64   // AllBytes is as far as the platform told
	Rate                float64 // bytes a second over the last seconds
	Started, Ended      time.Time
	Files               []FileResult // ended ones, in the order they ended
	Err                 error        // why the task as a whole could not go on, such as a refused password
}

// FileResult is what became of one file.
type FileResult struct {
	FileID string
	Path   string // absolute; empty when it failed
	Bytes  int64
	SHA256 string // lower-case hex
	Status string // "saved", "kept" (was there already, identical) or "failed"
	Note   string // "type" when the content is not what the platform's name claims; the extension follows the content
	Err    error

	unfetched bool // kept without a byte having come
}
