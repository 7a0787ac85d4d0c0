package conformance

import (
	"maps"
	"slices"
	"testing"

	"imagery/internal/conformance/other"
)

// singles are the differences one at a time.
var singles = map[string]other.Switches{
	"as the demo":             {},
	"other addresses":         {Paths: true},
	"queries":                 {Queries: true},
	"forms":                   {Forms: true},
	"file part":               {FilePart: "uploadFile"},
	"system code in query":    {SystemCodeInQuery: true},
	"numeric codes":           {NumericCodes: true},
	"page base zero":          {PageBaseZero: true},
	"page size cap":           {PageSizeCap: 6},
	"spring pages":            {Pages: other.PageSpring},
	"nested pages":            {Pages: other.PageNested},
	"nested pages from zero":  {Pages: other.PageNested, PageBaseZero: true},
	"millisecond dates":       {Dates: other.DateMillis},
	"zulu dates":              {Dates: other.DateZulu},
	"offset dates":            {Dates: other.DateOffset},
	"dates in parts":          {Dates: other.DateParts},
	"longs as strings":        {LongsAsStrings: true},
	"flags as numbers":        {FlagsAsNumbers: true},
	"under data":              {Envelope: "data"},
	"under result":            {Envelope: "result"},
	"under content":           {Envelope: "content"},
	"empty lists null":        {EmptyLists: other.ListNull},
	"empty lists absent":      {EmptyLists: other.ListAbsent},
	"empty lists not in data": {EmptyLists: other.ListAbsent, Envelope: "data"},
	"enum objects":            {SourceType: other.EnumObject},
	"enum numbers":            {SourceType: other.EnumNumber},
	"no enums":                {SourceType: other.EnumNull},
	"other names":             {OtherNames: true},
	"strangers":               {Strangers: true},
	"bare tokens":             {Tokens: other.TokenBare},
	"typed tokens":            {Tokens: other.TokenTyped},
	"bare tokens want a type": {Tokens: other.TokenBareWantsType},
	"spring errors":           {Errors: other.ErrorSpring},
	"code and msg":            {Errors: other.ErrorCodeMsg},
	"errors in text":          {Errors: other.ErrorText},
	"error pages":             {Errors: other.ErrorPage},
	"errors without words":    {Errors: other.ErrorNothing},
	"raw file names":          {FileNames: other.NameRaw},
	"percent file names":      {FileNames: other.NamePercent},
	"gbk file names":          {FileNames: other.NameGBK},
	"no file names":           {FileNames: other.NameNone},
}

// everything is all differences at once.
var everything = other.Switches{
	Paths: true, Queries: true, Forms: true, FilePart: "uploadFile", SystemCodeInQuery: true, NumericCodes: true, PageBaseZero: true, PageSizeCap: 6,
	Pages: other.PageSpring, Dates: other.DateMillis, LongsAsStrings: true, FlagsAsNumbers: true, Envelope: "data", EmptyLists: other.ListAbsent,
	SourceType: other.EnumObject, OtherNames: true, Strangers: true, Tokens: other.TokenBareWantsType, Errors: other.ErrorSpring, FileNames: other.NameGBK,
}

func TestAllDifferencesTogether(t *testing.T) {
	for _, v := range []other.Version{other.V20, other.V21} {
		t.Run(string(v), func(t *testing.T) { Run(t, target(t, other.New(platform(t), everything), everything.Collection(v))) })
	}
}

func TestEachDifference(t *testing.T) {
	inner := platform(t)
	for _, name := range slices.Sorted(maps.Keys(singles)) {
		t.Run(name, func(t *testing.T) {
			Run(t, target(t, other.New(inner, singles[name]), singles[name].Collection(other.V21)))
		})
	}
}
