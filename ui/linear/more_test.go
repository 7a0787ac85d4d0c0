package linear

import (
	"bytes"
	"context"
	"io"
	"log"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"imagery/client"
	"imagery/internal/app"
	"imagery/internal/audit"
	"imagery/internal/config"
	"imagery/internal/demo"
	"imagery/internal/postman"
	"imagery/internal/transfer"
	"imagery/ui/internal/core"
)

func TestAnArchiveToTheCustomerShowsAmongItsMaterials(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		big := l.file("大.jpg")
		l.signIn().typed("1", "1", "4", "a", "1101", "客户照", big).hears("先上传（接口 5）", "目标：账号 8800000004")
		l.typed("6").hears("留空为当前时间）").typed("2026-01-01 08:30").hears("归档时间：2026-01-01 08:30:00").typed("8").hears("目标：客户").typed("1", "y")
		l.hears("已归档 1 个文件").typed("f", "1101").hears("客户影像 1101", "大.jpg，12 B，来源 客户照，2026-01-01 08:30")
	}, func(s *setup) { s.profile.Base64Limit = 5 })
}

func TestASessionThatEndsBeforeADiscardHasItConfirmedOnceMore(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.signIn().typed("1", "1", "4", "a", "4101", "补录", l.file("a.jpg"), "1", "y").hears("已归档 1 个文件")
		l.typed("f", "4101").hears("按编码筛选 1 项").typed(l.lineWith("a.jpg"), "6", "传错了", "").hears("账号后四位")
		l.refusing = true
		l.typed("0004").hears("登录已失效")
		l.refusing = false
		l.typed("demo").hears("作废原因（", "现在是 传错了").typed("", "").hears("账号后四位").typed("０００４").hears("已作废批次").lacks("a.jpg")
	})
}

func TestWhatIsNoArchiveSaysWhyItCannotBeDiscarded(t *testing.T) {
	d := &dialogue{svc: app.New(app.Options{}), env: core.NewEnv(t.Context())}
	for want, m := range map[string]client.MaterialInfo{"": {ServiceAccessID: "SX1"}, "流程": {ProcessInstanceID: "P1"}, "柜台": {}} {
		if got := d.whyNotDiscard(m); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%+v: %q", m, got)
		}
	}
}

func TestRowsAreChosenByNumbersAndRanges(t *testing.T) {
	a := &account{}
	for _, id := range []client.Text{"a", "b", "", "d"} {
		a.rows = append(a.rows, row{item: transfer.Item{FileID: id.Raw()}})
	}
	for typed, want := range map[string]string{"1": "a", "２，4": "bd", "1-3": "ab", "2、4": "bd", "全部": "abd", "ALL": "abd", "3": "", "1-4，1": "abda"} {
		items, ok := a.picked(typed)
		got := ""
		for _, it := range items {
			got += it.FileID
		}
		if !ok || got != want {
			t.Errorf("%s: %q, %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"0", "5", "3-1", "x", "1-", "-1", "1-99999999999999999999"} {
		if _, ok := a.picked(typed); ok {
			t.Errorf("%q was taken", typed)
		}
	}
}

// ring is a keyring with one password for everybody.
type ring struct{ password client.Secret }

func (r ring) Load(string, string) (client.Secret, error) { return r.password, nil }
func (r ring) Store(string, string, client.Secret) error  { return nil }
func (r ring) Delete(profile, username string) error      { return nil }

func TestAPasswordFromTheKeyringIsTakenByAnEmptyLine(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.typed("").hears("空行使用系统钥匙串中的密码").typed("").hears("主菜单")
	}, func(s *setup) { s.keyring = ring{client.NewSecret("demo")} })
	talk(t, "zh", func(l *lab) {
		l.typed("", "").hears("用户名或密码错误", "密码（输入不显示）：").typed("demo").hears("主菜单")
	}, func(s *setup) { s.keyring = ring{client.NewSecret("an old one")} })
}

func TestAServerThatNobodyVouchesForIsTrustedByItsFingerprintOnly(t *testing.T) {
	dir := t.TempDir()
	p, err := demo.Open(t.Context(), demo.Options{Accounts: 20, DataDir: filepath.Join(dir, "platform")})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	srv := httptest.NewUnstartedServer(p.Handler())
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	endpoints, err := postman.Demo()
	if err != nil {
		t.Fatal(err)
	}
	prof := config.Profile{Name: "prod", URL: srv.URL, Username: "demo", Endpoints: endpoints}
	for _, c := range []struct {
		typed string
		in    bool
	}{{"\ndemo\nn\n", false}, {"\ndemo\ny\nquit\n", true}} {
		a := app.New(app.Options{Profiles: []config.Profile{prof}, Journal: audit.Open(filepath.Join(dir, "audit.jsonl")), Version: "test"})
		var out bytes.Buffer
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		if err := Run(ctx, Options{App: a, Lang: "en", In: strings.NewReader(c.typed), Out: &out}); err != nil {
			t.Error(err)
		}
		cancel()
		said := out.String()
		if !strings.Contains(said, "Key SHA256") || !strings.Contains(said, "Nothing has been sent yet") || strings.Contains(said, "Main menu") != c.in {
			t.Errorf("%q:\n%s", c.typed, said)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
}
