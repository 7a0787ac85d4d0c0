package field

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/ui/internal/uitest"
)

// disk is a slow drive with a few files.
func disk(_ context.Context, prefix string) (out []string, err error) {
	time.Sleep(time.Second)
	if strings.HasPrefix(prefix, "/锁/") {
		return nil, errors.New("permission denied")
	}
	for _, p := range []string{"/合同.pdf", "/头像_张三丰.jpg", "/影像/", "/锁/", "/影像/身份证正面.jpg", "/影像/身份证反面.jpg", "/影像/旧/", "../"} {
		rest, found := strings.CutPrefix(p, prefix)
		if i := strings.Index(rest, "/"); found && rest != "" && (i < 0 || i == len(rest)-1) {
			out = append(out, p)
		}
	}
	return out, nil
}

// browse drives a path field on the disk.
func browse(t *testing.T, f func(p *FilePath, d *uitest.Driver)) {
	synctest.Test(t, func(t *testing.T) {
		p := NewFilePath(env(), disk)
		p.Focus()
		f(p, uitest.Drive(t, pathScreen{p}, nil).Resize(60, 10))
	})
}

func TestAFolderIsBrowsedBelowTheField(t *testing.T) {
	browse(t, func(p *FilePath, d *uitest.Driver) {
		d.Type("/").Press("alt+down").Contains("正在读取文件夹")
		if !p.Busy() {
			t.Error("no spinner will turn")
		}
		d.Wait(2*time.Second).Contains("> 影像/", "  锁/", "  合同.pdf")
		d.Press("enter").Wait(2 * time.Second)
		d.Contains("[ /影像/", "> 旧/", "  身份证正面.jpg")
		d.Type("fm").Contains("> 身份证反面.jpg").Lacks("正面")
		if term := d.Terminal(); term.Before() != "[ /影像/fm" {
			t.Errorf("the cursor is behind %q", term.Before())
		}
		d.Press("backspace", "backspace", "backspace").Wait(2 * time.Second)
		d.Contains("[ /  ", "合同.pdf")
		d.Type("ht").Press("enter").Wait(time.Second)
		if p.Value() != "/合同.pdf" || p.browser.open {
			t.Errorf("%q, open %v", p.Value(), p.browser.open)
		}
	})
}

func TestEscClosesTheFolderAndKeepsWhatWasTyped(t *testing.T) {
	browse(t, func(p *FilePath, d *uitest.Driver) {
		d.Type("/影像/身").Press("ctrl+space").Wait(2 * time.Second).Contains("身份证反面.jpg")
		d.Press("esc").Lacks("身份证反面")
		if press(p, "esc") || p.Value() != "/影像/身" {
			t.Errorf("%q, or the second Esc was taken", p.Value())
		}
	})
}

func TestTheListBeginsWhereTheLastFileCameFrom(t *testing.T) {
	browse(t, func(p *FilePath, d *uitest.Driver) {
		p.Take = func() tea.Cmd { p.SetValue(""); return nil }
		d.Type("/影像/身份证正面.jpg").Press("enter")
		d.Press("alt+down").Wait(2*time.Second).Contains("[ /影像/", "> 旧/", "身份证反面.jpg")
		d.Press("alt+down").Contains("> 身份证正面.jpg") // and does not close the list
		if d.Press("esc"); p.Value() != "" {
			t.Errorf("a folder nobody wanted stays: %q", p.Value())
		}
	})
}

func TestAFolderThatCannotBeReadSaysSo(t *testing.T) {
	browse(t, func(_ *FilePath, d *uitest.Driver) {
		d.Type("/锁/").Press("alt+down").Wait(2 * time.Second).Contains("无法读取这个文件夹")
	})
}

func TestAFileIsTakenByTheMouse(t *testing.T) {
	browse(t, func(p *FilePath, d *uitest.Driver) {
		taken := ""
		p.Take = func() tea.Cmd { taken = p.Value(); return nil }
		d.Type("/").Click(58, 0).Wait(2 * time.Second)
		_, y, _ := d.Terminal().Find("头像_张三丰.jpg")
		d.Click(4, y)
		if taken != "/头像_张三丰.jpg" {
			t.Errorf("%q", taken)
		}
	})
}

func TestWhereAFolderIsWantedOnlyFoldersShowAndTheOpenOneCanBeTaken(t *testing.T) {
	browse(t, func(p *FilePath, d *uitest.Driver) {
		p.Folders = true
		d.Type("/").Press("alt+down").Wait(2*time.Second).Contains("> 使用这个文件夹", "影像/").Lacks("合同.pdf")
		d.Press("down", "enter").Wait(2*time.Second).Contains("> 使用这个文件夹", "旧/")
		d.Press("enter")
		if p.Value() != "/影像/" || p.browser.open {
			t.Errorf("%q, open %v", p.Value(), p.browser.open)
		}
	})
}

func TestGoingUpNeverLosesTheWay(t *testing.T) {
	for folder, want := range map[string]string{
		"/a/b/": "/a/", "/a/": "/", "/": "/", "": "../", "../": "../../", "影像/": "", "~/": "~/../", "C:/": "C:/", "./": "./../",
	} {
		if got := parent(folder); got != want {
			t.Errorf("%q: %q, want %q", folder, got, want)
		}
	}
}
