package cli

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/zalando/go-keyring"

	"imagery/internal/demo"
)

// office runs commands on a small platform of its own, whose answers to archives can be lost.
type office struct {
	home string
	lose atomic.Bool
}

func opened(t *testing.T) *office {
	t.Helper()
	keyring.MockInit()
	platform, err := demo.Open(t.Context(), demo.Options{Accounts: 40})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = platform.Close() })
	o := &office{home: t.TempDir()}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if o.lose.Load() && strings.Contains(r.URL.Path, "/access/") {
			panic(http.ErrAbortHandler)
		}
		platform.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	t.Setenv("IMAGERY_HOME", o.home)
	t.Setenv("IMAGERY_PROFILE", "demo")
	t.Setenv("IMAGERY_NO_INPUT", "1")
	t.Setenv("IMAGERY_LANG", "")
	t.Setenv("LC_ALL", "")
	t.Setenv("LC_MESSAGES", "")
	t.Setenv("LANG", "")
	o.write(t, filepath.Join("state", "demo.json"), `{"url":"`+srv.URL+`"}`)
	return o
}

// write makes a file under the home folder, and returns its path.
func (o *office) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(o.home, name)
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs a command, in Chinese unless it says otherwise.
func (o *office) run(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = Main(args, os.Stdin, &out, &err)
	return code, out.String(), err.String()
}

// says fails unless a command ends with a code and says each of words on stderr; what begins with "!" it must not say.
func (o *office) says(t *testing.T, want int, line string, words ...string) {
	t.Helper()
	code, _, stderr := o.run(strings.Fields(line)...)
	if code != want {
		t.Errorf("%s exits %d, want %d:\n%s", line, code, want, stderr)
	}
	for _, w := range words {
		unsaid, not := strings.CutPrefix(w, "!")
		if strings.Contains(stderr, unsaid) == not {
			t.Errorf("%s says\n%s\nwhich should hold %q", line, stderr, w)
		}
	}
}

func TestNothingFoundIsSaid(t *testing.T) {
	o := opened(t)
	o.says(t, 0, "accounts --has NOPE", "没有符合条件的账号\n")
	o.says(t, 0, "accounts --customer-type 9 --all", "没有符合条件的账号\n")
	o.says(t, 0, "accounts --customer-type 9 --lang en", "No account was found that matches\n")
	o.says(t, 0, "accounts --page 9999", "没有第 9999 页：共 40 条\n", "!没有符合")
	o.says(t, 0, "materials 8800000003 --biz-type 0 --code 9999", "没有符合条件的资料\n")
	o.says(t, 0, "audit show --act discard", "没有符合条件的日志\n")
	o.says(t, 0, "check --runs", "没有已保存的运行\n")
	o.says(t, 0, "sample show", "没有抽查\n")
	for _, line := range []string{"accounts --has NOPE", "accounts --has NOPE --all", "materials 8800000003 --biz-type 0 --code 9999", "audit show --act discard", "check --runs"} {
		if code, stdout, stderr := o.run(append(strings.Fields(line), "--json")...); code != 0 || stdout+stderr != "" {
			t.Errorf("%s --json exits %d and says %q, %q", line, code, stdout, stderr)
		}
	}
}

func TestACheckOfNobodyClaimsNothing(t *testing.T) {
	o := opened(t)
	for _, line := range []string{"check --dept zz", "check --biz-type 99"} {
		o.says(t, exitPartly, line, "结果未认定", "范围内没有账号，什么也没有检查", "!结果已认定")
	}
	o.says(t, exitPartly, "check --dept zz --lang en", "no account is in scope, so nothing was checked", "!is certified")
	if code, stdout, _ := o.run("check", "--dept", "zz", "--json"); code != exitPartly || !strings.Contains(stdout, `"certified":false,"reasons":[{"code":"nobody"}]`) {
		t.Errorf("exit %d\n%s", code, stdout)
	}
	o.says(t, exitMissing, "check", "结果已认定", "!没有账号")
}

