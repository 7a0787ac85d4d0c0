package e2e

import (
	"context"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"imagery/internal/conformance/other"
	"imagery/internal/demo"
)

// A platform nobody has seen, over https that nobody vouches for, is reached with its address, its collection and an account; then its key
// changes, and it is reached no more.
func TestAnUnknownPlatformInATerminal(t *testing.T) {
	dir := t.TempDir()
	p, err := demo.Open(context.Background(), demo.Options{Accounts: 120})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	unlike := other.Switches{
		Paths: true, Queries: true, Forms: true, FilePart: "uploadFile", SystemCodeInQuery: true, PageBaseZero: true, PageSizeCap: 20, LongsAsStrings: true,
		FlagsAsNumbers: true, Envelope: "data", OtherNames: true, Strangers: true,
	}
	srv := httptest.NewUnstartedServer(other.New(p.Handler(), unlike))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	collection := filepath.Join(dir, "厂商.json")
	if err := os.WriteFile(collection, unlike.Collection(other.V20), 0o600); err != nil {
		t.Fatal(err)
	}
	tables := filepath.Join(dir, "码表.csv")
	if err := os.WriteFile(tables, []byte("COMM_CD;CDE;CDE_NM\nACCT_BIZ_TYP;0;经纪业务\nACCT_CUST_TYP;1;散户甲\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	x := open(t, dir, "100", "30", build(t, dir))
	x.until("内置模拟数据").keys("F2").until("回到表单").write("n").until("新建环境")
	x.write("生产").keys("Tab").write(srv.URL).keys("Tab").write(collection).keys("Down", "Down").write(tables).keys("Down").write("demo").keys("Tab").write("IMAGERY").keys("Tab").write("0231")
	x.keys("F7").until("接口对应", "9 账号检索", "确定").noticed().keys("F7").until("已保存环境", "https://127.0.0.1")
	x.keys("Enter").until("回车 登录").write("demo").keys("Enter").until("公钥指纹", "还没有发送任何内容").noticed()
	x.keys("Enter").without("公钥指纹") // the harmless answer
	x.keys("Enter").until("还没有发送任何内容").noticed().keys("Tab", "Enter").until("账号检索", "共 120 条", "第 1/6 页", "经纪业务")
	x.keys("]").until("第 2/6 页").keys("Enter").until("> 资料", "个文件")
	x.keys("C-c").until("LEFT 0")

	file := filepath.Join(dir, "home", "config.toml")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"203.0.113", "example-only", "crmuser", "999999199001010000", `"demo"` + "\n" + "password"} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("the configuration has %q of the collection:\n%s", secret, raw)
		}
	}
	pinned := regexp.MustCompile(`[0-9a-f]{64}`)
	if !pinned.Match(raw) {
		t.Fatalf("no key was pinned:\n%s", raw)
	}
	if err := os.WriteFile(file, pinned.ReplaceAll(raw, []byte(strings.Repeat("0", 64))), 0o600); err != nil {
		t.Fatal(err)
	}
	x.tmux("respawn-pane", "-k", "-t", "main", filepath.Join(dir, "imagery")+"; echo LEFT $?; sleep 60")
	x.until("密码").write("demo").keys("Enter").until("服务器的密钥变了", "00000000 00000000")
	x.keys("Enter", "C-c").until("LEFT 0")
}
