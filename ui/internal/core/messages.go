package core

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// OpenDialogMsg asks the router to put a dialog on top. Owner comes back in DialogClosedMsg; a pointer of the opener's makes it sure.
type OpenDialogMsg struct {
	Dialog Dialog
	Owner  any
	// Unasked marks a dialog that opened by itself; the router holds keys back from it for a moment, so that nobody confirms by
	// typing on.
	Unasked bool
}

// DialogClosedMsg tells the opener what its dialog ended with.
type DialogClosedMsg struct {
	Owner  any
	Action Action
}

// PopMsg asks the router to close Screen, which is done. Others may have been opened over it meanwhile; they stay.
type PopMsg struct{ Screen Screen }

// QuitMsg asks the router to leave the program, after asking when tasks still run.
type QuitMsg struct{}

// Kind grades a notice.
type Kind int

// The grades of a notice, mildest first.
const (
	Info Kind = iota
	Success
	Warning
	Failure
)

// ToastMsg shows a notice in the status line for a few seconds. Text is translated and sanitised.
type ToastMsg struct {
	Text string
	Kind Kind
	// Unasked tells that no key asked for it, so that the next one must not take it away before it was seen.
	Unasked bool
}

// CopyMsg asks the router to put Text on the clipboard, natively and through OSC 52. What names it in the notice.
type CopyMsg struct{ Text, What string }

// ExportMsg asks the router for the dialog that writes lines of a list to a file. Name is the list's, a part of the file's name; the first of
// Marked and of Shown is the header.
type ExportMsg struct {
	Owner         any
	Name          string
	Marked, Shown [][]string
}

// LanguageMsg tells every screen that the language changed: texts they keep are to be made anew.
type LanguageMsg struct{}

// SizeMsg tells every screen how many cells it has from now on. It also comes when what the terminal can show changed.
type SizeMsg struct{ W, H int }

// TickMsg comes every TickEvery while the focused screen or dialog is busy. Its spinner needs no ticks of its own.
type TickMsg struct{}

// TickEvery is the length of one spinner frame.
const TickEvery = 200 * time.Millisecond

// Tick waits one frame.
func Tick() tea.Cmd {
	return tea.Tick(TickEvery, func(time.Time) tea.Msg { return TickMsg{} })
}

// Open returns a command that opens a dialog for owner.
func Open(d Dialog, owner any) tea.Cmd { return Send(OpenDialogMsg{Dialog: d, Owner: owner}) }

// OpenUnasked returns a command that opens a dialog for owner by itself, when an answer came: see OpenDialogMsg.
func OpenUnasked(d Dialog, owner any) tea.Cmd {
	return Send(OpenDialogMsg{Dialog: d, Owner: owner, Unasked: true})
}

// Toast returns a command that shows a notice.
func Toast(kind Kind, text string) tea.Cmd { return Send(ToastMsg{Text: text, Kind: kind}) }

// Pop returns a command that closes a screen.
func Pop(s Screen) tea.Cmd { return Send(PopMsg{s}) }

// Send returns a command that delivers msg.
func Send(msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } }
