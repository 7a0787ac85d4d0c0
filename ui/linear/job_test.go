package linear

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the platform's database is asked what it holds

	"imagery/internal/i18n"
)

func TestAReviewersJobFromSignInToDiscardInBothLanguages(t *testing.T) {
	for _, lang := range i18n.Languages {
		t.Run(lang, func(t *testing.T) {
			say := i18n.Load(lang).T
			talk(t, lang, func(l *lab) { job(l, say) })
		})
	}
}

// job is a reviewer's whole work: sign in, find, read, bring home, archive, discard.
func job(l *lab, say func(i18n.Key, ...any) string) {
	l.t.Helper()
	l.hears(say("linear.welcome"), "演示", say("login.user"))
	l.typed("").hears(say("linear.password")).typed("wrong").hears(say("error.password", "status", 401), say("error.password_todo"), say("linear.password"))
	l.typed("demo").hears(say("linear.main"), "1. "+say("accounts.breadcrumb"))

	// accounts that lack the futures contract, found by its initials; then ten lines on, and a page on
	l.typed("1", "３").hears(say("accounts.filter.lacks")).typed("jjht").hears("2101", "5101").typed("１").hears("2101 期货经纪合同")
	l.typed("9").hears("50").typed("２０", "1").hears(say("accounts.filtered", "n", 1), "1. 88")
	l.typed("ｎ").hears("11. 88").typed("n").hears(strings.SplitN(say("linear.page", "page", 2, "pages", "", "total", ""), "2", 2)[0] + "2")
	l.typed("1").hears(say("linear.included", "customer", say("materials.on"), "history", say("materials.off")), "\n1. ")
	account := l.after(strings.TrimSpace(say("archive.account", "no", "", "name", "")) + " ")
	l.typed("h").hears(say("linear.included", "customer", say("materials.on"), "history", say("materials.on"))).typed("h")

	folder := filepath.Join(l.dir, "saved")
	l.typed("d", "1，2").hears(say("download.folder")).typed("'" + folder + "'").hears(say("linear.download_wait")).typed("1")
	l.hears(say("linear.percent", "n", 100), folder)
	sums, err := os.ReadFile(filepath.Join(folder, "SHA256SUMS"))
	if err != nil || strings.Count(string(sums), "\n") != 2 {
		l.t.Errorf("%s %v", sums, err)
	}

	scan := l.file("扫描.jpg")
	l.typed("a").hears(say("archive.code")).typed("yhk").hears("4101").typed("补录银行卡").hears(say("archive.path"))
	l.typed(l.dir+"/扫").hears(say("error.no_file"), "扫描.jpg").typed(scan).hears(say("archive.send"), "扫描.jpg", "补录银行卡")
	l.typed("1").hears("4101").typed("n").hears(say("archive.title")).typed("1", "是").hears(say("materials.count", "n", "", "files", "")[:1])
	l.hears(strings.SplitN(say("archive.done", "n", 1, "id", "#"), "#", 2)[0])
	archive := l.after(strings.SplitN(say("archive.done", "n", 1, "id", "#"), "#", 2)[0])

	for !strings.Contains(l.last, "补录银行卡") || !strings.Contains(l.last, "扫描.jpg，") && !strings.Contains(l.last, "扫描.jpg, ") {
		l.typed("n").lacks(say("linear.at_end"))
	}
	l.typed(l.lineWith("扫描.jpg")).hears(say("key.materials.discard")).typed("6").hears(archive, "4101", say("discard.no_undo"), say("discard.reason"))
	l.typed("?").hears("2. "+say("discard.reason_wrong_person")).typed("2").hears(say("discard.reason_wrong_person"), say("discard.emp"), "0231")
	l.typed("").hears(say("linear.digits")).typed("y").hears(say("discard.confirm_wrong")).typed(account[len(account)-4:])
	l.hears(say("discard.done", "n", 1, "id", archive)).lacks("扫描.jpg")
	checkPlatform(l, account, archive, say("discard.reason_wrong_person"))
	l.typed("quit").left()
}

