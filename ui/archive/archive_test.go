package archive

import (
	"cmp"
	"context"
	"fmt"
	"os"
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
	there    []client.MaterialInfo // what the account has
	lookErr  error
	kind     string // of every file; empty means image/jpeg
	other    bool   // names say something else
}

func (p *platform) ListMaterials(context.Context, client.ListMaterialsRequest) ([]client.MaterialInfo, error) {
	return p.there, p.lookErr
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
		return LocalFile{Path: path, Name: path, Size: 1234, Type: cmp.Or(p.kind, "image/jpeg"), OtherType: p.other}, nil
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

func TestAnArchiveThatTakesAPlaceOrLooksWrongIsConfirmed(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("头像.jpg", []byte("\xff\xd8\xff"), 0o600); err != nil {
		t.Fatal(err)
	}
	avatar := client.MaterialInfo{AccountID: "1", MaterialCode: "A0301", MaterialName: "客户头像", Files: []client.File{{FileOriginalName: "头像.jpg", FileSize: 1234}, {}}}
	old, customers := avatar, avatar
	old.HisCreateTime = client.Time{Time: time.Unix(1, 0)}
	customers.AccountID, customers.CustomerID = "", "7"
	for name, c := range map[string]struct {
		platform platform
		line     string   // of the checks
		asked    []string // none: it is sent at once
	}{
		"nothing there":      {platform{}, "格式 OK  大小 OK  重复 未发现", nil},
		"history alone":      {platform{there: []client.MaterialInfo{old}}, "重复 未发现", nil},
		"the customer's":     {platform{there: []client.MaterialInfo{customers}}, "重复 未发现", nil},
		"the same file":      {platform{there: []client.MaterialInfo{avatar}}, "重复 已有同样的文件?", []string{"该编码已有 1 份", "A0301 客户头像", "2 个文件"}},
		"another type":       {platform{kind: "image/png", other: true}, "格式 不符", []string{"image/png"}},
		"text":               {platform{kind: "text/plain"}, "格式 不符", []string{"不是图片或文档"}},
		"unknown content":    {platform{kind: "application/octet-stream"}, "格式 不符", []string{"不是图片或文档"}},
		"a look that failed": {platform{lookErr: fmt.Errorf("连接超时")}, "重复 没能查到", []string{"连接超时"}},
		"a PDF":              {platform{kind: "application/pdf"}, "格式 OK", nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := c.platform
			a := New(core.NewEnv(t.Context()), &p, client.CustomerAccount{}, "A0301", nil)
			d := uitest.DriveDialog(t, a)
			d.Press("ctrl+o").Type("头像.jpg").Press("enter").Wait(2 * time.Second)
			d.Contains(c.line)
			if strings.Contains(c.line, "不符") {
				d.Contains("! 头像.jpg", "格式不符")
			}
			a.Form.Form.Control("title").SetValue("补录")
			d.Press("f7")
			if asked := len(d.Seen) > 0; asked != (c.asked != nil) || asked == (len(p.archived) > 0) {
				t.Fatalf("%s: asked %v, archived %d times:\n%s", name, d.Seen, len(p.archived), d.Screen())
			}
			if c.asked == nil {
				d.Wait(2 * time.Second)
				return
			}
			ask := d.Seen[0].(core.OpenDialogMsg)
			box, _ := ask.Dialog.View(76, 20)
			for _, w := range c.asked {
				if !strings.Contains(box, w) {
					t.Errorf("%s: %q is missing:\n%s", name, w, box)
				}
			}
			if act, _ := ask.Dialog.Update(uitest.Key("enter")); act != (core.Cancel{}) {
				t.Errorf("%s: enter does %v", name, act)
			}
			d.Send(core.DialogClosedMsg{Owner: ask.Owner, Action: core.Cancel{}})
			if len(p.archived) != 0 {
				t.Errorf("%s: archived though it was cancelled", name)
			}
			d.Send(core.DialogClosedMsg{Owner: ask.Owner, Action: core.Confirm{}}).Wait(2 * time.Second)
			if len(p.archived) != 1 {
				t.Errorf("%s: archived %d times", name, len(p.archived))
			}
		})
	}
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

func TestTheNoteOfADraftGoesWithTheNextChange(t *testing.T) {
	open(t, "zh", 1, func(d *uitest.Dialog, a *Dialog, p *platform) {
		d.Contains("留空则自动生成", "留空为当前时间", "留空则记录")
		a.Form.Form.FocusOn("title")
		d.Type("补录")
		again := uitest.DriveDialog(t, New(a.env, p, a.account, "A0301", []string{"x"}))
		again.Contains("已恢复上次没有提交的内容").Press("tab").Contains("已恢复").Type("x").Lacks("已恢复")
	})
}
