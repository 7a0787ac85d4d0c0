package grid

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"imagery/internal/text"
	"imagery/ui/internal/core"
	"imagery/ui/internal/keymap"
	"imagery/ui/internal/overlay"
	"imagery/ui/internal/uitest"
)

type account struct{ no, name, dept string }

func env() *core.Env {
	e := core.NewEnv(context.Background())
	now := time.Date(2026, 4, 2, 16, 20, 0, 0, time.UTC)
	e.Now = func() time.Time { return now }
	return e
}

func config() Config[account] {
	return Config[account]{
		Key: func(a account) string { return a.no },
		Columns: []Column[account]{
			{ID: "no", Name: "账号", Min: 10, Cell: func(a account) string { return a.no }, Less: func(a, b account) bool { return a.no < b.no }},
			{ID: "name", Name: "客户名称", Min: 12, Max: -1, Priority: 1, Cell: func(a account) string { return a.name }, Less: func(a, b account) bool { return a.name < b.name }},
			{ID: "dept", Name: "营业部", Min: 10, Max: 16, Priority: 3, Cell: func(a account) string { return a.dept }},
			{ID: "date", Name: "开户日期", Min: 10, Priority: 2, Cell: func(account) string { return "2026-03-28" }},
		},
	}
}

var names = []string{"张三丰", "欧阳娜娜", "阿卜杜勒·买买提江", "上海某某投资管理有限公司", "李四", "👍🏽Emoji", "e\u0301clair Ｆｕｌｌ"}

func accounts(n int) []account {
	out := make([]account, n)
	for i := range out {
		out[i] = account{fmt.Sprintf("8800%05d", i), names[i%len(names)], []string{"上海营业部", "北京"}[i%2]}
	}
	return out
}

func filled(n int) *Grid[account] {
	g := New(env(), config())
	g.SetFocus(true)
	g.SetRows(accounts(n))
	return g
}

// press sends keys by name and returns the messages their commands gave.
func press(g *Grid[account], keys ...string) (out []tea.Msg) {
	for _, k := range keys {
		if cmd := g.Update(uitest.Key(k)); cmd != nil {
			out = append(out, cmd())
		}
	}
	return out
}

