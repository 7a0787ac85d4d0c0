package ui

import (
	"context"
	"errors"
	"image"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/app"
	"imagery/internal/audit"
	"imagery/internal/completeness/runs"
	"imagery/internal/config"
	"imagery/internal/demo"
	"imagery/internal/picture"
	"imagery/internal/picture/shelf"
	"imagery/internal/postman"
	"imagery/internal/review"
	"imagery/internal/store"
	"imagery/ui/internal/uitest"
)

// lab is the program on a demo platform of its own, on a fake clock.
type lab struct {
	*uitest.Driver
	t       *testing.T
	dir     string
	latency time.Duration
	down    bool // the platform does not answer
	// lose tells of requests whose answer is lost, after the platform has done what they ask for; nil: none is.
	lose  func(*http.Request) bool
	bare  bool // files hold a few bytes, so that fetching many costs nothing
	model *Model
	w, h  int
	start func() *app.App // of the program, afresh
	app   *app.App
}

// restart ends the program and starts it again, signed in.
func (l *lab) restart() *lab {
	l.t.Helper()
	if err := l.app.Close(); err != nil {
		l.t.Error(err)
	}
	l.open(l.model.env.Ctx, l.model.env.Lang)
	return l.signIn()
}

func (l *lab) open(ctx context.Context, lang string) {
	l.app = l.start()
	l.model = New(ctx, Options{App: l.app, Lang: lang, Version: "v0", ASCII: true, Graphics: "cells"})
	l.Driver = uitest.Program(l.t, cells{l.model}, l.w, l.h)
	l.Pump()
}

// run starts the program at the sign-in screen in w by h cells, and lets f use it. Every file of the platform is a small grey picture of
// three pages in it; how real ones are decoded is tested where that is done.
func run(t *testing.T, w, h int, lang string, f func(l *lab), tweak ...func(*demo.Options, *config.Profile)) {
	t.Helper()
	runWith(t, w, h, lang, grey, f, tweak...)
}

// grey opens any file as a small grey picture of three pages.
func grey(context.Context, []byte) (shelf.Document, picture.Info, error) {
	size := image.Pt(300, 400)
	return greyPage{}, picture.Info{Format: picture.TIFF, Pages: 3, Sizes: []image.Point{size, size, size}, Orientation: 1}, nil
}

type greyPage struct{}

func (greyPage) Render(context.Context, int, image.Point, picture.Options) (*picture.Result, error) {
	return &picture.Result{Image: image.NewRGBA(image.Rect(0, 0, 30, 40)), Full: image.Pt(300, 400)}, nil
}

func runWith(t *testing.T, w, h int, lang string, open shelf.Opener, f func(l *lab), tweak ...func(*demo.Options, *config.Profile)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := &lab{t: t, dir: t.TempDir(), latency: 50 * time.Millisecond, w: w, h: h}
		ctx, cancel := context.WithCancel(t.Context())
		defer time.Sleep(24 * time.Hour) // the ticks under way run out, so that the bubble can end
		defer cancel()
		end := l.prepare(ctx, open, tweak...)
		l.open(ctx, lang)
		f(l)
		cancel()
		l.Pump()
		end()
	})
}

