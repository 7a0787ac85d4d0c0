package screen

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

func TestReaderPassesOnUTF8Alone(t *testing.T) {
	const junk = "\uFFFD"
	for name, c := range map[string]struct {
		parts []string // as they are read one after another
		want  string
	}{
		"text and keys":                     {[]string{"影像\x1b[A\r"}, "影像\x1b[A\r"},
		"a character in three parts":        {[]string{"\xe5", "\xbd", "\xb1像"}, "影像"},
		"the end of a character is missing": {[]string{"\xe5\xbd", "a"}, junk + junk + "a"},
		"户 in GBK":                          {[]string{"\xbb\xa7"}, junk + junk},
		"one-byte controls":                 {[]string{"\x9bM000", "\x90q\x9c"}, junk + "M000" + junk + "q" + junk},
		"as much as fits":                   {[]string{strings.Repeat("\x9b", 1365)}, strings.Repeat(junk, 1365)},
	} {
		t.Run(name, func(t *testing.T) {
			in, out, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			defer out.Close()
			r, p, got := NewReader(in), make([]byte, 4096), ""
			for _, part := range c.parts {
				if _, err := out.WriteString(part); err != nil {
					t.Fatal(err)
				}
				n, err := r.Read(p)
				if err != nil {
					t.Fatal(err)
				}
				got += string(p[:n])
			}
			if got != c.want {
				t.Errorf("%q", got)
			}
		})
	}
}

// untilQ is a program that q ends.
type untilQ struct{ typed string }

func (m untilQ) Init() tea.Cmd  { return nil }
func (m untilQ) View() tea.View { return tea.View{} }

func (m untilQ) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		m.typed += key.Text
		if key.Text == "q" {
			return m, tea.Quit
		}
	}
	return m, nil
}

func TestNoKeyOfATerminalInGBKEndsTheProgram(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer out.Close()
	if _, err := out.WriteString("\x9bM000q"); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	m, err := tea.NewProgram(untilQ{}, tea.WithContext(ctx), tea.WithInput(NewReader(in)), tea.WithOutput(&bytes.Buffer{}), tea.WithoutSignalHandler()).Run()
	if err != nil || m.(untilQ).typed != "M000q" {
		t.Errorf("%+v: %v", m, err)
	}
}
