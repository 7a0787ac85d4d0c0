package sampling

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
)

// vectors is testdata/sampling-vectors.json: published tables and values computed with other programs.
type vectors struct {
	BinomialZeroFailure map[string]map[string]int
	AICPAPlan           []struct {
		Risk, Tolerable, Expected string
		N, K                      int
	} `json:"aicpaPlan"`
	HypergeomZeroFailure95 []struct {
		Population int    `json:"N"`
		P          string `json:"p"`
		Bad        int    `json:"D"`
		Size       int    `json:"n"`
	}
	CPUpper95 []struct {
		K, N int
		U    string
	} `json:"cpUpper95"`
	HyperUpper95 []struct {
		Failures   int `json:"k"`
		Population int `json:"N"`
		Size       int `json:"n"`
		Count      int `json:"DU"`
	}
	Allocation struct {
		Sizes  []int `json:"Nh"`
		N      int
		Result []json.RawMessage
	}
}

func read(t *testing.T) (v vectors) {
	t.Helper()
	b, err := os.ReadFile("testdata/sampling-vectors.json")
	if err == nil {
		err = json.Unmarshal(b, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func float(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestPublishedDiscoverySamples(t *testing.T) {
	seen := 0
	for confidence, row := range read(t).BinomialZeroFailure {
		for tolerable, want := range row {
			seen++
			p, err := NewPlan(Question{Confidence: float(t, confidence), Tolerable: float(t, tolerable)})
			if err != nil || p.Size != want || p.FailuresAllowed != 0 || p.Method != Discovery || p.Distribution != Binomial || p.Rate > float(t, tolerable) {
				t.Errorf("%s at %s: %+v, %v, want %d", tolerable, confidence, p, err, want)
			}
		}
	}
	if seen != 36 {
		t.Errorf("%d values", seen)
	}
}

func TestPublishedAttributeSamples(t *testing.T) {
	all := read(t).AICPAPlan
	for _, v := range all {
		confidence := map[string]float64{"0.05": 0.95, "0.10": 0.90}[v.Risk]
		p, err := NewPlan(Question{Confidence: confidence, Tolerable: float(t, v.Tolerable), Expected: float(t, v.Expected)})
		if err != nil || p.Size != v.N || p.FailuresAllowed != v.K || p.Method != Attribute || p.Rate > float(t, v.Tolerable) {
			t.Errorf("%+v: %+v, %v", v, p, err)
		}
		p, err = NewPlan(Question{Confidence: confidence, Tolerable: float(t, v.Tolerable), Failures: v.K})
		if err != nil || p.Size != v.N || p.FailuresAllowed != v.K {
			t.Errorf("%+v by number: %+v, %v", v, p, err)
		}
	}
	if len(all) != 6 {
		t.Errorf("%d values", len(all))
	}
}

func TestPublishedFinitePopulations(t *testing.T) {
	all := read(t).HypergeomZeroFailure95
	for _, v := range all {
		q := Question{Population: v.Population, Confidence: 0.95, Tolerable: float(t, strings.TrimSuffix(v.P, "%")) / 100}
		p, err := NewPlan(q)
		if err != nil || p.Size != v.Size || q.tolerated() != v.Bad || p.Count >= v.Bad || p.Distribution != Hypergeometric {
			t.Errorf("%+v: %+v, %v", v, p, err)
		}
	}
	if len(all) != 36 {
		t.Errorf("%d values", len(all))
	}
}

func TestPublishedUpperBounds(t *testing.T) {
	v := read(t)
	for _, c := range v.CPUpper95 {
		got, err := Bound(c.N, c.K, 0, 0.95)
		if err != nil || strconv.FormatFloat(got.Rate, 'g', 10, 64) != strconv.FormatFloat(float(t, c.U), 'g', 10, 64) {
			t.Errorf("%+v: %+v, %v", c, got, err)
		}
	}
	for _, c := range v.HyperUpper95 {
		got, err := Bound(c.Size, c.Failures, c.Population, 0.95)
		if err != nil || got.Count != c.Count || got.Rate != float64(c.Count)/float64(c.Population) {
			t.Errorf("%+v: %+v, %v", c, got, err)
		}
	}
	if len(v.CPUpper95) != 10 || len(v.HyperUpper95) != 5 {
		t.Error("values are missing")
	}
}

func TestPublishedAllocation(t *testing.T) {
	v := read(t).Allocation
	var want []int
	var effective float64
	if err := json.Unmarshal(v.Result[0], &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(v.Result[1], &effective); err != nil {
		t.Fatal(err)
	}
	shares, err := Allocate(strataOf(v.Sizes...), v.N, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range shares {
		if s.Sample != want[i] {
			t.Errorf("stratum %d: %d, want %d", i, s.Sample, want[i])
		}
	}
	if got := Effective(shares); got != effective {
		t.Errorf("effective %v, want %v", got, effective)
	}
}

// strataOf names strata of the sizes given.
func strataOf(sizes ...int) []Stratum {
	out := make([]Stratum, len(sizes))
	for i, n := range sizes {
		out[i] = Stratum{"S" + strconv.Itoa(i), n}
	}
	return out
}

// The examples printed in the documentation of Rivest's consistent_sampler.
func TestPublishedTickets(t *testing.T) {
	if got, want := number(hashOf(seedHash("01382438112797316654"), "AB-130")), "0.26299714122838008416507544297546663599715395525154425586041245287750224561854"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var items []Item
	for i := range 100 {
		items = append(items, Item{ID: strconv.Itoa(i)})
	}
	p, err := Freeze(items)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Draw(p, "41", 10)
	if err != nil {
		t.Fatal(err)
	}
	numbers := []string{"0.000508333", "0.003446232", "0.004419823", "0.020115273", "0.023482375"}
	for i, id := range []string{"73", "51", "17", "58", "38", "42", "39", "20", "11", "67"} {
		if got[i].ID != id || i < len(numbers) && !strings.HasPrefix(got[i].Number, numbers[i]) {
			t.Errorf("ticket %d is %v, want %s", i, got[i], id)
		}
	}
}

// Rows of table 2-A as printed in ISO 2859-1, from the left: v and ^ are the arrows.
func TestPublishedInspectionTable(t *testing.T) {
	rows := map[byte]string{
		'A': "v v v v v v v v v v v v v v 0 v v 1 2 3 5 7 10 14 21 30",
		'B': "v v v v v v v v v v v v v 0 ^ v 1 2 3 5 7 10 14 21 30 44",
		'E': "v v v v v v v v v v 0 ^ v 1 2 3 5 7 10 14 21 30 44 ^ ^ ^",
		'F': "v v v v v v v v v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^",
		'J': "v v v v v v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^ ^ ^ ^",
		'M': "v v v 0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^",
		'Q': "0 ^ v 1 2 3 5 7 10 14 21 ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^",
	}
	for letter, want := range rows {
		var got []string
		for column := range aqls {
			step, accept := cell(strings.IndexByte(letters, letter), column)
			got = append(got, map[int]string{1: "v", -1: "^", 0: strconv.Itoa(accept)}[step])
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("row %c:\n got %s\nwant %s", letter, s, want)
		}
	}
}

func TestInspectionPlans(t *testing.T) {
	for _, c := range []struct {
		lot                  int
		aql                  float64
		letter, plan         string
		size, accept, reject int
	}{
		{1000, 1.0, "J", "J", 80, 2, 3},
		{4000, 2.5, "L", "L", 200, 10, 11},
		{100, 0.65, "F", "F", 20, 0, 1},
		{100, 1.0, "F", "E", 13, 0, 1},        // arrow up
		{100, 1.5, "F", "G", 32, 1, 2},        // arrow down
		{10, 0.65, "B", "F", 10, 0, 1},        // 20 of 10: all
		{600000, 0.025, "Q", "R", 2000, 1, 2}, // R is only reached by an arrow
		{600000, 1000, "Q", "B", 3, 44, 45},   // all the way up
		{2, 10, "A", "C", 2, 1, 2},            // two arrows down
		{3200, 0.010, "K", "Q", 1250, 0, 1},   // all the way down
		{150000, 0.15, "N", "N", 500, 2, 3},   // the last lot of a letter
		{150001, 0.15, "P", "P", 800, 3, 4},   // the first of the next
		{MaxPopulation, 1.0, "Q", "Q", 1250, 21, 22},
	} {
		got, err := Inspect(c.lot, c.aql)
		want := Inspection{ProcessAcceptance, c.lot, c.aql, c.letter, c.plan, c.size, c.accept, c.reject}
		if err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
}
