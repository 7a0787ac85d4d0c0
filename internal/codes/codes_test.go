package codes

import (
	"strconv"
	"sync"
	"testing"

	"imagery/client"
)

func TestNamesAreLearntAndKept(t *testing.T) {
	b := New()
	if got := b.Name(Materials, "1103"); got != "1103" {
		t.Errorf("an unknown code is %q", got)
	}
	b.LearnMaterials([]client.MaterialInfo{{MaterialCode: "1103", MaterialName: "头像", AccountBizType: "7"}})
	b.LearnMaterials([]client.MaterialInfo{{MaterialCode: "1103"}}) // without a name this time
	b.LearnAccounts([]client.CustomerAccount{{Department: client.Department{DeptCode: "1101", DeptName: "上海\x1b[2J"}}})
	if got := b.Name(Materials, "1103"); got != "头像" {
		t.Errorf("learnt %q", got)
	}
	if got := b.Name(Departments, "1101"); got != "上海␛[2J" {
		t.Errorf("a hostile name shows as %q", got)
	}
	if got := b.List(BizTypes); len(got) != 2 || got[0] != (Code{"0", "经纪"}) || got[1] != (Code{"7", ""}) {
		t.Errorf("business types are %v", got)
	}
}

func TestDemoBookNamesTheWholeCatalogue(t *testing.T) {
	b, err := Demo()
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range Tables {
		if len(b.List(table)) < 2 {
			t.Errorf("%s has %d codes", table, len(b.List(table)))
		}
	}
	if got := b.Name(Departments, "1101"); got != "上海营业部" {
		t.Errorf("1101 is %q", got)
	}
}

func TestImportedNamesGoBeforeLearntOnes(t *testing.T) {
	b := New()
	b.Import(Names{Materials: {"1": "公司的名称", "2": ""}})
	b.LearnMaterials([]client.MaterialInfo{{MaterialCode: "1", MaterialName: "平台的名称"}, {MaterialCode: "2", MaterialName: "乙"}})
	if got := b.List(Materials); len(got) != 2 || got[0].Name != "公司的名称" || got[1].Name != "乙" {
		t.Errorf("the list is %v", got)
	}
}

func TestOnlyWhatIsNewIsToBeKept(t *testing.T) {
	b := New()
	if _, changed := b.Learnt(); changed {
		t.Error("a new book is to be kept")
	}
	b.Recall(Names{Materials: {"1": "甲"}})
	b.LearnMaterials([]client.MaterialInfo{{MaterialCode: "1", MaterialName: "甲"}})
	if _, changed := b.Learnt(); changed {
		t.Error("what was recalled is to be kept again")
	}
	b.LearnMaterials([]client.MaterialInfo{{MaterialCode: "2", MaterialName: "乙"}})
	got, changed := b.Learnt()
	if !changed || got[Materials]["2"] != "乙" || got[Materials]["1"] != "甲" {
		t.Errorf("to be kept: %v, %v", got, changed)
	}
	if _, changed := b.Learnt(); changed {
		t.Error("it is to be kept twice")
	}
}

func TestABookIsSharedByGoroutines(t *testing.T) {
	b := New()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				code := client.Text(strconv.Itoa(i*100 + j))
				b.LearnMaterials([]client.MaterialInfo{{MaterialCode: code, MaterialName: code}})
				b.Import(Names{IDTypes: {code.Raw(): "x"}})
				b.Learnt()
				b.List(Materials)
				b.Name(IDTypes, code)
			}
		})
	}
	wg.Wait()
	if n := len(b.List(Materials)); n != 400 {
		t.Errorf("%d codes", n)
	}
}