func typeIn(g *Grid[account], s string) {
	for _, r := range s {
		g.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func screen(t *testing.T, g *Grid[account], w, h int) *uitest.Terminal {
	t.Helper()
	s, cur := g.View(w, h)
	uitest.Exact(t, s, w, h)
	return uitest.Draw(s, cur, w, h)
}

func current(g *Grid[account]) string { r, _ := g.Current(); return r.no }

func TestTheViewFillsEverySizeExactly(t *testing.T) {
	for _, n := range []int{0, 1, 7, 500} {
		for _, size := range append(uitest.Sizes, [2]int{20, 5}, [2]int{5, 2}, [2]int{1, 1}, [2]int{37, 4}) {
			g := filled(n)
			press(g, "space", "space")
			screen(t, g, size[0], size[1])
			press(g, "/")
			screen(t, g, size[0], size[1])
			g.SetFailed("连接超时（10 秒）")
			screen(t, g, size[0], size[1])
		}
	}
}

func TestEveryRowOfTheTerminalShowsWholeCells(t *testing.T) {
	term := screen(t, filled(7), 80, 12)
	for i, name := range names {
		line := term.Line(i + 2)
		if !strings.Contains(line, fmt.Sprintf("8800%05d", i)) || !strings.Contains(line, text.Steady(name)) {
			t.Errorf("row %d: %q", i, line)
		}
		if got := term.Slice(70, i+2, 80); got != "2026-03-28" {
			t.Errorf("row %d: where the date should be stands %q: %q", i, got, line)
		}
	}
}

func TestColumnsGiveWayByPriority(t *testing.T) {
	for _, c := range []struct {
		w    int
		want string
	}{{80, "账号 客户名称 营业部 开户日期"}, {48, "账号 客户名称 营业部 开户日期"}, {47, "账号 客户名称 开户日期"}, {30, "账号 客户名称"}, {15, "账号"}} {
		got := strings.Join(strings.Fields(screen(t, filled(3), c.w, 8).Line(0)), " ")
		if got != c.want {
			t.Errorf("%d cells: %q, want %q", c.w, got, c.want)
		}
	}
}

func TestHiddenColumnsAreReachedSideways(t *testing.T) {
	g := filled(3)
	screen(t, g, 30, 8)
	for range 2 {
		press(g, "right")
	}
	if got := strings.Fields(screen(t, g, 30, 8).Line(0)); !slices.Contains(got, "开户日期") || got[0] != "账号" {
		t.Errorf("%q", got)
	}
	press(g, "left", "left", "left")
	if got := strings.Fields(screen(t, g, 30, 8).Line(0)); !slices.Contains(got, "客户名称") {
		t.Errorf("%q", got)
	}
}

func TestMovingKeepsTheCursorInSight(t *testing.T) {
	g := filled(500)
	for _, k := range []string{"down", "pgdown", "G", "up", "pgup", "home", "end", "k", "g", "j", "pgdown", "pgdown"} {
		press(g, k)
		term := screen(t, g, 80, 12)
		if _, y, ok := term.Find(">  " + current(g)); !ok || y < 2 {
			t.Fatalf("after %s the cursor row %s is not shown:\n%s", k, current(g), term.Text())
		}
	}
	if current(g) != "880000019" {
		t.Errorf("at %s", current(g))
	}
}

func TestMarksSurvivePageChangesAndKeepTheirOrder(t *testing.T) {
	g := filled(10)
	press(g, "j", "j", "space", "g", "space")
	g.SetRows([]account{{no: "9", name: "别页"}})
	press(g, "space")
	var got []string
	for _, a := range g.Marked() {
		got = append(got, a.no)
	}
	if want := []string{"880000002", "880000000", "9"}; !slices.Equal(got, want) || g.Marks() != 3 {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestMarkingKeys(t *testing.T) {
	for _, c := range []struct {
		keys []string
		want int
	}{
		{[]string{"ctrl+a"}, 10},
		{[]string{"ctrl+a", "*"}, 0},
		{[]string{"space", "*"}, 9},
		{[]string{"v", "down", "down", "v", "down"}, 3},
		{[]string{"shift+down", "shift+down"}, 3},
		{[]string{"G", "shift+up"}, 2},
		{[]string{"space", "k", "space"}, 0},
		{[]string{"v", "G"}, 10},
	} {
		g := filled(10)
		press(g, c.keys...)
		if g.Marks() != c.want {
			t.Errorf("%v marks %d, want %d", c.keys, g.Marks(), c.want)
		}
	}
}

func TestFullWidthKeysOfAnIMEWork(t *testing.T) {
	g := filled(10)
	g.Update(tea.KeyPressMsg{Code: '\u3000', Text: "\u3000"})
	g.Update(tea.KeyPressMsg{Code: '、', Text: "、"})
	if g.Marks() != 1 || !g.Typing() {
		t.Errorf("marks %d, typing %v", g.Marks(), g.Typing())
	}
}

func TestMarkedAndCurrentRowsShowItInASCII(t *testing.T) {
	g := filled(5)
	press(g, "space", "space", "k")
	term := screen(t, g, 80, 10)
	for y, want := range map[int]string{2: "*  880000000", 3: ">* 880000001", 4: "   880000002"} {
		if !strings.HasPrefix(term.Line(y), want) {
			t.Errorf("row %d: %q, want %q", y, term.Line(y), want)
		}
	}
}

func TestNewRowsKeepTheCursorOnItsRow(t *testing.T) {
	g := filled(100)
	press(g, "j", "j", "j")
	rows := append([]account{{no: "new", name: "新"}}, accounts(100)...)
	g.SetRows(rows)
	if current(g) != "880000003" {
		t.Errorf("at %s", current(g))
	}
	g.SetRows(accounts(2))
	if current(g) != "880000001" {
		t.Errorf("gone row: at %s", current(g))
	}
}

func TestTheFilterFindsPinyinAndItsCursorIsInCells(t *testing.T) {
	g := filled(70)
	press(g, "/")
	typeIn(g, "张sf")
	term := screen(t, g, 80, 14)
	if g.Shown() != 10 || !strings.Contains(term.Line(13), "/ 张sf") || term.Before() != "/ 张sf" || term.Y != 13 {
		t.Errorf("%d rows; cursor after %q\n%s", g.Shown(), term.Before(), term.Text())
	}
	press(g, "enter")
	if g.Typing() || g.Filter() != "张sf" {
		t.Error("Enter must keep the filter")
	}
	press(g, "ctrl+a")
	if g.Marks() != 10 {
		t.Errorf("mark all marked %d", g.Marks())
	}
	if !g.Back() || g.Marks() != 0 || !g.Back() || g.Filter() != "" || g.Back() {
		t.Error("Esc must clear marks, then the filter, then nothing")
	}
}

func TestTheFourPicturesDiffer(t *testing.T) {
	g := New(env(), config())
	seen := map[string]string{}
	note := func(name string) {
		got := screen(t, g, 80, 12).Text()
		for other, s := range seen {
			if s == got {
				t.Errorf("%s looks like %s", name, other)
			}
		}
		seen[name] = got
	}
	note("loading")
	g.SetFailed("连接超时（10 秒）")
	note("failed")
	g.SetRows(nil)
	note("empty")
	g.SetRows(accounts(3))
	g.SetFilter("zzzz")
	note("filtered")
	for name, words := range map[string]string{"loading": "正在载入", "failed": "连接超时（10 秒）", "empty": "没有数据", "filtered": "zzzz"} {
		if !strings.Contains(seen[name], words) {
			t.Errorf("%s does not say %q:\n%s", name, words, seen[name])
		}
	}
	if !strings.Contains(seen["failed"], "按 r 重试") {
		t.Error("failed does not say how to retry")
	}
}

func TestRetryWorksOnlyAfterAFailure(t *testing.T) {
	tries := 0
	c := config()
	c.Retry = func() tea.Cmd { tries++; return nil }
	g := New(env(), c)
	press(g, "r")
	g.SetFailed("x")
	press(g, "r", "f5")
	g.SetRows(accounts(1))
	press(g, "r")
	if tries != 2 {
		t.Errorf("%d tries", tries)
	}
}

func TestSortIsStableAndTurnsAround(t *testing.T) {
	g := filled(14)
	msgs := press(g, "s")
	open, ok := msgs[0].(core.OpenDialogMsg)
	if !ok {
		t.Fatalf("%T", msgs[0])
	}
	choose := func() { g.Update(core.DialogClosedMsg{Owner: open.Owner, Action: overlay.Chosen{ID: "no"}}) }
	choose()
	choose()
	press(g, "g")
	if id, desc := g.Sort(); id != "no" || !desc || current(g) != "880000013" {
		t.Errorf("%s %v at %s", id, desc, current(g))
	}
	if !strings.Contains(screen(t, g, 80, 8).Line(0), "账号v") {
		t.Error("the head does not show the direction")
	}
	g.Update(core.DialogClosedMsg{Owner: "someone else", Action: overlay.Chosen{ID: "name"}})
	if id, _ := g.Sort(); id != "no" {
		t.Error("took the answer of somebody else's dialog")
	}
}

func TestColumnsAreChosenAndOrdered(t *testing.T) {
	g := filled(3)
	g.Update(core.DialogClosedMsg{Owner: asked[account]{g, arranging}, Action: overlay.Arranged{Items: []overlay.Item{{ID: "date", On: true}, {ID: "no", On: true}, {ID: "name"}, {ID: "dept"}}}})
	if got := strings.Join(strings.Fields(screen(t, g, 80, 8).Line(0)), " "); got != "开户日期 账号" {
		t.Errorf("%q", got)
	}
	saved := g.State()
	again := filled(3)
	again.Restore(saved)
	if got := strings.Join(strings.Fields(screen(t, again, 80, 8).Line(0)), " "); got != "开户日期 账号" {
		t.Errorf("restored: %q", got)
	}
	g.Update(core.DialogClosedMsg{Owner: asked[account]{g, arranging}, Action: overlay.Arranged{Items: []overlay.Item{{ID: "no"}, {ID: "name"}, {ID: "dept"}, {ID: "date"}}}})
	if len(g.columns()) != 1 {
		t.Error("every column was hidden")
	}
}

func TestGroupsFold(t *testing.T) {
	c := config()
	c.Group = func(a account) string { return a.dept }
	g := New(env(), c)
	g.SetFocus(true)
	g.SetRows(accounts(6))
	term := screen(t, g, 60, 12)
	if !strings.HasPrefix(term.Line(2), "   v 上海营业部") || !strings.HasPrefix(term.Line(3), ">    880000000") || !strings.HasPrefix(term.Line(6), "   v 北京") {
		t.Fatalf("\n%s", term.Text())
	}
	press(g, "left")
	if term = screen(t, g, 60, 12); !strings.HasPrefix(term.Line(2), ">  > 上海营业部 (3)") || g.Shown() != 3 {
		t.Errorf("%d shown\n%s", g.Shown(), term.Text())
	}
	g.SetRows(accounts(8))
	if g.Shown() != 4 {
		t.Errorf("a reload unfolded: %d shown", g.Shown())
	}
	press(g, "enter", "space")
	if g.Shown() != 8 || g.Marks() != 4 {
		t.Errorf("shown %d, marks %d", g.Shown(), g.Marks())
	}
}

func TestTheMouseSelectsScrollsAndOpens(t *testing.T) {
	opened := ""
	c := config()
	c.Open = func(a account) tea.Cmd { opened = a.no; return nil }
	g := New(env(), c)
	g.SetRows(accounts(50))
	screen(t, g, 80, 12)
	g.Update(tea.MouseClickMsg{X: 20, Y: 5, Button: tea.MouseLeft})
	if current(g) != "880000003" || opened != "" {
		t.Errorf("at %s, opened %q", current(g), opened)
	}
	g.Update(tea.MouseClickMsg{X: 20, Y: 5, Button: tea.MouseLeft})
	if opened != "880000003" {
		t.Errorf("a double click opened %q", opened)
	}
	g.Update(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	if current(g) != "880000006" {
		t.Errorf("wheel: at %s", current(g))
	}
	g.Update(tea.MouseClickMsg{X: 20, Y: 0, Button: tea.MouseLeft})
	if current(g) != "880000006" {
		t.Error("a click on the heads moved the cursor")
	}
}

func TestACellCursorIsShownAndScrolledTo(t *testing.T) {
	c := config()
	c.CellCursor = true
	for i := range 20 {
		c.Columns = append(c.Columns, Column[account]{ID: "m" + strconv.Itoa(i), Name: "料" + strconv.Itoa(i), Min: 6, Priority: 4, Cell: func(account) string { return "有" }})
	}
	g := New(env(), c)
	g.SetFocus(true)
	g.SetRows(accounts(5))
	screen(t, g, 80, 10)
	for range 23 {
		press(g, "right")
		screen(t, g, 80, 10)
	}
	term := screen(t, g, 80, 10)
	if g.CurrentColumn() != "m19" || !strings.Contains(term.Line(0), "料19") || !strings.Contains(term.Line(2), "[有  ]") {
		t.Errorf("%s\n%s", g.CurrentColumn(), term.Text())
	}
	for range 23 {
		press(g, "left")
	}
	if got := screen(t, g, 80, 10).Line(0); !strings.Contains(got, "客户名称") || g.CurrentColumn() != "no" {
		t.Errorf("%s %q", g.CurrentColumn(), got)
	}
}

// matrix is a grid of 20 columns that scroll behind the account, the name and the department; the department is the last of them.
func matrix() *Grid[account] {
	c := config()
	c.CellCursor = true
	c.Columns = slices.Delete(c.Columns, 3, 4)
	c.Columns[1].Max, c.Columns[1].Frozen, c.Columns[2].Frozen = 12, true, true
	for i := range 20 {
		c.Columns = append(c.Columns, Column[account]{ID: "m" + strconv.Itoa(i), Name: "料" + strconv.Itoa(i), Min: 6, Priority: i + 4, Cell: func(account) string { return "有" }})
	}
	g := New(env(), c)
	g.SetFocus(true)
	g.SetRows(accounts(5))
	return g
}

func TestFrozenColumnsStayWhileThereIsRoom(t *testing.T) {
	g := matrix()
	screen(t, g, 80, 10)
	if first, last, all := g.Window(); first != 1 || last != 6 || all != 20 {
		t.Errorf("%d-%d/%d", first, last, all)
	}
	press(g, slices.Repeat([]string{"right"}, 22)...)
	got := strings.Fields(screen(t, g, 80, 10).Line(0))
	if first, last, _ := g.Window(); !slices.Equal(got[:3], []string{"账号", "客户名称", "营业部"}) || !slices.Contains(got, "料19") || first != 15 || last != 20 {
		t.Errorf("%v, %d-%d", got, first, last)
	}
	if got := strings.Fields(screen(t, g, 24, 10).Line(0)); !slices.Equal(got, []string{"账号", "料19"}) {
		t.Errorf("%v", got)
	}
}

func TestTheCellCursorStaysInSightInANarrowerWindow(t *testing.T) {
	g := matrix()
	screen(t, g, 100, 10)
	press(g, slices.Repeat([]string{"right"}, 11)...)
	for _, w := range []int{100, 80, 60, 100} {
		if term := screen(t, g, w, 10); !strings.Contains(term.Line(2), "[有") {
			t.Errorf("%d cells:\n%s", w, term.Text())
		}
	}
}

func TestGroupsByKeyStandInTheOrderOfTheirKeys(t *testing.T) {
	c := config()
	c.Group, c.GroupsByKey, c.TitleCounts = func(a account) string { return a.no[len(a.no)-1:] }, true, true
	g := New(env(), c)
	g.SetFocus(true)
	rows := accounts(4)
	slices.Reverse(rows)
	g.SetRows(rows)
	for _, key := range []string{"0", "1", "2", "3"} {
		g.Fold(key, true)
	}
	term := screen(t, g, 60, 8)
	for i := range 4 {
		if want := "> " + strconv.Itoa(i); !strings.HasSuffix(strings.TrimSpace(term.Line(i+2)), want) {
			t.Errorf("no %q in order\n%s", want, term.Text())
		}
	}
	if g.SetFilter("8800"); !strings.Contains(screen(t, g, 60, 8).Text(), "> 3 (1)") {
		t.Errorf("hits of a folded group are not counted\n%s", screen(t, g, 60, 8).Text())
	}
}

func TestTheSmallerStepOfEscIsNamed(t *testing.T) {
	g := filled(5)
	for _, c := range []struct {
		key, id, foot string
	}{{"g", "", ""}, {"v", "grid.range_end", "连续选择"}, {"v", "grid.unmark", ""}, {"esc", "", ""}} {
		press(g, c.key)
		b, there := keymap.Match(g.Bindings(), uitest.Key("esc"))
		if there != g.HasStep() || there != (c.id != "") || there && b.ID != c.id {
			t.Errorf("after %s esc is %v, want %q", c.key, b, c.id)
		}
		if got := screen(t, g, 80, 10).Text(); strings.Contains(got, "连续选择") != (c.foot != "") {
			t.Errorf("after %s\n%s", c.key, got)
		}
	}
	press(g, "/")
	typeIn(g, "8")
	press(g, "enter")
	if b, _ := keymap.Match(g.Bindings(), uitest.Key("esc")); b == nil || b.ID != "grid.filter_drop" {
		t.Errorf("%v", b)
	}
}

func TestMovedRunsOnlyWhenTheRowChanges(t *testing.T) {
	n := 0
	c := config()
	c.Moved = func() tea.Cmd { n++; return nil }
	g := New(env(), c)
	g.SetRows(accounts(2))
	press(g, "up", "down", "down", "v")
	if n != 1 {
		t.Errorf("%d", n)
	}
}

func TestCopyGivesTheRowWithTabs(t *testing.T) {
	msgs := press(filled(1), "y", "Y")
	if row := msgs[0].(core.CopyMsg); row.Text != "880000000\t张三丰\t上海营业部\t2026-03-28" {
		t.Errorf("%q", row.Text)
	}
	ask := msgs[1].(core.OpenDialogMsg)
	g := ask.Owner.(asked[account]).g
	if cell := g.Update(core.DialogClosedMsg{Owner: ask.Owner, Action: overlay.Chosen{ID: "name"}})().(core.CopyMsg); cell.Text != "张三丰" {
		t.Errorf("%q", cell.Text)
	}
}

func TestAnOldListSaysThatItIsOld(t *testing.T) {
	g := filled(5)
	g.SetLoading()
	if got := screen(t, g, 80, 10).Text(); !strings.Contains(got, "正在载入") || !strings.Contains(got, "880000004") {
		t.Errorf("\n%s", got)
	}
	g.SetFailed("连接被重置")
	if got := screen(t, g, 80, 10).Text(); !strings.Contains(got, "连接被重置") || !strings.Contains(got, "880000004") {
		t.Errorf("\n%s", got)
	}
}

func TestAKeyCostsTheSameInALongList(t *testing.T) {
	cost := func(n int) float64 {
		g := filled(n)
		g.View(160, 44)
		keys := []string{"down", "pgdown", "space", "G", "g"}
		i := 0
		return testing.AllocsPerRun(50, func() {
			g.Update(uitest.Key(keys[i%len(keys)]))
			g.View(160, 44)
			i++
		})
	}
	if short, long := cost(100), cost(100_000); long > short*1.2 {
		t.Errorf("%.0f allocations for a key among 100 rows, %.0f among 100,000", short, long)
	}
}

func TestAFilterThatDropsTheCursorRowGoesToTheFirstHit(t *testing.T) {
	g := filled(70)
	press(g, "pgdown", "j", "j", "j", "j")
	g.SetFilter("欧阳")
	if current(g) != "880000001" {
		t.Errorf("at %s", current(g))
	}
	g.SetFilter("")
	if current(g) != "880000001" {
		t.Errorf("clearing the filter left the row: %s", current(g))
	}
}

func TestASavedStateIsNotChangedLater(t *testing.T) {
	g := filled(3)
	arrange := func(first, second string) {
		g.Update(core.DialogClosedMsg{Owner: asked[account]{g, arranging}, Action: overlay.Arranged{Items: []overlay.Item{{ID: first, On: true}, {ID: second, On: true}}}})
	}
	arrange("date", "no")
	saved := g.State()
	arrange("no", "date")
	if saved.Order[0] != "date" {
		t.Errorf("%v", saved.Order)
	}
}

func BenchmarkOneKey(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			g := filled(n)
			g.View(160, 44)
			b.ReportAllocs()
			keys := []tea.KeyPressMsg{uitest.Key("down"), uitest.Key("down"), uitest.Key("up"), uitest.Key("space")}
			i := 0
			for b.Loop() {
				g.Update(keys[i%len(keys)])
				g.View(160, 44)
				i++
			}
		})
	}
}

func BenchmarkFilterKey(b *testing.B) {
	g := filled(100_000)
	for b.Loop() {
		g.SetFilter("s")
		g.SetFilter("sm")
		g.SetFilter("smm")
		g.SetFilter("")
	}
}

func TestTheFilterShowsWhatItFound(t *testing.T) {
	g := filled(10)
	g.SetFilter("oyn")
	s, _ := g.View(80, 10)
	screen(t, g, 80, 10)
	for line := range strings.SplitSeq(s, "\n") {
		if plain := text.Plain(line); strings.Contains(plain, "欧阳娜娜") && !strings.Contains(line, "\x1b[1;4") {
			t.Errorf("nothing is underlined: %q", line)
		}
	}
	if strings.Count(s, "4m娜\x1b[m") != 2 || strings.Contains(s, "4m北") {
		t.Errorf("oyn should have found 欧阳娜:\n%q", s)
	}
}

func TestAColumnKeepsTheWidthItWasGiven(t *testing.T) {
	g := filled(5)
	m := press(g, "C")[0].(core.OpenDialogMsg).Dialog.(*overlay.Menu)
	m.Init()
	for _, k := range []string{"down", "right", "right", "right"} {
		m.Update(uitest.Key(k))
	}
	act, _ := m.Update(uitest.Key("enter"))
	g.Update(core.DialogClosedMsg{Owner: asked[account]{g, arranging}, Action: act})
	want := "客户名 " // six cells, and the next column's space
	if got := screen(t, g, 80, 10).Line(0); !strings.Contains(got, want) {
		t.Errorf("%q", got)
	}
	again := filled(5)
	again.Restore(g.State())
	if got := screen(t, again, 80, 10).Line(0); !strings.Contains(got, want) {
		t.Errorf("restored: %q", got)
	}
	for range 3 {
		m.Update(uitest.Key("left"))
	}
	act, _ = m.Update(uitest.Key("enter"))
	g.Update(core.DialogClosedMsg{Owner: asked[account]{g, arranging}, Action: act})
	if got := screen(t, g, 80, 10).Line(0); !strings.Contains(got, "客户名称") {
		t.Errorf("as wide as there is room again: %q", got)
	}
}

func TestTheCursorPassesOverHeadersOfOpenGroups(t *testing.T) {
	c := config()
	c.Group = func(a account) string { return a.dept }
	g := New(env(), c)
	g.SetFocus(true)
	g.SetRows(accounts(4)) // two groups of two
	at := func() string { return g.cursorKey() }
	for i, step := range []struct{ key, want string }{
		{"up", "880000000"},
		{"down", "880000002"},
		{"down", "880000001"},
		{"down", "880000003"},
		{"down", "880000003"},
		{"g", "880000000"},
		{"G", "880000003"},
		{"up", "880000001"},
		{"up", "880000002"},
		{"left", ""},
		{"down", "880000001"},
		{"up", ""},
		{"right", ""},
		{"down", "880000000"},
	} {
		press(g, step.key)
		if at() != step.want {
			t.Fatalf("step %d, %s: on %q instead of %q", i, step.key, at(), step.want)
		}
	}
}

func TestAMarkIsOnTheRowAsItIsNow(t *testing.T) {
	g := filled(3)
	press(g, "space", "space")
	rows := accounts(3)
	rows[0].name, rows[2].name = "改名", "另一个"
	g.SetRows(rows)
	if got := g.Marked(); len(got) != 2 || got[0] != rows[0] || got[1] != rows[1] {
		t.Errorf("%v", got)
	}
}

func TestOnlyAListThatCanBeSortedOffersIt(t *testing.T) {
	offers := func(c Config[account]) bool {
		return slices.ContainsFunc(New(env(), c).Bindings(), func(b keymap.Binding) bool { return b.ID == "grid.sort" })
	}
	plain := config()
	for i := range plain.Columns {
		plain.Columns[i].Less = nil
	}
	if !offers(config()) || offers(plain) {
		t.Error(offers(config()), offers(plain))
	}
}

// What outlives a run is kept when it changes, and nothing is written for marks and filters, which do not.
func TestOnlyTheArrangementIsKept(t *testing.T) {
	kept := 0
	c := config()
	c.Changed = func() tea.Cmd { kept++; return nil }
	g := New(env(), c)
	g.SetFocus(true)
	g.SetRows(accounts(5))
	press(g, "space", "*", "/", "8", "enter")
	if kept != 0 {
		t.Errorf("kept %d times", kept)
	}
	ask := press(g, "s")[0].(core.OpenDialogMsg)
	if g.Update(core.DialogClosedMsg{Owner: ask.Owner, Action: overlay.Chosen{ID: "name"}}); kept != 1 {
		t.Errorf("kept %d times", kept)
	}
}
