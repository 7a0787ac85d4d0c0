package e2e

import (
	"database/sql"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"imagery/internal/audit"
)

// terminal is a program in a window of tmux.
type terminal struct {
	t      *testing.T
	socket string
}

// tmux runs one of tmux's commands and returns what it says.
func (x terminal) tmux(args ...string) string {
	x.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-u", "-f", os.DevNull, "-S", x.socket}, args...)...).CombinedOutput()
	if err != nil {
		x.t.Fatalf("tmux %q: %v\n%s", args, err, out)
	}
	return string(out)
}

func (x terminal) screen() string {
	x.t.Helper()
	return x.tmux("capture-pane", "-p", "-t", "main")
}

// until waits for the screen to show all of the pieces.
func (x terminal) until(pieces ...string) terminal {
	x.t.Helper()
	var screen string
	for range 200 {
		screen = x.screen()
		missing := false
		for _, p := range pieces {
			missing = missing || !strings.Contains(screen, p)
		}
		if !missing {
			return x
		}
		time.Sleep(50 * time.Millisecond)
	}
	x.t.Fatalf("the screen does not show %q:\n%s", pieces, screen)
	return x
}

// without waits for the screen not to show piece.
func (x terminal) without(piece string) terminal {
	x.t.Helper()
	for range 200 {
		if !strings.Contains(x.screen(), piece) {
			return x
		}
		time.Sleep(50 * time.Millisecond)
	}
	x.t.Fatalf("the screen still shows %q:\n%s", piece, x.screen())
	return x
}

// keys presses keys by tmux's names.
func (x terminal) keys(keys ...string) terminal {
	x.t.Helper()
	x.tmux(append([]string{"send-keys", "-t", "main"}, keys...)...)
	return x
}

// write types text.
func (x terminal) write(s string) terminal {
	x.t.Helper()
	x.tmux("send-keys", "-t", "main", "-l", s)
	return x
}

// build makes the program in dir, or skips the test on a machine without tmux.
func build(t testing.TB, dir string) string {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("no tmux on this machine")
	}
	program := filepath.Join(dir, "imagery")
	if out, err := exec.Command("go", "build", "-o", program, "imagery").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Setenv("IMAGERY_HOME", filepath.Join(dir, "home"))
	t.Setenv("IMAGERY_LANG", "zh")
	t.Setenv("TERM", "xterm-256color")
	return program
}

// open runs a command line in a window of w by h cells.
func open(t *testing.T, dir, w, h, command string) terminal {
	t.Helper()
	x := terminal{t, filepath.Join(dir, "tmux")}
	x.tmux("new-session", "-d", "-s", "main", "-x", w, "-y", h, command+"; echo LEFT $?; sleep 60")
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", x.socket, "kill-server").Run() })
	return x
}

// noticed waits as long as a dialog that opened by itself takes no keys, so that none typed before answers it.
func (x terminal) noticed() terminal {
	time.Sleep(800 * time.Millisecond)
	return x
}

// start opens the program in a window of w by h cells, next to a demo platform of its own, with its data and settings in dir.
func start(t *testing.T, dir, w, h string) terminal {
	t.Helper()
	program := build(t, dir)
	platform := exec.Command(program, "demo", "--serve", "--accounts", "400", "--data", filepath.Join(dir, "platform"))
	if err := platform.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = platform.Process.Signal(os.Interrupt); _ = platform.Wait() })
	for i := range 601 {
		if _, err := os.Stat(filepath.Join(dir, "home", "state", "demo.json")); err == nil {
			break
		} else if i == 600 {
			t.Fatal("the demo did not get ready")
		}
		time.Sleep(50 * time.Millisecond)
	}
	return open(t, dir, w, h, program+" --profile demo")
}

