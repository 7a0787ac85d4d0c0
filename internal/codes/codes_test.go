package codes

import (
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
