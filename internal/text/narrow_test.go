package text

import "testing"

func TestNarrowLeavesNothingOfUncertainWidth(t *testing.T) {
	in := "\x1b[1m阿卜杜勒·买买提江 “影像”—1 Ωmega é e\u0301 ① \U0010eeee张\x1b[m"
	want := "\x1b[1m阿卜杜勒.买买提江 \"影像\"-1 ?mega ? e\u0301 ? \U0010eeee张\x1b[m"
	if got := Narrow(in); got != want || Width(got) != Width(in) {
		t.Errorf("got %q, %d cells instead of %d", got, Width(got), Width(in))
	}
}
