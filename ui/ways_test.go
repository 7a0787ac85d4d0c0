package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/picture"
	"imagery/internal/picture/shelf"
	"imagery/ui/internal/uitest"
)

// ways lead from the sign-in screen to every other and to every dialog: keys by name, "+" to sign in, "=text" to type.
var ways = map[string][]string{
	"login": nil, "login-choices": {"tab", "tab"}, "profile": {"f2", "n"}, "accounts": {"+"}, "filter": {"+", "f"}, "picker": {"+", "f", "tab", "=htk"},
	"detail": {"+", "p"}, "goto": {"+", "ctrl+g"}, "new-account": {"+", "A"}, "view-save": {"+", "ctrl+s"}, "sort": {"+", "s"}, "columns": {"+", "C"},
	"cells": {"+", "Y"}, "filtered": {"+", "/", "=dz"}, "filtered-out": {"+", "/", "=zzzz"}, "materials": {"+", "enter"}, "codes": {"+", "enter", "f"},
	"viewer": {"+", "enter", "enter"}, "viewer-info": {"+", "enter", "enter", "i"}, "compare": {"+", "enter", "enter", "b"},
	"difference": {"+", "enter", "enter", "b", "D"},
	"archive":    {"+", "enter", "a"}, "discard": {"+", "enter", "j", "j", "x"}, "download": {"+", "enter", "d"}, "tasks": {"+", "t"},
	"palette": {"+", ":", "=gd"}, "export": {"+", "space", "e"},
	"batch": {"+", "U"}, "batch-plan": {"+", "U", "tab", "=testdata/batch/list.csv", "f7"}, "batch-ask": {"+", "U", "tab", "=testdata/batch/list.csv", "f7", "a"},
	"archived":     {"+", "U", "tab", "=testdata/batch/one.csv", "f7", "a", "tab", "enter"},
	"batch-task":   {"+", "U", "tab", "=testdata/batch/list.csv", "f7", "a", "tab", "enter"},
	"batch-report": {"+", "U", "tab", "=testdata/batch/list.csv", "f7", "a", "tab", "enter", "enter"},
	"completeness": {"+", "c"}, "matrix": {"+", "c", "r", "right", "right"}, "matrix-groups": {"+", "c", "r", "b", "down", "down", "enter"},
	"matrix-totals": {"+", "c", "r", "i"}, "rules": {"+", "c", "L"}, "rule-edit": {"+", "c", "L", "j", "enter"}, "rule-add": {"+", "c", "L", "n", "f7"},
	"rule-materials": {"+", "c", "L", "enter", "tab", "tab", "tab", "=sfz"}, "rule-remove": {"+", "c", "L", "D"}, "matrix-export": {"+", "c", "r", "e"}, "matrix-basis": {"+", "c", "r", "p"},
	"matrix-changes": {"+", "c", "r", "r", "w"}, "matrix-confirm": {"+", "c", "r", "K"}, "help": {"+", "?"}, "details": {"+", "f12"},
	"reviews": {"+", "3"}, "review-new": {"+", "S"}, "review-draw": {"+", "S", "f7"}, "review": reviewing(), "review-finding": reviewing("f"),
	"review-note": reviewing("c"), "review-sign": reviewing("Y", "Y", "Y", "esc", "w"), "journal": {"+", "J"}, "journal-filter": {"+", "J", "f"},
	"journal-head": {"+", "J", "e"},
}

// reviewing leads to the review of a spot check of three accounts, whose seed is always the same, and on.
func reviewing(on ...string) []string {
	way := []string{"+", "S", "tab", "right", "right", "space", "tab", "tab", "ctrl+u", "=3", "f7", "=20260402", "f7"}
	for _, key := range on {
		if key != "=" {
			way = append(way, key)
		}
	}
	return way
}

// follow goes a way.
func (l *lab) follow(way []string) *lab {
	for _, key := range way {
		switch {
		case key == "+":
			l.signIn()
		case key[0] == '=':
			l.Type(key[1:])
		default:
			l.Press(key).Wait(time.Second)
		}
	}
	return l
}

func TestEveryScreenFillsTheWindowInBothLanguages(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i, size := range uitest.Sizes {
				lang := []string{"zh", "en"}
				run(t, size[0], size[1], lang[i%2], func(l *lab) {
					l.bare = true
					l.follow(way).Terminal() // fails unless every line is exact
					l.model.env.SetLang(lang[1-i%2])
					l.Terminal()
					l.model.narrow = true
					l.Terminal()
				})
			}
		})
	}
}

// pictured are the ways whose screens the documents show, in Chinese; those with "en-" in front in English.
var pictured = []string{"login", "accounts", "materials", "archive", "discard", "palette", "archived", "filter", "viewer", "compare", "matrix", "rules", "batch", "review", "journal"}

// The documents' pictures are what the program shows: `go test ./ui -run Pictures -update` draws them anew.
func TestPicturesInTheDocumentsAreTrue(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		for _, name := range pictured {
			runWith(t, 100, 30, lang, shelf.InProcess(&picture.Decoder{}), func(l *lab) {
				l.model.opts.ASCII = false
				l.Send(tea.CursorPositionMsg{X: 1, Y: probeRow - 1})
				got := l.follow(ways[name]).Terminal().SVG(true)
				file := filepath.Join("..", ".github", "screens", fmt.Sprintf("%s.%s.svg", name, lang))
				if uitest.Updating() {
					if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				if want, err := os.ReadFile(file); err != nil || string(want) != got {
					t.Errorf("%s does not show what the program does; go test ./ui -run Pictures -update", file)
				}
			})
		}
	}
}

// forms are the ways to what is filled in, where F9 changes every word: nobody has to give up what was typed to read on.
var forms = []string{"login", "profile", "accounts", "filter", "detail", "goto", "new-account", "view-save", "materials", "codes", "viewer", "archive", "discard", "tasks"}

func TestTheLanguageSwitchesEverythingOnTheScreen(t *testing.T) {
	for _, name := range forms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var opened, switched string
			run(t, 160, 50, "en", func(l *lab) { opened = l.follow(ways[name]).Screen() })
			run(t, 160, 50, "zh", func(l *lab) { switched = l.follow(ways[name]).Press("f9").Wait(6 * time.Second).Screen() })
			if opened != switched {
				t.Errorf("opened in English:\n%s\nand switched to it:\n%s", opened, switched)
			}
		})
	}
}

func TestTheScopeOfANewSpotCheckFollowsTheLanguage(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		if s := l.follow(ways["review-new"]).Press("f9").Screen(); strings.Contains(s, "新抽查") {
			t.Error(s)
		}
	})
}
