package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"imagery/internal/config"
	"imagery/internal/demo"
	"imagery/ui/rules"
)

// ownRules is the copy that the demo profile's rules are edited in.
func (l *lab) ownRules() string {
	text, err := os.ReadFile(filepath.Join(l.dir, "rules-演示.toml"))
	if err != nil && !os.IsNotExist(err) {
		l.t.Fatal(err)
	}
	return string(text)
}

func TestEditingTheExampleMakesACopyThatChecksUse(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "c", "L"}).Wait(time.Minute)
		l.Contains("随程序附带的示例", "R01", "头部正面照", "须有 1103", "生效 23 条", "249").Lacks(" .. ")
		was := l.hash()
		l.Press("enter").Wait(time.Second)
		l.Contains("修改规则", "示例不会改动").Press("tab").Press("ctrl+u").Type("新名字").Press("f7").Wait(time.Second)
		l.Contains("已保存", "新名字", "文件 ").Lacks("随程序附带的示例")
		if own := l.ownRules(); !strings.Contains(own, "name = \"新名字\"") || !strings.HasPrefix(own, "# 示例") || l.hash() == was {
			t.Errorf("%s, %s:\n%.600s", l.hash(), was, own)
		}
		now := l.hash()
		l.Press("esc").Wait(time.Second)
		if l.hash() != now {
			t.Errorf("the completeness screen is of rules %s, not %s", l.hash(), now)
		}
		l.Press("r").Wait(time.Minute).Press("right").Press("right").Press("right")
		l.Contains("新名字")
	})
}

// hash is the version that the screen shows.
func (l *lab) hash() string {
	l.t.Helper()
	_, after, found := strings.Cut(l.Screen(), "哈希 ")
	if !found {
		l.t.Fatal("no hash is shown")
	}
	return after[:12]
}

func TestARuleIsTurnedOffAddedCopiedAndRemoved(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "c", "L"}).Wait(time.Minute)
		l.Press("space").Wait(time.Minute)
		l.Contains("生效 22 条，共 23 条", "停用")
		l.Press("space").Wait(time.Minute).Contains("生效 23 条")
		l.Press("c").Wait(time.Second).Contains("R01-1").Press("f7").Wait(time.Minute)
		l.Contains("生效 24 条", "R01-1")
		l.Press("D").Wait(time.Second).Contains("R01-1 头部正面照", "注释").Press("tab").Press("enter").Wait(time.Minute)
		l.Contains("生效 23 条")
		l.Press("n").Wait(time.Second).Press("f7").Wait(time.Second)
		l.Contains("必填").Type("要求").Press("tab").Press("tab").Type("1101").Press("enter").Press("f7").Wait(time.Minute)
		l.Contains("生效 24 条", "R24", "要求")
	})
}

func TestWhatIsWrongStandsBesideTheFields(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "c", "L", "enter"}).Wait(time.Second)
		l.Press("ctrl+u").Type("R02").Press("f7").Wait(time.Second)
		l.Contains("与别处重复：R02")
		if own := l.ownRules(); own != "" {
			t.Error("it is saved")
		}
	})
}

func TestRulesChangedByAnotherProgramAreNotOverwritten(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "c", "L"}).Wait(time.Minute)
		l.Press("space").Wait(time.Minute)
		file := filepath.Join(l.dir, "rules-演示.toml")
		if err := os.WriteFile(file, []byte("version = 1\n[[rule]]\nid = \"\"\nname = \"x\"\nany = []\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		l.Press("space").Wait(time.Second).Contains("没有覆盖")
		l.Press("r").Wait(time.Second)
		l.Contains("规则文件有 2 处错误", "第 3 行", "第 5 行", "#1")
		l.Press("esc").Wait(time.Second).Press("r").Wait(time.Minute).Contains("规则文件有 2 处错误")
	})
}

func TestAProfileWithoutRulesBeginsWithTheExample(t *testing.T) {
	run(t, 100, 30, "en", func(l *lab) {
		l.follow([]string{"+", "c", "L"}).Wait(time.Second)
		if _, on := l.model.top().(*rules.Model); !on {
			t.Fatalf("L led to %T", l.model.top())
		}
		l.Contains("no rules file").Press("E").Wait(time.Minute)
		l.Contains("23 in force", "File ")
	}, func(_ *demo.Options, p *config.Profile) { p.Demo = false })
}

func TestCountingIsCalledOff(t *testing.T) {
	run(t, 100, 30, "zh", func(l *lab) {
		l.follow([]string{"+", "c"}).Press("L").Wait(300 * time.Millisecond)
		l.Contains("正在按规则计数", " .. ").Press("esc").Wait(time.Second)
		l.Contains("计数没有完成", "!").Press("r").Wait(time.Minute)
		l.Lacks("计数没有完成", " .. ")
	})
}
