// Package transfer moves files as tasks of a durable queue: downloads that are checked, hashed and written atomically under safe names
// with a manifest, and archives that are sent once, row by row. A task survives the program: another run, or another program, goes on
// with it as soon as somebody is signed in as its operator.
package transfer

import (
	"iter"
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

	number int // of the file among those of one name, from 1; see FieldNumber
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

// Request is a download. Its files come from one of Items, Source and Search.
type Request struct {
	Folder       string // made if it is not there
	NameTemplate string // empty: DefaultTemplate
	Manifest     string // empty: manifest.jsonl in Folder
	Items        []Item
	// Source yields files without all being held in memory. It is read once: what a killed program had not read of it is lost, and the
	// task says so with ErrListCut.
	Source   iter.Seq2[Item, error]
	Search   *Search // accounts whose files are wanted; looked for again when it was interrupted
	Jobs     int     // files fetched at once at most; 0: as many as help
	Priority int     // higher goes first
	Label    string  // what the task is called; empty: Folder
	Profile  string  // whose session fetches
	Operator string  // for the manifest, and whose session fetches
	Server   string  // for the manifest
	Ref      string  // ties the task to the caller's own records
}

// State is where a task or a file stands.
type State string

// The states. A task is Failed when at least one of its files is, or the outcome of a write is unknown.
const (
	Waiting  State = "waiting"
	Running  State = "running"
	Paused   State = "paused"
	Done     State = "done"
	Failed   State = "failed"
	Canceled State = "canceled"
)

// Ended reports whether nothing more will happen unasked.
func (s State) Ended() bool { return s == Done || s == Failed || s == Canceled }

// The kinds of tasks.
const (
	KindDownload = "download"
	KindArchive  = "archive"
)

// Task is a snapshot of one task. It costs the same whatever the number of its files.
type Task struct {
	ID                  string
	Kind                string // KindDownload, KindArchive
	Label               string
	Folder              string // of a download
	Profile, Operator   string
	Ref                 string // from the request
	State               State
	Elsewhere           bool // another running program works on it
	Listing             bool // more files may come: AllFiles and AllBytes still grow
	Priority            int
	DoneFiles, AllFiles int // DoneFiles counts saved and kept ones
	KeptFiles           int // were there already
	FailedFiles         int
	UnknownFiles        int   // archives whose outcome is unknown; they are never sent again unasked
	DoneBytes, AllBytes int64 // AllBytes is as far as the platform told
	Rate                float64
	Jobs                int // files under way at once, as found best so far
	Started, Ended      time.Time
	// Files are the latest results, failed ones first; EachFile has all.
	Files []FileResult
	Err   error // why the task as a whole could not go on, such as a refused password
}

// The values of FileResult.Status.
const (
	StatusSaved    = "saved"
	StatusKept     = "kept" // was there already, identical
	StatusFailed   = "failed"
	StatusArchived = "archived"
	StatusUnknown  = "unknown" // the platform may or may not have done it
	StatusWaiting  = "waiting"
)

// FileResult is what became of one file.
type FileResult struct {
	Seq    int64  // within its task, from 1
	FileID string // of an archived row: the archive's id
	Path   string // absolute; of a download that failed empty, of a row its local file
	Bytes  int64
	SHA256 string // lower-case hex
	Status string // StatusSaved and the like
	Note   string // NoteType, NoteEnd or nothing
	Row    *Row   // of an archive
	Item   *Item  // of a download that failed: what it was to be, as far as the queue keeps it
	Err    error
}

// The values of FileResult.Note.
const (
	NoteType = "type" // content is of another kind than the platform's name for it says; the extension follows the content
	NoteEnd  = "end"  // the file does not end as files of its kind do, and the platform did not say how long it is
)
