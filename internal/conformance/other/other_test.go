package other

import (
	"bytes"
	"reflect"
	"testing"

	"imagery/client"
	"imagery/internal/postman"
)

func TestBothVersionsOfTheCollectionSayTheSameWithoutDoubt(t *testing.T) {
	for _, s := range []Switches{
		{},
		{Paths: true},
		{Queries: true},
		{Forms: true},
		{FilePart: "uploadFile"},
		{SystemCodeInQuery: true},
		{NumericCodes: true},
		{Paths: true, Queries: true, Forms: true, FilePart: "uploadFile", SystemCodeInQuery: true, NumericCodes: true},
	} {
		var got [2]client.Endpoints
		for i, v := range []Version{V20, V21} {
			r, err := postman.Parse(bytes.NewReader(s.Collection(v)))
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range r.Rows {
				if !row.Found || len(row.Doubts) > 0 {
					t.Errorf("%+v, version %s: %+v", s, v, row)
				}
			}
			got[i] = r.Endpoints
		}
		if !reflect.DeepEqual(got[0], got[1]) {
			t.Errorf("%+v:\n2.0 %+v\n2.1 %+v", s, got[0], got[1])
		}
	}
}