func TestValuesThatCannotBeMeantAreToldWithThoseThatCan(t *testing.T) {
	o := opened(t)
	for line, want := range map[string]string{
		"accounts --page-size 0":                       "--page-size 至少为 1，不是 0",
		"accounts --page 0":                            "--page 须为 1 或更大的整数",
		"accounts --page x":                            "选项 --page 不能是 x：应为整数",
		"accounts --page x --lang en":                  "--page cannot be x: it is a whole number",
		"audit show --last -1":                         "--last 至少为 0，不是 -1",
		"demo --token-life 0s":                         "--token-life 至少为 1s，不是 0s",
		"demo --token-life -5m":                        "--token-life 至少为 1s",
		"demo --latency -1s":                           "--latency 至少为 0",
		"demo --latency abc":                           "不能是 abc：应为时长，如 300ms",
		"demo --seed -1":                               "应为不小于 0 的整数",
		"check --sample -1":                            "--sample 至少为 0，不是 -1",
		"sample plan":                                  "--tolerable 应为 0 与 1 之间的小数，如 0.05 表示 5 %",
		"sample plan --tolerable 5":                    "--tolerable 应为 0 与 1 之间的小数",
		"sample plan --tolerable 5 --lang en":          "--tolerable is a fraction between 0 and 1, such as 0.05 for 5 %",
		"sample plan --tolerable 5%":                   "应为数，如 0.05",
		"sample plan --tolerable 0.1 --expected 2":     "--expected 应为不小于 0、小于 1 的小数",
		"sample plan --confidence 95 --size 30":        "--confidence 应为 0 与 1 之间的小数，如 0.95 表示 95 %",
		"sample plan --size 500 --population 30":       "--size 应为 1 到总体户数之间的整数",
		"sample plan --percent 5":                      "--percent 应为 0 到 100 之间的数",
		"sample plan --size 3 --population -1":         "--population 应为 1 到 10,000,000 之间的整数",
		"sample plan --aql 0.66 --population 300":      "--aql 应为 GB/T 2828.1 表中的值",
		"archive --look-up abc":                        "--look-up 后面要写任务编号，如 3，不是 abc",
		"archive --resume 0":                           "--resume 后面要写任务编号",
		"archive --send-again x1 --row 1 --yes":        "--send-again 后面要写任务编号",
		"archive --send-again 1 --row x --yes":         "应为整数，多个用逗号分隔",
		"archive --look-up abc --lang en":              "--look-up wants the number of a task, such as 3, not abc",
		"sample plan --size 500 --population 3 --json": "--size 应为",
	} {
		o.says(t, exitUsage, line, want)
	}
}

func TestHelpTellsTheRanges(t *testing.T) {
	o := opened(t)
	for line, want := range map[string]string{"accounts": "平台可能给得少些", "demo": "至少 1s", "sample plan": "0 与 1 之间的小数"} {
		if _, stdout, _ := o.run(append(strings.Fields(line), "--help")...); !strings.Contains(stdout, want) {
			t.Errorf("the help of %s does not say %q:\n%s", line, want, stdout)
		}
	}
}

func TestATaskIsLookedAtBeforeItsRowsAreSentAgain(t *testing.T) {
	o := opened(t)
	o.write(t, "a.jpg", "\xff\xd8\xff\xe0"+strings.Repeat("a", 2000))
	o.write(t, "b.jpg", "\xff\xd8\xff\xe0"+strings.Repeat("b", 2000))
	sent := o.write(t, "sent.csv", "path,account,code\na.jpg,8800000003,1103\n")
	lost := o.write(t, "lost.csv", "path,account,code\nb.jpg,8800000003,1103\n")
	o.says(t, 0, "archive --biz-type 0 --title t --yes --mapping "+sent, "任务 1")
	o.lose.Store(true)
	o.says(t, exitPartly, "archive --biz-type 0 --title t --yes --mapping "+lost, "--look-up 2")
	o.lose.Store(false)

	const warning = "将再次发送"
	o.says(t, exitFailed, "archive --send-again 12 --row 1 --yes", "没有这个任务", "!"+warning)
	o.says(t, exitFailed, "archive --look-up 12", "没有这个任务")
	o.says(t, exitFailed, "archive --resume 12", "没有这个任务")
	o.says(t, exitFailed, "archive --send-again 1 --row 1 --yes", "没有结果不明的行", "!没有这个任务", "!"+warning)
	o.says(t, exitFailed, "archive --look-up 1", "没有结果不明的行", "!没有这个任务")
	o.says(t, exitFailed, "archive --resume 1", "任务已全部完成", "!没有这个任务")
	o.says(t, exitFailed, "archive --send-again 2 --row 9 --yes", "第 9 行不是结果不明的行", "!"+warning)
	o.says(t, exitUsage, "archive --send-again 2 --row 1", warning, "--yes")
	o.says(t, 0, "archive --send-again 2 --row 1 --yes", warning, "已归档 1")
}

