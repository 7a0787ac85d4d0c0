package sampling

import "slices"

// ProcessAcceptance labels plans of ISO 2859-1: they decide whether a series of lots from one process is accepted, with a chance of rejecting
// good ones, and say nothing with a stated confidence of one population. A report must not present them as such.
const ProcessAcceptance = "process-acceptance"

// Inspection is a single sampling plan for normal inspection by ISO 2859-1 (GB/T 2828.1), general inspection level II.
type Inspection struct {
	Purpose string  `json:"purpose"` // ProcessAcceptance
	Lot     int     `json:"lot"`     // records
	AQL     float64 `json:"aql"`     // nonconforming per 100 records
	Letter  string  `json:"letter"`  // the code letter of table 1
	Plan    string  `json:"plan"`    // the code letter the arrows of table 2-A lead to
	Size    int     `json:"size"`    // records; the lot where the plan asks for as many or more
	Accept  int     `json:"accept"`  // Ac: accepted with so many failures
	Reject  int     `json:"reject"`  // Re: not accepted with so many
}

// lots holds the largest lot of each code letter at level II; above the last it is Q.
var lots = []struct {
	most   int
	letter byte
}{
	{8, 'A'},
	{15, 'B'},
	{25, 'C'},
	{50, 'D'},
	{90, 'E'},
	{150, 'F'},
	{280, 'G'},
	{500, 'H'},
	{1200, 'J'},
	{3200, 'K'},
	{10000, 'L'},
	{35000, 'M'},
	{150000, 'N'},
	{500000, 'P'},
	{MaxPopulation, 'Q'},
}

const letters = "ABCDEFGHJKLMNPQR"

// sizes holds the sample size of each letter.
var sizes = []int{2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000}

// aqls holds the acceptance quality limits of the standard, in nonconforming per 100 records; those above 10 count nonconformities.
var aqls = []float64{
	0.010, 0.015, 0.025, 0.040, 0.065, 0.10, 0.15, 0.25, 0.40, 0.65, 1.0, 1.5, 2.5, 4.0, 6.5, 10, 15, 25, 40, 65, 100, 150, 250, 400, 650, 1000,
}

// The cells of table 2-A run along diagonals, because sizes and AQLs rise by the same steps: going down a column or right in a row comes first
// an arrow down, then 0, an arrow up, an arrow down and the acceptance numbers, then arrows up.
const (
	zeroDiagonal = 14 // row + column of the cells that accept on 0
	lastLongRow  = 4  // E, the last row that goes on to 30 and 44
)

// accepts holds the numbers from diagonal zeroDiagonal+3 on.
var accepts = []int{1, 2, 3, 5, 7, 10, 14, 21, 30, 44}

const shortRow = 8 // so many of accepts stand in rows after E

// Inspect returns the plan for a lot and an AQL of the standard. A lot below 2 records or an AQL that is not in its list is out of range.
// Errors: *QuestionError.
func Inspect(lot int, aql float64) (Inspection, error) {
	if lot < 2 || lot > MaxPopulation {
		return Inspection{}, outOfRange("population")
	}
	column := slices.Index(aqls, aql)
	if column < 0 {
		return Inspection{}, outOfRange("aql")
	}
	out := Inspection{Purpose: ProcessAcceptance, Lot: lot, AQL: aql}
	for _, l := range lots {
		if lot <= l.most {
			out.Letter = string(l.letter)
			break
		}
	}
	row := slices.Index([]byte(letters), out.Letter[0])
	for {
		step, accept := cell(row, column)
		if step == 0 {
			out.Plan, out.Size, out.Accept, out.Reject = letters[row:row+1], min(sizes[row], lot), accept, accept+1
			return out, nil
		}
		row += step
	}
}

// cell returns an acceptance number of table 2-A, or with step 1 or −1 its arrow down or up.
func cell(row, column int) (step, accept int) {
	at := row + column - zeroDiagonal
	listed := at - 3
	most := shortRow
	if row <= lastLongRow {
		most = len(accepts)
	}
	switch {
	case at == 0:
		return 0, 0
	case at == 1 && row > 0:
		return -1, 0
	case listed < 0:
		return 1, 0
	case listed < most:
		return 0, accepts[listed]
	}
	return -1, 0
}
