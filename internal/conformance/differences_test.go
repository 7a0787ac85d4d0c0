package conformance

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"imagery/internal/conformance/other"
)

// singles are the differences one at a time.
var singles = map[string]other.Switches{
	"other addresses":         {Paths: true},
	"queries":                 {Queries: true},
	"forms":                   {Forms: true},
	"file part":               {FilePart: "uploadFile"},
	"system code in query":    {SystemCodeInQuery: true},
	"numeric codes":           {NumericCodes: true},
	"page base zero":          {PageBaseZero: true},
	"page size cap":           {PageSizeCap: 6},
	"spring pages":            {Pages: other.PageSpring},
	"millisecond dates":       {Dates: other.DateMillis},
	"longs as strings":        {LongsAsStrings: true},
	"flags as numbers":        {FlagsAsNumbers: true},
	"under data":              {Envelope: "data"},
	"empty lists left out":    {EmptyLists: other.ListAbsent},
	"enum objects":            {SourceType: other.EnumObject},
	"other names":             {OtherNames: true},
	"strangers":               {Strangers: true},
	"bare tokens":             {Tokens: other.TokenBare},
	"bare tokens want a type": {Tokens: other.TokenBareWantsType},
	"spring errors":           {Errors: other.ErrorSpring},
	"gbk file names":          {FileNames: other.NameGBK},
}

// mixtures hold the shapes that singles leave out.
var mixtures = map[string]other.Switches{
	"first mixture": {
		Pages: other.PageNested, Dates: other.DateZulu, Envelope: "result", EmptyLists: other.ListAbsent, SourceType: other.EnumNumber, Tokens: other.TokenTyped,
		Errors: other.ErrorCodeMsg, FileNames: other.NameRaw,
	},
	"second mixture": {
		Pages: other.PageNested, PageBaseZero: true, Dates: other.DateOffset, Envelope: "content", EmptyLists: other.ListNull, SourceType: other.EnumNull,
		Errors: other.ErrorText, FileNames: other.NamePercent,
	},
	"third mixture":  {Pages: other.PageSpring, PageBaseZero: true, Dates: other.DateParts, EmptyLists: other.ListNull, Errors: other.ErrorPage, FileNames: other.NameNone},
	"fourth mixture": {Queries: true, PageSizeCap: 6, PageBaseZero: true, Errors: other.ErrorNothing, Envelope: "data", NumericCodes: true},
}

// everything is all differences at once.
var everything = other.Switches{
	Paths: true, Queries: true, Forms: true, FilePart: "uploadFile", SystemCodeInQuery: true, NumericCodes: true, PageBaseZero: true, PageSizeCap: 6,
	Pages: other.PageSpring, Dates: other.DateMillis, LongsAsStrings: true, FlagsAsNumbers: true, Envelope: "data", EmptyLists: other.ListAbsent,
	SourceType: other.EnumObject, OtherNames: true, Strangers: true, Tokens: other.TokenBareWantsType, Errors: other.ErrorSpring, FileNames: other.NameGBK,
}

func TestEverySwitchIsTakenSinglyAndTogether(t *testing.T) {
	for i := range reflect.TypeFor[other.Switches]().NumField() {
		name := reflect.TypeFor[other.Switches]().Field(i).Name
		if reflect.ValueOf(everything).Field(i).IsZero() {
			t.Errorf("%s is not among the differences taken together", name)
		}
		if !slices.ContainsFunc(slices.Collect(maps.Values(singles)), func(s other.Switches) bool {
			v := reflect.ValueOf(&s).Elem()
			on := !v.Field(i).IsZero()
			v.Field(i).SetZero()
			return on && v.IsZero()
		}) {
			t.Errorf("%s is not taken singly", name)
		}
	}
}

func TestAllDifferencesTogether(t *testing.T) {
	t.Parallel()
	inner := remember(platform(t))
	for _, v := range []other.Version{other.V20, other.V21} {
		t.Run(string(v), func(t *testing.T) { Run(t, target(t, other.New(inner, everything), everything.Collection(v))) })
	}
}

func TestMixturesOfDifferences(t *testing.T) { each(t, mixtures, other.V20) }

func TestEachDifference(t *testing.T) { each(t, singles, other.V21) }

// each runs half of the platforms beside the other half, which is sooner done.
func each(t *testing.T, platforms map[string]other.Switches, v other.Version) {
	for half := range slices.Chunk(slices.Sorted(maps.Keys(platforms)), (len(platforms)+1)/2) {
		t.Run("from "+half[0], func(t *testing.T) {
			t.Parallel()
			inner := remember(platform(t))
			for _, name := range half {
				t.Run(name, func(t *testing.T) {
					Run(t, target(t, other.New(inner, platforms[name]), platforms[name].Collection(v)))
				})
			}
		})
	}
}
