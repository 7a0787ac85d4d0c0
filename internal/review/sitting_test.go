package review

import (
	"errors"
	"testing"
	"time"

	"imagery/client"
)

func TestOneItemIsTakenByItsPlace(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string) {
		b := open(t, dsn)
		r := start(t, b, selection(t, 30, 5))
		task, err := b.Take(t.Context(), r.ID, "li", 4)
		if err != nil || task.Item.Place != 4 {
			t.Fatalf("%+v, %v", task, err)
		}
		for place, want := range map[int]error{4: ErrNothing, 6: ErrNoItem, -1: ErrNoItem, 0: ErrNoItem} {
			if _, err := b.Take(t.Context(), r.ID, "wang", place); !errors.Is(err, want) {
				t.Errorf("place %d: %v", place, err)
			}
		}
		put(t, b, task, say(Pass))
		if _, err := b.Take(t.Context(), r.ID, "li", 4); !errors.Is(err, ErrNothing) {
			t.Errorf("a reviewed one was taken: %v", err)
		}
	})
}

func TestASittingGivesBackOnlyItsOwn(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string) {
		b := open(t, dsn)
		s := selection(t, 30, 5)
		s.Lease = time.Second
		r := start(t, b, s)
		one, two := b.Sitting("1"), b.Sitting("2")
		first, second := next(t, one, r.ID, "li"), next(t, two, r.ID, "li")
		if err := one.Release(t.Context(), r.ID, "li"); err != nil {
			t.Fatal(err)
		}
		if again := next(t, b, r.ID, "wang"); again.Item.Place != first.Item.Place {
			t.Errorf("place %d came, want the one that was given back, %d", again.Item.Place, first.Item.Place)
		}
		// What is held does not pass to others, however long it is looked at.
		for range 4 {
			time.Sleep(400 * time.Millisecond)
			if err := two.Hold(t.Context(), r.ID, "li"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := b.Take(t.Context(), r.ID, "wang", second.Item.Place); !errors.Is(err, ErrNothing) {
			t.Errorf("what was held was taken: %v", err)
		}
		put(t, two, second, say(Pass))
	})
}

func TestStrataTellWhoLacksMaterials(t *testing.T) {
	by := ByStanding(func(id client.Text) (int, bool) {
		return map[client.Text]int{"a": 2, "b": 0}[id], id != "c"
	})
	for id, want := range map[client.Text]string{"a": StandsMissing, "b": StandsComplete, "c": StandsUnchecked} {
		var a client.CustomerAccount
		a.Account.AccountID = id
		if got := by(a); got != want {
			t.Errorf("%s is %s, want %s", id, got, want)
		}
	}
}
