package client

import "testing"

func TestConditionsAreCounted(t *testing.T) {
	day, err := ParseDate("2026-04-02")
	if err != nil {
		t.Fatal(err)
	}
	one := []string{"1"}
	for _, c := range []struct {
		r    SearchAccountsRequest
		want int
	}{
		{SearchAccountsRequest{PageNumber: 3, PageSize: 50}, 0},
		{SearchAccountsRequest{OpenedFrom: day, OpenedTo: day}, 1},
		{SearchAccountsRequest{one, one, day, Date{}, one, one, one, 1, 50}, 6},
	} {
		if got := c.r.Conditions(); got != c.want {
			t.Errorf("%+v: %d", c.r, got)
		}
	}
}