// prepare opens the platform and what the program keeps; l.start is the program then, and end closes them all.
func (l *lab) prepare(ctx context.Context, open shelf.Opener, tweak ...func(*demo.Options, *config.Profile)) (end func()) {
	t := l.t
	t.Helper()
	endpoints, err := postman.Demo()
	if err != nil {
		t.Fatal(err)
	}
	o := demo.Options{Accounts: 300, DataDir: filepath.Join(l.dir, "platform"), Latency: func(*http.Request) time.Duration { return l.latency }}
	prof := config.Profile{
		Name: "演示", URL: "http://demo", Username: "demo", EmpCode: "0231", SystemCode: demo.SystemCode, Endpoints: endpoints, Demo: true,
		Downloads: filepath.Join(l.dir, "下载"),
	}
	for _, fn := range tweak {
		fn(&o, &prof)
	}
	p, err := demo.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	state := store.New(filepath.Join(l.dir, "state.db"))
	kept := runs.New(filepath.Join(l.dir, "runs.db"))
	l.start = func() *app.App {
		return app.New(app.Options{
			Profiles: []config.Profile{prof}, Journal: audit.Open(filepath.Join(l.dir, "audit.jsonl")), Version: "test",
			Transport: func(config.Profile) http.RoundTripper { return switched{l, demo.Transport{Handler: p.Handler()}} },
			Open:      func(string) error { return nil }, Store: memory{}, State: state, Pictures: open, Runs: kept, RulesFolder: l.dir,
			Reviews: func(ctx context.Context) (*review.Book, error) {
				return review.Open(ctx, filepath.Join(l.dir, "review.db"))
			},
		})
	}
	return func() {
		if err := errors.Join(l.app.Close(), state.Close(), kept.Close()); err != nil {
			t.Error(err)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

// cells is the program as its cells are, without what carries pictures past the renderer.
type cells struct{ *Model }

func (c cells) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := c.Model.Update(msg)
	return c, cmd
}

func (c cells) View() tea.View {
	content, cursor := c.content()
	v := tea.NewView(content)
	v.Cursor = cursor
	return v
}

// memory is a store that keeps nothing beyond the run.
type memory struct{}

func (memory) Save(string, config.Profile) error { return nil }
func (memory) Remove(string) error               { return nil }

// switched is a network that can be cut.
type switched struct {
	l    *lab
	next http.RoundTripper
}

func (s switched) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.l.down {
		return nil, os.ErrDeadlineExceeded
	}
	if s.l.bare && strings.Contains(r.URL.Path, "/dms/files/") && r.Method == http.MethodGet {
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"image/jpeg"}}, Request: r,
			Body: io.NopCloser(strings.NewReader("\xff\xd8\xff\xe0 a picture")), ContentLength: 14,
		}, nil
	}
	if s.l.lose != nil && s.l.lose(r) {
		if res, err := s.next.RoundTrip(r); err == nil {
			_ = res.Body.Close()
		}
		return nil, os.ErrDeadlineExceeded
	}
	return s.next.RoundTrip(r)
}

func (l *lab) signIn() *lab {
	l.Type("demo").Press("enter")
	l.Wait(2 * time.Second)
	return l
}

func TestAReviewersJobFromSignInToDiscard(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		scan := filepath.Join(l.dir, "扫描.jpg")
		if err := os.WriteFile(scan, []byte("\xff\xd8\xff\xe0 picture"), 0o600); err != nil {
			t.Fatal(err)
		}
		l.signIn().Contains("账号检索", "共 300 条", "第 1/6 页")
		l.Press("]").Wait(time.Second)
		l.Contains("第 2/6 页")
		l.Press("enter").Wait(time.Second)
		l.Contains("> 资料", "个文件")
		l.Press("a").Wait(time.Second)
		l.Contains("归档影像")
		l.Press("ctrl+u").Type("4101").Press("enter", "tab").Type("补录银行卡")
		for range 5 {
			l.Press("tab")
		}
		l.Type(scan).Press("enter").Wait(time.Second)
		l.Contains("扫描.jpg", "base64")
		l.Press("f7").Contains("归档前请确认", "4101")
		l.Press("tab", "enter").Wait(2 * time.Second)
		l.Contains("已归档 1 个文件")
		if x, y, ok := l.Terminal().Find("补录银行卡"); !ok {
			t.Fatal(l.Screen(), x, y)
		}
		l.cursorOn("补录银行卡")
		l.Press("x").Wait(time.Second)
		l.Contains("作废确认", "补录银行卡", "不可撤销")
		digits := strings.TrimSpace(l.lastFour())
		l.Press("shift+tab", "shift+tab", "shift+tab").Type("重复").Press("enter", "tab", "tab").Type(digits).Press("f7").Wait(2 * time.Second)
		l.Contains("已作废批次")
		l.Lacks("补录银行卡  ")
	})
}