// checkPlatform: the database has the archive, and its discard with the reason.
func checkPlatform(l *lab, account, archive, reason string) {
	l.t.Helper()
	files, _ := filepath.Glob(filepath.Join(l.dir, "platform", "*.db"))
	if len(files) != 1 {
		l.t.Fatalf("databases: %v", files)
	}
	db, err := sql.Open("sqlite", "file:"+files[0]+"?mode=ro")
	if err != nil {
		l.t.Fatal(err)
	}
	defer db.Close()
	var got [5]string
	err = db.QueryRow(`SELECT accounts.no, archived.code, archives.title, discards.reason, discards.emp FROM archives
		JOIN archived ON archived.archive = archives.id JOIN accounts ON accounts.seq = archives.account JOIN discards ON discards.archive = archives.id
		WHERE archives.id = ?`, archive).Scan(&got[0], &got[1], &got[2], &got[3], &got[4])
	if want := [5]string{account, "4101", "补录银行卡", reason, "0231"}; err != nil || got != want {
		l.t.Errorf("the database has %q (%v), want %q", got, err, want)
	}
}

func TestSlowWorkSaysSoAndThatItIsDone(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.signIn()
		l.latency = 40 * time.Second
		l.typed("1", "1").lacks("正在查询")
		time.Sleep(time.Second)
		l.settle().hears("正在查询账号... 按 Ctrl+C 可取消")
		time.Sleep(15 * time.Second)
		l.settle().hears("仍在进行，已 16 秒")
		time.Sleep(2 * time.Minute)
		l.settle().hears("完成，用时", "第 1 页，共 3 页，120 条")
	})
}

func TestCtrlCCancelsWhatRunsAndTwiceLeaves(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.signIn()
		l.latency = time.Minute
		l.typed("1", "1").interrupt().hears("正在取消", "\n已取消\n", "筛选，请选择")
		l.interrupt().hears("再按一次 Ctrl+C 离开程序", "筛选，请选择")
		l.typed("?").hears("1. 查询").interrupt().hears("再按一次").interrupt().left()
	})
	talk(t, "zh", func(l *lab) {
		l.signIn()
		l.deaf = true // else what is canceled may have ended before the second one
		l.typed("1", "1")
		l.interrupts <- struct{}{}
		l.interrupts <- struct{}{}
		l.settle().left()
		time.Sleep(time.Minute)
	})
}

func TestTheEndOfInputLeaves(t *testing.T) {
	for _, lines := range [][]string{{}, {""}, {"", "demo"}, {"", "demo", "1", "1", "1", "a"}} {
		talk(t, "zh", func(l *lab) {
			l.typed(lines...)
			_ = l.in.Close()
			l.settle().left()
		})
	}
}

func TestAnEndedSessionAsksForThePasswordAndGoesOn(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.signIn().typed("1", "1")
		l.refusing = true
		l.typed("1").hears("登录已失效", "用户 demo", "密码（输入不显示）").typed("demo").hears("用户名或密码错误")
		l.refusing = false
		l.typed("demo").hears("已重新登录", "5 份 6 个文件")
	})
}

func TestAPasswordThatIsNotGivenAgainGoesBack(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.signIn().typed("1", "1")
		l.refusing = true
		l.typed("1").hears("登录已失效").typed("").hears("账号序号")
	})
}

func TestReadOnlyProfileSaysWhyNothingCanBeWritten(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.hears("只读").signIn().hears("只读").typed("3").hears("只读环境：已禁用归档、作废与新增")
		l.typed("1", "1", "1", "a").hears("只读环境").typed("?").hears("a 归档（现在不能：只读环境").typed("1", "6").hears("只读环境")
	}, func(s *setup) { s.profile.ReadOnly = true })
}

func TestAnUnknownAccountCanBeAddedWhereItIsMissed(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.signIn().typed("2", "９９９９０００１", "经纪").hears("没有找到", "输入 add 新增")
		l.typed("add").hears("账号", "99990001").typed("", "").hears("账号名称").typed("示例新户").hears("营业部").typed("shyyb").hears("有 2 项符合", "1202 深圳营业部").typed("1").hears("营业部：1101 上海营业部")
		l.typed("", "1", "", "1", "310101199001011234").hears("3101").lacks("199001").typed("").hears("1. 新增", "示例新户")
		l.typed("1", "y").hears("已新增账号 99990001", "没有资料")
	})
}

func TestBackGoesOneQuestionBackAndKeepsTheAnswers(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.signIn().typed("1", "1", "1", "a", "1103").hears("标题").typed("第一").hears("文件路径")
		l.typed("").hears("文件序号").typed("a").hears("已恢复上次没有提交的内容", "现在是 1103").typed("").hears("现在是 第一").typed("返回").hears("资料编码")
		l.typed("", "第二", "file:abc_1").hears("标题：第二", "abc_1").typed("３").hears("标题（现在是 第二").typed("第三", "?").hears("标题：第三")
	})
}