func TestAListThatIsNotThereMakesNoTask(t *testing.T) {
	o := opened(t)
	out := filepath.Join(o.home, "out")
	o.says(t, exitFailed, "download --from "+filepath.Join(o.home, "nofile")+" --out "+out, "没有这个文件", "!下载完成")
	o.says(t, exitFailed, "download --from "+o.home+" --out "+out, "这是一个文件夹", o.home, "!下载完成")
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Errorf("a folder was made for it: %v", err)
	}
	o.says(t, 0, "audit show --act download", "没有符合条件的日志")
	list := o.write(t, "list.jsonl", "\n")
	o.says(t, 0, "download --from "+list+" --out "+out, "没有可下载的文件")
}

func TestAFolderThatIsNotThereIsSaidOfFilesToBeWritten(t *testing.T) {
	o := opened(t)
	nowhere := filepath.Join(o.home, "nowhere")
	list := o.write(t, "list.csv", "path,account,code\na.jpg,8800000003,1103\n")
	for _, line := range []string{
		"check --xlsx %.xlsx", "check --csv %.csv", "check --html %.html", "doctor --out %", "accounts --log %", "sample pack RUN --out %",
		"download F1 --out out --manifest %", "archive --mapping " + list + " --yes --report %.csv",
	} {
		o.says(t, exitFailed, strings.ReplaceAll(line, "%", filepath.Join(nowhere, "x")), "没有这个文件夹", nowhere, "!没有这个文件\n", "!任务")
	}
	o.says(t, exitFailed, "check --csv "+filepath.Join(list, "x.csv"), "这是一个文件，不是文件夹", list)
	o.says(t, exitFailed, "doctor --lang en --out "+filepath.Join(nowhere, "x"), "no such folder")
}

func TestAnEditorThatFailsIsNamed(t *testing.T) {
	o := opened(t)
	file := o.write(t, "config.toml", "lang = \"zh\"\n")
	failing := os.Args[0] + " -no-such-flag" // this very test, which there is on every system
	t.Setenv("VISUAL", failing)
	o.says(t, exitFailed, "config edit", "编辑器 "+failing+" 以错误结束（exit status 2），配置文件没有改动", "VISUAL", "!操作没有成功")
	o.says(t, exitFailed, "config edit --lang en", "the editor "+failing+" ended with an error (exit status 2); the configuration file was not changed")
	t.Setenv("VISUAL", filepath.Join(o.home, "no-editor"))
	o.says(t, exitFailed, "config edit", "没有运行起来", "配置文件没有改动")
	if b, err := os.ReadFile(file); err != nil || string(b) != "lang = \"zh\"\n" {
		t.Errorf("the file is %q, %v", b, err)
	}
}

func TestAConfigurationThatIsNotThereIsNotCalledFine(t *testing.T) {
	o := opened(t)
	o.says(t, 0, "config validate", "没有配置文件，全部使用默认值："+filepath.Join(o.home, "config.toml"), "!没有问题")
	named := filepath.Join(o.home, "named.toml")
	o.says(t, exitFailed, "config validate --config "+named, "没有这个文件", named, "!没有问题")
	t.Setenv("IMAGERY_CONFIG", named)
	o.says(t, exitFailed, "config validate", "没有这个文件", named)
	o.write(t, "named.toml", "lang = \"zh\"\n")
	o.says(t, 0, "config validate", "配置文件没有问题")
}

func TestEnglishHelpBeginsWithCapitals(t *testing.T) {
	p, _ := testProgram("en")
	p.out, p.err = io.Discard, io.Discard
	var check func(c *cobra.Command)
	check = func(c *cobra.Command) {
		if first := []rune(c.Short + " ")[0]; !unicode.IsUpper(first) {
			t.Errorf("%s: %q", c.CommandPath(), c.Short)
		}
		for _, sub := range c.Commands() {
			if sub.Name() != "help" {
				check(sub)
			}
		}
	}
	check(p.root([]string{"man"}))
}