// cursorOn moves down to the line that shows piece.
func (l *lab) cursorOn(piece string) {
	l.t.Helper()
	l.Press("g")
	for range 60 {
		for _, line := range strings.Split(l.Screen(), "\n") {
			if strings.Contains(line, ">  ") && strings.Contains(line, piece) {
				return
			}
		}
		l.Press("j")
	}
	l.t.Fatalf("no line with %s:\n%s", piece, l.Screen())
}

// lastFour are the digits that confirm a discard.
func (l *lab) lastFour() string {
	no := l.accountNo()
	return no[len(no)-4:]
}

func TestWrongPasswordLeavesTheFieldsFilled(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.Type("oops").Press("enter").Wait(time.Second)
		l.Contains("用户名或密码错误", "demo", "****")
		l.Press("ctrl+u").Type("demo").Press("enter").Wait(time.Second)
		l.Contains("账号检索")
	})
}

func TestUnreachablePlatformIsSaidAndRetried(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn()
		l.down = true
		l.Press("]").Wait(30 * time.Second)
		l.Contains("没有答复", "按 r 重试", "第 1/6 页")
		l.down = false
		l.Press("r").Wait(30 * time.Second)
		l.Contains("第 2/6 页")
	})
}

func TestEscCancelsASlowSearchAndKeepsThePage(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn()
		l.latency = time.Minute
		l.Press("]").Wait(time.Second)
		l.Contains("正在查询")
		l.Press("esc").Wait(time.Second)
		l.Lacks("正在查询").Contains("第 1/6 页")
		l.Wait(2 * time.Minute)
		l.Contains("第 1/6 页")
	})
}

func TestReadOnlyProfileSaysWhyNothingCanBeWritten(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn().Contains("演示[只读]")
		l.Press("enter").Wait(time.Second)
		l.Press("a").Contains("只读环境：已禁用归档、作废与新增")
	}, func(_ *demo.Options, p *config.Profile) { p.ReadOnly = true })
}

func TestFilterFindsAccountsThatLackAMaterial(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		l.signIn()
		l.Press("f", "tab").Type("jjht").Press("enter").Wait(time.Second)
		l.Press("esc", "f7").Wait(time.Second)
		l.Contains("服务端条件 1 项").Lacks("共 300 条")
	})
}

func TestDownloadRunsInTheBackgroundAndIsVerified(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		l.signIn()
		l.Press("enter").Wait(time.Second)
		l.Press("space", "space", "d").Wait(time.Second)
		l.Contains("下载 2 个文件")
		l.Press("enter").Wait(20 * time.Second)
		l.Press("t").Contains("完成", "2/2")
		sums, err := os.ReadFile(filepath.Join(l.dir, "下载", "SHA256SUMS"))
		if err != nil || strings.Count(string(sums), "\n") != 2 {
			t.Fatal(string(sums), err)
		}
	})
}

func TestSmallWindowSaysSoAndRecovers(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn()
		l.Resize(60, 20).Contains("窗口太小")
		l.Resize(100, 30).Contains("账号检索")
	})
}

func TestLanguageSwitchesInPlace(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn()
		l.Press("f9").Contains("Account search", "300 in all")
		l.Press("f9").Contains("账号检索")
	})
}

func TestIdleProgramDoesNotTick(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn()
		l.Wait(10 * time.Second)
		if l.model.ticking {
			t.Fatal("a spinner turns though nothing runs")
		}
	})
}

func TestCtrlCAlwaysLeaves(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.signIn()
		l.Press("ctrl+g")
		if _, cmd := l.model.Update(uitest.Key("ctrl+c")); cmd == nil || cmd() != (tea.QuitMsg{}) {
			t.Fatal("still here")
		}
	})
}