func TestCodesThatLookLikeNumbersOfLinesAreCodes(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.signIn().typed("1", "7", "1").hears("业务类型：1 居间").typed("7", "0").hears("业务类型：0 经纪").typed("7", "经纪，交易").hears("0 经纪，4 交易咨询")
		l.typed("7", "-", "7", "xyz").hears("没有符合的代码").typed("n").hears("业务类型").typed("?").hears("\n0 经纪\n1 居间")
	})
}

func TestDatesAreTakenInTheirUsualForms(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.signIn().typed("1", "4", "２０２０年１月２日").hears("2020-01-02").typed("5", "不知道").hears("日期应写作").typed("20190101", "1").hears("止日早于起日")
		l.typed("10", "1").hears("120 条")
	})
}

func TestADownloadGoesOnInTheBackgroundAndItsEndIsTold(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.signIn().typed("1", "1", "1")
		l.latency = 10 * time.Second
		l.typed("1", "3", "", "2").hears("已在后台开始").typed("退出").hears("还有 1 个任务在进行", "仍然退出").typed("n")
		time.Sleep(3 * time.Minute)
		l.typed("?").hears("1 个文件已保存到").typed("").lacks("已保存")
		l.latency = 0
		l.typed("", "", "", "4").hears("任务 1 个", "完成").typed("1", "2").hears("任务已结束")
	})
}

func TestATaskIsPausedAndGoesOn(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.signIn().typed("1", "1", "1")
		l.latency = 10 * time.Second
		l.typed("1", "3", "", "2").hears("已在后台开始").typed("", "", "", "", "4").hears("任务 1 个").typed("1").hears("暂停/继续").typed("3").hears("正在暂停")
		time.Sleep(20 * time.Second)
		l.typed("1").hears("已暂停").lacks("«»").typed("2").hears("已暂停")
		l.typed("3").hears("任务继续进行").typed("1").lacks("已暂停")
		time.Sleep(time.Minute)
		l.typed("?").hears("1 个文件已保存到")
	})
}

func TestWhatAnArchiveTakesThePlaceOfIsSaidFirst(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		scan := l.file("扫描.jpg")
		l.signIn().typed("1", "1", "1", "a", "4101", "第一", scan, "1").lacks("转为历史").typed("是").hears("已归档 1 个文件")
		l.typed("a", "4101", "第二", scan, "1").hears("该编码已有 1 份资料，归档后它们转为历史", "扫描.jpg：已有同名且大小相同的文件", "归档为 4101").typed("否")
		l.latency = time.Minute
		l.typed("1").interrupt().hears("已取消").lacks("归档为 4101")
	})
}

func TestAFileIsShownOutside(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.signIn().typed("1", "1", "1", "1").typed("2").hears("正在打开", "已在浏览器中打开").typed("1").hears("大小", "文件编号")
		l.link = "http://127.0.0.1:1/once"
		l.typed("2").hears("只能用一次", l.link)
	})
}

func TestHelpAndQuitAreThereEverywhere(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		for _, line := range []string{"", "demo", "1", "2", "", "1", "1", "d", "", "1", "3", "", "", "a"} {
			l.typed("？").hears("随处可输入").typed(line)
		}
		l.typed("退出").left()
	})
}

func TestTheLanguageSwitchesInPlaceAndIsKept(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.signIn().typed("qhyy").hears("This is English now", "Main menu, choose")
		if l.kept != "en" {
			t.Errorf("kept %q", l.kept)
		}
		l.typed("7").hears("Anywhere: ? for help").typed("5").hears("现在使用中文")
	})
}

func TestAnotherPlatformIsSignedInTo(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.signIn().typed("6").hears("演示", "用户名").typed("", "demo").hears("主菜单")
	})
}

func TestWhatIsHostileIsHarmless(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.signIn().typed("\x1b[A").hears("没有听懂").typed("2", "\x1b]0;x\a12", "0").hears("没有找到").typed("", "1", "7", "\x1b[31mred\xff").hears("没有符合的代码", "[31mred")
	})
}

func TestPasswordsAreNotShownWhereThereIsATerminal(t *testing.T) {
	talk(t, "zh", func(l *lab) {
		l.typed("").hears("密码（输入不显示）")
		l.secrets <- "demo"
		l.settle().hears("主菜单")
	}, func(s *setup) {
		s.terminal = true
	})
}
