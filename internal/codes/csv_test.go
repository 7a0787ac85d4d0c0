package codes

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func encoded(t *testing.T, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The same two tables as companies' tools write them.
func TestExportsOfEveryShapeAreRead(t *testing.T) {
	plain := "comm_cd,cde,cde_nm\nACCT_BIZ_TYP,0,经纪\nACCT_BIZ_TYP,4,期权\nID_TYP,111,身份证\n"
	want := Names{BizTypes: {"0": "经纪", "4": "期权"}, IDTypes: {"111": "身份证"}}
	for name, file := range map[string]string{
		"plain":              plain,
		"windows line ends":  strings.ReplaceAll(plain, "\n", "\r\n"),
		"no last line end":   strings.TrimSuffix(plain, "\n"),
		"byte order mark":    "\ufeff" + plain,
		"GBK":                encoded(t, simplifiedchinese.GBK, plain),
		"UTF-16":             encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), plain),
		"UTF-16 big-endian":  encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), plain),
		"semicolons":         strings.ReplaceAll(plain, ",", ";"),
		"tabs":               strings.ReplaceAll(plain, ",", "\t"),
		"bars":               strings.ReplaceAll(plain, ",", "|"),
		"quoted":             "\"COMM_CD\",\"CDE\",\"CDE_NM\"\n\"ACCT_BIZ_TYP\",\"0\",\"经纪\"\n\"ACCT_BIZ_TYP\",\"4\",\"期权\"\n\"ID_TYP\",\"111\",\"身份证\"\n",
		"Chinese headers":    "码表,编码,名称\nACCT_BIZ_TYP,0,经纪\nACCT_BIZ_TYP,4,期权\nID_TYP,111,身份证\n",
		"other order, spare": "seq_no,name,valid,code,table\n1,经纪,Y,0,acct_biz_typ\n2, 期权 ,Y,4,acct_biz_typ\n3,身份证,Y,111,id_typ\n",
		"blank and unknown":  "comm_cd,cde,cde_nm\n\nSEX,1,男\nACCT_BIZ_TYP,0,经纪\nACCT_BIZ_TYP,,没有编码\nACCT_BIZ_TYP,4,期权\nID_TYP,111,身份证\n",
		"said twice":         "comm_cd,cde,cde_nm\nACCT_BIZ_TYP,0,旧名\n" + strings.TrimPrefix(plain, "comm_cd,cde,cde_nm\n"),
		"short rows":         "comm_cd,cde,cde_nm,memo\nACCT_BIZ_TYP,0,经纪\nACCT_BIZ_TYP,4,期权,x\nID_TYP,111,身份证\nID_TYP\n",
	} {
		got, err := ParseCSV(strings.NewReader(file), "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !maps.EqualFunc(got, want, maps.Equal[map[string]string]) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAFileOfOneTableNeedsItsName(t *testing.T) {
	const file = "cde,cde_nm\n0,经纪\n"
	got, err := ParseCSV(strings.NewReader(file), BizTypes)
	if err != nil || got[BizTypes]["0"] != "经纪" {
		t.Errorf("got %v, %v", got, err)
	}
	got, err = ParseCSV(strings.NewReader("comm_cd,cde,cde_nm\nID_TYP,1,甲\nACCT_BIZ_TYP,0,经纪\n"), BizTypes)
	if err != nil || got.Count() != 1 || got[BizTypes]["0"] != "经纪" {
		t.Errorf("of one table only: %v, %v", got, err)
	}
}

func TestWhatIsWrongWithAFileIsSaidWithItsPlace(t *testing.T) {
	for _, c := range []struct {
		file string
		line int
		is   error
	}{
		{"", 1, ErrNoColumns},
		{"a,b,c\n1,2,3\n", 1, ErrNoColumns},
		{"cde,cde_nm\n0,经纪\n", 1, ErrNoTable},
		{"comm_cd,cde,cde_nm\n", 0, ErrNoCodes},
		{"comm_cd,cde,cde_nm\nSEX,1,男\n", 0, ErrNoCodes},
		{"comm_cd,cde,cde_nm\nID_TYP,1,甲\nID_TYP,\x1b[2J,乙\n", 3, ErrNotACode},
		{"comm_cd,cde,cde_nm\nID_TYP," + strings.Repeat("9", 65) + ",乙\n", 2, ErrNotACode},
		{"comm_cd,cde,cde_nm\n" + strings.Repeat("ID_TYP,1,很长的名称\n", 200_000), 0, ErrTooLarge},
	} {
		_, err := ParseCSV(strings.NewReader(c.file), "")
		var at *CSVError
		if !errors.Is(err, c.is) || !errors.As(err, &at) || at.Line != c.line {
			t.Errorf("%.40q: %v", c.file, err)
		}
	}
}

func TestHostileNamesAreMadeSafe(t *testing.T) {
	got, err := ParseCSV(strings.NewReader("comm_cd,cde,cde_nm\nID_TYP,1,\x1b]0;x\x07\u202e"+strings.Repeat("长", 500)+"\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	name := got[IDTypes]["1"]
	if strings.ContainsAny(name, "\x1b\x07\u202e") || len([]rune(name)) > maxName+1 {
		t.Errorf("the name is %q", name)
	}
}

func FuzzParseCSV(f *testing.F) {
	f.Add([]byte("comm_cd,cde,cde_nm\nID_TYP,1,甲\n"), "")
	f.Add([]byte("\xff\xfec\x00"), "ID_TYP")
	f.Add([]byte("\"\n\"\"\"|;\t"), "DEPT")
	f.Fuzz(func(t *testing.T, file []byte, table string) {
		got, err := ParseCSV(bytes.NewReader(file), Table(table))
		var at *CSVError
		switch {
		case err != nil && !errors.As(err, &at):
			t.Errorf("an error without a place: %v", err)
		case err == nil && got.Count() == 0:
			t.Error("nothing and no error")
		}
	})
}

func BenchmarkParseCSV(b *testing.B) {
	var s strings.Builder
	s.WriteString("comm_cd,cde,cde_nm\n")
	for i := range 10_000 {
		fmt.Fprintf(&s, "DEPT,%d,营业部%d\n", i, i)
	}
	for b.Loop() {
		if _, err := ParseCSV(strings.NewReader(s.String()), ""); err != nil {
			b.Fatal(err)
		}
	}
}

func TestRowsThatAreLeftOutAreTold(t *testing.T) {
	names, dropped, err := ReadCSV(strings.NewReader("comm_cd,cde,cde_nm\nSEX,1,男\nID_TYP,1,身份证\n\nID_TYP,,无码\nSEX,2,女\n"), "")
	want := []Dropped{{2, "SEX", "1"}, {5, "ID_TYP", ""}, {6, "SEX", "2"}}
	if err != nil || names.Count() != 1 || !slices.Equal(dropped, want) {
		t.Errorf("%v, %+v, %v", names, dropped, err)
	}
}