// The whole job of a reviewer, with real keys in a real terminal; then the platform's database and the files on disk are asked whether
// they agree with what the screen said.
func TestTheJobInATerminal(t *testing.T) {
	dir := t.TempDir()
	scan, folder := filepath.Join(dir, "scan.png"), filepath.Join(dir, "saved")
	if err := os.WriteFile(scan, []byte("\x89PNG\r\n\x1a\n and so on"), 0o600); err != nil {
		t.Fatal(err)
	}
	x := start(t, dir, "100", "30")
	x.until("用户名", "密码").write("wrong").keys("Enter").until("用户名或密码错误")
	x.keys("C-u").write("demo").keys("Enter").until("第 1/8 页", "共 400 条")

	// accounts that lack the futures contract, their second page
	x.keys("f").until("Esc 收起").keys("Tab").write("jjht").until("> [ ] 期货").keys("Enter", "F7").until("服务端条件 1 项", "第 1/3 页")
	x.keys("]").until("第 2/3 页").keys("Enter").until("> 资料", "客户影像 m:开  历史影像 H:关")
	x.keys("H").until("历史影像 H:开").keys("H").until("历史影像 H:关")
	_, rest, _ := strings.Cut(x.screen(), "账号 ")
	account, _, _ := strings.Cut(rest, " ")

	x.keys("Space", "Space", "d").until("下载 2 个文件").keys("C-u").write(folder).keys("Enter").until("已开始下载").keys("F4").until("2/2", "完成")
	x.keys("Escape").until("已选 2").keys("Escape").until("资料 ──")

	x.keys("a").until("归档影像").keys("C-u").write("yhk").until("4101").keys("Enter", "Tab").write("补录").keys("Tab", "Tab", "Tab", "Tab", "Tab")
	x.write(scan).keys("Enter").until("scan.png", "base64").keys("F7").until("已归档 1 个文件")
	_, rest, _ = strings.Cut(x.screen(), "归档批次 SX")
	archive := "SX" + strings.Fields(rest)[0]

	x.keys("/").write("scan").keys("Enter").until("/ scan").keys("g", "j", "x").until("作废确认", archive)
	x.keys("BTab", "BTab", "BTab").write("传错了").keys("Enter", "Tab", "Tab").write(account[len(account)-4:]).keys("F7").until("已作废批次 " + archive)
	x.keys("C-c").until("LEFT 0")

	checkPlatform(t, filepath.Join(dir, "platform"), account, archive)
	checkFolder(t, folder)
	checkJournal(t, account)
}

// checkPlatform: the database has the archive, and its discard with the reason.
func checkPlatform(t *testing.T, dir, account, archive string) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "*.db"))
	if len(files) != 1 {
		t.Fatalf("databases: %v", files)
	}
	db, err := sql.Open("sqlite", "file:"+files[0]+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var no, code, title, reason string
	if err := db.QueryRow(`SELECT accounts.no, archived.code, archives.title, discards.reason FROM archives
		JOIN archived ON archived.archive = archives.id JOIN accounts ON accounts.seq = archives.account JOIN discards ON discards.archive = archives.id
		WHERE archives.id = ?`, archive).Scan(&no, &code, &title, &reason); err != nil {
		t.Fatal(err)
	}
	if got := [4]string{no, code, title, reason}; got != [4]string{account, "4101", "补录", "传错了"} {
		t.Errorf("the database has %q", got)
	}
}

// checkFolder: two files came home, and are what SHA256SUMS says.
func checkFolder(t *testing.T, folder string) {
	t.Helper()
	check := exec.Command("sha256sum", "--check", "--strict", "SHA256SUMS")
	check.Dir = folder
	if out, err := check.CombinedOutput(); err != nil || strings.Count(string(out), "OK") != 2 {
		t.Errorf("sha256sum: %v\n%s", err, out)
	}
}

// checkJournal: what was done is on record.
func checkJournal(t *testing.T, account string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(os.Getenv("IMAGERY_HOME"), "state", "audit.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[audit.Act]int{}
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		var e audit.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err, line)
		}
		seen[e.Act]++
	}
	for _, action := range []audit.Act{audit.SignIn, audit.Download, audit.Archive, audit.Discard} {
		if seen[action] == 0 {
			t.Errorf("the journal of account %s lacks %s: %v", account, action, seen)
		}
	}
}
