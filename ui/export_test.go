package ui

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestMarkedAndShownRowsAreExported(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		l.signIn().Press("space", "space", "]").Wait(time.Second)
		l.Press("space", "e").Contains("导出为 CSV", "已选 3 行", "列表中 50 行")
		l.Press("enter").Wait(time.Second)
		l.Contains("已导出 3 行")
		files, err := filepath.Glob(filepath.Join(l.dir, "下载", "账号-*.csv"))
		if err != nil || len(files) != 1 {
			t.Fatal(files, err)
		}
		text, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
		if err != nil || len(lines) != 4 || lines[0][0] != "账号" || lines[1][0] != "8800000001" {
			t.Errorf("%v, %q", err, lines)
		}
		if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		if entries, err := os.ReadFile(filepath.Join(l.dir, "audit.jsonl")); !strings.Contains(string(entries), `"export"`) {
			t.Errorf("the journal has no export: %v", err)
		}
	})
}

func TestAnExportDoesNotReplaceAFile(t *testing.T) {
	run(t, 120, 40, "zh", func(l *lab) {
		old := filepath.Join(l.dir, "旧.csv")
		if err := os.WriteFile(old, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		l.signIn().Press("e").Wait(time.Second)
		l.Press("tab", "ctrl+u").Type(old).Press("f7").Wait(time.Second)
		l.Contains("已经有这个文件或目录")
		if b, err := os.ReadFile(old); err != nil || string(b) != "old" {
			t.Errorf("%q, %v", b, err)
		}
	})
}

func TestTabReadsOnInThePanes(t *testing.T) {
	run(t, 100, 24, "zh", func(l *lab) {
		l.signIn().Press("p").Contains("账号详情", "1-18/")
		l.Press("tab", "G").Lacks("1-18/")
		l.Press("esc").Contains("账号检索")
		l.Press("enter").Wait(time.Second)
		l.Press("j", "tab").Contains("回到列表")
		before := l.Screen()
		if l.Press("G"); l.Screen() == before {
			t.Errorf("the preview does not scroll:\n%s", before)
		}
		l.Press("tab", "j").Lacks("回到列表")
	})
}
