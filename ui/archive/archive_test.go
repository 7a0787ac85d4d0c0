package archive

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/client"
	"imagery/internal/codes"
	"imagery/ui/internal/core"
	"imagery/ui/internal/uitest"
)

// platform takes a second for everything and counts what arrives.
type platform struct {
	archived []client.Archive
	err      error
}

func (p *platform) ArchiveToAccount(ctx context.Context, r client.ArchiveToAccountRequest, progress func(sent, total int64)) (*client.ServiceAccess, error) {
	progress(1<<20, 4<<20)
	p.archived = append(p.archived, r.Archive)
	time.Sleep(time.Second)
	return &client.ServiceAccess{ID: "8831"}, p.err
}

func (p *platform) ArchiveToCustomer(ctx context.Context, r client.ArchiveToCustomerRequest, _ client.ListMaterialsRequest, progress func(sent, total int64)) (*client.ServiceAccess, error) {
	return p.ArchiveToAccount(ctx, client.ArchiveToAccountRequest{Archive: r.Archive}, progress)
}

func (p *platform) Inspect(ctx context.Context, path string) (LocalFile, error) {
	select {
	case <-ctx.Done():
		return LocalFile{}, ctx.Err()
	case <-time.After(time.Second):
		return LocalFile{Path: path, Name: path, Size: 1234, Type: "image/jpeg"}, nil
	}
}

func (p *platform) CompletePath(context.Context, string) ([]string, error) { return nil, nil }
func (p *platform) Codes() *codes.Book                                     { return new(codes.Book) }
func (p *platform) SystemCode() string                                     { return "SYS" }
func (p *platform) Base64Limit() int64                                     { return 1 << 20 }
func (p *platform) Explain(err error) string                               { return err.Error() }

// open shows the dialog with n files that the platform has.
func open(t *testing.T, lang string, n int, f func(d *uitest.Dialog, a *Dialog, p *platform)) {
	synctest.Test(t, func(t *testing.T) {
		env, p := core.NewEnv(t.Context()), &platform{}
		env.SetLang(lang)
		var ids []string
		for i := range n {
			ids = append(ids, fmt.Sprintf("FILE-%02d", i))
		}
		a := New(env, p, client.CustomerAccount{Account: client.Account{AccountNo: "880012347", AccountName: "张三丰"}}, "A0301", ids)
		f(uitest.DriveDialog(t, a), a, p)
	})
}

func TestNothingHidesTheOutcomeOfAnArchiveUnderWay(t *testing.T) {
	open(t, "zh", 1, func(d *uitest.Dialog, a *Dialog, p *platform) {
		a.Form.Form.Control("title").SetValue("补录")
		d.Press("f7").Contains("正在提交，请勿关闭", "1 MB")
		d.ClickOn("取消", 0).ClickOn("提交归档", 0).Press("esc", "f7", "enter")
		if d.Closed != nil || len(p.archived) != 1 {
			t.Fatalf("closed with %v, archived %d times", d.Closed, len(p.archived))
		}
		d.Wait(2 * time.Second)
		if done, ok := d.Closed.(Done); !ok || !strings.Contains(done.Text, "8831") {
			t.Errorf("%v", d.Closed)
		}
	})
}

func TestClicksLandInTheRowTheyPointAt(t *testing.T) {
	open(t, "en", 3, func(d *uitest.Dialog, a *Dialog, _ *platform) {
		for label, id := range map[string]string{"Title *": "title", "Business ID": "business", "Extras": "extras", "File path": "path"} {
			if d.ClickOn(label, 22); a.Form.Form.Current() != id {
				t.Errorf("the click on %s went to %s:\n%s", label, a.Form.Form.Current(), d.Screen())
			}
		}
		d.ClickOn("Cancel", 0)
		if d.Closed != (core.Cancel{}) {
			t.Errorf("%v", d.Closed)
		}
	})
}

func TestManyFilesScrollAndLeaveTheFormInSight(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		open(t, lang, 40, func(d *uitest.Dialog, a *Dialog, _ *platform) {
			d.Contains("FILE-00", "A0301", "(F7)", "1-", "/40").Lacks("FILE-30")
			for range 20 {
				d.Press("pgdown")
			}
			d.Contains("FILE-39").Lacks("FILE-00")
			for range 60 {
				d.Send(tea.MouseWheelMsg{X: 9, Y: 4, Button: tea.MouseWheelUp})
			}
			d.Contains("FILE-00")
			d.Press("enter").Contains("(F7)") // with an open pick list too
		})
	}
}

func TestAddedFilesShowAndALookAtAFileEndsWithEsc(t *testing.T) {
	open(t, "zh", 20, func(d *uitest.Dialog, a *Dialog, _ *platform) {
		d.Press("ctrl+o").Type("头像.jpg").Press("enter").Contains("正在检查文件")
		d.Press("esc").Wait(2 * time.Second)
		if d.Closed != nil || len(a.files) != 0 || a.path.Value() != "头像.jpg" {
			t.Fatalf("closed with %v, %d files, path %q", d.Closed, len(a.files), a.path.Value())
		}
		d.Press("enter").Wait(2 * time.Second)
		d.Contains("头像.jpg", "1 KB")
		if len(a.files) != 1 || a.path.Value() != "" {
			t.Errorf("%d files, path %q", len(a.files), a.path.Value())
		}
	})
}

func TestARefusalStaysInSightToBeCorrected(t *testing.T) {
	open(t, "zh", 20, func(d *uitest.Dialog, a *Dialog, p *platform) {
		p.err = fmt.Errorf("资料编码不存在")
		a.Form.Form.Control("title").SetValue("补录")
		d.Press("f7").Wait(2 * time.Second)
		for range 8 {
			d.Press("tab").Contains("资料编码不存在")
		}
	})
}

func TestTheLastTitlesComeBackByUp(t *testing.T) {
	for lang, hint := range map[string]string{"zh": "最近用过的标题", "en": "titles used last"} {
		open(t, lang, 1, func(d *uitest.Dialog, a *Dialog, p *platform) {
			a.Form.Form.FocusOn("title")
			d.Lacks(hint).Type("补录头像").Press("f7").Wait(2 * time.Second)
			again := uitest.DriveDialog(t, New(a.env, p, a.account, "A0301", []string{"x"}))
			again.Press("tab").Contains(hint)
			if again.Press("up").Contains("补录头像"); len(p.archived) != 1 {
				t.Errorf("archived %d times", len(p.archived))
			}
		})
	}
}
