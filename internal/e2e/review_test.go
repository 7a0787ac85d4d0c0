package e2e

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"imagery/internal/audit"
)

// looking is how long the reviewer of the test looks at an account before the verdict; nobody reads a contract faster.
const looking = 1500 * time.Millisecond

// A reviewer opens a run and judges ten accounts, looking at two pages of each, while every answer of the platform takes 20 ms more: one key a
// page and a verdict. How often the next account's picture was not there with the account is said with -v: on a quiet machine it is never. Then
// the databases are asked whether they agree.
func TestTenVerdictsTakeOneKeyEach(t *testing.T) {
	dir := t.TempDir()
	program := build(t, dir)
	x := open(t, dir, "100", "30", program+" demo --accounts 400 --latency 20ms")
	x.until("第 1/8 页", "共 400 条").keys("S").until("新抽查", "全部可见账号").keys("F7").until("已记录在案", "SHA-256").noticed().keys("F7")
	x.until("复核 第 1 户", "进度 [----------] 0/55").shown().keys("Escape").until("复核中", "正在看 0")

	keys, waits := 0, 0
	press := func(k string) { x.keys(k); keys++ }
	press("Enter")
	for n := 1; n <= 10; n++ {
		x.until(fmt.Sprintf("复核 第 %d 户", n)).shown()
		time.Sleep(looking)
		press("]")
		x.shown()
		press("Y")
		if !x.atOnce(fmt.Sprintf("复核 第 %d 户", n+1)) {
			waits++
		}
	}
	t.Logf("%d of 10 accounts were waited for", waits)
	x.until("10/55", "已存盘")
	if keys != 1+10*2 {
		t.Errorf("%d keys for a page and a verdict on each of ten accounts", keys)
	}

	x.keys("u").until("复核 第 10 户", "9/55", "已撤销").keys("Enter").until("复核 第 11 户", "10/55")
	x.keys("C-c").until("LEFT 0")
	checkVerdicts(t, 10)
}

// shown waits until a picture is there.
func (x terminal) shown() terminal {
	x.t.Helper()
	return x.without("正在")
}

// atOnce waits for the next account, and returns whether its picture came in the same frame.
func (x terminal) atOnce(title string) bool {
	x.t.Helper()
	for range 2000 {
		if screen := x.screen(); strings.Contains(screen, title) {
			return !strings.Contains(screen, "正在载入") && !strings.Contains(screen, "正在取")
		}
		time.Sleep(2 * time.Millisecond)
	}
	x.t.Fatalf("there is no %s:\n%s", title, x.screen())
	return false
}

// checkVerdicts: the database has as many valid verdicts, none of an account twice and no claim left, and the journal has each.
func checkVerdicts(t *testing.T, want int) {
	t.Helper()
	state := filepath.Join(os.Getenv("IMAGERY_HOME"), "state")
	db, err := sql.Open("sqlite", "file:"+filepath.Join(state, "review.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var valid, places, undone, claimed int
	err = db.QueryRow(`SELECT count(*) FILTER (WHERE undone = 0), count(DISTINCT place) FILTER (WHERE undone = 0), count(*) FILTER (WHERE undone > 0),
		(SELECT count(*) FROM seat WHERE state = 'claimed') FROM verdict`).Scan(&valid, &places, &undone, &claimed)
	if err != nil || valid != want || places != want || undone != 1 || claimed != 0 {
		t.Errorf("%d verdicts on %d accounts, %d taken back, %d claimed, %v; want %d", valid, places, undone, claimed, err, want)
	}
	b, err := os.ReadFile(filepath.Join(state, "audit.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	given := 0
	for line := range strings.Lines(string(b)) {
		var e audit.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Act == audit.Verdict && e.Phase == audit.Ended && e.Result == audit.OK && e.Detail["takenBack"] == "" {
			given++
		}
	}
	if given != want+1 { // the one taken back was given, too
		t.Errorf("the journal has %d verdicts, want %d", given, want+1)
	}
}
