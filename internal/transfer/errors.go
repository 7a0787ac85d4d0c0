package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"syscall"

	"imagery/client"
	"imagery/internal/store"
)

// What can go wrong beside the errors of package client, for errors.Is.
var (
	// ErrSize is a file whose size is not the one the platform gave before.
	ErrSize = errors.New("transfer: file has another size than the platform said")
	// ErrStalled is a file of which nothing came for too long.
	ErrStalled = errors.New("transfer: nothing came for too long")
	// ErrBrokenOff is a file that ends in an error message of the platform.
	ErrBrokenOff = errors.New("transfer: file ends in an error message")
	// ErrNoSession is a task that nobody is signed in for.
	ErrNoSession = errors.New("transfer: nobody is signed in for this task")
	// ErrListCut is a task whose list of files was cut when the program that read it ended.
	ErrListCut = errors.New("transfer: the list of files was cut when the program ended")
	// ErrNoTask is an id that no task has, or one of another kind.
	ErrNoTask = errors.New("transfer: no such task")
	// ErrNoneUnknown is a task, or a row, whose outcome is not unknown: it needs no looking up, and is not sent again.
	ErrNoneUnknown = errors.New("transfer: no row of unknown outcome")
	// ErrNoneLeft is a task that is done.
	ErrNoneLeft = errors.New("transfer: the task is done")
	// ErrElsewhere is a task that another program works on.
	ErrElsewhere = errors.New("transfer: another program works on the task")
	// ErrNotManifest is a file in the manifest's place that is none; it is left alone.
	ErrNotManifest = errors.New("transfer: file is not a manifest")
	// ErrUnsent is a task with rows that were not sent yet: what is unknown of it is looked up when it goes on.
	ErrUnsent = errors.New("transfer: the task has rows that were not sent yet")
	// ErrNoRoom is matched by *RoomError.
	ErrNoRoom = errors.New("transfer: not enough room on the disk")
)

// RoomError is a download that would not fit on the disk. Nothing was fetched.
type RoomError struct{ Need, Free int64 } // bytes

// Error implements error.
func (e *RoomError) Error() string { return fmt.Sprintf("%d bytes needed, %d free", e.Need, e.Free) }

// Is matches ErrNoRoom.
func (e *RoomError) Is(target error) bool { return target == ErrNoRoom || target == syscall.ENOSPC }

// kinds are the errors that are told apart after they went through the queue. Their order is their number there: append only.
var kinds = []error{
	nil, client.ErrTruncated, client.ErrNotAFile, client.ErrEmptyFile, client.ErrMalformed, client.ErrInvalid, client.ErrTooLarge, client.ErrNoEndpoint,
	client.ErrOutcomeUnknown, ErrSize, ErrStalled, ErrBrokenOff, ErrListCut, ErrNoRoom, syscall.ENOSPC, fs.ErrNotExist, fs.ErrPermission,
	context.DeadlineExceeded, errNetwork, client.ErrRedirect,
	ErrRowCode, ErrRowDuplicate, ErrRowSize, ErrRowType, ErrRowAccount, ErrRowChanged, ErrRowRead, ErrRowFields, ErrRowQueued,
}

// errNetwork stands for a connection that failed in an earlier run.
var errNetwork net.Error = &net.OpError{Op: "transfer", Err: errors.New("connection failed")}

// fault is an error as the queue keeps it.
type fault struct {
	Kind    int         `json:"k,omitempty"`
	Op      client.Op   `json:"o,omitempty"` // with Status: an answer of the platform
	Status  int         `json:"s,omitempty"`
	Message client.Text `json:"m,omitempty"`
	Text    string      `json:"t"`
}

func faultOf(err error) *fault {
	if err == nil {
		return nil
	}
	f := &fault{Text: client.SafeText(err.Error(), 300)}
	var answer *client.Error
	var network net.Error
	if errors.As(err, &answer) {
		f.Op, f.Status, f.Message = answer.Op, answer.Status, answer.Message
	}
	for i, k := range kinds[1:] {
		if errors.Is(err, k) {
			f.Kind = i + 1
			return f
		}
	}
	if diskFull(err) {
		err = syscall.ENOSPC
	} else if errors.As(err, &network) {
		err = errNetwork
	}
	for i, k := range kinds[1:] {
		if err == k { //nolint:errorlint // the two that were set above
			f.Kind = i + 1
		}
	}
	return f
}

// err returns the error again, as far as errors.Is and errors.As go.
func (f *fault) err() error {
	if f == nil {
		return nil
	}
	e := &pastError{text: f.Text}
	if f.Status != 0 {
		e.causes = append(e.causes, &client.Error{Op: f.Op, Status: f.Status, Message: f.Message})
	}
	if f.Kind > 0 && f.Kind < len(kinds) {
		e.causes = append(e.causes, kinds[f.Kind])
	}
	return e
}

// pastError is an error that came back from the queue.
type pastError struct {
	text   string
	causes []error
}

func (e *pastError) Error() string   { return e.text }
func (e *pastError) Unwrap() []error { return e.causes }

func taskError(text string) error {
	if text == "" {
		return nil
	}
	f := &fault{}
	if json.Unmarshal([]byte(text), f) != nil {
		return errors.New(client.SafeText(text, 300))
	}
	return f.err()
}

func taskErrorText(err error) string {
	if err == nil {
		return ""
	}
	b, _ := json.Marshal(faultOf(err)) // of strings and numbers: cannot fail
	return string(b)
}

// endsAll reports whether no other file can fare better.
func endsAll(err error) bool {
	return errors.Is(err, client.ErrSignInRefused) || errors.Is(err, client.ErrUnauthorized) || errors.Is(err, client.ErrNoEndpoint) || errors.Is(err, store.ErrNotOwner) ||
		errors.Is(err, ErrNoSession) || errors.Is(err, ErrNoRoom) || diskFull(err)
}

// networkFault reports whether the way to the platform failed, or the platform as a whole: what hits one file hits others too.
func networkFault(err error) bool {
	var answer *client.Error
	var network net.Error
	if errors.As(err, &answer) {
		return answer.Status >= 500 || answer.Status == 429
	}
	return errors.As(err, &network) || errors.Is(err, ErrStalled)
}
